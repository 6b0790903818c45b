"""Troubleshoot: what to check (a saved connector, or values that are typed here) and which trouble to look for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Label, OptionList, Select, Static
from textual.widgets.option_list import Option

from entra_tui.checks.context import Inputs
from entra_tui.model.secret import Secret
from entra_tui.model.text import harmless
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.frame import Frame
from entra_tui.screens.ladder import LadderScreen
from entra_tui.screens.troubles import TROUBLES, Trouble
from entra_tui.storage.errors import StorageError
from entra_tui.storage.settings import Settings
from entra_tui.widgets.button import Button
from entra_tui.widgets.check_list import LABELS
from entra_tui.widgets.credential_fields import TENANT_OR_DOMAIN, CredentialFields
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.model.connector import Connector
    from entra_tui.services import Services

_TYPED: Final = -1
_TYPED_LABEL: Final = "Values that I type"
_TYPED_NAME: Final = "typed values"
_RECORDED_LABEL: Final = "The recorded run"
_RECORDED_NAME: Final = "recorded run"
_EMPTY: Final = (
    "No connector is saved on this machine yet. Type the values to check, or set up a connector: that walks through "
    "the guide step by step and checks each one as you go."
)
_LABEL_WIDTH: Final = 27


class TroubleshootScreen(Frame):
    """Chooses what to check; the checks themselves have a screen of their own."""

    heading = "Troubleshoot"
    help_text = """Choose a connector, or type the values of one that is not saved; nothing that is typed here is saved,
and it is kept until you leave the program. A wrong value is named by the check that it breaks.

Enter on Check everything runs the checks in order, from the shape of the values to reading a user. The three troubles
are those of ASCERA's guide: each runs the same checks, and says whether it is the one.

