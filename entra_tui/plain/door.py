"""The way into plain mode, and its menu."""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from entra_tui.guidance import HOME_HELP
from entra_tui.plain.connectors import bring_up_to_date, browse_connectors, check, choose_connector
from entra_tui.plain.dialogue import Dialogue, InputEnded
from entra_tui.plain.lists import browse_lists
from entra_tui.plain.session import open_session
from entra_tui.plain.walk import say_help
from entra_tui.plain.wizard import set_up
from entra_tui.resuming import unfinished_draft
from entra_tui.services import open_practice, open_services
from entra_tui.storage.errors import StorageError
from entra_tui.storage.folders import Folders
from entra_tui.storage.log import start_log
from entra_tui.terminal_kind import shows_unicode

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.plain.session import Session
    from entra_tui.services import Services


def run_plain(folders: Folders) -> int:
    """The whole program as questions and lines.

    Returns:
        The exit code: 0 when the person leaves, or nobody answers any more.

    Raises:
        KeyboardInterrupt: Ctrl+C at the menu.
        SystemExit: SIGTERM or SIGHUP.
    """
    return run_dialogue(open_services(folders), _dialogue_of_process())


def run_plain_demo(home: Path | None, scenario: str | None, *, users: int | None = None) -> int:
    """The same on the practice tenant.

    Args:
        home: Where to keep things; None for a folder that is thrown away at the end.
        scenario: Name or file of a scenario; None for the one in which all goes well.
        users: How many users the tenant has; None for as many as the scenario says.

    Raises:
        ScenarioError: There is no such scenario.
    """
    from entra_tui.simulator.cloud import PracticeCloud  # noqa: PLC0415 - only a demo pays for it
    from entra_tui.simulator.scenario import find_scenario  # noqa: PLC0415

    cloud = PracticeCloud(find_scenario(scenario or "healthy"), users=users)
    with tempfile.TemporaryDirectory(prefix="entra-tui-demo-") if home is None else nullcontext(str(home)) as folder:
        return run_dialogue(open_practice(Folders.locate(Path(folder)), cloud), _dialogue_of_process())


def _dialogue_of_process() -> Dialogue:
    if not shows_unicode() and isinstance(sys.stdout, io.TextIOWrapper):
        # Python writes UTF-8 in the C locale; the terminal there may know ASCII only.
        sys.stdout.reconfigure(encoding="ascii", errors="backslashreplace")
    return Dialogue(sys.stdin, sys.stdout)


def run_dialogue(services: Services, dialogue: Dialogue) -> int:
    """Show the menu until the person leaves; see `run_plain`."""
    with start_log(services.folders, services.http.redactor.text), open_session(services) as session:
        try:
            dialogue.say("entra-tui: the ASCERA connector for Microsoft Entra ID, in plain lines.")
            _introduce(services, dialogue)
            while _menu(session, dialogue):
                continue
        except InputEnded:
            _say_goodbye(dialogue)
    return 0


def _introduce(services: Services, dialogue: Dialogue) -> None:
    if services.practice is None:
        return
    scenario = services.practice.scenario
    inputs = scenario.inputs
    labels = {environment.name: environment.shown_label for environment in services.environments}
    dialogue.say(f"Practice tenant: {scenario.title}. {scenario.description}")
    dialogue.say("The values to enter; Enter takes them, and the client secret as well:")
    dialogue.say(f"Tenant ID or domain name: {inputs.tenant}")
    dialogue.say(f"Environment Type: {labels.get(inputs.environment, inputs.environment)}")
    dialogue.say(f"Application (client) ID: {inputs.client_id}")


def _menu(session: Session, dialogue: Dialogue) -> bool:
    """Show the menu and do what was chosen; False when the person leaves."""
    services = session.services
    try:
        draft = unfinished_draft(services)
        connectors = len(services.settings.read().connectors)
    except StorageError as error:
        dialogue.say(error.sentence)
        return dialogue.confirm("Look again", present=True)
    try:
        lists = str(len(services.lists.overview()))
        if services.lists.why_read_only:
            dialogue.say(services.lists.why_read_only)
    except StorageError as error:
        lists = "cannot be read"
        dialogue.say(error.sentence)
    items: list[tuple[str, Callable[[], None]]] = []
    if draft is not None:
        here = draft.step
        items.append(
            (
                f"Go on at step {here.number}, {here.title} ({draft.tenant})",
                lambda: set_up(session, dialogue, draft),
            )
        )
    items += [
        ("Set up a connector: seven steps, each proven live", lambda: set_up(session, dialogue, None)),
        (f"Connectors: {connectors}", lambda: browse_connectors(session, dialogue)),
        (f"Lookup lists: {lists}", lambda: browse_lists(session, dialogue)),
        (
            "Troubleshoot: which check fails, why, and what to do",
            lambda: _with_connector(session, dialogue, check),
        ),
        ("Synchronize a connector", lambda: _with_connector(session, dialogue, bring_up_to_date)),
        ("Help", lambda: say_help(HOME_HELP, dialogue)),
    ]
    dialogue.say()
    dialogue.say("Menu")
    position = dialogue.choose("Enter a number", [*(label for label, _ in items), "Quit"], back="q")
    if position is None or position == len(items):
        return False
    _do(items[position][1], dialogue)
    return True


def _with_connector(session: Session, dialogue: Dialogue, do: Callable[..., None]) -> None:
    connector = choose_connector(session, dialogue)
    if connector is not None:
        do(connector, session, dialogue)


def _do(item: Callable[[], None], dialogue: Dialogue) -> None:
    try:
        item()
    except KeyboardInterrupt:
        dialogue.say()
        dialogue.say("Interrupted. Back to the menu; what was entered is kept.")
    except StorageError as error:
        dialogue.say(error.sentence)


def _say_goodbye(dialogue: Dialogue) -> None:
    try:
        dialogue.say("The input has ended. What was entered is kept; the next start goes on there.")
    except InputEnded:
        return
