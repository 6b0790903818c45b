"""ASCERA's connector form: Name, Tenant ID, Client ID, Client Secret, Environment Type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from textual.containers import Vertical
from textual.widgets import Select

from entra_tui.model.connector import DEFAULT_NAME, SecretStore
from entra_tui.model.fields import Field, FieldError, parse_client_id, parse_name, parse_secret, parse_tenant_id
from entra_tui.widgets.credential_fields import CredentialFields
from entra_tui.widgets.field import PasteInput
from entra_tui.widgets.form_row import FormRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult

    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret

Value = TypeVar("Value")

STORE_LABELS: Final = {
    SecretStore.KEYRING: "The system keyring",
    SecretStore.FILE: "A file encrypted under a passphrase",
    SecretStore.NONE: "Nowhere (asked for each time)",
}


@dataclass(frozen=True, slots=True)
class FormValues:
    """What the form holds, cleaned and checked field by field.

    Attributes:
        name: The connector's name.
        tenant_id: A GUID.
        client_id: A GUID.
        secret: The client secret.
        environment: Name of the environment.
        secret_store: Where to keep the secret.
    """

    name: str
    tenant_id: str
    client_id: str
    secret: Secret
    environment: str
    secret_store: SecretStore


class ConnectorForm(Vertical):
    """The form. Nothing that was typed is ever lost by a refusal."""

    DEFAULT_CSS = """
    ConnectorForm { height: auto; }
    ConnectorForm Select { width: 1fr; }
    """

    def __init__(
        self,
        environments: Iterable[Environment],
        *,
        name: str = DEFAULT_NAME,
        tenant_id: str = "",
        client_id: str = "",
        secret: Secret | None = None,
        environment: str | None = None,
    ) -> None:
        super().__init__()
        self._name_input = PasteInput(name, id="name")
        self._credentials = CredentialFields(
            environments, tenant_id=tenant_id, client_id=client_id, secret=secret, environment=environment
        )
        self._store = Select(
            [(STORE_LABELS[SecretStore.NONE], SecretStore.NONE)],
            value=SecretStore.NONE,
            allow_blank=False,
            compact=True,
            id="store",
        )
        self._name_row = FormRow(Field.NAME.value, self._name_input)
        self._rows = {Field.NAME: self._name_row, **self._credentials.rows}

    def compose(self) -> ComposeResult:
        yield self._name_row
        yield self._credentials
        yield FormRow("Keep the secret", self._store)

    def offer_stores(self, stores: tuple[SecretStore, ...]) -> None:
        """Where a secret can be kept on this machine; the first is chosen."""
        self._store.set_options([(STORE_LABELS[store], store) for store in stores])
        self._store.value = stores[0]

    def fill(self, *, tenant_id: str, client_id: str, secret: Secret, environment: str) -> None:
        """Put values into the fields in the person's place."""
        self._credentials.fill(tenant_id=tenant_id, client_id=client_id, secret=secret, environment=environment)

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self._name_input.focus()

    @property
    def environment(self) -> str:
        """Name of the environment that is chosen."""
        return self._credentials.environment

    def choose_environment(self, name: str) -> None:
        """Choose an environment for the person."""
        self._credentials.choose_environment(name)

    def refuse(self, error: FieldError) -> None:
        """Show a refusal at its field and go there."""
        row = self._rows[error.field]
        row.refuse(error.sentence)
        row.control.focus()

    def read(self) -> FormValues | None:
        """The values; None when a field is refused, which is then said at that field.

        Every field is looked at, so that all refusals show at once; the cursor goes to the first.
        """
        for row in self._rows.values():
            row.tell("")
        refusals: list[FieldError] = []
        entered = self._credentials
        name = _parsed(lambda: parse_name(self._name_input.value), refusals)
        tenant_id = _parsed(lambda: parse_tenant_id(entered.tenant_id), refusals)
        client_id = _parsed(lambda: parse_client_id(entered.client_id, tenant_id=entered.tenant_id), refusals)
        secret = _parsed(
            lambda: parse_secret(entered.secret_text, tenant_id=entered.tenant_id, client_id=entered.client_id),
            refusals,
        )
        for error in reversed(refusals):
            self.refuse(error)
        if name is None or tenant_id is None or client_id is None or secret is None:
            return None
        store = self._store.value
        return FormValues(
            name,
            tenant_id,
            client_id,
            secret,
            self.environment,
            store if isinstance(store, SecretStore) else SecretStore.NONE,
        )


def _parsed(parse: Callable[[], Value], refusals: list[FieldError]) -> Value | None:
    try:
        return parse()
    except FieldError as error:
        refusals.append(error)
        return None
