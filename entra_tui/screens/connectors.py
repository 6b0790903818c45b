"""ConMon: Maintain > Connectors: the list, Create, and the choice of a connector type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.model.connector import CONNECTOR_TYPE, Connector
from entra_tui.screens.frame import Frame
from entra_tui.screens.removal import RemoveScreen
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.connector_form import STORE_LABELS
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget


class ConnectorsScreen(Frame):
    """All saved connectors."""

    heading = "ConMon: Maintain > Connectors"
    help_text = """The connectors that are saved on this machine.

Create asks for the connector type and opens the form. Enter on a connector synchronizes it, Delete removes it
with its secret and its lookup lists."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "create", "Create", show=False, tooltip="A connector of your own values"),
        Binding("s", "synchronize", "Synchronize", show=False, tooltip="The lists of the connector under the cursor"),
        Binding("delete", "remove", "Remove", tooltip="The connector under the cursor, its secret and its lists"),
    ]
    DEFAULT_CSS = """
    ConnectorsScreen #body { padding: 1 2 0 2; }
    ConnectorsScreen OptionList { height: auto; max-height: 1fr; border: none; padding: 0; background: $background; }
    ConnectorsScreen #empty { height: auto; display: none; }
    ConnectorsScreen #empty.-shown { display: block; }
    ConnectorsScreen #refusal { height: auto; margin: 0 0 1 0; color: $text-error; display: none; }
    ConnectorsScreen #refusal.-shown { display: block; }
    ConnectorsScreen .actions { margin: 0 0 1 0; }
    """

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Horizontal(Button("Create", variant="primary", id="create"), classes="actions"),
            Static("", id="refusal", markup=False),
            Static("No connector is saved yet. Press Create.", id="empty", classes="quiet", markup=False),
            OptionList(id="connectors", markup=False, compact=True),
            id="body",
        )

    def on_mount(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        """A connector may have been saved or removed."""
        self._draw()

    def _draw(self) -> None:
        menu = self.query_one(OptionList)
        menu.clear_options()
        try:
            connectors = self.services.settings.read().connectors
            menu.add_options(self._option(connector) for connector in connectors)
        except StorageError as error:
            self.query_one("#empty", Static).update(error.sentence)
            connectors = ()
        self.query_one("#empty").set_class(not connectors, "-shown")
        menu.display = bool(connectors)
        if connectors:
            menu.highlighted = 0
            menu.focus()
        else:
            self.query_one("#create").focus()
        self.refresh_bindings()

    def _option(self, connector: Connector) -> Option:
        environment = self.services.settings.environment(connector.environment)
        mark = "  SIMULATED" if self.services.is_simulated(environment) else ""
        expires = f", ends {connector.secret_expires}" if connector.secret_expires else ""
        # The host and the label of an environment of one's own do not fit on one line.
        between = ", " if environment.built_in else f"{environment.place}\n  "
        lines = (
            f"{CONNECTOR_TYPE}{between}{environment.label}",
            f"Tenant {connector.tenant_id}",
            f"Secret kept: {_in_sentence(STORE_LABELS[connector.secret_store])}{expires}",
        )
        return Option(
            Content.assemble((connector.name, "bold"), (mark, "bold"), *(f"\n  {line}" for line in lines)),
            id=connector.name,
        )

    def on_button_pressed(self) -> None:
        """Create."""
        self.action_create()

    def action_create(self) -> None:
        """Choose a type, then fill in the form."""
        self.open(ConnectorTypeScreen(), self._open_form)

    def _open_form(self, connector_type: str | None) -> None:
        if connector_type is not None:
            from entra_tui.screens.create_connector import CreateConnectorScreen  # noqa: PLC0415 - loaded when opened

            self.open(CreateConnectorScreen(self.services))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Synchronize the connector."""
        event.stop()
        self.action_synchronize()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Where no connector is saved, none can be synchronized or removed."""
        return action not in {"synchronize", "remove"} or self._chosen is not None

    @property
    def _chosen(self) -> str | None:
        """The name of the connector under the cursor; None where there is none."""
        menus = self.query(OptionList)
        option = menus.first().highlighted_option if menus else None
        return option.id if option is not None else None

    def action_synchronize(self) -> None:
        """Synchronize the connector under the cursor."""
        name = self._chosen
        if name is None:
            return
        from entra_tui.screens.sync import SyncScreen  # noqa: PLC0415 - loaded when opened

        self._refuse("")
        self.open(SyncScreen(self.services, self.services.settings.find_connector(name)))

    def action_remove(self) -> None:
        """Ask, then remove."""
        name = self._chosen
        if name is None:
            return

        def remove_if(sure: bool | None) -> None:
            self._refuse("")
            if sure:
                self._remove(name)

        try:
            sharing = self.services.secret_sharing(self.services.settings.find_connector(name))
        except StorageError as error:
            self._refuse(error.sentence)
            return
        self.open(RemoveScreen(sharing, synchronizing=self.services.is_synchronizing(name)), remove_if)

    @work(group="remove")
    async def _remove(self, name: str) -> None:
        try:
            removal = await self.services.remove_connector(name)
        except StorageError as error:
            self._refuse(error.sentence)
        else:
            if removal.left:
                self._tell(f"{symbols().warning} {' '.join((removal.sentence, *removal.left))}")
        self._draw()

    def _refuse(self, sentence: str) -> None:
        """Say why nothing was done, until something else is tried; empty says nothing."""
        self._tell(f"{symbols().failed} {sentence}" if sentence else "")

    def _tell(self, text: str) -> None:
        refusal = self.query_one("#refusal", Static)
        refusal.update(text)
        refusal.set_class(bool(text), "-shown")


class ConnectorTypeScreen(ModalScreen[str | None]):
    """The list of connector types."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]
    DEFAULT_CSS = """
    ConnectorTypeScreen { align: center middle; }
    ConnectorTypeScreen > Vertical {
        width: 50; height: auto; border: round $primary; padding: 1 2; background: $surface;
    }
    ConnectorTypeScreen OptionList { height: auto; border: none; padding: 0; background: $surface; margin: 1 0 0 0; }
    """

    def compose(self) -> ComposeResult:
        window = Vertical(
            Static("Select the connector type:", markup=False),
            OptionList(Option(CONNECTOR_TYPE, id=CONNECTOR_TYPE), markup=False, compact=True),
        )
        window.border_title = "Create a connector"
        yield window

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.dismiss(event.option_id)


def _in_sentence(text: str) -> str:
    return text[:1].lower() + text[1:]
