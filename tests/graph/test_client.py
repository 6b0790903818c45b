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
from entra_tui.graph.answer import Answer
from entra_tui.graph.errors import NetworkFault, Refused, RequestFailed, Unreachable
from entra_tui.graph.refusals import graph_refusal, sign_in_refusal
from entra_tui.graph.retry import Patience, Wait, WaitReason
from entra_tui.model.secret import Secret
from entra_tui.simulator.clock import STANDARD_START, ManualClock
from tests.graph.microsoft import CLEAR, Reply, client, jwt, sign_in_error

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


@pytest.mark.parametrize("header", [None, "soon", "-5", "", "٣"])
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
    assert await patience.spend(Wait(WaitReason.THROTTLED, 9, 1))
    assert not await patience.spend(Wait(WaitReason.THROTTLED, 2, 1))
    patience.renew()
    assert await patience.spend(Wait(WaitReason.THROTTLED, 2, 1))


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 400, 401, 403, 404, 409, 410, 424])
async def test_other_statuses_are_not_asked_again(status: int) -> None:
    assert (await _send(httpx.Response(status)))[0] == status
    assert len((await _send(httpx.Response(status)))[1]) == 0


_HTML = "<html><body><h1>Please come back</h1></body></html>"


def _graph(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": ""}}, headers=headers)


_PASSING: dict[str, httpx.Response] = {
    **{
        f"{status} {kind}": httpx.Response(status, content=body)
        for status in (408, 423, 425, 429, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 522, 529, 530, 598, 599)
        for kind, body in (("HTML", _HTML), ("JSON", '{"error": {"code": "x", "message": "y"}}'), ("empty", ""))
    },
    "400 ServiceUnavailable": _graph(400, "ServiceUnavailable"),
    "400 serviceNotAvailable": _graph(400, "serviceNotAvailable"),
    "404 UnknownError": _graph(404, "UnknownError"),
    "404 ServiceUnavailable": _graph(404, "ServiceUnavailable"),
    "403 TooManyRequests": _graph(403, "TooManyRequests"),
    "403 with Retry-After": _graph(403, "Forbidden", **{"Retry-After": "2"}),
    "403 with Retry-After, HTML": httpx.Response(403, content=_HTML, headers={"Retry-After": "2"}),
    "403 with Retry-After in words": _graph(403, "Forbidden", **{"Retry-After": "soon"}),
    "403 with Retry-After of now": httpx.Response(403, headers={"Retry-After": "0"}),
    "409 with Retry-After": _graph(409, "Conflict", **{"Retry-After": "2"}),
    "inner code": httpx.Response(
        400, json={"error": {"code": "BadRequest", "innererror": {"code": "serviceUnavailable", "date": "x"}}}
    ),
    "outer code": httpx.Response(400, json={"error": {"code": "ServiceUnavailable", "innerError": {"code": "x"}}}),
    "AADSTS90033 with 400": sign_in_error(90033, "invalid_request"),
    "AADSTS90024 with 401": sign_in_error(90024, "invalid_client", status=401),
    "AADSTS90055 with 400": sign_in_error(90055, "invalid_request"),
    "number in the text alone": httpx.Response(
        400, json={"error": "invalid_grant", "error_description": "AADSTS50033: Later."}
    ),
    "temporarily_unavailable with 400": httpx.Response(400, json={"error": "temporarily_unavailable"}),
}

_LASTING: dict[str, httpx.Response] = {
    "400": _graph(400, "Request_BadRequest"),
    "400 UnknownError": _graph(400, "UnknownError"),
    "403": _graph(403, "Authorization_RequestDenied"),
    "403 UnknownError": _graph(403, "UnknownError"),
    "404": _graph(404, "Request_ResourceNotFound"),
    "401 with Retry-After": _graph(401, "InvalidAuthenticationToken", **{"Retry-After": "2"}),
    "407 with Retry-After": httpx.Response(407, headers={"Retry-After": "2"}),
    "410 with Retry-After": _graph(410, "resyncRequired", **{"Retry-After": "2"}),
    "501 NotImplemented": _graph(501, "NotImplemented"),
    "AADSTS7000215": sign_in_error(7000215, "invalid_client", status=401),
    "a word in the message": httpx.Response(400, json={"error": {"code": "x", "message": "ServiceUnavailable"}}),
    "a long body": httpx.Response(400, json={"error": {"code": "ServiceUnavailable", "message": "x" * 100_000}}),
    "cut": httpx.Response(400, content=b'{"error": {"code": "ServiceUnavai'),
}


@pytest.mark.parametrize("name", _PASSING)
async def test_what_passes_is_asked_again_and_called_transient(name: str) -> None:
    answer = _PASSING[name]
    status, waits, _ = await _send(answer, answer, _OK)
    assert (status, len(waits)) == (200, 2)
    error = _refusal(name, answer)
    assert isinstance(error, Refused), name
    assert error.transient


@pytest.mark.parametrize("name", _LASTING)
async def test_what_does_not_pass_is_asked_once(name: str) -> None:
    answer = _LASTING[name]
    status, waits, _ = await _send(answer, _OK)
    assert (status, waits) == (answer.status_code, [])
    assert not _refusal(name, answer).transient


def _refusal(name: str, answer: httpx.Response) -> RequestFailed:
    ours = Answer("x.test", answer.status_code, answer.headers, answer.content)
    of_entra = name.startswith(("AADSTS", "number", "temporarily"))
    return (sign_in_refusal if of_entra else graph_refusal)(ours)


async def test_a_loop_of_sign_ins_is_not_made_worse() -> None:
    _, waits, _ = await _send(sign_in_error(50196, "invalid_grant"), _OK)
    assert [(wait.reason, wait.seconds, wait.asked) for wait in waits] == [(WaitReason.THROTTLED, 60.0, False)]


@pytest.mark.parametrize(("header", "seconds"), [("2, 2", 2.0), ("1.5", 2.0), ("3;x", 3.0), (" 4 ", 4.0)])
async def test_retry_after_in_other_spellings_is_never_cut_short(header: str, seconds: float) -> None:
    _, waits, _ = await _send(httpx.Response(429, headers={"Retry-After": header}), _OK)
    assert [(wait.seconds, wait.asked) for wait in waits] == [(seconds, True)]


async def test_a_retry_after_that_came_twice_counts_as_the_longer_one() -> None:
    twice = httpx.Response(429, headers=[("Retry-After", "2"), ("Retry-After", "9")])
    _, waits, _ = await _send(twice, _OK)
    assert [wait.seconds for wait in waits] == [9.0]


@pytest.mark.parametrize("hours", [3, -3])
async def test_a_wrong_clock_of_this_machine_changes_no_wait(hours: float) -> None:
    clock = ManualClock(STANDARD_START + timedelta(hours=hours))
    headers = {"Date": "Mon, 23 Nov 2026 09:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 09:00:41 GMT"}
    _, waits, _ = await _send(httpx.Response(503, headers=headers), _OK, start=clock)
    assert [wait.seconds for wait in waits] == [41.0]


async def test_errors_without_a_promise_end_after_ten_minutes_and_promises_after_an_hour() -> None:
    clock = ManualClock()
    status, waits, _ = await _send(httpx.Response(500), seconds=3600, start=clock)
    assert status == 500
    assert 500 < clock.monotonic() <= 600
    assert not any(wait.asked for wait in waits)
    clock = ManualClock()
    status, _, _ = await _send(httpx.Response(429, headers={"Retry-After": "60"}), seconds=3600, start=clock)
    assert (status, clock.monotonic()) == (429, 3600)


async def test_requests_that_are_never_answered_use_up_the_ten_minutes_too() -> None:
    clock = ManualClock()

    def silent(_: httpx.Request) -> httpx.Response:
        clock.advance(60)
        raise httpx.ReadTimeout("")

    with pytest.raises(Unreachable):
        await _send(silent, seconds=3600, start=clock)
    assert 540 < clock.monotonic() <= 720


@pytest.mark.parametrize("seconds", [20, 3600])
async def test_a_machine_that_sleeps_during_a_request_has_all_its_patience_afterwards(seconds: float) -> None:
    clock = ManualClock()

    def asleep(_: httpx.Request) -> httpx.Response:
        clock.advance(days=1)
        raise httpx.ReadTimeout("")

    status, waits, _ = await _send(asleep, asleep, asleep, _OK, seconds=seconds, start=clock)
    assert (status, len(waits)) == (200, 3)


async def test_each_new_try_is_told_before_it_is_made() -> None:
    clock = ManualClock()
    http, script = client({"*": [httpx.Response(503), httpx.ReadError(""), _OK]}, clock=clock)
    sent: list[int] = []
    await http.send(
        "GET",
        "https://graph.microsoft.com/",
        patience=Patience(clock, 60),
        on_retry=lambda: sent.append(len(script.requests)),
    )
    assert sent == [1, 2]
    await http.send("GET", "https://graph.microsoft.com/", on_retry=lambda: sent.append(0))
    assert sent == [1, 2]


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
        (httpx.ProxyError("403 Forbidden"), NetworkFault.PROXY, 1),
        (httpx.ProxyError("no status at all 503"), NetworkFault.PROXY, 1),
        (httpx.ProxyError("429 Too Many Requests"), NetworkFault.PROXY, 2),
        (httpx.ProxyError("408 "), NetworkFault.PROXY, 2),
        (httpx.ProxyError("502 Bad Gateway"), NetworkFault.PROXY, 2),
        (httpx.UnsupportedProtocol("gopher"), NetworkFault.ADDRESS, 1),
    ],
)
async def test_only_what_can_pass_is_tried_again(error: Exception, fault: NetworkFault, tries: int) -> None:
    clock = ManualClock()
    http, script = client({"*": error}, clock=clock)
    with pytest.raises(Unreachable) as failed:
        await http.send("GET", "https://graph.microsoft.com/", patience=Patience(clock, 1.2))
    assert failed.value.fault is fault
    assert failed.value.transient is (tries > 1)
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
