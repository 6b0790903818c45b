# ruff: noqa: PLC0415 - a command loads its own modules when it runs, so that the others need not wait for them
"""From a command line to the module that does it."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final

from entra_tui.commands.errors import UsageError
from entra_tui.terminal_kind import is_browser, wants_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders

    Work = Callable[[], int]  # what a command does once its modules are loaded; gives the exit code

HOME_VARIABLE: Final = "ENTRA_TUI_HOME"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the program.

    Attributes:
        arguments: What was typed.
        console: Where to read and write.
        folders: Where things are kept.
    """

    arguments: SimpleNamespace
    console: Console
    folders: Folders


def parse(argv: Sequence[str]) -> SimpleNamespace:
    """What was typed.

    Raises:
        SystemExit: Help or the version was asked for (0), or the line cannot be understood (2).
    """
    if not argv:
        # The screens are waited for, and a parser takes its time.
        return SimpleNamespace(command="wizard")
    from entra_tui.commands.arguments import build_parser

    parser = build_parser(argv[0])
    arguments, surplus = parser.parse_known_args(argv, namespace=SimpleNamespace())
    if surplus:
        # A surplus value is not repeated: it may be a secret.
        options = [each.partition("=")[0] for each in surplus if each.startswith("-")]
        what = f"there is no option {options[0]} here" if options else "there are more arguments than it takes"
        parser.error(f"{what}; see `{arguments.prog} --help`.")
    return arguments


def home_folder(arguments: SimpleNamespace) -> Path | None:
    """The one folder for everything, from `--data-dir` or the variable; None for the system's own folders."""
    named = getattr(arguments, "data_dir", None) or os.environ.get(HOME_VARIABLE)
    return Path(named) if named else None


def run(arguments: SimpleNamespace, console: Console) -> int:
    """Do what was typed; gives the exit code, and lets every error out."""
    from entra_tui.storage.folders import Folders

    work = _LOADS[arguments.command](Call(arguments, console, Folders.locate(home_folder(arguments))))
    if not gc.isenabled():
        # What was loaded stays, so it is never looked through.
        gc.freeze()
        gc.enable()
    return work()


def _wizard(call: Call) -> Work:
    if _wants_lines(call) or not _has_terminal(call):
        from entra_tui.plain.door import run_plain

        return partial(run_plain, call.folders)
    from entra_tui.app import run_wizard

    return partial(run_wizard, call.folders)


def _has_terminal(call: Call) -> bool:
    return is_browser() or (call.console.can_ask and call.console.shows_data)


def _wants_lines(call: Call) -> bool:
    return getattr(call.arguments, "plain", False) or wants_lines()


def _demo(call: Call) -> Work:
    arguments = call.arguments
    shows_screens = _has_terminal(call) and not _wants_lines(call)
    if (arguments.exit or arguments.speed is not None) and not arguments.autoplay:
        raise UsageError("--speed and --exit are for --autoplay.")
    if arguments.autoplay and not (shows_screens or arguments.exit):
        raise UsageError("--autoplay needs a terminal that shows screens; with --exit it plays without one.")
    if _wants_lines(call) and not arguments.autoplay:
        from entra_tui.plain.door import run_plain_demo

        return partial(run_plain_demo, _demo_folder(arguments), arguments.scenario, users=arguments.users)
    if not (shows_screens or arguments.autoplay):
        raise UsageError("The demo needs a terminal; `entra-tui simulate` serves the same practice tenant without.")
    from entra_tui.demo import Autoplay, run_demo

    autoplay = Autoplay(arguments.speed or 1.0, arguments.exit) if arguments.autoplay else None
    return partial(
        run_demo,
        _demo_folder(arguments),
        arguments.scenario,
        users=arguments.users,
        autoplay=autoplay,
        headless=not shows_screens,
    )


def _demo_folder(arguments: SimpleNamespace) -> Path | None:
    """A folder of the demo's own under `--data-dir`, so that it never meets real connectors; None is thrown away."""
    named = getattr(arguments, "data_dir", None)
    return Path(named) / "demo" if named else None


def _check(call: Call) -> Work:
    from entra_tui.commands.check import check

    return partial(
        check,
        call.console,
        call.folders,
        name=call.arguments.connector,
        tenant=call.arguments.tenant_id,
        client_id=call.arguments.client_id,
        environment=call.arguments.environment,
        secret_from_stdin=call.arguments.client_secret_stdin,
        as_json=call.arguments.json,
    )


def _connector_add(call: Call) -> Work:
    from entra_tui.commands.connector import Form, add

    form = Form(
        name=call.arguments.name,
        tenant_id=call.arguments.tenant_id,
        client_id=call.arguments.client_id,
        environment=call.arguments.environment,
        secret_store=call.arguments.secret_store,
        secret_expires=call.arguments.secret_expires,
        features=call.arguments.feature,
        least_privilege=call.arguments.least_privilege,
    )
    return partial(
        add,
        call.console,
        call.folders,
        form,
        secret_from_stdin=call.arguments.client_secret_stdin,
        as_json=call.arguments.json,
    )


