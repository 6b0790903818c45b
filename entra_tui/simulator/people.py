"""Believable people, each computed from its number alone, so that a million of them take no memory.

A person is a tuple of JSON texts, one for each of `COLUMNS`, which are properties of the Graph resource `user`.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from math import gcd
from typing import TYPE_CHECKING, Final

from entra_tui.simulator.awkward import Awkward, made_awkward
from entra_tui.simulator.identifiers import mixed
from entra_tui.simulator.names import json_inside, name_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from entra_tui.simulator.names import PersonName

COST_CENTER: Final = "extension_7d8b1a2c4e5f40619a3b0c1d2e3f4a5b_costCenter"
TRAININGS: Final = "extension_7d8b1a2c4e5f40619a3b0c1d2e3f4a5b_trainings"
"""Directory extensions of the practice tenants: one with a text, one with several."""

COLUMNS: Final[tuple[str, ...]] = (
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "accountEnabled",
    "userType",
    "createdDateTime",
    "businessPhones",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "country",
    "usageLocation",
    "mailNickname",
    "employeeType",
    "creationType",
    "externalUserState",
    "onPremisesSyncEnabled",
    "otherMails",
    "proxyAddresses",
    "securityIdentifier",
)
"""The properties that every person has, in the order of the tuples."""

DERIVED_COLUMNS: Final[tuple[str, ...]] = ("imAddresses", "onPremisesExtensionAttributes", COST_CENTER, TRAININGS)
"""Further properties that every person has, made of the others where they are asked for."""

COLUMN_PLACES: Final = {name: place for place, name in enumerate((*COLUMNS, *DERIVED_COLUMNS))}

_GUID_STEP: Final = 0x9E3779B1
_GUID_BACK: Final = pow(_GUID_STEP, -1, 1 << 32)
_MASK32: Final = (1 << 32) - 1
_GUID_SHAPE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LOCAL_PART: Final = re.compile(r"([a-z-]+?)\.(?:([a-z])\.)?([a-z-]+?)(\d*)")
_NAMESAKE_EVERY: Final = 97
_NAMESAKE_AT: Final = 5
_AWKWARD_EVERY: Final = 7
_FIRST_DAY: Final = date(2016, 1, 4)
_DAYS: Final = tuple((_FIRST_DAY + timedelta(days=day)).isoformat() for day in range(3_900))
_TIMES: Final = tuple(f"{7 + minute // 60:02}:{minute % 60:02}:{(minute * 37) % 60:02}" for minute in range(12 * 60))
_REPORTS: Final = 8
_ATTRIBUTES: Final = (
    '{"extensionAttribute1":%s,"extensionAttribute2":%s,'
    + ",".join(f'"extensionAttribute{number}":null' for number in range(3, 16))
    + "}"
)
_EMPLOYEE_TYPES: Final = ('"Employee"', '"Employee"', '"Employee"', '"Contractor"')


def with_derived(texts: tuple[str, ...]) -> tuple[str, ...]:
    """A person's JSON texts in the order of `COLUMNS`, then of `DERIVED_COLUMNS`."""
    mail, department, employee = (texts[COLUMN_PLACES[name]] for name in ("mail", "department", "employeeId"))
    if employee == "null":
        return (*texts, "[]", _ATTRIBUTES % ("null", "null"), '"0000"', "[]")
    cost_center = f'"0{employee[-4:-1]}"'
    return (
        *texts,
        "[]" if mail == "null" else f'["sip:{mail[1:]}]',
        _ATTRIBUTES % (cost_center, department),
        cost_center,
        '["First aid","Fire warden"]' if cost_center < '"05' else "[]",
    )


