"""`entra-tui serve`: the program in a browser of this machine."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.session import run_interruptible
from entra_tui.simulator.scenario import find_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.commands.console import Console


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visitor of the page gets.

    Attributes:
        scenario: Name or file of the practice tenant's scenario; None to offer them all.
        users: How many users it has; None for as many as its scenario says.
        own_data: Whether it is no demo, but the wizard with the connectors of this account.
        home: The one folder for everything, where one was named; for one's own data only.
    """

    scenario: str | None
    users: int | None
    own_data: bool
    home: Path | None

    @property
    def arguments(self) -> list[str]:
        """The command line of a visitor's process."""
        if self.own_data:
            return ["--data-dir", str(self.home)] if self.home else []
        users = [] if self.users is None else ["--users", str(self.users)]
        return ["demo", *([self.scenario] if self.scenario else []), *users]


def serve(console: Console, visit: Visit, *, port: int) -> ExitCode:
    """Serve the page until SIGINT or SIGTERM; then it is DONE.

    Args:
        console: Where the address is told.
        visit: What a visitor gets.
        port: TCP port on the loopback address; 0 for any that is free.

    Raises:
        ScenarioError: There is no such scenario.
        UsageError: `textual-serve` is not installed, the options contradict each other, or the port is taken.
    """
    if visit.own_data and (visit.scenario or visit.users is not None):
        raise UsageError("SCENARIO and --users are for the demo; leave them out with --no-demo.")
    if visit.scenario:
        find_scenario(visit.scenario)
    if find_spec("textual_serve") is None:
        raise UsageError("`entra-tui serve` needs one package more: `pip install textual-serve~=1.1.3`.")
    from entra_tui.browser.server import AddressInUse, BrowserServer  # noqa: PLC0415 - the package may be missing

    if visit.own_data:
        console.narrate(
            "This is no demo: whoever knows the address works with your connectors, with your rights on this machine. "
            "Keep it to yourself, and end it with Ctrl+C when you are done."
        )
    server = BrowserServer(
        visit.arguments,
        "entra-tui" if visit.own_data else "entra-tui: a demo on a practice tenant",
        key=secrets.token_urlsafe(16) if visit.own_data else "",
    )
    with asyncio.Runner() as runner:
        try:
            run_interruptible(runner, server.serve_until_cancelled(port, lambda address: _tell(console, address)))
        except KeyboardInterrupt:
            console.narrate("Ended.")
        except AddressInUse as error:
            raise UsageError(f"Port {port} cannot be used ({error}); choose another with --port.") from error
    return ExitCode.DONE


def _tell(console: Console, address: str) -> None:
    console.write(address)
    console.narrate("Open this address in a browser on this machine. Ctrl+C ends it.")
