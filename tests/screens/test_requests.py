from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.widgets import OptionList

from entra_tui.graph.trace import Exchange
from entra_tui.screens.exchange import ExchangeScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.requests import RequestsScreen
from tests.screens.stage import seen, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.screens.stage import Stage

TOKEN_REQUEST = Exchange(
    number=1,
    started=datetime(2026, 11, 23, 8, 41, 2, tzinfo=UTC),
    method="POST",
    host="login.microsoftonline.com",
    path="/6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2/oauth2/v2.0/token",
    attempt=1,
    milliseconds=182.4,
    status=401,
    failure="",
    request_headers=(("content-type", "application/x-www-form-urlencoded"),),
    request_body="client_id=0b7e&client_secret=[masked]&grant_type=client_credentials",
    response_headers=(("x-ms-request-id", "4b1c"),),
    response_body='{"error":"invalid_client","error_codes":[7000215]}',
    response_bytes=612,
)
USERS_REQUEST = replace(
    TOKEN_REQUEST,
    number=2,
    started=datetime(2026, 11, 23, 8, 41, 3, tzinfo=UTC),
    method="GET",
    host="graph.microsoft.com",
    path="/v1.0/users?$top=999&$count=true",
    attempt=2,
    milliseconds=1234.0,
    status=200,
    request_body="",
    response_body='{"value":[{"displayName":"\u202eevil\\u001b[2J"',
)
LOST_REQUEST = replace(
    USERS_REQUEST, number=3, status=None, failure="connection refused", response_headers=(), response_body=""
)


async def test_without_requests_the_page_says_what_will_be_there(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        assert isinstance(stage.app.screen, RequestsScreen)
        assert "No request was made yet." in seen(stage.app)
        await pilot.press("f2")
        await pilot.press("escape")
        assert not isinstance(stage.app.screen, RequestsScreen)


async def test_requests_are_listed_the_newest_last_and_come_in_while_one_looks(
    open_stage: Callable[..., Stage],
) -> None:
    stage = open_stage()
    trace = stage.services.http.trace
    trace.add(TOKEN_REQUEST)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        menu = stage.app.screen.query_one(OptionList)
        assert "08:41:02  POST    401      182    1  login.microsoftonline.com/6d1f…/oauth2/…" in seen(stage.app)
        trace.add(USERS_REQUEST)
        trace.add(LOST_REQUEST)
        await until(pilot, lambda: menu.option_count == 3)
        assert "08:41:03  GET     200     1234    2  graph.microsoft.com/v1.0/users?$top=999" in seen(stage.app)
        assert "GET     none" in seen(stage.app)
        assert menu.highlighted == 2
        await pilot.press("up")
        trace.add(replace(LOST_REQUEST, number=4))
        await until(pilot, lambda: menu.option_count == 4)
        assert menu.highlighted == 1
        assert stage.app.focused is menu
    assert trace._listeners == []


async def test_what_is_no_longer_kept_goes(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    trace = stage.services.http.trace
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        for number in range(1, 206):
            trace.add(replace(USERS_REQUEST, number=number))
        menu = stage.app.screen.query_one(OptionList)
        await until(pilot, lambda: menu.option_count == 200)
        trace.add(replace(USERS_REQUEST, number=206))
        await until(pilot, lambda: menu.get_option_at_index(199).id == "206")
        assert menu.get_option_at_index(0).id == "7"


async def test_one_is_shown_in_full(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    stage.services.http.trace.add(TOKEN_REQUEST)
    async with stage.app.run_test(size=(80, 40)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(stage.app.screen, ExchangeScreen)
        text = seen(stage.app)
        assert "POST login.microsoftonline.com\n" in text
        assert "Sent 2026-11-23 08:41:02 UTC, try 1; status 401 after 182 ms, 612 bytes" in text
        assert "  client_secret=[masked]\n" in text
        assert '    "error": "invalid_client",\n' in text
        await pilot.press("f3")
        assert isinstance(stage.app.screen, PlainPage)


async def test_a_cut_answer_and_a_failure_are_shown_as_they_came(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    async with stage.app.run_test(size=(80, 40)) as pilot:
        stage.app.push_screen(ExchangeScreen(stage.services, USERS_REQUEST))
        await settle(pilot)
        assert '{"value":[{"displayName":"�evil\\u001b[2J"' in seen(stage.app)
        stage.app.push_screen(ExchangeScreen(stage.services, LOST_REQUEST))
        await settle(pilot)
        assert "no answer after 1,234 ms: connection refused" in " ".join(seen(stage.app).split())
        deep = replace(USERS_REQUEST, response_body="[" * 100_000)
        stage.app.push_screen(ExchangeScreen(stage.services, deep))
        await settle(pilot)
        assert "[[[[" in seen(stage.app)


async def test_a_real_sign_in_is_listed_without_its_secret(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage()
    await stage.fill()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f2")
        await settle(pilot)
        menu = stage.app.screen.query_one(OptionList)
        for place in range(menu.option_count):
            menu.highlighted = place
            await pilot.press("enter")
            await settle(pilot)
            assert stage.secret.reveal() not in seen(stage.app)
            assert "eyJ" not in seen(stage.app)
            await pilot.press("escape")
