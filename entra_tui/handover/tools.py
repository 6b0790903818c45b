"""Every tool's way of doing a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.handover.azure_cli import azure_cli
from entra_tui.handover.graph_powershell import graph_powershell
from entra_tui.handover.m365_cli import m365_cli
from entra_tui.handover.portal import portal_clicks

if TYPE_CHECKING:
    from entra_tui.handover.instructions import Instruction, Target, Task


def instructions(task: Task, target: Target) -> tuple[Instruction, ...]:
    """How to do `task`: the portal first, then three command-line tools."""
    return tuple(tell(task, target) for tell in (portal_clicks, azure_cli, graph_powershell, m365_cli))
