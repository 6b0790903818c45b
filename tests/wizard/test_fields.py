"""What a person types and pastes: cleaned, refused in one sentence, never lost, and a secret never copied out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from entra_tui.onboarding import Standing, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wizard.walk import Walk

TENANT = "6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2"
SECRET_SHAPE = "abc8Q~" + "not-a-real-secret-".ljust(34, "0")


def field(walk: Walk) -> str:
    """What the focused field holds."""
    focused = walk.app.focused
    assert isinstance(focused, Input)
    return focused.value


@pytest.mark.parametrize(
    ("pasted", "removed"),
    [
        (f"\r\n\n{TENANT}\r\n", "line breaks"),
        (f"  {TENANT} ", "blanks"),
        (f"{{{TENANT}}}", "braces"),
        (f"“{TENANT}”", "quotes"),
        (f"'{TENANT}'", "quotes"),
        (f"\u200b{TENANT}\ufeff", "invisible characters"),
        (f'\n "{{{TENANT}}}" \n', "line breaks, blanks, quotes, braces"),
    ],
)
async def test_a_paste_is_cleaned_and_that_is_said(pasted: str, removed: str, walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.open_wizard()
        await person.paste(pasted)
        assert field(person) == TENANT
        assert person.sees(f"Removed from the paste: {removed}.")


async def test_a_clean_paste_takes_the_place_of_what_is_selected(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.open_wizard()
        await person.press("a", "b", "c")
        await person.press("shift+home")
        await person.paste(TENANT)
        assert field(person) == TENANT
        assert "Removed" not in person.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the tenant ID: Microsoft Entra ID > Overview > Tenant ID."),
        ("not a tenant", "This is neither a GUID nor a domain name"),
        (TENANT[:-1], "This is neither a GUID nor a domain name"),
        ("00000000-0000-0000-0000-000000000000", "This is the all-zero placeholder"),
        (SECRET_SHAPE, "This looks like a client secret"),
    ],
)
async def test_a_malformed_tenant_is_refused_and_kept(typed: str, sentence: str, walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.open_wizard()
        await person.tenant(typed)
        assert person.sees(sentence)
        assert field(person) == typed
        assert person.step is Step.TENANT
        assert person.services.http.trace.count == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the Application (client) ID"),
        ("my app", "This is not a GUID"),
        (TENANT, "This is the tenant ID again"),
        (SECRET_SHAPE, "This looks like a client secret"),
        ("00000003-0000-0000-c000-000000000000", "This is the ID of Microsoft Graph"),
    ],
)
async def test_a_malformed_client_id_is_refused_and_kept(typed: str, sentence: str, walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.REGISTRATION)
        asked = person.services.http.trace.count
        await person.client(typed)
        assert person.sees(sentence)
        assert field(person) == typed
        assert person.services.http.trace.count == asked


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the client secret"),
        ("c8d2417f-95ab-4e60-b3f1-2a7d6c90e845", "This is the Secret ID, not the secret; copy the Value column."),
        (TENANT, "This is the tenant ID or the client ID again"),
        ("short", "5 characters are too few for a client secret"),
        ("abc8Q~with blanks inside 0123456789", "A client secret has no blanks inside"),
    ],
)
async def test_a_malformed_secret_is_refused_before_any_request(
    typed: str, sentence: str, walk: Callable[[], Walk]
) -> None:
    async with walk().started() as person:
        await person.to(Step.SECRET)
        asked = person.services.http.trace.count
        await person.secret(typed)
        assert person.sees(sentence)
        assert field(person) == typed
        assert person.services.http.trace.count == asked
        if typed:
            assert typed not in person.text


async def test_a_day_that_is_none_is_refused_and_kept(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.SECRET)
        await person.paste(person.inputs.secret.reveal())
        await person.tab_to("expires")
        await person.paste("31.5.2027")
        await person.check()
        assert person.sees("Enter the day as YYYY-MM-DD, such as 2027-05-31, or leave it blank.")
        assert field(person) == "31.5.2027"
        await person.refill("2027-05-31")
        await person.check()
        assert person.holds()
        assert str(person.wizard.onboarding.draft.secret_expires) == "2027-05-31"


async def test_a_secret_is_masked_described_revealed_on_demand_and_never_copied(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.SECRET)
        secret = person.inputs.secret.reveal()
        await person.paste(secret)
        assert person.sees(f"{len(secret)} characters, the usual shape.")
        assert secret not in person.text
        for keys in (("home", "shift+end", "ctrl+c"), ("shift+home", "ctrl+x"), ("ctrl+a", "ctrl+c")):
            await person.press(*keys)
            assert person.app.clipboard == ""
            assert field(person) == secret
        await person.press("f4")
        assert secret in person.text
        await person.press("f4")
        assert secret not in person.text


async def test_another_value_takes_the_proof_back(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.open_wizard()
        await person.tenant()
        assert "Continue" in person.text
        await person.press("shift+tab", "shift+tab", "shift+tab")
        await person.tab_to("tenant")
        await person.press("end", "x")
        assert "Find the tenant" in person.text
        assert "Continue" not in person.text
        await person.press("backspace")
        assert "Continue" in person.text
        assert person.wizard.onboarding.draft.standing(Step.TENANT) is Standing.PROVEN


async def test_what_was_typed_and_not_checked_is_there_again_after_going_back(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.SECRET)
        await person.paste("half-a-secret")
        await person.tab_to("expires")
        await person.paste("next year")
        await person.press("escape")
        await person.until(lambda: person.step is Step.REGISTRATION)
        await person.tab_to("client")
        await person.refill("half a client")
        await person.press("escape")
        await person.until(lambda: person.step is Step.TENANT)
        await person.go_on()
        await person.tab_to("client")
        assert field(person) == "half a client"
        # What was proven before is entered again, so that Enter goes on.
        await person.client()
        await person.tab_to("secret")
        assert field(person) == "half-a-secret"
        await person.tab_to("expires")
        assert field(person) == "next year"


async def test_a_revealed_secret_is_masked_again_when_the_cursor_leaves(walk: Callable[[], Walk]) -> None:
    async with walk().started() as person:
        await person.to(Step.SECRET)
        await person.paste("half-a-secret")
        await person.press("f4")
        assert "half-a-secret" in person.text
        await person.press("tab")
        assert "half-a-secret" not in person.text
