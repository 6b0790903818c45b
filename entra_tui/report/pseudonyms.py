"""The same person, the same name through the whole file, and it is not the person's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAIL: Final = re.compile(r"\w[\w.!#$*+^'{|}~-]*(?:@|%40)[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z0-9-]{2,}")
_OUR_DOMAIN: Final = "person.example"


class Pseudonyms:
    """Replaces persons, and whatever else it is told to.

    Args:
        literals: Further texts to replace wherever they stand, whatever the case, with their stand-ins.
    """

    def __init__(self, literals: Mapping[str, str] | None = None) -> None:
        self._literals: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._persons = 0
        for text, stand_in in (literals or {}).items():
            self.replace(text, stand_in)

    @property
    def persons(self) -> int:
        """How many persons were met."""
        return self._persons

    def replace(self, text: str, stand_in: str) -> None:
        """From now on write `stand_in` wherever `text` stands."""
        if text:
            self._literals[text.lower()] = stand_in

    def person(self, *identities: str) -> int:
        """The number of the person who goes by any of `identities` (object id, mail address, sign-in name)."""
        known = [identity.lower() for identity in identities if identity]
        number = next((self._numbers[each] for each in known if each in self._numbers), None)
        if number is None:
            self._persons += 1
            number = self._persons
        for each in known:
            self._numbers.setdefault(each, number)
            if "@" not in each:
                self.replace(each, person_id(number))
        return number

    def text(self, text: str) -> str:
        """`text` without mail addresses and without what is to be replaced."""
        shown = _MAIL.sub(self._address, text)
        for literal, stand_in in sorted(self._literals.items(), key=lambda pair: -len(pair[0])):
            if literal in shown.lower():
                shown = re.sub(re.escape(literal), stand_in.replace("\\", r"\\"), shown, flags=re.IGNORECASE)
        return shown

    def _address(self, match: re.Match[str]) -> str:
        address = match[0].replace("%40", "@")
        return match[0] if address.endswith(f"@{_OUR_DOMAIN}") else person_address(self.person(address))


def person_id(number: int) -> str:
    """The object id of a person in a report."""
    return f"00000000-0000-4000-8000-{number:012d}"


def person_address(number: int) -> str:
    """The mail address of a person in a report."""
    return f"person-{number}@{_OUR_DOMAIN}"
