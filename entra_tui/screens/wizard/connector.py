"""Step 6: the connector form, checked as a whole and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.guidance import GUIDES
from entra_tui.onboarding import Step
from entra_tui.screens.connector_editor import ConnectorEditor, Saved
from entra_tui.screens.wizard.step_body import StepBody

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget


class ConnectorStep(StepBody):
    """The same form as under Connectors > Create, filled with what was proven."""

    step = Step.CONNECTOR
    check_label = "Check and save"
    help_text = GUIDES[Step.CONNECTOR].help

    DEFAULT_CSS = """
    ConnectorStep { scrollbar-gutter: auto; padding: 0; overflow: hidden; }
    """

    def compose(self) -> ComposeResult:
        # A connector that this onboarding saved before is brought up to date, not refused for its name.
        yield ConnectorEditor(
            self.services,
            self.draft.connector(),
            secret=self.onboarding.secret,
            instead_of=self.draft.name if self.draft.saved else None,
        )

    @property
    def _editor(self) -> ConnectorEditor:
        return self.query_one(ConnectorEditor)

    @property
    def scrolled(self) -> Widget:
        return self._editor

    def focus_first(self) -> None:
        self._editor.focus_first()

    async def check(self) -> None:
        self._record(await self._editor.check_and_save())

    async def on_connector_editor_save_anyway(self, event: ConnectorEditor.SaveAnyway) -> None:
        """The person takes the connector as it is."""
        event.stop()
        self._record(await self._editor.save_anyway())
        self.changed()

    def _record(self, saved: Saved | None) -> None:
        if saved is not None:
            self.onboarding.record_saved(saved.connector, saved.secret, checked=saved.checked)

    def stopped(self) -> None:
        self._editor.stopped()
