"""The steps of the wizard, and how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from entra_tui.onboarding import Standing, Step
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from entra_tui.onboarding import Draft


class StepRail(Static):
    """One line a step: its sign, number and title."""

    DEFAULT_CSS = """
    StepRail { width: 23; height: 1fr; padding: 1 0 0 1; background: $surface; }
    """

    def show(self, draft: Draft) -> None:
        """Draw `draft`."""
        lines = [_line(step, draft) for step in Step]
        self.update(Content("\n").join(lines))


def _line(step: Step, draft: Draft) -> Content:
    signs = symbols()
    here = step is draft.step
    standing = draft.standing(step)
    sign, style = {
        Standing.PROVEN: (signs.passed, "$text-success"),
        Standing.SKIPPED: (signs.skipped, "$text-warning"),
        Standing.OPEN: (signs.waiting, "$foreground-muted"),
    }[standing]
    title = f"{step.number} {step.title}"
    return Content.assemble(
        (signs.here if here else " ", "bold"),
        (sign, style),
        (f" {title}", "bold" if here else "$foreground" if standing is Standing.PROVEN else "$foreground-muted"),
    )
