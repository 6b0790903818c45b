"""Typed reading of a TOML file whose errors say where: file, line, key path."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from entra_tui.model.text import harmless
from entra_tui.storage.errors import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Table = dict[str, object]
KeyPath = tuple[str | int, ...]

_POSITION: Final = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
_KEY: Final = re.compile(r"""\s*(?P<key>(?:"[^"]*"|'[^']*'|[^=\[\]"'#])+?)\s*=""")

_PERIOD: Final = re.compile(r"([0-9]{1,4}) ?(h|d|w|)")
_HOURS: Final = {"h": 1, "d": 24, "": 24, "w": 7 * 24}


@dataclass(frozen=True, slots=True)
class TomlSource:
    """A file's text, kept to find the line of a key.

    Attributes:
        path: The file.
        text: Its content.
    """

    path: Path
    text: str

    @classmethod
    def decode(cls, path: Path, content: bytes) -> TomlSource:
        """The text of a file.

        Raises:
            DamagedError: It is not UTF-8.
        """
        try:
            return cls(path, content.decode("utf-8").replace("\r\n", "\n"))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise DamagedError(f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8.") from error

    def parse(self) -> Table:
        """The whole document.

        Raises:
            DamagedError: It is not TOML; names line, column and reason.
        """
        try:
            return tomllib.loads(self.text)
        except RecursionError as error:
            raise DamagedError(f"{self.path}: values are nested too deeply; take the nesting out.") from error
        except ValueError as error:
            raise DamagedError(f"{self._position(str(error))}; correct that line.") from error

    def _position(self, message: str) -> str:
        found = _POSITION.fullmatch(message)
        if found is None:
            return f"{self.path}: {harmless(message)}"
        reason = harmless(found["reason"])
        if found["line"] is None:
            return f"{self.path}, line {self.text.rstrip().count(chr(10)) + 1}: {reason} at the end of the file"
        return f"{self.path}, line {found['line']}, column {found['column']}: {reason}"

    def line_of(self, path: KeyPath) -> int | None:
        """Line, from 1, on which a key or table stands; None where it cannot be told (inline tables and the like)."""
        here: KeyPath = ()
        counts: dict[KeyPath, int] = {}
        for number, line in enumerate(self.text.split("\n"), 1):
            if line.lstrip().startswith("["):
                header = _names(line)
                here = _indexed(header, counts, array=line.lstrip().startswith("[["))
                if here == path:
                    return number
            elif (found := _KEY.match(line)) and (*here, *_names(f"{found['key']} = 0")) == path:
                return number
        return None


def _names(fragment: str) -> tuple[str, ...]:
    """The names in one header or dotted key."""
    names: list[str] = []
    try:
        level: object = tomllib.loads(fragment)
    except tomllib.TOMLDecodeError:
        return ()
    while isinstance(level, list | dict) and level:
        if isinstance(level, dict):
            name, level = next(iter(level.items()))
            names.append(name)
        else:
            level = level[0]
    return tuple(names)


def _indexed(header: tuple[str, ...], counts: dict[KeyPath, int], *, array: bool) -> KeyPath:
    """A header as a key path, with the index of each array element that it stands in."""
    path: KeyPath = ()
    for depth, name in enumerate(header, 1):
        path = (*path, name)
        if array and depth == len(header):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


class TomlTable:
    """One table of a document, whose values are asked for by type."""

    def __init__(self, source: TomlSource, values: Table, path: KeyPath = ()) -> None:
        self._source = source
        self._values = values
        self._path = path

    def error(self, key: str | None, complaint: str) -> DamagedError:
        """An error that names the file, the line and the key path, then says `complaint`."""
        path = self._path if key is None else (*self._path, key)
        line = self._source.line_of(path) or self._source.line_of(self._path)
        where = f"{self._source.path}, line {line}" if line else f"{self._source.path}"
        end = "" if complaint.endswith("?") else "."
        return DamagedError(f"{where}: {_shown(path)} {complaint}{end}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; `default` where the key is missing, unless that is None.

        Raises:
            DamagedError: Missing with no default, or not a text.
        """
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, "must be a text in quotes" if key in self._values else "is missing")
        return value

    def flag(self, key: str) -> bool | None:
        """True or false; None where the key is missing.

        Raises:
            DamagedError: Something else.
        """
        value = self._values.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self.error(key, "must be true or false, without quotes")

    def number(self, key: str) -> int:
        """A whole number.

        Raises:
            DamagedError: Missing, or something else.
        """
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, "must be a whole number, without quotes")
        return value

    def period(self, key: str) -> timedelta | None:
        """A number of hours, days or weeks, such as `"12h"`, `"7d"` or `"2w"`; a bare number counts days.

        Returns:
            None where the file says `"never"`.

        Raises:
            DamagedError: Missing, or something else.
        """
        value = self._values.get(key)
        text = str(value).strip().lower() if isinstance(value, str | int) else ""
        if text == "never":
            return None
        found = _PERIOD.fullmatch(text)
        if found is None or not int(found[1]):
            raise self.error(key, 'must be a time such as "12h", "7d" or "2w", or "never"')
        return timedelta(hours=int(found[1]) * _HOURS[found[2]])

    def day(self, key: str) -> date | None:
        """A date; None where the key is missing.

        Raises:
            DamagedError: Something else; a date in quotes is that too.
        """
        value = self._values.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        raise self.error(key, "must be a date such as 2027-01-31, without quotes")

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts; None where the key is missing.

        Raises:
            DamagedError: Something else.
        """
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, 'must be a list of texts such as ["users"]')
        return tuple(value)

    def table(self, key: str) -> TomlTable:
        """A table; an empty one where the key is missing.

        Raises:
            DamagedError: Something else.
        """
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, written [{_shown((*self._path, key))}]")
        return TomlTable(self._source, value, (*self._path, key))

    def names(self) -> tuple[str, ...]:
        """What stands in this table."""
        return tuple(self._values)

    def tables(self) -> Iterator[tuple[str, TomlTable]]:
        """The tables within this one, by name.

        Raises:
            DamagedError: Something in it is not a table.
        """
        for key in self._values:
            yield key, self.table(key)

    def array(self, key: str) -> Iterator[TomlTable]:
        """The tables of an array, in order; none where the key is missing.

        Raises:
            DamagedError: Something else.
        """
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"must be tables, each written [[{_shown((*self._path, key))}]]")
        for index, item in enumerate(value):
            yield TomlTable(self._source, item, (*self._path, key, index))


def _shown(path: KeyPath) -> str:
    """A key path as a person counts: `connectors[2].name` is the name of the second connector."""
    shown = ""
    for part in path:
        shown += f"[{part + 1}]" if isinstance(part, int) else f".{harmless(part, limit=60)}"
    return shown.removeprefix(".") or "the file"
