"""ASCERA's connector form: Name, Tenant ID, Client ID, Client Secret, Environment Type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from textual.containers import Vertical
from textual.widgets import Select

from entra_tui.model.connector import DEFAULT_NAME, SecretStore
from entra_tui.model.fields import Field, FieldError, parse_client_id, parse_name, parse_secret, parse_tenant_id
from entra_tui.widgets.field import PasteInput, SecretInput
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
        offered = [(known.label, known.name) for known in environments]
        self._name_input = PasteInput(name, id="name")
        self._tenant = PasteInput(tenant_id, placeholder="Directory (tenant) ID", id="tenant")
        self._client = PasteInput(client_id, placeholder="Application (client) ID", id="client")
        self._secret = SecretInput(placeholder="the Value, not the Secret ID", id="secret")
        if secret is not None:
            self._secret.value = secret.reveal()
        self._environment = Select(
            offered, value=environment or offered[0][1], allow_blank=False, compact=True, id="environment"
        )
        self._store = Select(
            [(STORE_LABELS[SecretStore.NONE], SecretStore.NONE)],
            value=SecretStore.NONE,
            allow_blank=False,
            compact=True,
            id="store",
        )
        self._rows = {
            Field.NAME: FormRow(Field.NAME.value, self._name_input),
            Field.TENANT_ID: FormRow(Field.TENANT_ID.value, self._tenant),
            Field.CLIENT_ID: FormRow(Field.CLIENT_ID.value, self._client),
            Field.CLIENT_SECRET: FormRow(Field.CLIENT_SECRET.value, self._secret),
            Field.ENVIRONMENT: FormRow(Field.ENVIRONMENT.value, self._environment),
        }

    def compose(self) -> ComposeResult:
        yield from self._rows.values()
        yield FormRow("Keep the secret", self._store)

    def offer_stores(self, stores: tuple[SecretStore, ...]) -> None:
        """Where a secret can be kept on this machine; the first is chosen."""
        self._store.set_options([(STORE_LABELS[store], store) for store in stores])
        self._store.value = stores[0]

    def fill(self, *, tenant_id: str, client_id: str, secret: Secret, environment: str) -> None:
        """Put values into the fields in the person's place."""
        self._tenant.value = tenant_id
        self._client.value = client_id
        self._secret.value = secret.reveal()
        self._environment.value = environment

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        self._name_input.focus()

    @property
    def environment(self) -> str:
        """Name of the environment that is chosen."""
        return str(self._environment.value)

    def choose_environment(self, name: str) -> None:
        """Choose an environment for the person."""
        self._environment.value = name

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
        name = _parsed(lambda: parse_name(self._name_input.value), refusals)
        tenant_id = _parsed(lambda: parse_tenant_id(self._tenant.value), refusals)
        client_id = _parsed(lambda: parse_client_id(self._client.value, tenant_id=self._tenant.value), refusals)
        secret = _parsed(
            lambda: parse_secret(self._secret.value, tenant_id=self._tenant.value, client_id=self._client.value),
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