Tab goes from the connector to the fields and to the list. F4 shows a secret that is typed."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "fill", "Fill in", key_display="F5", id="fill")]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    TroubleshootScreen #which { height: 1; }
    TroubleshootScreen #which Label { width: 17; }
    TroubleshootScreen #which Select { width: 1fr; max-width: 60; }
    TroubleshootScreen CredentialFields { max-width: 90; display: none; }
    TroubleshootScreen CredentialFields.-shown { display: block; }
    TroubleshootScreen #menu { height: auto; border: none; padding: 0; margin: 1 0 0 0; background: $background; }
    TroubleshootScreen #menu:focus { background-tint: $foreground 0%; }
    TroubleshootScreen #problem { height: auto; margin: 1 0 0 0; display: none; }
    TroubleshootScreen #problem.-shown { display: block; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._problem = ""
        self._settings = Settings()
        try:
            self._settings = services.settings.read()
        except StorageError as error:
            self._problem = error.sentence

    def compose_body(self) -> Iterable[Widget]:
        if self._problem:
            yield Static(self._problem, id="body", markup=False)
            return
        connectors, typed = self._settings.connectors, self.services.typed_inputs
        offered = [(harmless(connector.name), place) for place, connector in enumerate(connectors)]
        chosen = 0 if connectors and typed is None else _TYPED
        with VerticalScroll(id="body", can_focus=False):
            if not connectors and typed is None:
                yield Static(_EMPTY, classes="lead", markup=False)
            with Horizontal(id="which"):
                yield Label("Connector", markup=False)
                yield Select(
                    [*offered, (_RECORDED_LABEL if self.services.is_replay else _TYPED_LABEL, _TYPED)],
                    value=chosen,
                    allow_blank=False,
                    compact=True,
                    id="connector",
                )
            yield self._fields(typed)
            yield OptionList(*_entries(), id="menu", markup=False, compact=True)
            yield Static("", id="problem", markup=False)
            if not connectors:
                yield Horizontal(Button("Set up a connector", id="set-up"), classes="actions")

    def _fields(self, typed: Inputs | None) -> CredentialFields:
        if typed is None:
            return CredentialFields(self._settings.environments, tenant_hint=TENANT_OR_DOMAIN)
        return CredentialFields(
            self._settings.environments,
            tenant_id=harmless(typed.tenant),
            client_id=harmless(typed.client_id),
            secret=typed.secret,
            environment=typed.environment.name,
            tenant_hint=TENANT_OR_DOMAIN,
        )

    def on_mount(self) -> None:
        if not self._problem:
            self._show_choice()
            fresh = self._is_typed and self.services.typed_inputs is None
            self.query_one("#tenant" if fresh else "#menu").focus()

    # ------------------------------------------------------------ what a person does

    def on_select_changed(self, event: Select.Changed) -> None:
        """Another connector, or another environment."""
        event.stop()
        self._keep_typed()
        self._show_choice()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was typed is there when the person comes back."""
        event.stop()
        self._keep_typed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field checks everything."""
        event.stop()
        self.check()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Run the checks, for one trouble or for all."""
        event.stop()
        self.check(next((one for one in TROUBLES if one.check.value == event.option_id), None))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go to the wizard."""
        event.stop()
        from entra_tui.onboarding import Onboarding  # noqa: PLC0415 - loaded when opened
        from entra_tui.screens.wizard.screen import WizardScreen  # noqa: PLC0415 - loaded when opened

        drafts = self.services.drafts
        onboarding = Onboarding(None, save=lambda draft: drafts.write(draft.to_mapping()))
        self.give_way_to(WizardScreen(self.services, onboarding))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Filling in is for a practice tenant, whose values nobody can know."""
        return action != "fill" or (self.services.practice is not None and self._is_typed)

    def further_commands(self) -> Iterable[SystemCommand]:
        """The whole ladder; a single trouble is chosen from the list."""
        yield SystemCommand("Check everything", "All checks in order", self.check)

    def action_fill(self) -> None:
        """Enter what the person of the practice scenario would."""
        if self.services.practice is not None:
            inputs = self.services.practice.inputs
            self.query_one(CredentialFields).fill(
                tenant_id=inputs.tenant,
                client_id=inputs.client_id,
                secret=inputs.secret,
                environment=inputs.environment,
            )

    @work(group="checks", exclusive=True, description="obtain the secret and open the checks")
    async def check(self, trouble: Trouble | None = None) -> None:
        """Open the checks of what is chosen, and ask for its secret first where that is not known."""
        self._say("")
        connector = self._connector
        try:
            if connector is None:
                inputs = self._typed_inputs()
                name = _RECORDED_NAME if self.services.is_replay else _TYPED_NAME
            else:
                secret = await obtain_secret(self.app, self.services, connector, of_any_shape=True)
                if secret is None:
                    self._say("Without the client secret nothing can be checked.")
                    return
                inputs, name = self.services.inputs_of(connector, secret), connector.name
        except StorageError as error:
            self._say(error.sentence)
            return
        self.open(LadderScreen(self.services, inputs, name=name, trouble=trouble, connector=connector))

    # ------------------------------------------------------------ inside

    @property
    def _is_typed(self) -> bool:
        # Asked for the footer before the fields are there, too.
        return bool(self.query("#connector")) and self._connector is None

    @property
    def _connector(self) -> Connector | None:
        """The connector that is chosen; None where the values are typed."""
        place = self.query_one("#connector", Select).value
        connectors = self._settings.connectors
        return connectors[place] if isinstance(place, int) and place != _TYPED else None

    def _typed_inputs(self) -> Inputs:
        fields = self.query_one(CredentialFields)
        secret, environment = Secret(fields.secret_text), self._settings.environment(fields.environment)
        before = self.services.typed_inputs
        if before is None:
            return Inputs(fields.tenant_id, fields.client_id, secret, environment)
        # A recorded run knows more than four fields: what was to be read, and when the secret ends.
        return replace(
            before, tenant=fields.tenant_id, client_id=fields.client_id, secret=secret, environment=environment
        )

    def _keep_typed(self) -> None:
        typed = self._typed_inputs()
        if typed.tenant or typed.client_id or len(typed.secret):
            self.services.typed_inputs = typed

    def _show_choice(self) -> None:
        fields = self.query_one(CredentialFields)
        fields.set_class(self._is_typed, "-shown")
        connector = self._connector
        try:
            environment = self._settings.environment(fields.environment if connector is None else connector.environment)
            self.query_one(TitleBar).simulated = self.services.is_simulated(environment)
        except StorageError as error:
            self._say(error.sentence)
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        said = self.query_one("#problem", Static)
        said.update(text)
        said.set_class(bool(text), "-shown")


def _entries() -> Iterable[Option]:
    yield Option(_entry("Check everything", "all checks in order"), id="all")
    for trouble in TROUBLES:
        yield Option(_entry(trouble.title, f"told by the check {LABELS[trouble.check]}"), id=trouble.check.value)


def _entry(label: str, detail: str) -> str:
    return f"{label:<{_LABEL_WIDTH}}{detail}"
