"""The client's own logic: waiting, tracing, what it never does."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph import client as client_module
from entra_tui.graph.errors import NetworkFault, RequestFailed, Unreachable
from entra_tui.graph.retry import Patience, Wait, WaitReason
from entra_tui.model.secret import Secret
from entra_tui.simulator.clock import STANDARD_START, ManualClock
from tests.graph.microsoft import CLEAR, Reply, client, jwt

if TYPE_CHECKING:
    from entra_tui.graph.client import HttpClient

_OK = httpx.Response(200, json={})


async def _send(
    *replies: Reply, seconds: float = 120, start: ManualClock | None = None
) -> tuple[int, list[Wait], HttpClient]:
    clock = start or ManualClock()
    http, _ = client({"*": replies}, clock=clock)
    waits: list[Wait] = []
    answer = await http.send(
        "GET", "https://graph.microsoft.com/", patience=Patience(clock, seconds, on_wait=waits.append)
    )
    return answer.status, waits, http


async def test_retry_after_in_seconds_is_waited_to_the_letter() -> None:
    clock = ManualClock()
    status, waits, _ = await _send(httpx.Response(429, headers={"Retry-After": "37"}), _OK, start=clock)
    assert status == 200
    assert waits == [Wait(WaitReason.THROTTLED, 37.0, 1, status=429, asked=True)]
    assert clock.monotonic() == 37


async def test_retry_after_as_a_date_is_waited_to_the_letter() -> None:
    moment = STANDARD_START + timedelta(seconds=41)
    header = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    _, waits, _ = await _send(httpx.Response(503, headers={"Retry-After": header}), _OK)
    assert waits == [Wait(WaitReason.SERVER_ERROR, 41.0, 1, status=503, asked=True)]


@pytest.mark.parametrize("header", [None, "soon", "-5", "1.5", "", "٣"])
async def test_without_a_usable_retry_after_the_wait_grows(header: str | None) -> None:
    headers = [] if header is None else [(b"Retry-After", header.encode())]
    busy = httpx.Response(429, headers=httpx.Headers(headers))
    _, waits, _ = await _send(busy, busy, busy, busy, _OK)
    assert [wait.asked for wait in waits] == [False] * 4
    for wait, ceiling in zip(waits, (1, 2, 4, 8), strict=True):
        assert ceiling / 2 <= wait.seconds <= ceiling


@pytest.mark.parametrize("header", ["0", "Mon, 23 Nov 2020 09:00:00 GMT"])
async def test_a_service_that_always_says_now_does_not_keep_us_for_ever(header: str) -> None:
    status, waits, http = await _send(httpx.Response(429, headers={"Retry-After": header}), seconds=30)
    assert status == 429
    assert 0 < len(waits) < 12
    assert http.trace.count == len(waits) + 1


async def test_a_wait_longer_than_the_budget_is_not_begun() -> None:
    clock = ManualClock()
    status, waits, _ = await _send(httpx.Response(429, headers={"Retry-After": "121"}), seconds=120, start=clock)
    assert (status, waits, clock.monotonic()) == (429, [], 0)


async def test_the_budget_is_one_for_all_tries() -> None:
    status, waits, _ = await _send(httpx.Response(503, headers={"Retry-After": "50"}), seconds=120)
    assert status == 503
    assert [wait.seconds for wait in waits] == [50, 50]


async def test_success_renews_the_budget() -> None:
    clock = ManualClock()
    patience = Patience(clock, 10)
    clock.advance(9)
    assert not await patience.spend(Wait(WaitReason.THROTTLED, 2, 1))
    patience.renew()
    assert await patience.spend(Wait(WaitReason.THROTTLED, 2, 1))


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 410, 424, 501])
async def test_other_statuses_are_not_asked_again(status: int) -> None:
    assert (await _send(httpx.Response(status)))[0] == status
    assert len((await _send(httpx.Response(status)))[1]) == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_single_try_stays_single(status: int) -> None:
    http, script = client({"*": httpx.Response(status)})
    assert (await http.send("GET", "https://graph.microsoft.com/")).status == status
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("error", "fault", "tries"),
    [
        (httpx.ConnectError("refused"), NetworkFault.REFUSED, 2),
        (httpx.ReadError(""), NetworkFault.CUT, 2),
        (httpx.RemoteProtocolError("odd"), NetworkFault.CUT, 2),
        (httpx.ConnectTimeout(""), NetworkFault.TIMEOUT, 2),
        (httpx.PoolTimeout(""), NetworkFault.TIMEOUT, 2),
        (httpx.ProxyError("407"), NetworkFault.PROXY, 1),
        (httpx.UnsupportedProtocol("gopher"), NetworkFault.ADDRESS, 1),
    ],
)
async def test_only_what_can_pass_is_tried_again(error: Exception, fault: NetworkFault, tries: int) -> None:
    clock = ManualClock()
    http, script = client({"*": error}, clock=clock)
    with pytest.raises(Unreachable) as failed:
        await http.send("GET", "https://graph.microsoft.com/", patience=Patience(clock, 1.2))
    assert failed.value.fault is fault
    assert len(script.requests) == tries


async def test_every_request_has_all_four_time_outs() -> None:
    http, script = client({"*": _OK})
    await http.send("POST", "https://graph.microsoft.com/", form={"a": "b"})
    timeouts = script.requests[0].extensions["timeout"]
    assert set(timeouts) == {"connect", "read", "write", "pool"}
    assert all(0 < seconds <= 60 for seconds in timeouts.values())


async def test_an_answer_that_drips_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_LONGEST_EXCHANGE", 0.0)

    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    http, _ = client({"*": never})
    with pytest.raises(Unreachable) as failed:
        await http.send("GET", "https://graph.microsoft.com/")
    assert failed.value.fault is NetworkFault.TIMEOUT


async def test_a_cancelled_request_is_in_the_trace() -> None:
    begun = asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    http, _ = client({"*": never})
    task = asyncio.create_task(http.send("GET", "https://graph.microsoft.com/"))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(exchange.status, exchange.failure) for exchange in http.trace.exchanges] == [(None, "cancelled")]


@pytest.mark.parametrize(
    "url", ["https://graph.microsoft.com/\x00", "https://graph.microsoft.com:port/", "https://\ud800/"]
)
async def test_an_address_that_is_none_fails_as_a_request_does(url: str) -> None:
    http, script = client({"*": _OK})
    with pytest.raises(RequestFailed) as failed:
        await http.send("GET", url)
    assert isinstance(failed.value, Unreachable)
    assert failed.value.fault is NetworkFault.ADDRESS
    assert script.requests == []


async def test_the_trace_tells_what_was_sent_and_what_came() -> None:
    clock = ManualClock()

    def slow(_: httpx.Request) -> httpx.Response:
        clock.advance(0.25)
        return httpx.Response(403, json={"error": {"code": "x"}}, headers={"request-id": "r-1"})

    http, _ = client({"*": slow}, clock=clock)
    seen: list[int] = []
    stop = http.trace.listen(lambda exchange: seen.append(exchange.number))
    await http.send("GET", "https://graph.microsoft.com/v1.0/users", params={"$top": "1"})
    stop()
    await http.send("GET", "https://graph.microsoft.com/v1.0/users")
    first = http.trace.exchanges[0]
    assert (first.number, first.method, first.host, first.attempt) == (1, "GET", "graph.microsoft.com", 1)
    assert first.path == "/v1.0/users?$top=1"
    assert (first.status, first.failure, first.milliseconds) == (403, "", 250)
    assert json.loads(first.response_body) == {"error": {"code": "x"}}
    assert ("request-id", "r-1") in first.response_headers
    assert seen == [1]


async def test_only_the_newest_exchanges_are_kept() -> None:
    http, _ = client({"*": _OK})
    for _ in range(205):
        await http.send("GET", "https://graph.microsoft.com/")
    assert http.trace.count == 205
    assert [exchange.number for exchange in http.trace.exchanges] == list(range(6, 206))


async def test_no_secret_and_no_token_is_in_any_exchange() -> None:
    access = jwt(roles=["User.Read.All"])
    odd = 'older "secret"+/=& of a script'
    http, _ = client({"*": httpx.Response(200, json={"access_token": access, "echo": [CLEAR, odd]})})
    http.redactor.learn(Secret(odd))
    await http.send(
        "POST",
        f"https://login.microsoftonline.com/token?hint={CLEAR}",
        headers={"Authorization": f"Bearer {access}", "Cookie": "session=planted-cookie"},
        form={"client_secret": CLEAR, "other": odd},
    )
    await http.send("POST", "https://graph.microsoft.com/", body={"secretText": CLEAR, "also": odd})
    kept = repr(http.trace.exchanges)
    for planted in (CLEAR, access, odd, "planted-cookie", access.split(".")[1], "older+%22secret"):
        assert planted not in kept


async def test_half_a_secret_at_the_end_of_a_cut_answer_is_left_out() -> None:
    # Masks are shorter than what they hide, so the text behind them moves up to the place where the answer is cut.
    odd = "no pattern meets this one, only its learned value"
    body = "a" * 100 + ("eyJ" + "x" * 2000 + " ") * 8
    body = body.ljust(4 * 4096 - 20, ".") + odd + "b" * 5000
    http, _ = client({"*": httpx.Response(200, content=body)})
    http.redactor.learn(Secret(odd))
    await http.send("GET", "https://graph.microsoft.com/")
    kept = http.trace.exchanges[0].response_body
    assert kept.startswith("a" * 100)
    assert odd[:10] not in kept


async def test_a_compressed_answer_is_opened() -> None:
    packed = gzip.compress(b'{"value": []}')
    http, _ = client({"*": lambda _: httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"})})
    answer = await http.send("GET", "https://graph.microsoft.com/")
    assert answer.json_object() == {"value": []}


async def test_a_byte_order_mark_is_no_obstacle() -> None:
    http, _ = client({"*": httpx.Response(200, content=b'\xef\xbb\xbf{"value": []}')})
    answer = await http.send("GET", "https://graph.microsoft.com/")
    assert answer.json_object() == {"value": []}
    assert answer.text == '{"value": []}'
