from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.model.fields import (
    FIRST_PARTY_APPS,
    Field,
    FieldError,
    SecretShape,
    looks_like_secret,
    parse_client_id,
    parse_guid,
    parse_name,
    parse_secret,
    parse_tenant,
    parse_tenant_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "66666666-7777-4888-9999-aaaaaaaaaaaa"
SECRET = "abc8Q~" + "planted-secret_value.0123456789x~"
ZERO = "00000000-0000-0000-0000-000000000000"


def _refusal(parse: Callable[[str], object], text: str) -> FieldError | None:
    try:
        parse(text)
    except FieldError as error:
        return error
    return None


@pytest.mark.parametrize(
    "writing",
    [
        TENANT,
        TENANT.upper(),
        TENANT.replace("-", ""),
        f"{{{TENANT}}}",
        f"({TENANT})",
        f'"{TENANT}"',
        f"'{TENANT}'",
        f"\u2018{TENANT}\u2019",
        f"  {TENANT}  ",
        f"\n{TENANT}",
        f"{TENANT}\r\n",
        f"\ufeff{TENANT}",
        TENANT.replace("-", "-\u200b"),
        f"urn:uuid:{TENANT}",
        f"URN:UUID:{TENANT.upper()}",
    ],
)
def test_every_writing_of_a_guid_is_understood(writing: str) -> None:
    assert parse_guid(writing) == TENANT


@pytest.mark.parametrize(
    "text", ["", TENANT[:-1], TENANT + "0", TENANT.replace("1", "g"), "contoso.com", TENANT.replace("-", "_")]
)
def test_what_is_no_guid_is_none(text: str) -> None:
    assert parse_guid(text) is None


@given(st.uuids())
def test_a_guid_is_parsed_to_the_form_that_parses_to_itself(value: uuid.UUID) -> None:
    parsed = parse_guid(f" {{{str(value).upper()}}}\n")
    assert parsed == str(value)
    assert parse_guid(parsed) == parsed


@given(st.text())
def test_parsing_any_text_twice_is_parsing_it_once(text: str) -> None:
    parsed = parse_guid(text)
    assert parsed is None or parse_guid(parsed) == parsed


@pytest.mark.parametrize(
    ("text", "tenant"),
    [
        (TENANT.upper(), TENANT),
        ("Contoso.OnMicrosoft.com", "contoso.onmicrosoft.com"),
        (" contoso.com. ", "contoso.com"),
        ('"contoso.com"', "contoso.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("a.b.c.contoso.partner.onmschina.cn", "a.b.c.contoso.partner.onmschina.cn"),
    ],
)
def test_a_tenant_is_a_guid_or_a_domain(text: str, tenant: str) -> None:
    assert parse_tenant(text) == tenant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "tenant-empty"),
        (" \n", "tenant-empty"),
        ('""', "tenant-empty"),
        (ZERO, "tenant-zero"),
        ("common", "tenant-malformed"),
        ("organizations", "tenant-malformed"),
        ("https://portal.azure.com/", "tenant-malformed"),
        ("admin@contoso.com", "tenant-malformed"),
        ("contoso", "tenant-malformed"),
        ("con toso.com", "tenant-malformed"),
        ("contoso..com", "tenant-malformed"),
        ("-contoso.com", "tenant-malformed"),
        ("127.0.0.1", "tenant-malformed"),
        ("a" * 64 + ".com", "tenant-malformed"),
        ("a." * 130 + "com", "tenant-malformed"),
        ("../../contoso.com", "tenant-malformed"),
        ("contoso.com/oauth2", "tenant-malformed"),
        (TENANT[:-1], "tenant-malformed"),
        (SECRET, "tenant-is-secret"),
    ],
)
def test_what_is_no_tenant_is_refused(text: str, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse_tenant(text)
    assert (refused.value.code, refused.value.field) == (code, Field.TENANT_ID)


def test_the_form_wants_a_guid_for_the_tenant() -> None:
    assert parse_tenant_id(f"{{{TENANT}}}") == TENANT
    with pytest.raises(FieldError, match=r"contoso\.com") as refused:
        parse_tenant_id("contoso.com")
    assert refused.value.code == "tenant-is-domain"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "client-empty"),
        ("not-a-guid", "client-malformed"),
        (SECRET, "client-is-secret"),
        (ZERO, "client-zero"),
        (TENANT.upper(), "client-is-tenant"),
        *((app, "client-first-party") for app in FIRST_PARTY_APPS),
    ],
)
def test_what_is_no_client_id_is_refused(text: str, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse_client_id(text, tenant_id=TENANT)
    assert (refused.value.code, refused.value.field) == (code, Field.CLIENT_ID)


def test_a_client_id_beside_a_domain_name_is_accepted() -> None:
    assert parse_client_id(CLIENT.upper(), tenant_id="contoso.com") == CLIENT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "secret-empty"),
        (" \u200b\n", "secret-empty"),
        (str(uuid.UUID(int=7)), "secret-id-pasted"),
        (f'"{{{uuid.UUID(int=7)}}}"', "secret-id-pasted"),
        (TENANT, "secret-is-other-field"),
        (CLIENT.upper(), "secret-is-other-field"),
        ("a secret with blanks inside", "secret-with-blanks"),
        ("fifteen-charact", "secret-too-short"),
        ("sixteen-characte\x07", "secret-malformed"),
        ("x" * 257, "secret-malformed"),
    ],
)
def test_what_cannot_be_a_secret_is_refused(text: str, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse_secret(text, tenant_id=TENANT, client_id=CLIENT)
    assert (refused.value.code, refused.value.field) == (code, Field.CLIENT_SECRET)


@pytest.mark.parametrize(
    "pasted", [SECRET, f" {SECRET}\n", f"\n{SECRET}", f'"{SECRET}"', f"'{SECRET}'", f"\ufeff{SECRET}"]
)
def test_a_secret_of_today_is_cleaned_and_accepted(pasted: str) -> None:
    assert parse_secret(pasted, tenant_id=TENANT, client_id=CLIENT).reveal() == SECRET


@pytest.mark.parametrize("old", ['"quoted-but-older-secret"', "{braces-belong-to-it}", "a+b/c=d%e&f[g]@h:i!", "é" * 16])
def test_an_unusual_secret_is_sent_as_it_is(old: str) -> None:
    assert parse_secret(old).reveal() == old
    assert not looks_like_secret(old)


@pytest.mark.parametrize("parse", [parse_tenant, parse_tenant_id, parse_client_id, parse_secret, parse_name])
@pytest.mark.parametrize(
    "text", [SECRET, SECRET + " and more", "older+secret/with=punctuation!!", "x" * 300, SECRET[:-1] + "\x1b"]
)
def test_no_refusal_repeats_a_secret_that_stands_in_the_wrong_field(parse: Callable[[str], object], text: str) -> None:
    refused = _refusal(parse, text)
    assert refused is None or text[:12] not in refused.sentence + repr(refused)


def test_a_name_is_one_visible_line() -> None:
    assert parse_name("  Contoso \n") == "Contoso"
    assert parse_name("Contoso\t  EU") == "Contoso EU"
    assert parse_name("Zoë \N{MAN}\u200d\N{WOMAN}") == "Zoë \N{MAN}\N{WOMAN}"
    assert parse_name("\N{HEAVY BLACK HEART}\ufe0f Contoso") == "\N{HEAVY BLACK HEART} Contoso"
    assert parse_name("x" * 120) == "x" * 120


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name-empty"),
        ("\n\u200b ", "name-empty"),
        ("x" * 121, "name-too-long"),
        ("Con\x1b[31mtoso", "name-malformed"),
        ("Con\u202etoso", "name-malformed"),
        (SECRET, "name-is-secret"),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(text: str, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        parse_name(text)
    assert (refused.value.code, refused.value.field) == (code, Field.NAME)


@given(st.text())
def test_no_text_at_all_breaks_a_field(text: str) -> None:
    for parse in (parse_tenant, parse_tenant_id, parse_client_id, parse_secret, parse_name):
        refused = _refusal(parse, text)
        assert refused is None or (refused.sentence.endswith(".") and refused.sentence.isprintable())


def test_a_secrets_shape_tells_its_length_and_nothing_of_it() -> None:
    shape = SecretShape.of(f" {SECRET}\n")
    assert (shape.length, shape.usual) == (len(SECRET), True)
    assert SECRET[:6] not in repr(shape)
    assert not SecretShape.of("unusual").usual
