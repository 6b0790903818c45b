"""`entra-tui sync`: bring a connector's lookup lists up to date, and show how it goes."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.finding_text import write_finding
from entra_tui.commands.late_bar import LateBar
from entra_tui.commands.secret_entry import name_login_host, secret_for
from entra_tui.commands.session import open_session
from entra_tui.commands.sync_display import JsonLines, NarratedLines
from entra_tui.commands.sync_text import describe_failure, describe_held, describe_result
from entra_tui.model.fields import FieldError, parse_secret
from entra_tui.sync.events import Failed, Finished, Held
from entra_tui.sync.progress import SyncProgress
from entra_tui.sync.sentences import interrupted, warnings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from entra_tui.commands.console import Console
    from entra_tui.commands.sync_display import SyncDisplay
    from entra_tui.model.connector import Connector
    from entra_tui.services import Services
    from entra_tui.storage.folders import Folders
    from entra_tui.sync.events import SyncEvent


def sync(
    console: Console,
    folders: Folders,
    *,
    name: str,
    full: bool,
    confirmed: bool,
    secret_from_stdin: bool,
    as_json: bool,
) -> ExitCode:
    """Synchronize the lookup lists of one connector.

    Args:
        console: Where to read and write.
        folders: Where things are kept.
        name: The connector's name, without regard to case.
        full: Whether everything is read, even where reading the changes would do.
        confirmed: Whether a result may remove much, or empty columns.
        secret_from_stdin: Whether the client secret is on standard input.
        as_json: Whether each event is written as a line of JSON.

    Returns:
        DONE when every list was brought up to date; FAILED when it failed or was held back.

    Raises:
        UsageError: There is no secret.
        StorageError: Something stored cannot be read or written; there is no such connector.
    """
    with open_session(console, folders) as session:
        services = session.services
        connector = services.settings.find_connector(name)
        environment = services.settings.environment(connector.environment)
        entered = secret_for(connector, console, session, from_stdin=secret_from_stdin)
        if not as_json:
            name_login_host(environment, services, console)
        try:
            secret = parse_secret(entered.reveal(), tenant_id=connector.tenant_id, client_id=connector.client_id)
        except FieldError as error:
            # A secret that cannot be one, such as the secret's ID, ends the run before any request.
            finding = services.explain_field(error, connector)
            refusal = Failed(connector.users_list, finding, requests=0, seconds=0.0, can_resume=False)
            if as_json:
                JsonLines(console).show(refusal)
            return _conclude([refusal], connector, console, as_json=as_json, full=full)
        events = services.synchronize(connector, secret, full=full, confirmed=confirmed)
        progress = SyncProgress()
        try:
            with _display(console, as_json=as_json) as display:
                ends = session.run(_follow(events, display, progress))
        except KeyboardInterrupt:
            left = interrupted(progress, can_resume=services.can_resume(connector), full=full)
            console.narrate(f"entra-tui: Interrupted. {left}")
            return ExitCode.INTERRUPTED
        closing = _closing(ends, connector, services)
        if as_json and closing is not None:
            JsonLines(console).show(closing)
    return _conclude(ends, connector, console, as_json=as_json, full=full)


def _display(console: Console, *, as_json: bool) -> SyncDisplay:
    if as_json:
        return JsonLines(console)
    if not console.shows_narration:
        return NarratedLines(console)
    return LateBar(console)


async def _follow(
    events: AsyncGenerator[SyncEvent, None], display: SyncDisplay, progress: SyncProgress
) -> list[SyncEvent]:
    """Show every event, and let `progress` take it; give back those that end a list."""
    ends: list[SyncEvent] = []
    async with aclosing(events):
        async for event in events:
            display.show(event)
            progress.take(event, time.monotonic())
            if isinstance(event, Finished | Held | Failed):
                ends.append(event)
    return ends


def _conclude(
    ends: Sequence[SyncEvent], connector: Connector, console: Console, *, as_json: bool, full: bool
) -> ExitCode:
    """Tell how each list ended, and the exit code that follows: warnings do not change it."""
    if not as_json:
        for event in ends:
            match event:
                case Finished():
                    console.write(describe_result(event))
                    for warning in warnings(event):
                        console.narrate(warning)
                case Held():
                    console.write_wrapped(describe_held(event, connector.name))
                case Failed():
                    console.write_wrapped(describe_failure(event, full=full))
                    write_finding(event.finding, console)
                case _:
                    pass
    done = bool(ends) and all(isinstance(event, Finished) for event in ends)
    return ExitCode.DONE if done else ExitCode.FAILED


def _closing(ends: Sequence[SyncEvent], connector: Connector, services: Services) -> Failed | None:
    """The last line of JSON where a list was not brought up to date; None where the last event says it itself."""
    undone = [end for end in ends if isinstance(end, Failed | Held)]
    if not undone or isinstance(ends[-1], Failed):
        return None
    first = undone[0]
    if isinstance(first, Failed):
        return first
    finding = services.explain_held(first, connector)
    return Failed(first.list, finding, first.requests, first.seconds, can_resume=False)
