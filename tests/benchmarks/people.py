"""People of a tenant for measuring, each a tuple of JSON texts in the order of `USER_COLUMNS`."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from entra_tui.model.user_columns import USER_COLUMNS

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

DOMAIN = "contoso.com"
INITIAL_DOMAIN = "contoso.onmicrosoft.com"
JOB_TITLE = USER_COLUMNS.index("jobTitle")

_SHAPE = "{" + ",".join(f'"{column}":%s' for column in USER_COLUMNS) + "}"

# As they are shown, and as they stand in an address where that differs: so it is for about a tenth of the people.
_GIVEN_NAMES = """
    Ada Agnes Albert Alice Amir Anna Arthur Beatriz Bruno Carla Chiara Clara Daniel David Diego Elena Emma Erik Fatima
    Felix Frida Grace Hanna Hugo Ida Ingrid Isabel Jakub Jan Jonas Julia Karin Lars Laura Lena Liam Linda Lukas Magda
    Marco Maria Martin Mia Nadia Nils Nora Olga Oscar Paula Peter Priya Rosa Samir Sara Sofia Thomas Viktor René=rene
    Jürgen=juergen Zoé=zoe
"""
_SURNAMES = """
    Adams Andersen Bailey Bakker Becker Berg Bianchi Brown Carter Chen Clark Costa Dubois Evans Fischer Fontana Garcia
    Haddad Hansen Harris Hoffmann Ivanov Jensen Johnson Kaya Keller Khan Kim Kovacs Kumar Larsen Lehmann Lopez Martin
    Meyer Moreau Nielsen Novak Okafor Olsen Patel Petrov Popescu Ricci Rossi Santos Schmidt Silva Singh Smith Suzuki
    Taylor Torres Vargas Weber Wilson Wong Müller=mueller Wałęsa=walesa Brontë=bronte
"""
_TITLES = {
    "Engineering": ("Software Engineer", "Test Engineer", "Engineering Manager"),
    "Finance": ("Accountant", "Controller", "Payroll Specialist"),
    "Human Resources": ("Recruiter", "HR Partner"),
    "Operations": ("Planner", "Site Manager", "Technician"),
    "Sales": ("Account Manager", "Sales Assistant", "Regional Sales Manager"),
    "Customer Service": ("Service Agent", "Team Lead"),
}
_PARTNERS = (("Fabrikam", "fabrikam.com"), ("Northwind Traders", "northwindtraders.com"), ("Tailspin", "tailspin.net"))


def _both_forms(names: str) -> tuple[tuple[str, str], ...]:
    pairs = (name.partition("=") for name in names.split())
    return tuple((shown, latin or shown.lower()) for shown, _, latin in pairs)


_GIVEN, _FAMILY = _both_forms(_GIVEN_NAMES), _both_forms(_SURNAMES)
_POSTS = tuple((f'"{title}"', f'"{department}"') for department, titles in _TITLES.items() for title in titles)
_DAYS = tuple((date(2015, 1, 5) + timedelta(days=day)).isoformat() for day in range(4_000))


def people(count: int, chance: random.Random) -> Iterator[tuple[str, ...]]:
    """`count` people in no order; the same `chance` gives the same ones. One in 25 is a guest, one in 16 disabled."""
    for number in range(count):
        luck = chance.getrandbits(64)
        given, latin_given = _GIVEN[luck % len(_GIVEN)]
        surname, latin_surname = _FAMILY[(luck >> 8) % len(_FAMILY)]
        local = f"{latin_given}.{latin_surname}{number}"
        if (luck >> 52) % 25 == 0:
            company, domain = _PARTNERS[(luck >> 58) % len(_PARTNERS)]
            address, mail = f'"{local}_{domain}#EXT#@{INITIAL_DOMAIN}"', f'"{local}@{domain}"'
            title, department, employee, kind = "null", "null", "null", '"Guest"'
        else:
            company, address = "Contoso", f'"{local}@{DOMAIN}"'
            mail = "null" if luck >> 58 & 31 == 0 else address
            title, department = _POSTS[(luck >> 24) % len(_POSTS)]
            employee, kind = f'"{100_000 + number}"', '"Member"'
        seconds = (luck >> 16) % 86_400
        moment = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        yield (
            f'"{guid(chance)}"',
            address,
            f'"{given} {surname}"',
            mail,
            f'"{given}"',
            f'"{surname}"',
            title,
            department,
            f'"{company}"',
            employee,
            "false" if luck >> 48 & 15 == 0 else "true",
            kind,
            f'"{_DAYS[(luck >> 34) % len(_DAYS)]}T{moment}Z"',
        )


def user_object(person: tuple[str, ...]) -> str:
    """A person as `GET /users` gives them."""
    return _SHAPE % person


def changed_user_object(person: tuple[str, ...], job_title: str) -> str:
    """A person as a delta tells them: with a new title, and without what was never set."""
    person = (*person[:JOB_TITLE], json.dumps(job_title), *person[JOB_TITLE + 1 :])
    told = (f'"{column}":{text}' for column, text in zip(USER_COLUMNS, person, strict=True) if text != "null")
    return f"{{{','.join(told)}}}"


def guid(chance: random.Random) -> str:
    """A random GUID, version 4."""
    digits = f"{chance.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
