from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph.directory import Directory, Organization
from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, Unreadable, UnsafeDestination
from entra_tui.graph.retry import Patience
from entra_tui.graph.sign_in import TokenSource
from entra_tui.model.environment import PUBLIC
from entra_tui.simulator.clock import ManualClock
from tests.graph.microsoft import (
    TENANT,
    Reply,
    Script,
    client,
    credentials,
    discovery_path,
    graph_error,
    jwt,
    openid,
    organization,
    page,
    token,
    token_path,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEXT = "https://graph.microsoft.com/v1.0/users?$select=id,displayName&$top=999&$skiptoken=RFNwdAIAA%2FQ%3D'x~.-_"


def _directory(
    replies: dict[str, Reply | Sequence[Reply]], *, tokens: Sequence[Reply] = (token(),)
) -> tuple[Directory, Script]:
    clock = ManualClock()
    http, script = client({discovery_path(): openid(), token_path(): list(tokens), **replies}, clock=clock)
    return Directory(http, TokenSource(http, credentials()), patience=Patience(clock, 60)), script


async def test_the_organization_is_the_tenant() -> None:
    directory, script = _directory({"/v1.0/organization": organization()})
    assert await directory.organization() == Organization(TENANT, "Contoso", "contoso.com")
    request = script.asked("/v1.0/organization")[0]
    assert request.url.host == "graph.microsoft.com"
    assert request.url.params["$select"] == "id,displayName,verifiedDomains"
    assert request.headers["authorization"].startswith("Bearer eyJ")


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"id": TENANT.upper()}, Organization(TENANT, "", "")),
        ({"id": "no-guid", "displayName": None, "verifiedDomains": None}, Organization("", "", "")),
        (
            {"id": TENANT, "displayName": 7, "verifiedDomains": ["x", {"isDefault": True}]},
            Organization(TENANT, "7", ""),
        ),
        ({"id": TENANT, "displayName": "a\x1b[31mb"}, Organization(TENANT, "a\N{REPLACEMENT CHARACTER}[31mb", "")),
    ],
)
async def test_an_odd_organization_is_read_as_far_as_it_goes(item: object, found: Organization) -> None:
    directory, _ = _directory({"/v1.0/organization": httpx.Response(200, json={"value": [item]})})
    assert await directory.organization() == found


@pytest.mark.parametrize(
    ("collection", "query"), [("users", "$top"), ("groups", "$top"), ("directoryRoles", "$select")]
)
async def test_a_probe_reads_one_object(collection: str, query: str) -> None:
    directory, script = _directory({f"/v1.0/{collection}": page("1")})
    await directory.probe(collection)
    params = script.asked(f"/v1.0/{collection}")[0].url.params
    assert query in params
    assert ("$top" in params) == (collection != "directoryRoles")


async def test_the_first_page_asks_for_the_total() -> None:
    directory, script = _directory({"/v1.0/users": page("1", "2", count=1203, nextLink=_NEXT)})
    first = await directory.first_users_page(["id", "displayName"], page_size=2)
    assert [item["id"] for item in first.items] == ["1", "2"]
    assert (first.count, first.next_link, first.delta_link) == (1203, _NEXT, None)
    request = script.asked("/v1.0/users")[0]
    assert dict(request.url.params) == {"$select": "id,displayName", "$top": "2", "$count": "true"}
    assert request.headers["consistencylevel"] == "eventual"


@pytest.mark.parametrize("count", ["many", "", -1, True, 12.5, None, 2**63, [1203]])
async def test_a_total_that_is_none_is_left_out(count: object) -> None:
    directory, _ = _directory({"/v1.0/users": page("1", count=count)})
    assert (await directory.first_users_page(["id"])).count is None


async def test_a_total_may_be_written_as_text() -> None:
    directory, _ = _directory({"/v1.0/users": page("1", count="1203")})
    assert (await directory.first_users_page(["id"])).count == 1203


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (httpx.Response(200, text="1203"), 1203),
        (httpx.Response(200, content=b"\xef\xbb\xbf1203\r\n"), 1203),
        (httpx.Response(200, text="<html>"), None),
        (httpx.Response(200, text=""), None),
        (httpx.Response(400, json={"error": {"code": "Request_UnsupportedQuery", "message": "No."}}), None),
        (httpx.Response(404, text="<html>"), None),
    ],
)
async def test_the_number_of_objects_is_asked_for_by_itself(answer: httpx.Response, count: int | None) -> None:
    directory, script = _directory({"/v1.0/users/$count": answer})
    assert await directory.count("users") == count
    (request,) = script.asked("/v1.0/users/$count")
    assert (request.headers["consistencylevel"], request.headers["accept"]) == ("eventual", "text/plain")


