"""Step 7: the first synchronization of the lookup list that was created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from entra_tui.guidance import GUIDES
from entra_tui.onboarding import Step
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.sync_view import SyncOutcome, SyncView

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SynchronizeStep(StepBody):
    """Watches the list fill."""

    step = Step.SYNCHRONIZE
    check_label = "Synchronize"
    help_text = GUIDES[Step.SYNCHRONIZE].help

    def compose(self) -> ComposeResult:
        connector = self.draft.connector()
        yield Static(
            GUIDES[Step.SYNCHRONIZE].lead.format(users_list=connector.users_list),
            classes="lead",
            markup=False,
        )
        yield SyncView(self.services, connector, obtain_secret)

    @property
    def is_busy(self) -> bool:
        # The view has buttons of its own; the wizard's appears when the list stands.
        return not self.is_proven

    def focus_first(self) -> None:
        self.query_one("#start").focus()

    async def check(self) -> None:
        self.query_one(SyncView).start()

    def on_sync_view_ended(self, event: SyncView.Ended) -> None:
        """The list stands, or it does not."""
        if event.outcome is SyncOutcome.FINISHED:
            self.onboarding.prove(Step.SYNCHRONIZE, f"'{self.draft.connector().users_list}' is synchronized.")
        self.changed()