def _connector_list(call: Call) -> Work:
    from entra_tui.commands.connector_view import show_all

    return partial(show_all, call.console, call.folders, as_json=call.arguments.json)


def _connector_show(call: Call) -> Work:
    from entra_tui.commands.connector_view import show

    return partial(show, call.console, call.folders, name=call.arguments.name, as_json=call.arguments.json)


def _connector_remove(call: Call) -> Work:
    from entra_tui.commands.connector import remove

    return partial(
        remove,
        call.console,
        call.folders,
        name=call.arguments.name,
        confirmed=call.arguments.yes,
        as_json=call.arguments.json,
    )


def _sync(call: Call) -> Work:
    from entra_tui.commands.sync import sync

    return partial(
        sync,
        call.console,
        call.folders,
        name=call.arguments.connector,
        full=call.arguments.full,
        confirmed=call.arguments.yes,
        secret_from_stdin=call.arguments.client_secret_stdin,
        as_json=call.arguments.json,
    )


def _list(call: Call) -> Work:
    if call.arguments.yes and call.arguments.remove is None:
        raise UsageError("--yes is for --remove.")
    if call.arguments.runs is not None:
        from entra_tui.commands.runs import show_runs

        return partial(show_runs, call.console, call.folders, name=call.arguments.runs, as_json=call.arguments.json)
    if call.arguments.remove is not None:
        from entra_tui.commands.list_removal import remove_list

        return partial(
            remove_list,
            call.console,
            call.folders,
            name=call.arguments.remove,
            confirmed=call.arguments.yes,
            as_json=call.arguments.json,
        )
    from entra_tui.commands.lists import show_lists

    return partial(show_lists, call.console, call.folders, as_json=call.arguments.json)


def _export(call: Call) -> Work:
    from entra_tui.commands.export import export

    return partial(
        export,
        call.console,
        call.folders,
        name=call.arguments.list,
        form=call.arguments.format,
        target=call.arguments.output,
        raw=call.arguments.raw,
        memberships=call.arguments.memberships,
    )


def _evidence(call: Call) -> Work:
    from entra_tui.commands.evidence import evidence

    return partial(
        evidence,
        call.console,
        call.folders,
        name=call.arguments.connector,
        target=call.arguments.output,
        secret_from_stdin=call.arguments.client_secret_stdin,
        as_json=call.arguments.json,
    )


def _report(call: Call) -> Work:
    from entra_tui.commands.report import report

    return partial(
        report,
        call.console,
        call.folders,
        name=call.arguments.connector,
        target=Path(call.arguments.output),
        anonymous=call.arguments.anonymous_tenant,
        confirmed=call.arguments.yes,
        secret_from_stdin=call.arguments.client_secret_stdin,
    )


def _replay(call: Call) -> Work:
    from entra_tui.commands.replay import show_replay, write_scenario
    from entra_tui.report.document import load_report

    recorded = load_report(Path(call.arguments.file))
    if call.arguments.scenario is not None:
        return partial(write_scenario, call.console, recorded, Path(call.arguments.scenario))
    if call.arguments.json:
        return partial(show_replay, call.console, recorded)
    if not (call.console.can_ask and call.console.shows_data):
        raise UsageError("Troubleshoot needs a terminal; `entra-tui replay FILE --json` prints the checks without.")
    from entra_tui.app import run_replay

    return partial(run_replay, recorded)


def _simulate(call: Call) -> Work:
    if call.arguments.list:
        from entra_tui.commands.scenarios import describe_scenarios

        return partial(describe_scenarios, call.console, as_json=call.arguments.json)
    from entra_tui.commands.simulate import Place, simulate

    return partial(
        simulate,
        call.console,
        call.folders,
        Place(call.arguments.host, call.arguments.port, call.arguments.allow_other_machines),
        scenario=call.arguments.scenario,
        users=call.arguments.users,
        as_json=call.arguments.json,
    )


def _serve(call: Call) -> Work:
    from entra_tui.commands.serve import Visit, serve

    arguments = call.arguments
    visit = Visit(arguments.scenario, arguments.users, arguments.no_demo, home_folder(arguments))
    return partial(serve, call.console, visit, port=arguments.port)


_LOADS: Final[Mapping[str, Callable[[Call], Work]]] = {
    "wizard": _wizard,
    "demo": _demo,
    "check": _check,
    "connector add": _connector_add,
    "connector list": _connector_list,
    "connector show": _connector_show,
    "connector remove": _connector_remove,
    "sync": _sync,
    "list": _list,
    "export": _export,
    "evidence": _evidence,
    "report": _report,
    "replay": _replay,
    "simulate": _simulate,
    "serve": _serve,
}
"""Who loads each command that `build_parser` knows, and gives what it does."""
