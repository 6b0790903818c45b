"""`entra-tui simulate --list`: the scenarios of the practice tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.simulator.scenario import list_scenarios

if TYPE_CHECKING:
    from entra_tui.commands.console import Console


def describe_scenarios(console: Console, *, as_json: bool) -> ExitCode:
    """Describe every scenario that is shipped; in JSON `[{"name", "title", "description"}]`."""
    if as_json:
        rows = [{"name": one.name, "title": one.title, "description": one.description} for one in list_scenarios()]
        console.write_json(rows)
        return ExitCode.DONE
    for scenario in list_scenarios():
        console.write(scenario.name)
        console.write_wrapped(f"{scenario.title}. {scenario.description}", lead="    ")
    return ExitCode.DONE