async def test_one_object_is_found_or_not_there() -> None:
    gone = httpx.Response(404, json={"error": {"code": "Request_ResourceNotFound", "message": "No."}})
    directory, script = _directory({"/v1.0/users/1": httpx.Response(200, json={"id": "1"}), "/v1.0/users/2": gone})
    assert await directory.find("users", "1", select="id,mail", expand="manager($select=id)") == {"id": "1"}
    assert await directory.find("users", "2") is None
    (request,) = script.asked("/v1.0/users/1")
    assert dict(request.url.params) == {"$select": "id,mail", "$expand": "manager($select=id)"}


@pytest.mark.parametrize(
    ("code", "status"), [("Request_UnsupportedQuery", 400), ("BadRequest", 400), ("NotImplemented", 501)]
)
async def test_a_tenant_that_refuses_count_is_asked_again_without_it(code: str, status: int) -> None:
    directory, script = _directory(
        {"/v1.0/users": [graph_error(code, status=status), page("1", nextLink=_NEXT), page("2")]}
    )
    first = await directory.first_users_page(["id"], page_size=1)
    assert first.count is None
    assert first.next_link is not None
    await directory.follow(first.next_link)
    refused, again, followed = script.asked("/v1.0/users")
    assert "$count" in refused.url.params
    assert dict(again.url.params) == {"$select": "id", "$top": "1"}
    assert "consistencylevel" not in again.headers
    assert "consistencylevel" not in followed.headers
    await directory.first_users_page(["id"], page_size=1)
    assert "$count" not in script.asked("/v1.0/users")[3].url.params


async def test_a_manager_is_expanded_without_count_on_every_page_and_selected_in_a_delta() -> None:
    link = "https://graph.microsoft.com/v1.0/users?$select=id&$expand=manager(%24select%3Did)&$skiptoken=x"
    directory, script = _directory({"*": [page("1", nextLink=link), page("2"), page(deltaLink=link)]})
    first = await directory.first_users_page(["id", "manager"], page_size=1)
    assert first.next_link is not None
    await directory.follow(first.next_link)
    await directory.latest_users_delta(["id", "manager", "extensionAttribute1"])
    asked, followed = script.asked("/v1.0/users")
    assert dict(asked.url.params) == {"$select": "id", "$top": "1", "$expand": "manager($select=id)"}
    assert "consistencylevel" not in asked.headers
    assert "consistencylevel" not in followed.headers
    (delta,) = script.asked("/v1.0/users/delta")
    assert delta.url.params["$select"] == "id,manager,onPremisesExtensionAttributes"


async def test_a_query_that_is_refused_without_count_too_is_final() -> None:
    directory, script = _directory({"/v1.0/users": graph_error("Request_UnsupportedQuery", status=400)})
    for tries in (2, 3):
        with pytest.raises(Refused) as refused:
            await directory.first_users_page(["id"])
        assert refused.value.code == "Request_UnsupportedQuery"
        assert len(script.asked("/v1.0/users")) == tries


async def test_another_refusal_of_the_first_page_is_not_asked_again() -> None:
    directory, script = _directory({"/v1.0/users": graph_error("Authorization_RequestDenied", status=403)})
    with pytest.raises(Refused):
        await directory.first_users_page(["id"])
    assert len(script.asked("/v1.0/users")) == 1


async def test_a_link_is_followed_unchanged_with_the_header_it_cannot_carry() -> None:
    directory, script = _directory({"/v1.0/users": page("3", deltaLink=_NEXT)})
    last = await directory.follow(_NEXT)
    assert (last.next_link, last.delta_link) == (None, _NEXT)
    request = script.asked("/v1.0/users")[0]
    assert f"https://graph.microsoft.com{request.url.raw_path.decode()}" == _NEXT
    assert request.headers["consistencylevel"] == "eventual"


@pytest.mark.parametrize("origin", ["https://GRAPH.Microsoft.com", "https://graph.microsoft.com:443"])
async def test_another_spelling_of_the_same_origin_is_followed(origin: str) -> None:
    directory, script = _directory({"/v1.0/users": page("3")})
    await directory.follow(f"{origin}/v1.0/users?cursor=x")
    assert [str(request.url) for request in script.asked("/v1.0/users")] == [
        "https://graph.microsoft.com/v1.0/users?cursor=x"
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.test/v1.0/users?$skiptoken=x",
        "http://graph.microsoft.com/v1.0/users?$skiptoken=x",
        "https://graph.microsoft.com:8443/v1.0/users",
        "https://graph.microsoft.com@evil.test/v1.0/users",
        "https://user:password@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com.evil.test/v1.0/users",
        "https://evil.test\\@graph.microsoft.com/v1.0/users",
        "https://graph.micro\tsoft.com/v1.0/users",
        "https://graph.microsoft.us/v1.0/users",
        "//graph.microsoft.com/v1.0/users",
        "/v1.0/users?$skiptoken=x",
        "https://[",
        "",
        "users",
    ],
)
async def test_a_link_to_anywhere_else_is_refused_before_any_request(link: str) -> None:
    directory, script = _directory({"*": page("1")})
    with pytest.raises(UnsafeDestination) as refused:
        await directory.follow(link)
    assert refused.value.expected == "graph.microsoft.com"
    assert script.requests == []


