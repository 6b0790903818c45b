"""One JSON object of a report file, from which every member is taken by name and kind, with suspicion."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from entra_tui.graph.address import split_address
from entra_tui.model.text import harmless
from entra_tui.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

_LONGEST: Final = 1 << 20
_MOST: Final = 1000


class Members:
    """The members of an object.

    Args:
        values: The object.
        place: Where it stands in the file, for the error.

    Every getter raises `ReportError` where the value is none of what it takes.
    """

    def __init__(self, values: Mapping[str, object], place: str = "") -> None:
        self._values = values
        self._place = place

    def has(self, name: str) -> bool:
        """Whether the member is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str, *, longest: int = _LONGEST) -> str:
        """A text."""
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self.odd(name)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise self.odd(name) from None
        return value

    def integer(self, name: str, *, most: int = 1 << 53) -> int:
        """A whole number, not below 0."""
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            raise self.odd(name)
        return value

    def number(self, name: str, *, most: float, least: float = 0.0) -> float:
        """A number."""
        value = self._values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise self.odd(name)
        if not least <= value <= most:
            raise self.odd(name)
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self.odd(name)
        return value

    def moment(self, name: str) -> datetime:
        """A moment, with its offset from UTC."""
        try:
            value = datetime.fromisoformat(self.text(name, longest=40))
            if value.tzinfo is not None and 1990 < value.year < 2200:  # noqa: PLR2004 - far from where arithmetic ends
                return value.astimezone(UTC)
        except ValueError:
            pass
        raise self.odd(name)

    def address(self, name: str) -> SplitResult:
        """An absolute http or https address."""
        parts = split_address(self.text(name, longest=8192))
        if parts.scheme not in {"http", "https"} or not parts.netloc or not parts.netloc.isascii():
            raise self.odd(name)
        return parts

    def members(self, name: str) -> Members:
        """An object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self.odd(name)
        return Members(value, self._at(name))

    def list_of_members(self, name: str, *, most: int) -> list[Members]:
        """A list of objects."""
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > most or not all(isinstance(each, dict) for each in value):
            raise self.odd(name)
        return [Members(each, f"{self._at(name)}[{place}]") for place, each in enumerate(value)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > _MOST:
            raise self.odd(name)
        return tuple(Members({name: each}, self._place).text(name, longest=1000) for each in value)

    def named_texts(self, name: str) -> dict[str, str]:
        """An object whose members are all texts."""
        inner, names = self.members(name), self._values.get(name)
        if not isinstance(names, dict) or len(names) > _MOST:
            raise self.odd(name)
        return {harmless(each, limit=200): harmless(inner.text(each, longest=1000)) for each in names}

    def odd(self, name: str) -> ReportError:
        """The error that names the member."""
        return ReportError(f"The report is damaged at `{self._at(name)}`; ask for a new copy of the file.")

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name