class Population:
    """`count` people of one tenant, numbered from 0.

    Args:
        count: How many.
        seed: The same seed gives the same people.
        domain: Where members' user principal names end.
        initial_domain: Where guests' user principal names end.
        company: `companyName` of the members.
        guest_percent: About how many of a hundred are guests.
        awkward: Kinds of awkward values that every seventh person takes in turn.
    """

    def __init__(
        self,
        count: int,
        *,
        seed: int,
        domain: str,
        initial_domain: str,
        company: str,
        guest_percent: int = 4,
        awkward: Sequence[Awkward] = (),
    ) -> None:
        self.count = count
        self._salt = mixed(seed)
        self._tables = name_tables()
        self._names = len(self._tables.people)
        step = 1_571
        while gcd(step, self._names) != 1:
            step += 2
        self._step, self._back, self._offset = step, pow(step, -1, self._names), self._salt % self._names
        self._domain, self._initial_domain, self._guests = domain, initial_domain, guest_percent
        self._company = json.dumps(company, ensure_ascii=False)
        self._partners = tuple(json.dumps(partner.name, ensure_ascii=False) for partner in self._tables.partners)
        self._awkward = tuple(awkward)

    def id_of(self, number: int) -> str:
        """The object id of a person: a GUID that `number_of_id` leads back from."""
        head = (number * _GUID_STEP + self._salt) & _MASK32
        tail = mixed(self._salt + number)
        more = (tail * 0xD6E8FEB86659FD93) & _MASK32
        return (
            f"{head:08x}-{tail & 0xFFFF:04x}-4{(tail >> 16) & 0xFFF:03x}-{0x8000 | (tail >> 28) & 0x3FFF:04x}"
            f"-{more & 0xFFFF:04x}{tail >> 42 & 0xFFFF:04x}{more >> 16:04x}"
        )

    def number_of_id(self, object_id: str) -> int | None:
        """Whose id this is; None when nobody's."""
        if not _GUID_SHAPE.fullmatch(object_id):
            return None
        number = ((int(object_id[:8], 16) - self._salt) * _GUID_BACK) & _MASK32
        return number if number < self.count and self.id_of(number) == object_id else None

    def number_of_principal_name(self, principal_name: str) -> int | None:
        """Whose user principal name this is, without regard to case; None when nobody's."""
        wanted = principal_name.lower()
        match = _LOCAL_PART.fullmatch(wanted.partition("@")[0].partition("_")[0])
        place = match and self._tables.positions.get((match[1], match[3]))
        if match is None or place is None:
            return None
        turn = int(match[4]) - 1 if match[4] else 0
        number = turn * self._names + (place - self._offset) * self._back % self._names + (1 if match[2] else 0)
        if not 0 <= number < self.count:
            return None
        found: str = json.loads(self.texts(number)[COLUMN_PLACES["userPrincipalName"]])
        return number if found.lower() == wanted else None

    def manager_of(self, number: int) -> int | None:
        """Who manages a person: a member with a lower number; None for guests and where no member is above."""
        if self._is_guest(mixed(self._salt ^ number)):
            return None
        while number > 0:
            number = (number - 1) // _REPORTS
            if not self._is_guest(mixed(self._salt ^ number)):
                return number
        return None

    def reports_of(self, number: int) -> Iterator[int]:
        """Whom a member manages."""
        for report in range(number * _REPORTS + 1, min(self.count, (number + 1) * _REPORTS + 1)):
            if self._is_guest(mixed(self._salt ^ report)):
                yield from self.reports_of(report)
            else:
                yield report

    def _is_guest(self, luck: int) -> bool:
        return (luck >> 40) % 100 < self._guests

    def awkward_kind(self, number: int) -> Awkward | None:
        """Which awkward values a person has; None for most."""
        if not self._awkward or number % _AWKWARD_EVERY != _AWKWARD_EVERY - 1:
            return None
        return self._awkward[number // _AWKWARD_EVERY % len(self._awkward)]

    def person(self, number: int) -> dict[str, object]:
        """All properties of a person by name, awkward ones included; one that is not set is None or absent."""
        values: list[object] = json.loads(f"[{','.join(with_derived(self.texts(number)))}]")
        person = dict(zip(COLUMN_PLACES, values, strict=True))
        kind = self.awkward_kind(number)
        return person if kind is None else made_awkward(kind, person)

    def texts(self, number: int) -> tuple[str, ...]:
        """A person as JSON texts in the order of `COLUMNS`, without awkward values."""
        namesake = number % _NAMESAKE_EVERY == _NAMESAKE_AT
        turn, place = divmod(number - 1 if namesake else number, self._names)
        name = self._tables.people[(place * self._step + self._offset) % self._names]
        luck = mixed(self._salt ^ number)
        middle = f"{chr(97 + luck % 26)}." if namesake else ""
        local = f"{name.latin_given}.{middle}{name.latin_surname}{turn + 1 if turn else ''}"
        head = (
            f'"{self.id_of(number)}"',
            f'"{name.display}"',
            f'"{name.given}"',
            f'"{name.surname}"',
            "true" if luck % 100 >= 5 else "false",  # noqa: PLR2004
            f'"{_DAYS[(luck >> 8) % 3_900]}T{_TIMES[(luck >> 20) % 720]}Z"',
            f'"S-1-12-1-{luck >> 33}-{luck & 0x7FFFFFFF}-{(luck >> 16) & 0x7FFFFFFF}-{number + 1_000}"',
        )
        if (luck >> 40) % 100 < self._guests:
            return self._guest(head, name, local, luck)
        return self._member(head, name, local, luck, number)

    def _member(self, head: tuple[str, ...], name: PersonName, local: str, luck: int, number: int) -> tuple[str, ...]:
        address = f'"{local}@{self._domain}"'
        mail = address if (luck >> 47) % 100 >= 3 else "null"  # noqa: PLR2004
        department, title = self._tables.posts[(luck >> 12) % len(self._tables.posts)]
        return (
            head[0],
            address,
            head[1],
            mail,
            head[2],
            head[3],
            title,
            department,
            self._company,
            f'"{100_000 + number}"',
            head[4],
            '"Member"',
            head[5],
            f'["+1 555 {1_000 + (luck >> 18) % 9_000}"]' if luck >> 30 & 1 else "[]",
            f'"+1 555 {1_000 + (luck >> 24) % 9_000}"' if luck >> 31 & 1 else "null",
            f'"Building {1 + (luck >> 5) % 9}/{100 + (luck >> 9) % 400}"',
            f'"{name.language}"' if luck >> 32 & 1 else "null",
            f'"{name.country}"',
            f'"{name.country}"',
            f'"{local}"',
            _EMPLOYEE_TYPES[luck >> 50 & 3],
            "null",
            "null",
            "true" if (luck >> 52) % 3 == 0 else "null",
            "[]",
            "[]" if mail == "null" else f'["SMTP:{mail[1:]},"smtp:{local}@{self._initial_domain}"]',
            head[6],
        )

    def _guest(self, head: tuple[str, ...], name: PersonName, local: str, luck: int) -> tuple[str, ...]:
        which = (luck >> 12) % len(self._partners)
        domain = self._tables.partners[which].domain
        mail = f'"{local}@{domain}"'
        return (
            head[0],
            f'"{local}_{domain}#EXT#@{self._initial_domain}"',
            head[1],
            mail,
            head[2],
            head[3],
            "null",
            "null",
            self._partners[which],
            "null",
            head[4],
            '"Guest"',
            head[5],
            "[]",
            "null",
            "null",
            f'"{name.language}"',
            f'"{name.country}"',
            "null",
            f'"{json_inside(local)}_{domain}#EXT#"',
            "null",
            '"Invitation"',
            '"Accepted"' if luck >> 30 & 3 else '"PendingAcceptance"',
            "null",
            f"[{mail}]",
            f'["SMTP:{mail[1:]}]',
            head[6],
        )
