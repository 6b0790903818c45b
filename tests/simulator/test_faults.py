"""What goes wrong in process looks as it does over a real network."""

from __future__ import annotations

import ssl
from email.utils import parsedate_to_datetime

import httpx
import pytest

from entra_tui.simulator.faults import FOREIGN_HOST, Fault, FaultKind, RetryAfter
from entra_tui.simulator.traffic import Traffic
from tests.simulator.practice import Practice, practice

PAGE = "users?$top=10&$select=id"


async def _world(*faults: Fault, users: int = 30) -> Practice:
    world = practice(users=users, faults=faults)
    await world.sign_in()
    return world


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.NAME_NOT_RESOLVED, httpx.ConnectError),
        (FaultKind.CONNECTION_REFUSED, httpx.ConnectError),
        (FaultKind.CONNECT_TIMEOUT, httpx.ConnectTimeout),
        (FaultKind.CERTIFICATE_UNTRUSTED, httpx.ConnectError),
    ],
)
async def test_connections_that_are_not_made(kind: FaultKind, error: type[httpx.TransportError]) -> None:
    world = await _world(Fault(kind, Traffic.GRAPH))

    with pytest.raises(error) as caught:
        await world.get(PAGE)

    if kind is FaultKind.CERTIFICATE_UNTRUSTED:
        assert isinstance(caught.value.__cause__, ssl.SSLCertVerificationError)
    assert (await world.get(PAGE)).status_code == 200


async def test_no_other_host_has_a_name() -> None:
    world = practice()

    with pytest.raises(httpx.ConnectError, match="not known"):
        await world.http.get("https://graph.attacker.example/v1.0/users")


async def test_a_cut_before_the_answer_and_within() -> None:
    world = await _world(Fault(FaultKind.CUT_CONNECTION, Traffic.USERS), Fault(FaultKind.CUT_BODY, Traffic.USERS))

    with pytest.raises(httpx.RemoteProtocolError):
        await world.get(PAGE)
    with pytest.raises(httpx.ReadError):
        await world.get(PAGE)
    assert (await world.get(PAGE)).status_code == 200


@pytest.mark.parametrize("form", RetryAfter)
async def test_throttling_says_when_to_come_back(form: RetryAfter) -> None:
    world = await _world(Fault(FaultKind.THROTTLED, Traffic.USERS, after=1, seconds=7, retry_after=form))
    await world.get(PAGE)

    answer = await world.get(PAGE)

    assert answer.status_code == 429
    told = answer.headers.get("retry-after")
    match form:
        case RetryAfter.SECONDS:
            assert told == "7"
        case RetryAfter.DATE:
            assert (parsedate_to_datetime(told) - world.clock.now()).total_seconds() == 7
        case RetryAfter.ABSENT:
            assert told is None


async def test_sign_in_throttling_has_the_sign_in_envelope() -> None:
    world = practice(faults=(Fault(FaultKind.THROTTLED, Traffic.TOKEN), Fault(FaultKind.SERVER_ERROR, Traffic.LOGIN)))

    answers = [await world.ask_token() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert answers[0].json()["error_codes"] == [90055]
    assert answers[1].json()["error_codes"] == [90033]


async def test_an_expired_page_token_stays_expired() -> None:
    world = await _world(Fault(FaultKind.EXPIRED_PAGE_TOKEN, Traffic.USERS))
    link = (await world.get(PAGE)).json()["@odata.nextLink"]

    codes = [(await world.get(link)).json()["error"]["code"] for _ in range(2)]

    assert codes == ["Directory_ExpiredPageToken"] * 2
    assert (await world.get(PAGE)).status_code == 200


async def test_an_expired_delta_token_leads_to_a_new_round() -> None:
    world = await _world(Fault(FaultKind.EXPIRED_DELTA_TOKEN, Traffic.USERS_DELTA))
    link = (await world.get("users/delta?$deltatoken=latest")).json()["@odata.deltaLink"]

    late = await world.get(link)

    assert (late.status_code, late.json()["error"]["code"]) == (410, "syncStateNotFound")
    assert (await world.get(late.headers["location"])).json()["value"]


async def test_pages_that_mislead() -> None:
    faults = {kind: Fault(kind, Traffic.USERS, pages_only=True) for kind in FaultKind}
    for kind in (
        FaultKind.NEXT_LINK_LOOP,
        FaultKind.FOREIGN_NEXT_LINK,
        FaultKind.MISSING_VALUE,
        FaultKind.MISSING_LINK,
    ):
        world = await _world(faults[kind])
        first = (await world.get(PAGE)).json()
        link = first["@odata.nextLink"]
        page = (await world.get(link)).json()
        match kind:
            case FaultKind.NEXT_LINK_LOOP:
                assert page["@odata.nextLink"] == link
            case FaultKind.FOREIGN_NEXT_LINK:
                assert httpx.URL(page["@odata.nextLink"]).host == FOREIGN_HOST
            case FaultKind.MISSING_VALUE:
                assert "value" not in page
            case _:
                assert "@odata.nextLink" not in page


async def test_a_proxy_page_and_a_torn_body_come_with_status_200() -> None:
    world = await _world(Fault(FaultKind.HTML_PAGE, Traffic.USERS), Fault(FaultKind.BAD_JSON, Traffic.USERS))

    html, torn = await world.get(PAGE), await world.get(PAGE)

    assert (html.status_code, torn.status_code) == (200, 200)
    assert html.headers["content-type"].startswith("text/html")
    with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
        torn.json()


async def test_slowness_passes_on_the_clock_and_not_on_the_wall() -> None:
    world = await _world(Fault(FaultKind.SLOW, Traffic.USERS, seconds=90))
    before = world.clock.monotonic()

    await world.get(PAGE)

    assert world.clock.monotonic() - before == 90


async def test_a_slow_line_takes_as_long_as_it_says() -> None:
    world = practice("slow-line", users=None)
    await world.sign_in()
    before = world.clock.monotonic()

    answer = await world.get("users?$top=999")

    passed = world.clock.monotonic() - before
    assert passed == pytest.approx(0.6 + len(answer.content) / 65_536, abs=0.2)


async def test_an_answer_that_nobody_reads_leaves_nothing_behind() -> None:
    world = await _world()

    async with world.http.stream("GET", f"{world.graph}/v1.0/users?$top=30") as answer:
        assert answer.status_code == 200


async def test_a_busy_tenant_changes_while_it_is_read() -> None:
    world = practice("busy-tenant", users=None)
    await world.sign_in()
    link = (await world.get("users/delta?$deltatoken=latest&$select=id")).json()["@odata.deltaLink"]

    rows, _ = await world.read_all("users?$top=999&$select=id")
    changes, _ = await world.read_all(link)

    gone = {row["id"] for row in changes if "@removed" in row}
    there = {row["id"] for row in rows} | {row["id"] for row in changes}
    assert len(there - gone) == 5_007 == len(world.cloud.tenant.users)
