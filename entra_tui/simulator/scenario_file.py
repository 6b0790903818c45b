"""Scenario files: read strictly, so that a slip of the pen is named and not passed over.

`scenarios/README.md` documents the schema.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final
from uuid import UUID

from entra_tui.model.connector import APP_NAME, DEFAULT_NAME, SECRET_DESCRIPTION
from entra_tui.model.finding import CheckId
from entra_tui.model.permission import GUIDE_SET
from entra_tui.model.secret import Secret
from entra_tui.simulator.awkward import Awkward
from entra_tui.simulator.faults import Fault, FaultKind, RetryAfter
from entra_tui.simulator.graph_permissions import graph_permissions
from entra_tui.simulator.login.errors import sign_in_errors
from entra_tui.simulator.roles import ROLE_TEMPLATES
from entra_tui.simulator.scenario_table import Table
from entra_tui.simulator.sites import CLOUDS
from entra_tui.simulator.specification import (
    ApplicationSpec,
    Chapter,
    Expected,
    Inputs,
    Line,
    Scenario,
    ScenarioError,
    SecretSpec,
    Story,
    SyncOutcome,
    TenantSpec,
    UsersSpec,
)
from entra_tui.simulator.timeline_event import Action, Event
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable

_TENANT_NAMES: Final = {
    "public": (
        "6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2",
        "Larkspur Trading",
        "larkspur-trading.example",
        "larkspurtrading",
    ),
    "usgov": ("b35c9e71-08d4-4f6a-8e2b-1c97d0a465f8", "Harbor County Works", "harborcounty.example", "harborcounty"),
    "usgov-dod": ("e4a87b20-6f15-4c93-a0d7-83b2f95c1e46", "Fort Alder Depot", "fortalder.example", "fortalder"),
    "china": ("2f96d3b8-c514-47e0-b7a9-5e08c1d4f263", "云杉物流", "yunshan-logistics.example", "yunshan"),
}
_CLIENT_ID: Final = "0b7e5a92-43cd-4d18-8f6e-97a1c2d503be"
_SECRET: Final = "prA8Q~this.one.is.invented-for-practice"
_KEY_ID: Final = "c8d2417f-95ab-4e60-b3f1-2a7d6c90e845"
_GUIDE: Final = tuple(permission.value for permission in GUIDE_SET)
_USERS: Final = 1_000
_GROUPS: Final = 40
_LONGEST_CAPTION: Final = 76


def parse_scenario(text: str, *, name: str, source: str) -> Scenario:
    """A scenario from the text of its file.

    Args:
        text: The file's content.
        name: What the scenario is called.
        source: What the file is called in an error.

    Raises:
        ScenarioError: The text is no scenario; says where and why.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{source} is not a TOML file: {error}.") from error
    root = Table(document, source)
    environment = root.choice("environment", tuple(CLOUDS), "public")
    tenant = _tenant(root.table("tenant"), environment)
    others = tuple(_tenant(entry, "public") for entry in root.tables("other_tenants"))
    applications = tuple(
        _application(entry, tenant) for entry in root.tables("applications") or [root.child({}, "applications")]
    )
    expected = _expected(root.table("expected"))
    scenario = Scenario(
        name=name,
        title=root.text("title"),
        description=" ".join(root.text("description").split()),
        environment=environment,
        inputs=_inputs(root.table("inputs"), tenant, applications),
        expected=expected,
        tenants=(tenant, *others),
        applications=applications,
        users=_users(root.table("users")),
        line=_line(root.table("line")),
        propagation=root.number("propagation_seconds", 0.0),
        graph_delay=root.number("graph_delay_seconds", 0.0),
        clock_skew=root.number("clock_skew_seconds", 0.0, least=-1e9),
        secret_lifetime_days=root.optional_integer("secret_lifetime_days"),
        timeline=tuple(_event(entry) for entry in root.tables("timeline")),
        faults=tuple(_fault(entry) for entry in root.tables("faults")),
        story=_story(root.table("story"), expected),
    )
    root.finish()
    known = {spec.tenant_id for spec in scenario.tenants}
    for application in applications:
        if application.tenant_id not in known:
            raise ScenarioError(
                f"{source}: the app {application.client_id} is registered in a tenant that is not there."
            )
    return scenario


def _tenant(table: Table, usual_environment: str) -> TenantSpec:
    environment = table.choice("environment", tuple(CLOUDS), usual_environment)
    cloud = CLOUDS[environment]
    tenant_id, name, domain, initial = _TENANT_NAMES[environment]
    sub_scope = table.text("region_sub_scope", cloud.region_sub_scope or "")
    spec = TenantSpec(
        tenant_id=_guid(table, "id", tenant_id),
        name=table.text("name", name),
        domain=table.text("domain", domain).lower(),
        initial_domain=table.text("initial_domain", f"{initial}.{cloud.initial_domain}").lower(),
        environment=cloud.environment,
        region_scope=table.text("region_scope", cloud.region_scope),
        region_sub_scope=sub_scope or None,
        country=table.text("country", "CN" if environment == "china" else "US"),
    )
    table.finish()
    return spec


def _application(table: Table, tenant: TenantSpec) -> ApplicationSpec:
    secrets = tuple(_secret(entry) for entry in table.tables("secrets") or [table.child({}, "secrets")])
    spec = ApplicationSpec(
        client_id=_guid(table, "client_id", _CLIENT_ID),
        name=table.text("name", APP_NAME),
        tenant_id=_guid(table, "tenant_id", tenant.tenant_id),
        enabled=table.flag("enabled", default=True),
        service_principal=table.flag("service_principal", default=True),
        public_client=table.flag("public_client", default=False),
        requested=_permissions(table, "requested", _GUIDE),
        requested_delegated=_permissions(table, "requested_delegated", (), delegated=True),
        granted=_permissions(table, "granted", _GUIDE),
        secrets=secrets if table.flag("has_secrets", default=True) else (),
    )
    table.finish()
    return spec


