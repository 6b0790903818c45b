"""The names from which people are put together: `names.toml`, read once and combined."""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class PersonName:
    """One given name with one surname.

    Attributes:
        display: As the directory shows it, as the inside of a JSON string.
        given: Given name, likewise.
        surname: Surname, likewise.
        latin_given: Given name as it stands in a user principal name.
        latin_surname: Surname, likewise.
        language: Language tag, such as `de-DE`.
        country: Country code, such as `DE`.
    """

    display: str
    given: str
    surname: str
    latin_given: str
    latin_surname: str
    language: str
    country: str


@dataclass(frozen=True, slots=True)
class Partner:
    """An organization that guests come from."""

    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class NameTables:
    """Everything from which people are put together.

    Attributes:
        people: Every combination of given name and surname within a culture.
        positions: Place in `people` by latin given name and latin surname.
        posts: Department and job title, each as a JSON text.
        partners: Where guests come from.
    """

    people: tuple[PersonName, ...]
    positions: dict[tuple[str, str], int]
    posts: tuple[tuple[str, str], ...]
    partners: tuple[Partner, ...]


def json_inside(text: str) -> str:
    """`text` as the inside of a JSON string, without the quotes."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _both_forms(entry: str) -> tuple[str, str]:
    shown, _, latin = entry.partition("=")
    return shown, latin or shown.lower()


@functools.cache
def name_tables() -> NameTables:
    """The tables, read from the package when first asked for."""
    source = resources.files("entra_tui.simulator").joinpath("names.toml").read_text("utf-8")
    document = tomllib.loads(source)
    people: list[PersonName] = []
    for culture in document["culture"]:
        blank = " " if culture["spaced"] else ""
        for given, latin_given in map(_both_forms, culture["given"]):
            for surname, latin_surname in map(_both_forms, culture["surnames"]):
                parts = (surname, given) if culture["surname_first"] else (given, surname)
                people.append(
                    PersonName(
                        json_inside(blank.join(parts)),
                        json_inside(given),
                        json_inside(surname),
                        latin_given,
                        latin_surname,
                        culture["language"],
                        culture["country"],
                    )
                )
    return NameTables(
        people=tuple(people),
        positions={(person.latin_given, person.latin_surname): place for place, person in enumerate(people)},
        posts=tuple(
            (json.dumps(department["name"]), json.dumps(title))
            for department in document["department"]
            for title in department["titles"]
        ),
        partners=tuple(Partner(partner["name"], partner["domain"]) for partner in document["partner"]),
    )
