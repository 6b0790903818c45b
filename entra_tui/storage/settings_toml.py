"""`config.toml` as text, and the values in it.

The file reads like this; every key but the ids and the two hosts may be left out:

    version = 1

    [environments.lab]
    label = "Test laboratory"
    authority = "https://127.0.0.1:8443"
    graph = "https://127.0.0.1:8443"
    portal = "https://127.0.0.1:8443"

    [[connectors]]
    name = "Microsoft Entra ID ASCERA Connector"
    tenant_id = "..."
    client_id = "..."
    environment = "public"
    secret_store = "keyring"
    secret_expires = 2027-01-31
    features = ["users", "groups"]
    least_privilege = false

    [lists]
    user_columns = ["id", "userPrincipalName", "displayName", "mail", "employeeType"]
    full_read_every = "7d"
    compare_counts = true

    [preferences]
    theme = "ansi-dark"
    mouse = false

    [keys]
    help = "f12"

Connectors are an array: a name is a value that a person may change, and blanks, dots and quotes in it need no escaping.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.environment import BUILT_IN, Environment
from entra_tui.model.fields import FieldError, parse_guid, parse_name
from entra_tui.model.look_alike import taken_for_built_in
from entra_tui.model.permission import Feature
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import (
    CHOOSABLE,
    NEEDED_USER_COLUMNS,
    USER_COLUMNS,
    is_user_column,
    nearest_user_column,
)
from entra_tui.storage.errors import NewerVersionError
from entra_tui.storage.settings import ListSettings, Preferences, Settings
from entra_tui.storage.toml_table import Table, TomlSource, TomlTable

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVIRONMENT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OWN_PORTS: Final = {"https": ":443", "http": ":80"}


def _name_version(document: Table) -> Table:
    """A file written by hand may say no version: it is the first one."""
    return {"version": 1, **document}


_UPGRADES: Final[tuple[Callable[[Table], Table], ...]] = (_name_version,)
"""Each makes a document of the next version from one of its own; the first starts at version 0."""

NEWEST: Final = len(_UPGRADES)
"""Version of the documents that this release writes."""


def upgrade(source: TomlSource, document: Table) -> Table:
    """The document in the newest version.

    Raises:
        NewerVersionError: A newer release wrote it.
        DamagedError: Its version is not a number from 1.
    """
    table = TomlTable(source, document)
    version = table.number("version") if "version" in document else 0
    if version > NEWEST:
        raise NewerVersionError(
            f"{source.path} has version {version}, this release knows {NEWEST}; upgrade entra-tui, or move it away."
        )
    if version < ("version" in document):
        raise table.error("version", f"must be a number from 1 to {NEWEST}")
    for step in _UPGRADES[version:]:
        document = step(document)
    return document


def parse_settings(source: TomlSource, document: Table) -> Settings:
    """The values in a document of the newest version; keys that this release does not know are passed over.

    Raises:
        DamagedError: A value has the wrong type or cannot be; names file, line and key path.
    """
    whole = TomlTable(source, document)
    environments = tuple(_environment(name, table) for name, table in whole.table("environments").tables())
    connectors: list[Connector] = []
    for table in whole.array("connectors"):
        connector = _connector(table)
        if any(other.name.casefold() == connector.name.casefold() for other in connectors):
            raise table.error("name", f"'{connector.name}' is there twice; give each connector a name of its own")
        connectors.append(connector)
    preferences = whole.table("preferences")
    theme = preferences.text("theme", "")
    keys = whole.table("keys")
    return Settings(
        environments=(*BUILT_IN, *environments),
        connectors=tuple(connectors),
        preferences=Preferences(theme or None, preferences.flag("mouse")),
        keys={action: keys.text(action) for action in keys.names()},
        lists=_lists(whole.table("lists")),
    )


def _lists(table: TomlTable) -> ListSettings:
    usual = ListSettings()
    every = table.period("full_read_every") if "full_read_every" in table.names() else usual.full_read_every
    return ListSettings(_user_columns(table), every, table.flag("compare_counts") is not False)


def _user_columns(table: TomlTable) -> tuple[str, ...]:
    """The chosen columns in the order of the file, after those that every list has."""
    chosen = table.texts("user_columns")
    if chosen is None:
        return USER_COLUMNS
    for name in chosen:
        if not is_user_column(name):
            shown, meant = harmless(name, limit=80), nearest_user_column(name)
            wrong = (
                f"may not hold '{shown}'; did you mean '{meant}'?" if meant else f"may hold {CHOOSABLE}, not '{shown}'"
            )
            raise table.error("user_columns", wrong)
    return tuple(dict.fromkeys((*NEEDED_USER_COLUMNS, *chosen)))


def _environment(name: str, table: TomlTable) -> Environment:
    taken = taken_for_built_in(name)
    if taken is not None:
        wrong = "is" if name == taken.name else f"looks like '{taken.name}', which is"
        raise table.error(None, f"{wrong} the name of a built-in environment; choose another name")
    if not _ENVIRONMENT_NAME.fullmatch(name):
        raise table.error(None, "must be named with a-z, 0-9 and hyphens, 40 characters at most")
    label = harmless(table.text("label", name), limit=60).strip() or name
    taken = taken_for_built_in(label)
    if taken is not None:
        raise table.error("label", f"would pass for '{taken.label}', a built-in environment; choose another label")
    authority = _origin(table, "authority", table.text("authority"))
    portal = _origin(table, "portal", table.text("portal", authority))
    return Environment(
        name=name,
        label=label,
        authority=authority,
        graph=_origin(table, "graph", table.text("graph")),
        portal=portal,
        admin_center=portal,
        built_in=False,
    )


def _origin(table: TomlTable, key: str, text: str) -> str:
    """`https://host[:port]` without a trailing slash; plain http only where nothing leaves the machine."""
    wrong = "must be an address such as https://login.example.com, with no path"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise table.error(key, wrong) from error
    host = parts.hostname
    named = host is not None and text.isascii() and text.isprintable() and not any(c in text for c in '\\ "<>')
    beyond = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if host is None or not named or beyond or port == 0 or parts.scheme not in {"http", "https"}:
        raise table.error(key, wrong)
    if parts.scheme == "http" and not _loopback(host):
        raise table.error(key, "must begin with https://; http is for this machine alone (localhost, 127.0.0.1, [::1])")
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(_OWN_PORTS[parts.scheme])}"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connector(table: TomlTable) -> Connector:
    try:
        name = parse_name(table.text("name"))
    except FieldError as error:
        raise table.error("name", f"is refused: {error.sentence.rstrip('.')}") from error
    stores = {store.value: store for store in SecretStore}
    store = table.text("secret_store", SecretStore.NONE.value)
    if store not in stores:
        raise table.error("secret_store", f"must be one of {', '.join(stores)}")
    return Connector(
        name=name,
        tenant_id=_guid(table, "tenant_id"),
        client_id=_guid(table, "client_id"),
        environment=table.text("environment", "public"),
        secret_store=stores[store],
        secret_expires=table.day("secret_expires"),
        features=_features(table),
        least_privilege=table.flag("least_privilege") or False,
    )


def _guid(table: TomlTable, key: str) -> str:
    guid = parse_guid(table.text(key))
    if guid is None:
        raise table.error(key, "must be a GUID such as 11111111-2222-3333-4444-555555555555")
    return guid


def _features(table: TomlTable) -> frozenset[Feature]:
    known = {feature.value: feature for feature in Feature}
    named = table.texts("features") or ()
    unknown = [name for name in named if name not in known]
    if unknown:
        raise table.error("features", f"may hold {', '.join(known)}, not '{harmless(unknown[0], limit=40)}'")
    return frozenset(known[name] for name in named) | {Feature.USERS}


def connector_table(connector: Connector) -> Table:
    """A connector as the file writes it."""
    table: Table = {
        "name": connector.name,
        "tenant_id": connector.tenant_id,
        "client_id": connector.client_id,
        "environment": connector.environment,
        "secret_store": connector.secret_store.value,
        "features": [feature.value for feature in Feature if feature in connector.features],
        "least_privilege": connector.least_privilege,
    }
    if connector.secret_expires is not None:
        table["secret_expires"] = connector.secret_expires
    return table