def _secret(table: Table) -> SecretSpec:
    spec = SecretSpec(
        value=Secret(table.text("value", _SECRET)),
        key_id=_guid(table, "key_id", _KEY_ID),
        description=table.text("description", SECRET_DESCRIPTION),
        start_days=table.number("start_days", -30.0, least=-1e5),
        end_days=table.number("end_days", 150.0, least=-1e5),
    )
    table.finish()
    return spec


def _inputs(table: Table, tenant: TenantSpec, applications: tuple[ApplicationSpec, ...]) -> Inputs:
    secrets = applications[0].secrets
    inputs = Inputs(
        tenant=table.text("tenant", tenant.tenant_id),
        client_id=table.text("client_id", applications[0].client_id),
        secret=Secret(table.text("client_secret", secrets[0].value.reveal() if secrets else _SECRET)),
        environment=table.choice("environment", tuple(CLOUDS), tenant.environment.name),
        connector_name=table.text("connector_name", DEFAULT_NAME),
    )
    table.finish()
    return inputs


def _expected(table: Table) -> Expected:
    check = table.optional_choice("check", tuple(check.value for check in CheckId))
    later = table.optional_choice("later_sync", tuple(outcome.value for outcome in SyncOutcome))
    expected = Expected(
        healthy=table.flag("healthy", default=check is None),
        check=CheckId(check) if check else None,
        code=table.text("code", "") or None,
        remedy_words=table.texts("remedy_words"),
        sync_outcome=SyncOutcome(
            table.choice("sync", tuple(outcome.value for outcome in SyncOutcome), "not-run" if check else "completed")
        ),
        entries=table.optional_integer("entries"),
        later_sync_outcome=SyncOutcome(later) if later else None,
    )
    table.finish()
    return expected


def _story(table: Table, expected: Expected) -> Story:
    said = table.table("captions")
    captions = {chapter: said.text(chapter.value, "") for chapter in Chapter}
    for chapter, caption in captions.items():
        if len(caption) > _LONGEST_CAPTION:
            raise said.error(chapter.value, f"is longer than {_LONGEST_CAPTION} characters")
    said.finish()
    put_right = table.flag("put_right", default=False)
    ends_early = expected.sync_outcome is SyncOutcome.NOT_RUN and not put_right
    story = Story(
        minutes=table.integer("minutes", 1 if ends_early else 2),
        captions={chapter: caption for chapter, caption in captions.items() if caption},
        put_right=put_right,
        code=table.text("code", "") or None,
    )
    table.finish()
    return story


def _users(table: Table) -> UsersSpec:
    kinds = tuple(kind.value for kind in Awkward)
    spec = UsersSpec(
        count=table.integer("count", _USERS),
        seed=table.integer("seed", 7),
        guest_percent=table.integer("guest_percent", 4),
        awkward=tuple(Awkward(word) for word in table.choices("awkward", kinds)),
        groups=table.integer("groups", _GROUPS),
        premium=table.flag("premium", default=False),
    )
    table.finish()
    return spec


def _line(table: Table) -> Line:
    line = Line(
        latency=table.number("latency_ms", 0.0) / 1_000,
        jitter=table.number("jitter_ms", 0.0) / 1_000,
        bytes_per_second=table.optional_integer("bytes_per_second"),
    )
    table.finish()
    return line


def _event(table: Table) -> Event:
    after = table.optional_choice("after", _values(Traffic))
    event = Event(
        action=Action(table.choice("action", _values(Action))),
        seconds=table.number("seconds", 0.0),
        after=Traffic(after) if after else None,
        nth=table.integer("nth", 1),
        permission=table.choice("permission", ("", *graph_permissions()), ""),
        count=table.integer("count", 1),
        role=table.choice("role", ("", *(template.name for template in ROLE_TEMPLATES)), ""),
    )
    table.finish()
    return event


def _fault(table: Table) -> Fault:
    kind = FaultKind(table.choice("kind", _values(FaultKind)))
    fault = Fault(
        kind=kind,
        where=Traffic(table.choice("where", _values(Traffic))),
        after=table.integer("after", 0),
        times=None if table.flag("always", default=False) else table.integer("times", 1),
        status=int(table.choice("status", ("500", "502", "503", "504"), "503")),
        retry_after=RetryAfter(table.choice("retry_after", _values(RetryAfter), "seconds")),
        seconds=table.number("seconds", 5.0),
        code=table.integer("code", 0),
        pages_only=table.flag("pages_only", default=False),
    )
    if kind is FaultKind.SIGN_IN_ERROR and fault.code not in sign_in_errors():
        raise table.error("code", f"knows no sign-in error {fault.code}")
    table.finish()
    return fault


def _values(kinds: Iterable[Action | Traffic | FaultKind | RetryAfter]) -> tuple[str, ...]:
    return tuple(kind.value for kind in kinds)


def _guid(table: Table, key: str, default: str) -> str:
    text = table.text(key, default).lower()
    try:
        return str(UUID(text))
    except ValueError as error:
        raise table.error(key, f"must be a GUID, not `{text}`") from error


def _permissions(table: Table, key: str, default: tuple[str, ...], *, delegated: bool = False) -> tuple[str, ...]:
    known = tuple(
        name for name, found in graph_permissions().items() if (found.scope_id if delegated else found.app_role_id)
    )
    return table.choices(key, known, default)
