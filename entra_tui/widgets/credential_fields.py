"""The fields that say which app of which tenant: Tenant ID, Client ID, Client Secret, Environment Type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Select

from entra_tui.model.fields import Field
from entra_tui.widgets.field import PasteInput, SecretInput
from entra_tui.widgets.form_row import FormRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret

TENANT_ID_ONLY: Final = "Directory (tenant) ID"
TENANT_OR_DOMAIN: Final = "Directory (tenant) ID or a domain name"


class CredentialFields(Vertical):
    """Four rows. What was typed stays as it is, whether it is right or not.

    Args:
        environments: To choose from; the first is chosen unless `environment` says otherwise.
        tenant_id: What the field shows first.
        client_id: The same.
        secret: The same; None leaves it empty.
        environment: Name of the environment that is chosen first.
        tenant_hint: What the empty tenant field says.
    """

    DEFAULT_CSS = """
    CredentialFields { height: auto; }
    CredentialFields Select { width: 1fr; }
    """

    def __init__(
        self,
        environments: Iterable[Environment],
        *,
        tenant_id: str = "",
        client_id: str = "",
        secret: Secret | None = None,
        environment: str | None = None,
        tenant_hint: str = TENANT_ID_ONLY,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        offered = [(known.shown_label, known.name) for known in environments]
        self._tenant = PasteInput(tenant_id, placeholder=tenant_hint, id="tenant")
        self._client = PasteInput(client_id, placeholder="Application (client) ID", id="client")
        self._secret = SecretInput(placeholder="the Value, not the Secret ID", id="secret")
        if secret is not None:
            self._secret.value = secret.reveal()
        self._environment = Select(
            offered, value=environment or offered[0][1], allow_blank=False, compact=True, id="environment"
        )
        self.rows = {
            Field.TENANT_ID: FormRow(Field.TENANT_ID.value, self._tenant),
            Field.CLIENT_ID: FormRow(Field.CLIENT_ID.value, self._client),
            Field.CLIENT_SECRET: FormRow(Field.CLIENT_SECRET.value, self._secret),
            Field.ENVIRONMENT: FormRow(Field.ENVIRONMENT.value, self._environment),
        }

    def compose(self) -> ComposeResult:
        yield from self.rows.values()

    @property
    def tenant_id(self) -> str:
        """What stands in the field, as it was typed."""
        return self._tenant.value

    @property
    def client_id(self) -> str:
        """What stands in the field, as it was typed."""
        return self._client.value

    @property
    def secret_text(self) -> str:
        """What stands in the masked field, in the clear."""
        return self._secret.value

    @property
    def environment(self) -> str:
        """Name of the environment that is chosen."""
        return str(self._environment.value)

    def choose_environment(self, name: str) -> None:
        """Choose an environment for the person."""
        self._environment.value = name

    def fill(self, *, tenant_id: str, client_id: str, secret: Secret, environment: str) -> None:
        """Put values into the fields in the person's place."""
        self._tenant.value = tenant_id
        self._client.value = client_id
        self._secret.value = secret.reveal()
        self._environment.value = environment
