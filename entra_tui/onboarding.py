"""The wizard as a state machine: its steps, what each needs, what is proven. No terminal, no requests.

Screens (and the plain front end) show a `Draft`, ask `Onboarding` for transitions, and report what the live checks
proved. After each transition the draft is saved, without the secret, so that a dropped line loses nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.model.connector import DEFAULT_NAME, Connector, SecretStore
from entra_tui.model.environment import PUBLIC
from entra_tui.model.finding import CheckId
from entra_tui.model.permission import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entra_tui.checks.context import Inputs
    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret

_VERSION: Final = 1


class Step(Enum):
    """The seven steps, in order."""

    TENANT = "tenant"
    REGISTRATION = "registration"
    SECRET = "secret"
    PERMISSIONS = "permissions"
    CONSENT = "consent"
    CONNECTOR = "connector"
    SYNCHRONIZE = "synchronize"

    @property
    def number(self) -> int:
        """1 to 7."""
        return _ORDER.index(self) + 1

    @property
    def title(self) -> str:
        """The words on the rail."""
        return _TITLES[self]


_ORDER: Final = tuple(Step)
_TITLES: Final = {
    Step.TENANT: "Tenant",
    Step.REGISTRATION: "App registration",
    Step.SECRET: "Client secret",
    Step.PERMISSIONS: "Permissions",
    Step.CONSENT: "Admin consent",
    Step.CONNECTOR: "Connector",
    Step.SYNCHRONIZE: "Synchronize",
}

_UP_TO_SIGN_IN: Final = (CheckId.INPUT, CheckId.TENANT, CheckId.ENVIRONMENT, CheckId.SIGN_IN)
STEP_CHECKS: Final[Mapping[Step, tuple[CheckId, ...]]] = {
    Step.SECRET: _UP_TO_SIGN_IN,
    Step.PERMISSIONS: (*_UP_TO_SIGN_IN, CheckId.PERMISSIONS),
    Step.CONSENT: (*_UP_TO_SIGN_IN, CheckId.PERMISSIONS),
    Step.CONNECTOR: tuple(CheckId),
}
"""Which rungs of the verification ladder prove a step. Steps 1 and 2 ask before there is a secret, in ways of their
own; step 7 is the synchronization."""

SKIPPABLE: Final = frozenset({Step.REGISTRATION, Step.PERMISSIONS, Step.CONSENT})
"""Steps that may be left unproven on purpose; a later step proves them, or the ladder of step 6 names them."""


class Standing(Enum):
    """How a step stands."""

    OPEN = "open"
    PROVEN = "proven"
    SKIPPED = "skipped"


class TransitionError(ValueError):
    """A step that cannot be entered, or left, yet; the text says what it needs."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that was entered and proven, but the secret.

    Attributes:
        step: Where the person is.
        tenant: What was entered for the tenant: a GUID or a domain name.
        tenant_id: The tenant's GUID, once it is proven.
        environment: Name of the environment.
        client_id: Application (client) ID.
        secret_expires: Day on which the secret ends, where it was told.
        features: What ASCERA is to read.
        least_privilege: Whether only what the features need is asked for.
        name: The connector's name.
        secret_store: Where the secret is to be kept.
        saved: Whether the connector was saved under `name`.
        standings: How each step stands; a step that is missing is OPEN.
        proofs: What was seen when a step was proven, one sentence each.
    """

    step: Step = Step.TENANT
    tenant: str = ""
    tenant_id: str = ""
    environment: str = PUBLIC.name
    client_id: str = ""
    secret_expires: date | None = None
    features: frozenset[Feature] = frozenset({Feature.USERS})
    least_privilege: bool = False
    name: str = DEFAULT_NAME
    secret_store: SecretStore = SecretStore.NONE
    saved: bool = False
    standings: Mapping[Step, Standing] = field(default_factory=dict)
    proofs: Mapping[Step, str] = field(default_factory=dict)

    def standing(self, step: Step) -> Standing:
        """How `step` stands."""
        return self.standings.get(step, Standing.OPEN)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to go on with."""
        return not self.tenant and not self.client_id

    def connector(self) -> Connector:
        """The connector that this draft describes."""
        return Connector(
            name=self.name,
            tenant_id=self.tenant_id,
            client_id=self.client_id,
            environment=self.environment,
            secret_store=self.secret_store,
            secret_expires=self.secret_expires,
            features=self.features,
            least_privilege=self.least_privilege,
        )

    def to_mapping(self) -> dict[str, object]:
        """Plain values for a file."""
        return {
            "version": _VERSION,
            "step": self.step.value,
            "tenant": self.tenant,
            "tenant_id": self.tenant_id,
            "environment": self.environment,
            "client_id": self.client_id,
            "secret_expires": self.secret_expires.isoformat() if self.secret_expires else None,
            "features": sorted(feature.value for feature in self.features),
            "least_privilege": self.least_privilege,
            "name": self.name,
            "secret_store": self.secret_store.value,
            "saved": self.saved,
            "standings": {step.value: standing.value for step, standing in self.standings.items()},
            "proofs": {step.value: proof for step, proof in self.proofs.items()},
        }

    @classmethod
    def from_mapping(cls, raw: Mapping[str, object]) -> Draft:
        """The draft that `to_mapping` wrote.

        Raises:
            ValueError: It is of another version, or a value in it makes no sense.
        """
        if raw.get("version") != _VERSION:
            raise ValueError(f"a draft of version {raw.get('version')!r}, not {_VERSION}")
        expires = raw.get("secret_expires")
        features = raw.get("features", [Feature.USERS.value])
        if not isinstance(features, list):
            raise ValueError("features is no list")  # noqa: TRY004 - a damaged file, not a wrong call
        return cls(
            step=Step(raw.get("step")),
            tenant=_text(raw, "tenant"),
            tenant_id=_text(raw, "tenant_id"),
            environment=_text(raw, "environment"),
            client_id=_text(raw, "client_id"),
            secret_expires=date.fromisoformat(str(expires)) if expires else None,
            features=frozenset(Feature(feature) for feature in features),
            least_privilege=raw.get("least_privilege") is True,
            name=_text(raw, "name"),
            secret_store=SecretStore(raw.get("secret_store")),
            saved=raw.get("saved") is True,
            standings={Step(step): Standing(value) for step, value in _table(raw, "standings").items()},
            proofs={Step(step): str(proof) for step, proof in _table(raw, "proofs").items()},
        )


