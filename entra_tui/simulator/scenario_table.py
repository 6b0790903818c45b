"""One table of a scenario file, from which every key is taken by name and type until none is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.specification import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Table:
    """A table on its way from TOML to a value.

    Args:
        values: The table.
        source: What the file is called in an error.
        name: The table's name in the file; empty for the file's top.

    Every getter raises `ScenarioError` with file, table and key when the value is none of what it takes.
    """

    def __init__(self, values: Mapping[str, object], source: str, name: str = "") -> None:
        self._values = dict(values)
        self._source = source
        self._name = name
        self._known: list[str] = []

    def child(self, values: Mapping[str, object], name: str) -> Table:
        """A table within this one."""
        return Table(values, self._source, f"{self._name}.{name}" if self._name else name)

    def error(self, key: str, problem: str) -> ScenarioError:
        """The error that names file, table and key."""
        place = f"{self._source}: [{self._name}] " if self._name else f"{self._source}: "
        return ScenarioError(f"{place}`{key}` {problem}.")

    def finish(self) -> None:
        """Check that nothing is left."""
        for key in self._values:
            known = ", ".join(sorted(set(self._known)))
            raise self.error(key, f"is not a key here; known are {known}")

    def _take(self, key: str) -> object | None:
        self._known.append(key)
        return self._values.pop(key, None)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self.error(key, "is missing" if value is None else "must be a text in quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none by default."""
        return self._texts(key, ())

    def _texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.error(key, "must be a list of texts")
        return tuple(value)

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of some words; a whole number counts as a word."""
        if isinstance(self._values.get(key), int):
            self._values[key] = str(self._values[key])
        value = self.text(key, default)
        if value not in allowed:
            raise self.error(key, f"is `{value}`, but must be one of {', '.join(word for word in allowed if word)}")
        return value

    def optional_choice(self, key: str, allowed: tuple[str, ...]) -> str | None:
        """One of some words, or None."""
        return self.choice(key, ("", *allowed), "") or None

    def choices(self, key: str, allowed: tuple[str, ...], default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of some words."""
        values = self._texts(key, default)
        for value in values:
            if value not in allowed:
                raise self.error(key, f"holds `{value}`, but may hold only {', '.join(allowed)}")
        return values

    def integer(self, key: str, default: int) -> int:
        """A whole number, not below 0."""
        value = self.optional_integer(key)
        return default if value is None else value

    def optional_integer(self, key: str) -> int | None:
        """A whole number, not below 0, or None."""
        value = self._take(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise self.error(key, "must be a whole number, 0 or more")
        return value

    def number(self, key: str, default: float, *, least: float = 0.0) -> float:
        """A number."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int | float) or isinstance(value, bool) or value < least:
            raise self.error(key, f"must be a number, {least:g} or more")
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def table(self, key: str) -> Table:
        """A table, empty by default."""
        value = self._take(key)
        if value is not None and not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return self.child(value or {}, key)

    def tables(self, key: str) -> list[Table]:
        """A list of tables, none by default."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.error(key, f"must be written as [[{key}]]")
        return [self.child(entry, key) for entry in value]