async def test_a_refused_token_is_renewed_once() -> None:
    denied = graph_error("InvalidAuthenticationToken", status=401)
    second = jwt(tid=TENANT, serial=2)
    directory, script = _directory({"/v1.0/users": [denied, page("1")]}, tokens=[token(), token(text=second)])
    await directory.probe("users")
    assert [request.headers["authorization"] == f"Bearer {second}" for request in script.asked("/v1.0/users")] == [
        False,
        True,
    ]


async def test_a_token_refused_twice_is_a_refusal() -> None:
    directory, script = _directory({"/v1.0/users": graph_error("InvalidAuthenticationToken", status=401)})
    with pytest.raises(Refused) as refused:
        await directory.probe("users")
    assert (refused.value.code, refused.value.status) == ("InvalidAuthenticationToken", 401)
    assert len(script.asked("/v1.0/users")) == 2
    assert len(script.asked(token_path())) == 2


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_no_other_refusal_renews_the_token(status: int) -> None:
    directory, script = _directory({"/v1.0/users": graph_error("x", status=status)})
    with pytest.raises(Refused):
        await directory.probe("users")
    assert len(script.asked(token_path())) == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(200, json={}), AnswerFault.SHAPE),
        (httpx.Response(200, json={"value": None}), AnswerFault.SHAPE),
        (httpx.Response(200, json={"value": {"id": "1"}}), AnswerFault.SHAPE),
        (page("1", nextLink=7), AnswerFault.SHAPE),
        (page("1", nextLink=""), AnswerFault.SHAPE),
        (httpx.Response(200, content=b'{"value": [{"id": "1'), AnswerFault.NOT_JSON),
        (httpx.Response(200, content=b"<html>proxy</html>"), AnswerFault.HTML),
        (httpx.Response(302, headers={"Location": "https://proxy.test/"}), AnswerFault.REDIRECT),
    ],
)
async def test_a_page_that_is_none_is_unreadable(answer: httpx.Response, fault: AnswerFault) -> None:
    directory, _ = _directory({"/v1.0/users": answer})
    with pytest.raises(Unreadable) as failed:
        await directory.first_users_page(["id"])
    assert failed.value.fault is fault


@pytest.mark.parametrize(
    ("odd", "name"),
    [
        ({"displayName": "Ada\x1b[2J"}, "Ada\N{REPLACEMENT CHARACTER}[2J"),
        ({"displayName": "Ada", "userPrincipalName": "ada@contoso.com"}, "ada@contoso.com"),
        ({"id": ""}, "an object without a name"),
        ({"id": 7, "displayName": None}, "an object without a name"),
        ("text", "an object without a name"),
    ],
)
async def test_an_object_without_an_id_is_named_beside_those_that_have_one(odd: object, name: str) -> None:
    directory, _ = _directory({"/v1.0/users": httpx.Response(200, json={"value": [{"id": "1"}, odd, {"id": "2"}]})})
    page = await directory.first_users_page(["id"])
    assert [item["id"] for item in page.items] == ["1", "2"]
    assert page.without_id == (name,)


async def test_an_organization_list_without_one_is_unreadable() -> None:
    directory, _ = _directory({"/v1.0/organization": page()})
    with pytest.raises(Unreadable):
        await directory.organization()


async def test_an_empty_page_may_have_a_next_one() -> None:
    directory, _ = _directory({"/v1.0/users": page(nextLink=_NEXT)})
    assert (await directory.first_users_page(["id"])).next_link == _NEXT


async def test_throttling_is_waited_for() -> None:
    busy = httpx.Response(429, headers={"Retry-After": "10"})
    directory, script = _directory({"/v1.0/users": [busy, busy, page("1")]})
    await directory.probe("users")
    assert len(script.asked("/v1.0/users")) == 3


async def test_no_bearer_reaches_trace_or_error() -> None:
    http, _ = client(
        {
            discovery_path(): openid(),
            token_path(): token(text="opaque-planted-bearer-0123456789"),
            "*": graph_error("Authorization_RequestDenied", status=403, message="opaque-planted-bearer-0123456789"),
        }
    )
    with pytest.raises(RequestFailed) as failed:
        await Directory(http, TokenSource(http, credentials(PUBLIC))).probe("users")
    assert "planted-bearer" not in repr(http.trace.exchanges) + repr(failed.value) + str(failed.value)
