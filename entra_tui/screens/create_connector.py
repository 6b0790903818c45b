"""ConMon: Maintain > Connectors > Create > Microsoft Entra ID: the form by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from entra_tui.model.connector import DEFAULT_NAME, Connector
from entra_tui.model.environment import PUBLIC
from entra_tui.screens.connector_editor import ConnectorEditor, Saved
from entra_tui.screens.frame import Frame
from entra_tui.widgets.button import Button
from entra_tui.widgets.connector_form import ConnectorForm
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget
    from textual.widgets import Select
    from textual.worker import Worker


class CreateConnectorScreen(Frame):
    """The form for somebody who has the three values already."""

    heading = "Connectors > Create"
    help_text = """Enter the Tenant ID, the Application (client) ID and the client secret's Value, and choose
the environment. Check and save climbs the whole verification ladder first; nothing is saved
when a check fails, unless you say so.

Set up a connector, on the first screen, explains where each value comes from."""
    DEFAULT_CSS = """
    CreateConnectorScreen #body { padding: 1 2 0 2; }
    CreateConnectorScreen ConnectorEditor { max-width: 90; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "fill", "Fill in", key_display="F5")]

    _checking: Worker[None] | None = None

    def compose_body(self) -> Iterable[Widget]:
        blank = Connector(name=DEFAULT_NAME, tenant_id="", client_id="", environment=PUBLIC.name)
        yield Vertical(
            ConnectorEditor(self.services, blank),
            Horizontal(
                Button("Check and save", variant="primary", id="save"),
                Button("Cancel", id="cancel"),
                classes="actions",
            ),
            id="body",
        )

    def on_mount(self) -> None:
        self._editor.focus_first()

    @property
    def _editor(self) -> ConnectorEditor:
        return self.query_one(ConnectorEditor)

    def on_select_changed(self, event: Select.Changed) -> None:
        """A simulated environment is marked as soon as it is chosen."""
        if event.select.id == "environment":
            environment = self.services.settings.environment(self._editor.environment)
            self.query_one(TitleBar).simulated = self.services.is_simulated(environment)

    def on_input_submitted(self) -> None:
        """Enter in a field is the primary button."""
        self._check()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Check and save, stop, or cancel."""
        if event.button.id == "cancel":
            await self.action_leave()
        elif self._checking is not None:
            self._stop()
        else:
            self._check()

    def on_connector_editor_save_anyway(self, event: ConnectorEditor.SaveAnyway) -> None:
        """The person takes the connector as it is."""
        event.stop()
        self._save_anyway()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Filling in is for a practice tenant, whose values nobody can know."""
        return self.services.practice is not None if action == "fill" else True

    def action_fill(self) -> None:
        """Enter what the person of the practice scenario would."""
        if self.services.practice is not None:
            inputs = self.services.practice.inputs
            self.query_one(ConnectorForm).fill(
                tenant_id=inputs.tenant,
                client_id=inputs.client_id,
                secret=inputs.secret,
                environment=inputs.environment,
            )

    async def action_leave(self) -> None:
        """Stop the checks; without any, leave the form."""
        if self._checking is not None:
            self._stop()
        else:
            self.close()

    def _check(self) -> None:
        if self._checking is None:
            self._checking = self._check_and_save()
            self.query_one("#save", Button).label = "Stop"

    def _stop(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
            self._editor.stopped()
            self._ended()

    def _ended(self) -> None:
        self._checking = None
        self.query_one("#save", Button).label = "Check and save"

    @work(group="check", description="live checks")
    async def _check_and_save(self) -> None:
        saved = await self._editor.check_and_save()
        self._ended()
        self._go_on(saved)

    @work(group="check", exclusive=True)
    async def _save_anyway(self) -> None:
        self._go_on(await self._editor.save_anyway())

    def _go_on(self, saved: Saved | None) -> None:
        if saved is not None:
            from entra_tui.screens.sync import SyncScreen  # noqa: PLC0415 - loaded when opened

            self.give_way_to(SyncScreen(self.services, saved.connector))
