"""`entra-tui connector list` and `show`: connectors as JSON and as lines; the secret is in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.table import write_table
from entra_tui.model.connector import CONNECTOR_TYPE, SecretStore, list_name
from entra_tui.model.permission import Feature
from entra_tui.storage.settings_file import SettingsFile

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.model.connector import Connector
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.settings import Settings

_WHERE: Final = {
    SecretStore.KEYRING: "in the system keyring",
    SecretStore.FILE: "in the encrypted secrets file",
    SecretStore.NONE: "not kept; ENTRA_TUI_CLIENT_SECRET is read at each use",
}


def show_all(console: Console, folders: Folders, *, as_json: bool) -> ExitCode:
    """List the connectors.

    Raises:
        StorageError: `config.toml` cannot be read.
    """
    settings = SettingsFile(folders).read()
    connectors = settings.connectors
    if as_json:
        console.write_json([connector_object(connector) for connector in connectors])
    elif connectors:
        _write_connectors(settings, console)
    else:
        console.narrate("There is no connector yet; add one with `entra-tui connector add`, or in the wizard.")
    return ExitCode.DONE


def show(console: Console, folders: Folders, *, name: str, as_json: bool) -> ExitCode:
    """Show one connector: everything but its secret.

    Raises:
        StorageError: There is no such connector, or `config.toml` cannot be read.
    """
    settings = SettingsFile(folders).read()
    connector = settings.find_connector(name)
    if as_json:
        console.write_json(connector_object(connector))
    else:
        _write_connector(connector, settings, console)
    return ExitCode.DONE


def connector_object(connector: Connector) -> dict[str, object]:
    """One connector as JSON; `secret_expires` is a day or null, `lists` the names of its lookup lists."""
    return {
        "name": connector.name,
        "type": CONNECTOR_TYPE,
        "tenant_id": connector.tenant_id,
        "client_id": connector.client_id,
        "environment": connector.environment,
        "secret_store": connector.secret_store.value,
        "secret_expires": None if connector.secret_expires is None else connector.secret_expires.isoformat(),
        "features": [feature.value for feature in _features(connector)],
        "least_privilege": connector.least_privilege,
        "lists": lists_of(connector),
    }


def _write_connectors(settings: Settings, console: Console) -> None:
    """A line for each connector."""
    places = {environment.name: f"{environment.name}{environment.place}" for environment in settings.environments}
    rows = [
        (connector.name, places.get(connector.environment, connector.environment), connector.tenant_id)
        for connector in settings.connectors
    ]
    write_table(("NAME", "ENVIRONMENT", "TENANT ID"), rows, console)


def _write_connector(connector: Connector, settings: Settings, console: Console) -> None:
    """Everything about one connector, with the words of ASCERA's form."""
    labels = {environment.name: environment.shown_label for environment in settings.environments}
    expires = "" if connector.secret_expires is None else f", until {connector.secret_expires.isoformat()}"
    rows = [
        ("Name", connector.name),
        ("Connector type", CONNECTOR_TYPE),
        ("Tenant ID", connector.tenant_id),
        ("Client ID", connector.client_id),
        ("Client Secret", f"{_WHERE[connector.secret_store]}{expires}"),
        ("Environment Type", labels.get(connector.environment, connector.environment)),
        ("Permissions", "the least that is needed" if connector.least_privilege else "the guide's three"),
        *(("Lookup list", name) for name in lists_of(connector)),
    ]
    for label, value in rows:
        console.write(f"{label:<17} {value}")


def _features(connector: Connector) -> list[Feature]:
    return [feature for feature in Feature if feature in connector.features]


def lists_of(connector: Connector) -> list[str]:
    """The names of a connector's lookup lists."""
    return [list_name(feature, connector.name) for feature in _features(connector)]
