"""Invented people: distinct, found by what names them, the same for the same seed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.simulator.directory import UserDirectory
from entra_tui.simulator.names import name_tables
from entra_tui.simulator.people import COLUMNS, DERIVED_COLUMNS, Population


def _population(count: int, seed: int = 7) -> Population:
    return Population(count, seed=seed, domain="a.example", initial_domain="a.onmicrosoft.com", company='A "B" \\ C')


def test_surnames_are_told_apart_by_their_latin_form() -> None:
    people = name_tables().people

    assert len({(person.latin_given, person.latin_surname) for person in people}) == len(people)
    assert all(person.latin_given.isascii() and person.latin_surname.isascii() for person in people)


@given(seed=st.integers(0, 1 << 40), number=st.integers(0, 999_999))
def test_an_id_and_a_name_lead_back_to_the_person(seed: int, number: int) -> None:
    people = _population(1_000_000, seed)
    person = people.person(number)

    assert people.number_of_id(str(person["id"])) == number
    assert people.number_of_principal_name(str(person["userPrincipalName"]).swapcase()) == number
    assert tuple(person) == (*COLUMNS, *DERIVED_COLUMNS)


@given(text=st.one_of(st.uuids().map(str), st.emails(), st.text(max_size=40)))
def test_a_strangers_name_leads_nowhere(text: str) -> None:
    people = _population(1_000)

    assert people.number_of_id(text) is None
    assert people.number_of_principal_name(text) is None


def test_nobody_shares_an_id_or_a_principal_name() -> None:
    people = _population(20_000)
    everybody = [people.person(number) for number in range(20_000)]

    assert len({person["id"] for person in everybody}) == 20_000
    assert len({str(person["userPrincipalName"]).lower() for person in everybody}) == 20_000


def test_a_thousand_people_are_a_believable_company() -> None:
    people = [_population(1_000).person(number) for number in range(1_000)]
    names = [str(person["displayName"]) for person in people]
    scripts = {unicodedata.name(character).split()[0] for name in names for character in name if character.isalpha()}

    assert {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HANGUL", "THAI", "DEVANAGARI"} <= scripts
    assert len(set(names)) < 1_000
    assert 20 < sum(person["userType"] == "Guest" for person in people) < 70
    assert 20 < sum(person["accountEnabled"] is False for person in people) < 90
    assert any(person["mail"] is None for person in people)
    assert len({person["department"] for person in people}) == 11


def test_the_same_seed_gives_the_same_people() -> None:
    assert _population(50).person(49) == _population(1_000).person(49)
    assert _population(50, 1).person(3) != _population(50, 2).person(3)


def test_a_renamed_user_is_found_by_the_new_name_only() -> None:
    users = UserDirectory(_population(10))
    old = users.last_known(3)
    users.update(str(old["id"]), {"userPrincipalName": "new@a.example"})

    assert users.find(str(old["userPrincipalName"])) is None
    found = users.find("NEW@a.example")
    assert found is not None
    assert found["id"] == old["id"]


def test_operations_on_nobody_are_refused() -> None:
    users = UserDirectory(_population(2))
    first = users.id_at(0)

    with pytest.raises(LookupError):
        users.delete("nobody")
    with pytest.raises(LookupError):
        users.restore(first)
    users.delete(first)
    with pytest.raises(LookupError):
        users.update(first, {"jobTitle": "x"})
    assert len(users) == 1
