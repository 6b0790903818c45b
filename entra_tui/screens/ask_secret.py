"""Asking for a client secret or a passphrase at the moment when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from entra_tui.model.fields import FieldError, parse_secret
from entra_tui.model.secret import Secret
from entra_tui.storage.errors import PassphraseError, StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.field import FieldRow, SecretInput

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App, ComposeResult
    from textual.widgets import Input

    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.services import Services

_Made = TypeVar("_Made")


async def obtain_secret(
    app: App[int], services: Services, connector: Connector, *, of_any_shape: bool = False
) -> Secret | None:
    """A connector's secret: the one that is known, or what the person enters. Call it inside a worker.

    Args:
        app: Shows the question.
        services: Knows the secret, and what became of it.
        connector: Whose.
        of_any_shape: Whether a known one is given back that cannot be a client secret, for the checks to explain.

    Returns:
        The secret, which is known for as long as the program runs, or until Entra refuses it; None when the person
        gives none.

    Raises:
        StorageError: The connector's environment is not known.
    """
    environment = services.settings.environment(connector.environment)
    again = None
    try:
        known = await with_passphrase(app, services, lambda: services.secret_of(connector))
        if known is not None:
            if not of_any_shape:
                parse_secret(known.reveal(), tenant_id=connector.tenant_id, client_id=connector.client_id)
            return known
        notice, again = services.why_asked(connector)
    except FieldError as error:
        notice = error.sentence
    except PassphraseError:
        notice = "Without the passphrase the stored secret stays locked; enter the secret itself."
    except StorageError as error:
        notice = error.sentence
    entered = await app.push_screen_wait(AskSecret(connector, environment, notice=notice, again=again))
    if entered is not None:
        services.remember_secret(connector, entered)
    return entered


async def with_passphrase(app: App[int], services: Services, attempt: Callable[[], Awaitable[_Made]]) -> _Made:
    """Do what may need the passphrase of the encrypted secrets file, asking for it as often as it takes.

    Call it inside a worker.

    Args:
        app: Shows the question.
        services: Learns the passphrase.
        attempt: What to do; tried again after each answer.

    Returns:
        What `attempt` returns.

    Raises:
        PassphraseError: The person gives no passphrase.
        StorageError: As `attempt` does.
    """
    notice = ""
    while True:
        try:
            return await attempt()
        except PassphraseError:
            passphrase = await app.push_screen_wait(AskPassphrase(choose=not services.has_secrets_file, notice=notice))
            if passphrase is None:
                raise
            notice = "That was not the passphrase of the secrets file; enter it again."
        services.unlock(passphrase)


class _Question(ModalScreen[Secret | None]):
    """A small box with one or two masked fields; Esc gives nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "Cancel"),
        Binding("f1", "help", "Help", key_display="F1", show=False, id="help", tooltip="What can be done here"),
    ]
    DEFAULT_CSS = """
    _Question { align: center middle; }
    _Question > Vertical {
        width: 70; max-width: 96%; height: auto; max-height: 96%;
        border: round $primary; border-title-style: bold; padding: 1 2; background: $surface;
    }
    _Question .lead { height: auto; margin: 0 0 1 0; }
    _Question .notice { height: auto; margin: 0 0 1 0; color: $text-warning; }
    _Question .actions { height: 1; margin: 0; }
    _Question .actions Button { margin: 0 2 0 0; }
    """

    title_text: ClassVar[str] = ""
    accept_label: ClassVar[str] = "Continue"

    def __init__(self, *, notice: str = "") -> None:
        super().__init__()
        self._notice = notice

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = self.title_text
            box.border_subtitle = "Esc cancels"
            if self._notice:
                yield Static(self._notice, classes="notice", markup=False)
            yield Static(self.lead(), classes="lead", markup=False)
            yield from self.fields()
            with Horizontal(classes="actions"):
                yield Button(self.accept_label, id="accept", variant="primary")
                yield from self.further_buttons()
                yield Button("Cancel", id="refuse")

    def further_buttons(self) -> tuple[Button, ...]:
        """What else can be answered."""
        return ()

    def lead(self) -> str:
        """What is asked, and why."""
        raise NotImplementedError

    def fields(self) -> tuple[FieldRow, ...]:
        """The fields, in order."""
        raise NotImplementedError

    def answer(self) -> Secret | None:
        """The answer; None, after a refusal was shown, where it cannot be taken."""
        raise NotImplementedError

    def action_help(self) -> None:
        """Explain the field or button that has the focus, and what is asked."""
        from entra_tui.screens.focus_help import topic_of  # noqa: PLC0415 - loaded when first asked for
        from entra_tui.screens.help import HelpScreen  # noqa: PLC0415 - loaded when first asked for

        self.app.push_screen(HelpScreen(self.title_text, self.lead(), topic_of(self.focused)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field, and from the last one on."""
        event.stop()
        fields = list(self.query(SecretInput))
        if event.input is fields[-1]:
            self._accept()
        else:
            self.focus_next(SecretInput)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer, or give none."""
        event.stop()
        if event.button.id == "accept":
            self._accept()
        else:
            self.action_refuse()

    def action_refuse(self) -> None:
        """Give no answer."""
        self.dismiss(None)

    def _accept(self) -> None:
        answer = self.answer()
        if answer is not None:
            self.dismiss(answer)


class AskSecret(_Question):
    """Asks for a connector's client secret.

    Args:
        connector: Whose.
        environment: Where it is sent to.
        notice: Why the known one is not used, or the stored one cannot be had; empty where there is none.
        again: The known one, where it may merely be too new; None where it is no use to send it again.
    """

    title_text = "Client secret"

    def __init__(
        self, connector: Connector, environment: Environment, *, notice: str = "", again: Secret | None = None
    ) -> None:
        super().__init__(notice=notice)
        self._connector = connector
        self._environment = environment
        self._again = again
        self._row = FieldRow(
            "Client secret",
            SecretInput(placeholder="the Value column, not the Secret ID", id="secret"),
            hint="Kept until you leave the program. F4 shows it.",
        )

    def lead(self) -> str:
        return f"Enter the client secret of {self._connector.name}. It is sent to {self._environment.login_host}."

    def further_buttons(self) -> tuple[Button, ...]:
        """The same again, for a secret that may be spreading still."""
        return () if self._again is None else (Button("Try the same again", id="same"),)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer, the one before, or none."""
        if event.button.id == "same":
            event.stop()
            self.dismiss(self._again)
        else:
            super().on_button_pressed(event)

    def fields(self) -> tuple[FieldRow, ...]:
        return (self._row,)

    def answer(self) -> Secret | None:
        connector = self._connector
        try:
            return parse_secret(self._row.field.value, tenant_id=connector.tenant_id, client_id=connector.client_id)
        except FieldError as error:
            self._row.refuse(error.sentence)
            self._row.field.focus()
            return None


class AskPassphrase(_Question):
    """Asks for the passphrase of the encrypted secrets file.

    Args:
        choose: Whether there is no such file yet, so that a new passphrase is chosen, twice.
        notice: Why the last answer was not taken; empty at first.
    """

    title_text = "Passphrase"

    def __init__(self, *, choose: bool, notice: str = "") -> None:
        super().__init__(notice=notice)
        self._choose = choose
        self._first = FieldRow("Passphrase", SecretInput(id="passphrase"), hint="F4 shows it.")
        self._again = FieldRow("The same again", SecretInput(id="again"))

    def lead(self) -> str:
        if self._choose:
            return (
                "Choose a passphrase for the encrypted secrets file. It is stored nowhere: without it the secrets in "
                "the file are lost."
            )
        return "Enter the passphrase of the encrypted secrets file."

    def fields(self) -> tuple[FieldRow, ...]:
        return (self._first, self._again) if self._choose else (self._first,)

    def answer(self) -> Secret | None:
        text = self._first.field.value
        if not text:
            self._first.refuse("Enter a passphrase.")
            self._first.field.focus()
            return None
        self._first.accept()
        if self._choose and self._again.field.value != text:
            self._again.refuse("The two are not the same; enter it again.")
            self._again.field.focus()
            return None
        return Secret(text)
