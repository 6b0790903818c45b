"""What a scenario says: the practice tenant's state and faults, the inputs a person would type, and the expected end.

`scenarios/README.md` documents the files it is read from; `scenario` finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.model.environment import Environment
    from entra_tui.model.finding import CheckId
    from entra_tui.model.secret import Secret
    from entra_tui.simulator.awkward import Awkward
    from entra_tui.simulator.faults import Fault
    from entra_tui.simulator.timeline_event import Event


class ScenarioError(Exception):
    """A scenario cannot be had; its text is one sentence that says what to do."""


class SyncOutcome(Enum):
    """How the synchronization of a scenario ends."""

    NOT_RUN = "not-run"
    COMPLETED = "completed"
    HELD_BACK = "held-back"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a person would type.

    Attributes:
        tenant: Tenant ID or domain name.
        client_id: Application (client) ID.
        secret: What goes into the field for the client secret, right or wrong.
        environment: Name of the environment that is chosen.
        connector_name: Name of the connector.
    """

    tenant: str
    client_id: str
    secret: Secret
    environment: str
    connector_name: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The end that the scenario is made for.

    Attributes:
        healthy: Whether every rung of the ladder holds at first.
        check: The rung that breaks, or warns; None when none does.
        code: Code of its finding, or of what made the synchronization fail.
        remedy_words: Words that the finding's remedy must hold.
        sync_outcome: How a synchronization with these inputs ends.
        entries: Rows of the users list afterwards; None where there is no list.
        later_sync_outcome: How a second synchronization ends; None where that is not the point.
    """

    healthy: bool
    check: CheckId | None = None
    code: str | None = None
    remedy_words: tuple[str, ...] = ()
    sync_outcome: SyncOutcome = SyncOutcome.NOT_RUN
    entries: int | None = None
    later_sync_outcome: SyncOutcome | None = None


class Chapter(Enum):
    """The parts of the story that a scenario tells when it plays by itself."""

    OPENING = "opening"
    TENANT = "tenant"
    REGISTRATION = "registration"
    SECRET = "secret"
    PERMISSIONS = "permissions"
    CONSENT = "consent"
    CONNECTOR = "connector"
    SYNCHRONIZE = "synchronize"
    FINDING = "finding"
    END = "end"


@dataclass(frozen=True, slots=True)
class Story:
    """How a scenario is told in the wizard.

    Attributes:
        minutes: About how long it takes to tell.
        captions: What is said to a chapter, where something else than usual is.
        put_right: Whether the wizard puts right what breaks the ladder, so that its story ends well.
        code: Code of the finding that the wizard shows, where it differs from that of the ladder.
    """

    minutes: int
    captions: Mapping[Chapter, str]
    put_right: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TenantSpec:
    """One tenant as it stands at first.

    Attributes:
        tenant_id: Directory (tenant) ID.
        name: Display name of the organization.
        domain: The default domain.
        initial_domain: The domain it was created with.
        environment: The cloud it lives in.
        region_scope: `tenant_region_scope`.
        region_sub_scope: `tenant_region_sub_scope`; None where there is none.
        country: Country code.
    """

    tenant_id: str
    name: str
    domain: str
    initial_domain: str
    environment: Environment
    region_scope: str
    region_sub_scope: str | None
    country: str


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """One client secret as it stands at first; days count from the moment the practice tenant starts."""

    value: Secret
    key_id: str
    description: str
    start_days: float
    end_days: float


@dataclass(frozen=True, slots=True)
class ApplicationSpec:
    """One app registration as it stands at first.

    Attributes:
        client_id: Application (client) ID.
        name: Display name.
        tenant_id: Where it is registered.
        enabled: Whether sign-in is enabled for its service principal.
        service_principal: Whether it has one.
        public_client: Whether public client flows are allowed.
        requested: Application permissions that it asks for.
        requested_delegated: Delegated permissions that it asks for.
        granted: Application permissions that were consented.
        secrets: Its client secrets.
    """

    client_id: str
    name: str
    tenant_id: str
    enabled: bool
    service_principal: bool
    public_client: bool
    requested: tuple[str, ...]
    requested_delegated: tuple[str, ...]
    granted: tuple[str, ...]
    secrets: tuple[SecretSpec, ...]


@dataclass(frozen=True, slots=True)
class UsersSpec:
    """Who is in the tenant.

    Attributes:
        count: How many users.
        seed: The same seed gives the same people.
        guest_percent: About how many of a hundred are guests.
        awkward: Kinds of awkward values that every seventh person takes in turn.
        groups: How many groups there are.
        premium: Whether the tenant has Microsoft Entra ID P1 or P2.
    """

    count: int
    seed: int
    guest_percent: int
    awkward: tuple[Awkward, ...]
    groups: int
    premium: bool


@dataclass(frozen=True, slots=True)
class Line:
    """How quick the way to Microsoft is.

    Attributes:
        latency: Seconds until an answer begins.
        jitter: Seconds by which the latency varies up and down.
        bytes_per_second: How quick a body comes; None for no limit.
    """

    latency: float = 0.0
    jitter: float = 0.0
    bytes_per_second: int | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    Attributes:
        name: The file's name without its ending.
        title: A few words.
        description: What happens and why.
        environment: Name of the cloud that the tenant lives in.
        inputs: What a person would type.
        expected: The expected end.
        tenants: The tenant first, then others that exist.
        applications: App registrations.
        users: Who is in the tenant.
        line: How quick the way to Microsoft is.
        propagation: Seconds until the login service and its tokens know a change.
        graph_delay: Seconds until Graph shows a change.
        clock_skew: Seconds by which the servers' clocks are ahead of ours.
        secret_lifetime_days: Longest life of a new secret that policy allows; None for no policy.
        timeline: What happens by itself.
        faults: What goes wrong.
        story: How it is told.
    """

    name: str
    title: str
    description: str
    environment: str
    inputs: Inputs
    expected: Expected
    tenants: tuple[TenantSpec, ...]
    applications: tuple[ApplicationSpec, ...]
    users: UsersSpec
    line: Line
    propagation: float
    graph_delay: float
    clock_skew: float
    secret_lifetime_days: int | None
    timeline: tuple[Event, ...]
    faults: tuple[Fault, ...]
    story: Story

    @property
    def tenant(self) -> TenantSpec:
        """The tenant that the scenario is about."""
        return self.tenants[0]
