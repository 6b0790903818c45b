"""The connector form with its live checks: what the wizard's step 6 and Connectors > Create have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from entra_tui.checks.ladder import LADDER, climb
from entra_tui.model.connector import CONNECTOR_TYPE, Connector
from entra_tui.model.fields import Field, FieldError
from entra_tui.model.finding import CheckStatus
from entra_tui.screens.ask_secret import with_passphrase
from entra_tui.storage.errors import NameTakenError, StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.check_list import CheckList
from entra_tui.widgets.connector_form import ConnectorForm, FormValues
from entra_tui.widgets.finding_panel import FindingPanel

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.model.secret import Secret
    from entra_tui.services import Services


@dataclass(frozen=True, slots=True)
class Saved:
    """A connector that was saved.

    Attributes:
        connector: As it stands in `config.toml`.
        secret: Its secret.
        checked: Whether the whole ladder held.
    """

    connector: Connector
    secret: Secret
    checked: bool


class ConnectorEditor(VerticalScroll, can_focus=False):
    """The form, the ladder's lines, and the finding where a rung breaks.

    Args:
        services: To check and to save with.
        start: What the form shows first, and what it does not ask for (features, expiry).
        secret: What the secret's field holds first.
        instead_of: Name of the connector that is replaced; None for a new one.
    """

    DEFAULT_CSS = """
    ConnectorEditor { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    ConnectorEditor .lead { height: auto; margin: 0 0 1 0; }
    ConnectorEditor #problem { height: auto; display: none; color: $text-error; text-style: bold; margin: 1 1 0 0; }
    ConnectorEditor #problem.-shown { display: block; }
    ConnectorEditor #anyway { display: none; margin: 1 0 0 0; }
    ConnectorEditor #anyway.-shown { display: block; }
    ConnectorEditor CheckList, ConnectorEditor FindingPanel { margin: 1 1 0 0; }
    """

    @dataclass
    class SaveAnyway(Message):
        """The person wants the connector saved although a check failed."""

    def __init__(
        self, services: Services, start: Connector, *, secret: Secret | None = None, instead_of: str | None = None
    ) -> None:
        super().__init__()
        self.services = services
        self._start = start
        self._secret = secret
        self._instead_of = instead_of

    def compose(self) -> ComposeResult:
        start = self._start
        yield Static(f"Connectors > Create > {CONNECTOR_TYPE}", classes="lead quiet", markup=False)
        yield ConnectorForm(
            self.services.environments,
            name=start.name,
            tenant_id=start.tenant_id,
            client_id=start.client_id,
            secret=self._secret,
            environment=start.environment,
        )
        yield Static("", id="problem", markup=False)
        yield CheckList(LADDER)
        yield FindingPanel()
        yield Button("Save it all the same", id="anyway")

    async def on_mount(self) -> None:
        self._offer_stores()

    @work(group="stores")
    async def _offer_stores(self) -> None:
        self.query_one(ConnectorForm).offer_stores(await self.services.secret_stores())

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self.query_one(ConnectorForm).focus_first()

    def stopped(self) -> None:
        """The checks were ended by the person."""
        self.query_one(CheckList).stop()

    @property
    def environment(self) -> str:
        """Name of the environment that is chosen at present."""
        return self.query_one(ConnectorForm).environment

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save without the ladder's consent."""
        if event.button.id == "anyway":
            event.stop()
            self.post_message(self.SaveAnyway())

    async def check_and_save(self) -> Saved | None:
        """Climb the whole ladder with what is in the form; save when it holds.

        Returns:
            What was saved; None when a field was refused, a check failed, or nothing could be written, each of which
            is shown.
        """
        panel = self.query_one(FindingPanel)
        await self._clear()
        values = self._read()
        if values is None:
            return None
        checks = self.query_one(CheckList)
        try:
            inputs = self.services.inputs_of(self._connector(values), values.secret, entered=True)
        except StorageError as error:
            self._problem(error.sentence)
            return None
        checks.begin()
        context = self.services.check_context(inputs, on_wait=checks.wait_for)
        healthy = True
        async for result in climb(context):
            checks.show(result)
            if result.finding is not None:
                await panel.show(result.finding, warning=result.status is CheckStatus.WARNING)
            healthy = healthy and result.status is not CheckStatus.FAILED
        if not healthy:
            self.query_one("#anyway").add_class("-shown")
            return None
        return await self._save(values, checked=True)

    async def save_anyway(self) -> Saved | None:
        """Save what is in the form without checking it."""
        values = self._read()
        return None if values is None else await self._save(values, checked=False)

    def _read(self) -> FormValues | None:
        return self.query_one(ConnectorForm).read()

    def _connector(self, values: FormValues) -> Connector:
        """What the form says, with what it does not ask for."""
        return replace(
            self._start,
            name=values.name,
            tenant_id=values.tenant_id,
            client_id=values.client_id,
            environment=values.environment,
            secret_store=values.secret_store,
        )

    async def _save(self, values: FormValues, *, checked: bool) -> Saved | None:
        connector = self._connector(values)
        services, instead_of = self.services, self._instead_of
        try:
            await with_passphrase(
                self.app,
                services,
                lambda: services.save_connector(connector, values.secret, instead_of=instead_of),
            )
        except NameTakenError as error:
            self.query_one(ConnectorForm).refuse(FieldError(Field.NAME, "name-taken", error.sentence))
            return None
        except StorageError as error:
            self._problem(error.sentence)
            return None
        self._instead_of = connector.name
        self._problem("")
        self.query_one("#anyway").remove_class("-shown")
        return Saved(connector, values.secret, checked)

    async def _clear(self) -> None:
        self._problem("")
        self.query_one("#anyway").remove_class("-shown")
        await self.query_one(FindingPanel).show(None)

    def _problem(self, sentence: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(sentence)
        problem.set_class(bool(sentence), "-shown")
