"""What is configured, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from entra_tui.model.environment import BUILT_IN
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.model.connector import Connector
    from entra_tui.model.environment import Environment


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chose about the terminal; None where nothing was chosen.

    Attributes:
        theme: Name of a theme.
        mouse: Whether the mouse is used.
    """

    theme: str | None = None
    mouse: bool | None = None


@dataclass(frozen=True, slots=True)
class ListSettings:
    """How the lookup lists are read.

    Attributes:
        user_columns: Properties of a user that are read, `NEEDED_USER_COLUMNS` first.
        full_read_every: How old the last full read may be before everything is read again; None for any age.
        compare_counts: Whether what came is compared with the tenant's own count.
    """

    user_columns: tuple[str, ...] = USER_COLUMNS
    full_read_every: timedelta | None = timedelta(days=7)
    compare_counts: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is configured.

    Attributes:
        environments: The built-in ones in the order of the connector form, then those of the file.
        connectors: In the order of the file.
        preferences: About the terminal.
        keys: Other keys for actions, by action, as they were written.
        lists: How the lookup lists are read.
    """

    environments: tuple[Environment, ...] = BUILT_IN
    connectors: tuple[Connector, ...] = ()
    preferences: Preferences = Preferences()
    keys: Mapping[str, str] = field(default_factory=dict)
    lists: ListSettings = ListSettings()

    def find_connector(self, name: str) -> Connector:
        """The connector of a name, without regard to case.

        Raises:
            UnknownNameError: There is none.
        """
        for connector in self.connectors:
            if connector.name.casefold() == name.casefold():
                return connector
        known = ", ".join(f"'{connector.name}'" for connector in self.connectors)
        advice = f"choose from {known}" if known else "add one with `entra-tui connector add`, or in the wizard"
        raise UnknownNameError(f"There is no connector '{harmless(name, limit=120)}'; {advice}.")

    def has_connector(self, name: str) -> bool:
        """Whether there is a connector of a name, without regard to case."""
        return any(connector.name.casefold() == name.casefold() for connector in self.connectors)

    def environment(self, name: str) -> Environment:
        """The environment of a name.

        Raises:
            UnknownNameError: There is none.
        """
        for environment in self.environments:
            if environment.name == name:
                return environment
        known = ", ".join(environment.name for environment in self.environments)
        raise UnknownNameError(
            f"There is no environment '{harmless(name, limit=60)}'; choose from {known}, "
            "or add it to config.toml as [environments.NAME]."
        )
