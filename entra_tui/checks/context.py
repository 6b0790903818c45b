"""What the checks of one run share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.checks.catalogue import Sighting, Subject, load_catalogue
from entra_tui.graph.directory import Directory
from entra_tui.graph.retry import Patience
from entra_tui.graph.sign_in import Credentials, TokenSource
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus, Evidence
from entra_tui.model.permission import Feature, needed_permissions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.directory import Organization
    from entra_tui.graph.discovery import TenantDocument
    from entra_tui.graph.errors import RequestFailed
    from entra_tui.graph.retry import Wait
    from entra_tui.graph.token import Token
    from entra_tui.graph.trace import Exchange
    from entra_tui.model.environment import Environment
    from entra_tui.model.permission import Grant, Permission
    from entra_tui.model.secret import Secret

_PATIENCE_SECONDS: Final = 20.0
_NO_EVIDENCE: Final = Evidence()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a person entered, as it stands in the fields.

    Attributes:
        tenant: Tenant ID or domain name.
        client_id: Application (client) ID.
        secret: The client secret's field.
        environment: The environment chosen.
        features: What ASCERA is to read.
        least_privilege: Whether only what the features need is asked for.
        secret_expires: The day on which the secret ends, where it was told.
    """

    tenant: str
    client_id: str
    secret: Secret
    environment: Environment
    features: frozenset[Feature] = frozenset({Feature.USERS})
    least_privilege: bool = False
    secret_expires: date | None = None


class CheckContext:
    """The inputs, the way out, and what earlier checks found.

    Attributes:
        inputs: What a person entered.
        http: The way out.
        environments: All environments that are known.
        tenant: Cleaned tenant ID or domain name, once `input` passed.
        client_id: Cleaned client ID, once `input` passed.
        secret: Cleaned secret, once `input` passed.
        discovered: What `network` heard from the login host about the tenant, for `tenant` to judge; None before.
        clock_offset: Seconds by which Microsoft's clock is ahead of this machine's, once `network` heard it.
        document: The tenant's OpenID configuration, once `tenant` passed.
        issued: The token that came, right or not; None where none did.
        token: A fresh token, once `sign-in` passed.
        grants: The permissions matrix, once `permissions` looked at a token that shows its permissions.
        organization: The tenant's name, once `read` passed.
        asked: The requests that each check made, oldest first.
    """

    tenant: str
    client_id: str
    secret: Secret | None
    discovered: TenantDocument | RequestFailed | None
    clock_offset: float | None
    document: TenantDocument | None
    issued: Token | None
    token: Token | None
    grants: tuple[Grant, ...]
    organization: Organization | None

    def __init__(
        self,
        inputs: Inputs,
        http: HttpClient,
        environments: tuple[Environment, ...],
        *,
        on_wait: Callable[[Wait], None] | None = None,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self.inputs = inputs
        self.http = http
        self.environments = environments
        self.patience = Patience(http.clock, patience_seconds, on_wait=on_wait)
        self.asked: dict[CheckId, tuple[Exchange, ...]] = {}
        self.forget(CheckId)

    def forget(self, checks: Iterable[CheckId]) -> None:
        """Drop what `checks` proved, and nothing else, so that they can be run anew."""
        for check in checks:
            self.asked.pop(check, None)
            match check:
                case CheckId.INPUT:
                    self.tenant, self.client_id, self.secret = "", "", None
                case CheckId.NETWORK:
                    self.discovered, self.clock_offset = None, None
                case CheckId.TENANT:
                    self.document = None
                case CheckId.SIGN_IN:
                    self.issued, self.token = None, None
                case CheckId.PERMISSIONS:
                    self.grants = ()
                case CheckId.READ:
                    self.organization = None
                case _:
                    pass  # it judges, and leaves nothing for others

    @property
    def subject(self) -> Subject:
        """Whose errors these are."""
        return Subject(
            self.inputs.environment,
            self.document.tenant_id if self.document else self.tenant or self.inputs.tenant,
            self.client_id or self.inputs.client_id,
        )

    @property
    def needed(self) -> tuple[Permission, ...]:
        """The permissions that the token should carry."""
        return needed_permissions(self.inputs.features, least_privilege=self.inputs.least_privilege)

    def credentials(self) -> Credentials:
        """What to sign in with.

        Raises:
            RuntimeError: `input` or `tenant` has not passed yet.
        """
        if self.secret is None or self.document is None:
            raise RuntimeError("sign-in was asked for before input and tenant had passed")
        return Credentials(self.inputs.environment, self.document.tenant_id, self.client_id, self.secret)

    def directory(self) -> Directory:
        """Reads with the token at hand."""
        return Directory(
            self.http, TokenSource(self.http, self.credentials(), first=self.token), patience=self.patience
        )

    def passed(self, check: CheckId, summary: str) -> CheckResult:
        """A check that holds."""
        return CheckResult(check, CheckStatus.PASSED, summary)

    def failed(
        self,
        check: CheckId,
        code: str,
        *,
        message: str = "",
        values: Mapping[str, str] | None = None,
        status: CheckStatus = CheckStatus.FAILED,
        evidence: Evidence = _NO_EVIDENCE,
    ) -> CheckResult:
        """A check that broke, or warns, for a reason of our own."""
        finding = load_catalogue().explain(
            Sighting(code, message=message, evidence=evidence, values=values), self.subject
        )
        return CheckResult(check, status, finding.title, finding)

    def refused(self, check: CheckId, error: RequestFailed) -> CheckResult:
        """A check that broke because a request did."""
        finding = load_catalogue().explain_error(error, self.subject, self.http.redactor.text)
        return CheckResult(check, CheckStatus.FAILED, finding.title, finding)