def _text(raw: Mapping[str, object], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")  # noqa: TRY004
    return value


def _table(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = raw.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name} is no table")  # noqa: TRY004
    return value


class Onboarding:
    """Moves a draft through the steps.

    Args:
        draft: Where to begin.
        save: Called with the draft after each transition.
    """

    def __init__(self, draft: Draft | None = None, *, save: Callable[[Draft], None] = lambda _: None) -> None:
        self._draft = draft or Draft()
        self._save = save
        self._secret: Secret | None = None
        self._settled: tuple[str, Secret] | None = None
        self._return_to = self._interrupted_at()
        if self._return_to is not None:
            self._change(step=Step.SECRET, **self._without_proof(Step.SECRET, only=True))

    @property
    def draft(self) -> Draft:
        """How things stand."""
        return self._draft

    @property
    def secret(self) -> Secret | None:
        """The client secret, for as long as this object lives."""
        return self._secret

    def check_inputs(self, environment: Environment) -> Inputs:
        """What the verification ladder works with, as the draft stands.

        Args:
            environment: The draft's, with its addresses.

        Raises:
            TransitionError: There is no secret yet.
        """
        from entra_tui.checks.context import Inputs  # noqa: PLC0415 - the first screen does without

        if self._secret is None:
            raise TransitionError(f"The checks need step {Step.SECRET.number}, {Step.SECRET.title}, first.")
        draft = self._draft
        return Inputs(
            tenant=draft.tenant_id or draft.tenant,
            client_id=draft.client_id,
            secret=self._secret,
            environment=environment,
            features=draft.features,
            least_privilege=draft.least_privilege,
            secret_expires=draft.secret_expires,
        )

    @property
    def returns_to(self) -> Step | None:
        """The step at which an interrupted onboarding goes on once the secret was entered again."""
        return self._return_to

    @property
    def secret_may_be_new(self) -> bool:
        """Whether the secret may have been made a moment ago, so that a refusal may pass by itself."""
        return self._settled != (self._draft.client_id, self._secret)

    # ------------------------------------------------------------ what a person enters

    def enter_tenant(self, tenant: str) -> None:
        """A tenant ID or domain name, cleaned. Another one than before takes back every proof."""
        if tenant != self._draft.tenant:
            self._change(tenant=tenant, tenant_id="", **self._without_proof(Step.TENANT))

    def choose_environment(self, environment: str) -> None:
        """The name of an environment. Another one than before takes back every proof."""
        if environment != self._draft.environment:
            self._change(environment=environment, **self._without_proof(Step.TENANT))

    def enter_client_id(self, client_id: str) -> None:
        """An Application (client) ID, cleaned. Another one takes back what was proven from step 2 on."""
        if client_id != self._draft.client_id:
            self._change(client_id=client_id, **self._without_proof(Step.REGISTRATION))

    def enter_secret(self, secret: Secret) -> None:
        """The client secret. Another one takes back what was proven with the old one."""
        if secret != self._secret:
            self._secret = secret
            keep = self._return_to is not None
            self._change(**self._without_proof(Step.SECRET, only=keep))

    def enter_expiry(self, day: date | None) -> None:
        """The day on which the secret ends."""
        self._change(secret_expires=day)

    def choose_features(self, features: frozenset[Feature], *, least_privilege: bool) -> None:
        """What ASCERA is to read; users always are."""
        wanted = features | {Feature.USERS}
        if (wanted, least_privilege) != (self._draft.features, self._draft.least_privilege):
            self._change(features=wanted, least_privilege=least_privilege, **self._without_proof(Step.PERMISSIONS))

    # ------------------------------------------------------------ what the checks showed

    def prove_tenant(self, tenant_id: str, environment: str, proof: str) -> None:
        """The tenant exists and lives in `environment`."""
        self._change(tenant_id=tenant_id, environment=environment)
        self.prove(Step.TENANT, proof)

    def prove(self, step: Step, proof: str) -> None:
        """`step` holds, and `proof` says what was seen."""
        proven = [step]
        if step is Step.CONSENT:
            # Consent can only be granted for permissions that were added, and the token shows both.
            proven.append(Step.PERMISSIONS)
        self._change(
            standings={**self._draft.standings, **dict.fromkeys(proven, Standing.PROVEN)},
            proofs={**self._draft.proofs, **dict.fromkeys(proven, proof)},
        )

    def settle_secret(self) -> None:
        """The present secret has signed in, or was refused for as long as a new one needs: it is new no more."""
        if self._secret is not None:
            self._settled = (self._draft.client_id, self._secret)

    def disprove(self, step: Step) -> None:
        """What was proven before does not hold any more."""
        if self._draft.standing(step) is not Standing.OPEN:
            self._change(**self._without_proof(step, only=True))

    def record_saved(self, connector: Connector, secret: Secret, *, checked: bool) -> None:
        """The connector was saved as it stood in the form, which may differ from what was entered before.

        Args:
            connector: What was saved.
            secret: Its secret.
            checked: Whether the whole ladder held; then every step up to here does.
        """
        steps = _ORDER[: _ORDER.index(Step.SYNCHRONIZE)] if checked else (Step.CONNECTOR,)
        standing = Standing.PROVEN if checked else Standing.SKIPPED
        proof = f"Connector '{connector.name}' was saved{'' if checked else ' without passing the checks'}."
        self._secret = secret
        self._change(
            tenant=connector.tenant_id,
            tenant_id=connector.tenant_id,
            environment=connector.environment,
            client_id=connector.client_id,
            name=connector.name,
            secret_store=connector.secret_store,
            saved=True,
            standings={**self._draft.standings, **dict.fromkeys(steps, standing)},
            proofs={**self._draft.proofs, Step.CONNECTOR: proof},
        )

    # ------------------------------------------------------------ moving

    def missing_for(self, step: Step) -> Step | None:
        """The first earlier step that keeps a person from entering `step`; None when it may be entered."""
        for earlier in _ORDER[: _ORDER.index(step)]:
            if earlier is Step.CONNECTOR and self._draft.saved:
                continue
            if self._draft.standing(earlier) is Standing.OPEN:
                return earlier
        return None

    def go(self, step: Step) -> None:
        """Enter `step`.

        Raises:
            TransitionError: An earlier step is neither proven nor skipped.
        """
        missing = self.missing_for(step)
        if missing is not None:
            raise TransitionError(f"Step {step.number} needs step {missing.number}, {missing.title}, first.")
        self._change(step=step)

    def forward(self) -> Step:
        """Leave the present step, which must be proven or skipped, for the next one.

        Returns:
            The step that was entered; after an interruption the one at which it happened.

        Raises:
            TransitionError: The present step is neither proven nor skipped, or it is the last one.
        """
        here = self._draft.step
        if here is _ORDER[-1]:
            raise TransitionError("This is the last step.")
        target = _ORDER[_ORDER.index(here) + 1]
        if self._return_to is not None and self.missing_for(self._return_to) is None:
            target = self._return_to
        self.go(target)
        self._return_to = None
        return target

    def back(self) -> Step:
        """Return to the step before, with everything that was entered kept; at the first step stay there."""
        index = _ORDER.index(self._draft.step)
        self._change(step=_ORDER[max(0, index - 1)])
        return self._draft.step

    def skip(self) -> Step:
        """Leave the present step unproven on purpose.

        Raises:
            TransitionError: The step cannot be skipped.
        """
        here = self._draft.step
        if here not in SKIPPABLE:
            raise TransitionError(f"Step {here.number}, {here.title}, cannot be skipped.")
        if self._draft.standing(here) is not Standing.PROVEN:
            self._change(standings={**self._draft.standings, here: Standing.SKIPPED})
        return self.forward()

    # ------------------------------------------------------------ inside

    def _interrupted_at(self) -> Step | None:
        step, later = self._draft.step, _ORDER[_ORDER.index(Step.SECRET) + 1 :]
        if step in {Step.PERMISSIONS, Step.CONSENT, Step.CONNECTOR}:
            return step
        opened = [each for each in later if self._draft.standing(each) is Standing.OPEN]
        if step is Step.SECRET and len(opened) < len(later):
            # Left once more while the secret was asked for again: what came after it still holds.
            return opened[0] if opened else later[-1]
        return None

    def _without_proof(self, step: Step, *, only: bool = False) -> dict[str, dict[Step, object]]:
        dropped = {step} if only else set(_ORDER[_ORDER.index(step) :])
        return {
            "standings": {key: value for key, value in self._draft.standings.items() if key not in dropped},
            "proofs": {key: value for key, value in self._draft.proofs.items() if key not in dropped},
        }

    def _change(self, **changes: object) -> None:
        self._draft = replace(self._draft, **changes)  # type: ignore[arg-type]
        self._save(self._draft)
