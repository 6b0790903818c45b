"""Reading and rewriting `config.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from entra_tui.storage.errors import NameTakenError
from entra_tui.storage.private_file import locked, read_private, write_private
from entra_tui.storage.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.settings import Preferences
    from entra_tui.storage.toml_table import Table, TomlSource

FILE_NAME: Final = "config.toml"
_OPTIONAL_KEYS: Final = ("secret_expires",)


class SettingsFile:
    """The file `config.toml`, which a person may edit too.

    Each change reads the file, changes the one thing and writes it back under an inter-process lock, so that two
    running copies lose nothing. Keys and tables that this release does not know survive it; comments and the layout
    of lines do not. A damaged file is never written.

    Attributes:
        path: Where the file is.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self.path = folders.config / FILE_NAME

    def read(self) -> Settings:
        """All settings; the built-in ones where there is no file.

        Raises:
            DamagedError: The file is no TOML, or a value in it cannot be; names line, key path and reason.
            NewerVersionError: A newer release wrote it.
            FolderError: It cannot be read.
        """
        content = read_private(self.path)
        if content is None:
            return Settings()
        from entra_tui.storage.settings_toml import parse_settings  # noqa: PLC0415 - loaded where there is a file

        return parse_settings(*self._load(content))

    def find_connector(self, name: str) -> Connector:
        """The connector of a name, without regard to case.

        Raises:
            UnknownNameError: There is none.
            StorageError: As for `read`.
        """
        return self.read().find_connector(name)

    def environment(self, name: str) -> Environment:
        """The environment of a name, built in or from the file.

        Raises:
            UnknownNameError: There is none.
            StorageError: As for `read`.
        """
        return self.read().environment(name)

    def add_connector(self, connector: Connector) -> None:
        """Save a new connector after the others.

        Raises:
            NameTakenError: There is one of this name.
            UnknownNameError: Its environment does not exist.
            StorageError: As for `read`; or the file cannot be written.
        """

        def add(settings: Settings, document: Table) -> None:
            _check(settings, connector, besides=None)
            _connectors(document).append(_written(connector))

        self._change(add)

    def replace_connector(self, name: str, connector: Connector) -> None:
        """Save a connector in place of the one called `name`; the new one may have another name.

        Raises:
            UnknownNameError: There is no connector `name`, or no such environment.
            NameTakenError: The new name belongs to a third connector.
            StorageError: As for `read`; or the file cannot be written.
        """

        def replace(settings: Settings, document: Table) -> None:
            old = settings.find_connector(name)
            _check(settings, connector, besides=old)
            table = _connectors(document)[settings.connectors.index(old)]
            for key in _OPTIONAL_KEYS:
                table.pop(key, None)
            table.update(_written(connector))

        self._change(replace)

    def remove_connector(self, name: str) -> None:
        """Take a connector out. Its secret and its lists are the caller's to remove.

        Raises:
            UnknownNameError: There is none of this name.
            StorageError: As for `read`; or the file cannot be written.
        """

        def remove(settings: Settings, document: Table) -> None:
            del _connectors(document)[settings.connectors.index(settings.find_connector(name))]

        self._change(remove)

    def set_preferences(self, preferences: Preferences) -> None:
        """Save what a person chose; None takes a choice back.

        Raises:
            StorageError: As for `read`; or the file cannot be written.
        """

        def set_them(_: Settings, document: Table) -> None:
            table = cast("Table", document.setdefault("preferences", {}))
            for key, value in (("theme", preferences.theme), ("mouse", preferences.mouse)):
                if value is None:
                    table.pop(key, None)
                else:
                    table[key] = value

        self._change(set_them)

    def _load(self, content: bytes) -> tuple[TomlSource, Table]:
        from entra_tui.storage.settings_toml import upgrade  # noqa: PLC0415 - see above
        from entra_tui.storage.toml_table import TomlSource  # noqa: PLC0415 - see above

        source = TomlSource.decode(self.path, content)
        return source, upgrade(source, source.parse())

    def _change(self, change: Callable[[Settings, Table], None]) -> None:
        import tomli_w  # noqa: PLC0415 - see above

        from entra_tui.storage.settings_toml import parse_settings  # noqa: PLC0415 - see above

        self._folders.ensure()
        with locked(self.path):
            source, document = self._load(read_private(self.path) or b"")
            change(parse_settings(source, document), document)
            write_private(self.path, tomli_w.dumps(document).encode())


def _check(settings: Settings, connector: Connector, *, besides: Connector | None) -> None:
    settings.environment(connector.environment)
    for other in settings.connectors:
        if other is not besides and other.name.casefold() == connector.name.casefold():
            raise NameTakenError(f"There is a connector '{other.name}' already; choose another name, or remove it.")


def _connectors(document: Table) -> list[Table]:
    """The array of connectors; `parse_settings` has seen that it is one."""
    return cast("list[Table]", document.setdefault("connectors", []))


def _written(connector: Connector) -> Table:
    from entra_tui.storage.settings_toml import connector_table  # noqa: PLC0415 - see above

    return connector_table(connector)
