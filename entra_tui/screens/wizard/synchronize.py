"""Step 7: the first synchronization of the lookup list that was created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Static

from entra_tui.guidance import GUIDES
from entra_tui.handover.evidence import collect_evidence, evidence_markdown
from entra_tui.onboarding import Step
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.storage.errors import StorageError
from entra_tui.storage.private_file import write_private
from entra_tui.widgets.button import Button
from entra_tui.widgets.sync_view import SyncOutcome, SyncView

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SynchronizeStep(StepBody):
    """Watches the list fill."""

    step = Step.SYNCHRONIZE
    check_label = "Synchronize"
    help_text = GUIDES[Step.SYNCHRONIZE].help
    DEFAULT_CSS = """
    SynchronizeStep #evidence { display: none; margin: 1 0 0 0; }
    SynchronizeStep #evidence.-shown { display: block; }
    """

    def compose(self) -> ComposeResult:
        connector = self.draft.connector()
        yield Static(
            GUIDES[Step.SYNCHRONIZE].lead.format(users_list=connector.users_list),
            classes="lead",
            markup=False,
        )
        yield SyncView(self.services, connector, obtain_secret)
        yield Button("Save evidence", id="evidence")
        yield Static("", id="notice", classes="notice", markup=False)

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
            self.query_one("#evidence").add_class("-shown")
        self.changed()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Prove everything once more and write it down."""
        if event.button.id == "evidence":
            event.stop()
            self._save_evidence()

    @work(group="evidence", exclusive=True)
    async def _save_evidence(self) -> None:
        self._notice("Climbing the ladder once more.")
        try:
            connector = self.services.settings.find_connector(self.draft.name)
            secret = await obtain_secret(self.app, self.services, connector)
            if secret is None:
                self._notice("Without the client secret there is no evidence.")
                return
            found = await collect_evidence(self.services, connector, secret)
            # Evidence of an earlier day stays what it was.
            file = self.services.folders.data / f"evidence-{connector.client_id}-{found.made_at:%Y%m%d-%H%M%S}.md"
            write_private(file, evidence_markdown(found).encode())
        except StorageError as error:
            self._notice(error.sentence)
        else:
            self._notice(f"Written, for you alone to read, to {file}")

    def _notice(self, text: str) -> None:
        notice = self.query_one("#notice", Static)
        notice.update(text)
        notice.add_class("-shown")
