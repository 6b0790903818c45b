"""Real MSAL through the one client: every trap of its hidden memory."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.graph.errors import (
    AnswerFault,
    NetworkFault,
    Refused,
    RequestFailed,
    Unreachable,
    Unreadable,
    UnsafeDestination,
    WrongToken,
)
from entra_tui.graph.retry import FewErrors, Patience, Wait, WaitReason
from entra_tui.graph.sign_in import Credentials, TokenSource, sign_in
from entra_tui.model.environment import BUILT_IN, PUBLIC, USGOV, Environment
from entra_tui.model.secret import Secret
from entra_tui.simulator.clock import ManualClock
from tests.graph.microsoft import (
    CLEAR,
    CLIENT,
    GUIDE_ROLES,
    TENANT,
    Reply,
    Script,
    client,
    credentials,
    discovery_path,
    jwt,
    openid,
    sign_in_error,
    token,
    token_path,
)

if TYPE_CHECKING:
    from entra_tui.graph.token import Token

_BAD_SECRET = sign_in_error(7000215, "invalid_client", status=401)
_NO_ENDPOINTS = httpx.Response(200, json={"issuer": f"{PUBLIC.authority}/{TENANT}/v2.0"})
_NO_APP = sign_in_error(700016, "unauthorized_client")


def _entra(*answers: Reply, environment: Environment = PUBLIC) -> dict[str, Reply | list[Reply]]:
    return {discovery_path(): openid(environment), token_path(): list(answers)}


async def _refusal(*answers: Reply, **planned: Reply) -> RequestFailed:
    http, _ = client({**_entra(*answers), **planned})
    with pytest.raises(RequestFailed) as failed:
        await sign_in(http, credentials())
    assert CLEAR not in "".join(traceback.format_exception(failed.value)) + repr(http.trace.exchanges)
    return failed.value


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
async def test_a_token_for_graph_of_each_cloud_with_two_requests(environment: Environment) -> None:
    clock = ManualClock()
    http, script = client(_entra(token(), environment=environment), clock=clock)
    got = await sign_in(http, credentials(environment))
    assert got.roles == set(GUIDE_ROLES)
    assert (got.tenant_id, got.client_id) == (TENANT, CLIENT)
    assert got.expires_at == clock.now() + timedelta(seconds=3599)
    # No instance discovery, no region, no second look at the tenant.
    assert [(request.method, request.url.host) for request in script.requests] == [
        ("GET", environment.login_host),
        ("POST", environment.login_host),
    ]
    form = dict(httpx.QueryParams(script.requests[1].content.decode()))
    assert form == {
        "client_id": CLIENT,
        "client_secret": CLEAR,
        "grant_type": "client_credentials",
        "client_info": "1",
        "scope": f"{environment.graph}/.default",
    }


async def test_an_old_secret_reaches_entra_unharmed() -> None:
    odd = 'a+b/c=d%26e f"g[h]@i:j!ü'
    http, script = client(_entra(token()))
    await sign_in(http, credentials(secret=odd))
    assert httpx.QueryParams(script.requests[1].content.decode())["client_secret"] == odd
    assert odd not in repr(http.trace.exchanges)


async def test_a_wrong_secret_fails_at_once_after_a_good_token() -> None:
    http, script = client(_entra(token(), _BAD_SECRET))
    await sign_in(http, credentials())
    with pytest.raises(Refused) as refused:
        await sign_in(http, credentials(secret="xyz8Q~another-secret_value.0123456789x"))
    assert refused.value.code == "AADSTS7000215"
    assert len(script.asked(token_path())) == 2


async def test_every_sign_in_asks_entra_again() -> None:
    http, script = client(_entra(token([]), token(["User.Read.All"])))
    assert (await sign_in(http, credentials())).roles == frozenset()
    assert (await sign_in(http, credentials())).roles == {"User.Read.All"}
    assert len(script.asked(token_path())) == 2


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_no_refusal_is_remembered(status: int) -> None:
    refusal = sign_in_error(700016, "unauthorized_client", status=status)
    http, script = client(_entra(refusal, refusal, token()))
    for _ in range(2):
        with pytest.raises(Refused):
            await sign_in(http, credentials())
    assert (await sign_in(http, credentials())).roles
    assert len(script.asked(token_path())) == 3


async def test_a_refused_tenant_document_is_not_remembered() -> None:
    http, _ = client({discovery_path(): [sign_in_error(90002, "invalid_tenant"), openid()], token_path(): token()})
    with pytest.raises(Refused) as refused:
        await sign_in(http, credentials())
    assert refused.value.code == "AADSTS90002"
    assert (await sign_in(http, credentials())).roles


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_the_body_of_a_server_error_is_kept(status: int) -> None:
    failure = await _refusal(sign_in_error(90033, "temporarily_unavailable", status=status, text="Busy now."))
    assert isinstance(failure, Refused)
    assert (failure.code, failure.message, failure.status) == ("AADSTS90033", "Busy now.", status)
    assert failure.evidence.correlation_id == "0000-correlation"


async def test_a_busy_tenant_document_keeps_its_body_too() -> None:
    failure = await _refusal(**{discovery_path(): sign_in_error(90033, "temporarily_unavailable", status=503)})
    assert isinstance(failure, Refused)
    assert failure.code == "AADSTS90033"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(400, content=b"<html>Blocked by the proxy</html>"), AnswerFault.HTML),
        (httpx.Response(403, content=b"denied"), AnswerFault.NOT_JSON),
        (httpx.Response(401, json=["list"]), AnswerFault.SHAPE),
        (httpx.Response(302, headers={"Location": "https://proxy.test/"}), AnswerFault.REDIRECT),
        (httpx.Response(200, content=b"<html>Sign in to the proxy</html>"), AnswerFault.HTML),
        (httpx.Response(200, content=b""), AnswerFault.NOT_JSON),
        (httpx.Response(200, json=[]), AnswerFault.SHAPE),
        (httpx.Response(200, json={}), AnswerFault.SHAPE),
        (httpx.Response(200, json={"error": {"code": "odd"}}), AnswerFault.SHAPE),
        (httpx.Response(200, json={"access_token": 7, "expires_in": 3599}), AnswerFault.SHAPE),
        (httpx.Response(200, json={"access_token": "x.y.z"}), AnswerFault.SHAPE),
        (token(lifetime="soon"), AnswerFault.SHAPE),
        (token(lifetime=-1), AnswerFault.SHAPE),
        (token(lifetime=None), AnswerFault.SHAPE),
        (token(text="broken\r\nX-Injected: yes"), AnswerFault.SHAPE),
        (token(text="schlüssel"), AnswerFault.SHAPE),
    ],
)
@pytest.mark.parametrize("where", ["tenant document", "token"])
async def test_an_answer_of_another_kind_is_unreadable(answer: httpx.Response, fault: AnswerFault, where: str) -> None:
    failure = await (_refusal(answer) if where == "token" else _refusal(**{discovery_path(): answer}))
    assert isinstance(failure, Unreadable)
    assert failure.fault is fault


@pytest.mark.parametrize(
    ("planned", "lacking"),
    [
        (
            {discovery_path(): _NO_ENDPOINTS},
            "authorization_endpoint in the OpenID configuration",
        ),
        ({discovery_path(): openid(token_endpoint="https://[")}, "usable endpoint in the OpenID configuration"),
        ({token_path(): httpx.Response(200, json={"id_token": "x"})}, "access_token in the answer"),
        ({token_path(): httpx.Response(200, json={"access_token": "x"})}, "usable expires_in in the answer"),
        ({token_path(): token(lifetime="soon")}, "usable expires_in in the answer"),
        ({token_path(): token(text="two words")}, "usable access_token in the answer"),
    ],
)
async def test_what_was_lacking_is_named(planned: dict[str, Reply], lacking: str) -> None:
    failure = await _refusal(token(), **planned)
    assert isinstance(failure, Unreadable)
    assert failure.detail == f"no {lacking}"


@pytest.mark.parametrize(
    ("lifetime", "seconds"), [("3599", 3599), (" 3599 ", 3599), (3599.0, 3599), (10**12, 86400), (0, 0)]
)
async def test_odd_lifetimes_are_taken_with_reason(lifetime: object, seconds: int) -> None:
    clock = ManualClock()
    http, _ = client(_entra(token(lifetime=lifetime)), clock=clock)
    assert (await sign_in(http, credentials())).expires_at == clock.now() + timedelta(seconds=seconds)


async def test_429_as_plain_text_is_waited_for() -> None:
    clock = ManualClock()
    busy = httpx.Response(429, content=b"Too many requests", headers={"Retry-After": "11"})
    http, _ = client(_entra(busy, token()), clock=clock)
    assert (await sign_in(http, credentials(), patience=Patience(clock, 20))).roles
    assert clock.monotonic() == 11


async def test_429_beyond_patience_is_a_refusal() -> None:
    failure = await _refusal(httpx.Response(429, content=b"Too many requests", headers={"Retry-After": "3600"}))
    assert isinstance(failure, Refused)
    assert (failure.status, failure.code) == (429, "HTTP 429")


async def test_a_cut_connection_passes_through_msal_unchanged() -> None:
    failure = await _refusal(httpx.ReadError("reset"))
    assert isinstance(failure, Unreachable)
    assert failure.fault is NetworkFault.CUT


@pytest.mark.parametrize("name", ["MSAL_FORCE_REGION", "REGION_NAME"])
async def test_no_region_of_this_machine_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "westeurope")
    http, script = client(_entra(token()))
    await sign_in(http, credentials())
    assert {request.url.host for request in script.requests} == {"login.microsoftonline.com"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.test/token",
        "https://login.microsoftonline.us/x/oauth2/v2.0/token",
        "https://login.microsoftonline.com:8443/x/token",
        "http://login.microsoftonline.com/x/oauth2/v2.0/token",
        "https://login.microsoftonline.com@evil.test/x/token",
        "https://evil.test\\@login.microsoftonline.com/x/token",
    ],
)
async def test_a_secret_goes_to_no_other_host_and_never_without_tls(endpoint: str) -> None:
    http, script = client({discovery_path(): openid(token_endpoint=endpoint), "*": token()})
    with pytest.raises(RequestFailed):
        await sign_in(http, credentials())
    assert [request.method for request in script.requests] == ["GET"]


async def test_a_token_endpoint_elsewhere_is_named() -> None:
    failure = await _refusal(**{discovery_path(): openid(token_endpoint="https://evil.test/x/token")})
    assert isinstance(failure, UnsafeDestination)
    assert (failure.host, failure.expected) == ("evil.test", "login.microsoftonline.com")


async def test_the_tenant_of_another_cloud_gets_no_secret() -> None:
    # The public host answers for US government tenants and names their own login host.
    http, script = client({discovery_path(): openid(USGOV), "*": token()})
    with pytest.raises(UnsafeDestination):
        await sign_in(http, credentials(PUBLIC))
    assert len(script.requests) == 1


@pytest.mark.parametrize("held", [discovery_path(), token_path()])
async def test_cancelling_ends_the_request_under_way(held: str) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError("nobody sets it")

    http, script = client({**_entra(token()), held: never})
    task = asyncio.create_task(sign_in(http, credentials()))
    await begun.wait()
    asked = len(script.requests)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), 5)
    # The worker thread is done and has started nothing new.
    await asyncio.get_running_loop().shutdown_default_executor()
    assert len(script.requests) == asked
    assert http.trace.exchanges[-1].failure == "cancelled"


async def test_msal_logs_no_answer(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    access = jwt(roles=["User.Read.All"])
    http, _ = client(_entra(httpx.Response(400, content=f"<html>{CLEAR}</html>".encode()), token(text=access)))
    with pytest.raises(Unreadable):
        await sign_in(http, credentials())
    await sign_in(http, credentials())
    said = caplog.text + "".join(capfd.readouterr())
    assert CLEAR not in said
    assert access.split(".")[1] not in said


async def test_credentials_do_not_show_their_secret() -> None:
    assert CLEAR not in repr(credentials()) + str(credentials())


def _source(*answers: Reply) -> tuple[TokenSource, Script, ManualClock]:
    clock = ManualClock()
    http, script = client(_entra(*answers), clock=clock)
    return TokenSource(http, credentials()), script, clock


async def test_a_source_asks_once_for_many_readers() -> None:
    source, script, _ = _source(token())
    tokens = await asyncio.gather(*(source.current() for _ in range(5)))
    assert len({id(one) for one in tokens}) == 1
    assert len(script.asked(token_path())) == 1


async def test_a_source_renews_before_the_end() -> None:
    source, script, clock = _source(token())
    await source.current()
    clock.advance(3599 - 300 - 1)
    await source.current()
    assert len(script.asked(token_path())) == 1
    clock.advance(1)
    await source.current()
    assert len(script.asked(token_path())) == 2


async def test_a_distrusted_token_is_replaced_and_a_newer_one_is_not() -> None:
    source, script, _ = _source(token())
    first = await source.current()
    source.distrust(first)
    second = await source.current()
    source.distrust(first)
    assert await source.current() is second
    assert len(script.asked(token_path())) == 2


async def test_a_failed_renewal_leaves_the_source_usable() -> None:
    source, _, _ = _source(_NO_APP, token())
    with pytest.raises(Refused):
        await source.current()
    assert (await source.current()).roles


# ---------------------------------------------------------------- refusals that pass, and one that may


@pytest.mark.parametrize(
    "busy",
    [
        sign_in_error(90033, "invalid_request"),
        sign_in_error(90024, "invalid_grant"),
        sign_in_error(50033, "invalid_client", status=401),
        httpx.Response(400, json={"error": "temporarily_unavailable"}),
        httpx.Response(400, json={"error": "odd"}, headers={"Retry-After": "2"}),
        httpx.Response(501, content=b"<html>"),
    ],
)
@pytest.mark.parametrize("where", [discovery_path(), token_path()])
async def test_a_refusal_that_passes_is_tried_again_from_the_start(busy: httpx.Response, where: str) -> None:
    clock = ManualClock()
    good = openid() if where == discovery_path() else token()
    http, script = client({**_entra(token()), where: [busy, busy, good]}, clock=clock)
    assert (await sign_in(http, credentials(), patience=Patience(clock, 20))).roles
    assert len(script.asked(where)) == 3


class _Renewal:
    """A source that had a token, which Graph refused, and the waits of the next `current`."""

    def __init__(self, *answers: Reply) -> None:
        self.source, self.script, clock = _source(token(["User.Read.All"]), *answers)
        self.waits: list[Wait] = []
        self._patience = Patience(clock, 60, on_wait=self.waits.append)

    async def renew(self) -> Token:
        self.source.distrust(await self.source.current())
        return await self.source.current(patience=FewErrors(self._patience, 1))

    @property
    def tries(self) -> int:
        """Token requests after the first one."""
        return len(self.script.asked(token_path())) - 1


@pytest.mark.parametrize(
    "refusal", [_NO_APP, _BAD_SECRET, sign_in_error(700027, "invalid_client"), sign_in_error(7000229, "invalid_client")]
)
async def test_one_refusal_in_the_midst_of_work_is_tried_again(refusal: httpx.Response) -> None:
    renewal = _Renewal(refusal, token())
    assert (await renewal.renew()).roles == set(GUIDE_ROLES)
    assert [(wait.reason, wait.status, wait.asked) for wait in renewal.waits] == [
        (WaitReason.SIGN_IN, refusal.status_code, False)
    ]
    assert renewal.tries == 2


async def test_a_second_refusal_stands() -> None:
    renewal = _Renewal(_NO_APP, _BAD_SECRET, token())
    with pytest.raises(Refused) as refused:
        await renewal.renew()
    assert refused.value.code == "AADSTS7000215"
    assert (renewal.tries, len(renewal.waits)) == (2, 1)


async def test_the_first_sign_in_is_believed_at_once() -> None:
    source, script, clock = _source(_NO_APP, token())
    with pytest.raises(Refused):
        await source.current(patience=Patience(clock, 60))
    assert len(script.asked(token_path())) == 1


async def test_errors_of_the_login_host_are_worth_more_than_a_question_of_graphs() -> None:
    renewal = _Renewal(*[httpx.Response(500)] * 4, token())
    assert (await renewal.renew()).roles == set(GUIDE_ROLES)
    assert renewal.tries == 5


@pytest.mark.parametrize(
    "answer",
    [
        _NO_APP,
        httpx.Response(400, json={"error": "invalid_client"}),
        httpx.Response(404, content=b"<html>"),
        httpx.Response(501, content=b""),
        httpx.Response(200, content=b"<html>"),
        httpx.ReadError("cut"),
    ],
)
@pytest.mark.parametrize("where", [discovery_path(), token_path()])
async def test_nobody_takes_a_refused_sign_in_for_a_refusal_of_graphs(answer: Reply, where: str) -> None:
    assert (await _refusal(token(), **{where: answer})).is_sign_in


# ---------------------------------------------------------------- whose token it is

_STRANGE_TENANT = "99999999-9999-4999-8999-999999999999"


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"tid": _STRANGE_TENANT, "appid": CLIENT}, "tid"),
        ({"tid": TENANT, "appid": _STRANGE_TENANT}, "appid"),
        ({"tid": TENANT, "azp": _STRANGE_TENANT}, "appid"),
        ({"azp": _STRANGE_TENANT}, "appid"),
    ],
)
async def test_a_token_of_another_tenant_or_app_is_not_used(claims: dict[str, str], claim: str) -> None:
    source, _, clock = _source(token(text=jwt(**claims)))
    with pytest.raises(WrongToken) as wrong:
        await source.current(patience=Patience(clock, 60))
    expected = TENANT if claim == "tid" else CLIENT
    assert (wrong.value.claim, wrong.value.found, wrong.value.expected) == (claim, _STRANGE_TENANT, expected)
    assert wrong.value.is_sign_in
    assert not wrong.value.transient


@pytest.mark.parametrize(
    "claims",
    [{}, {"tid": TENANT.upper(), "appid": CLIENT.upper()}, {"tid": TENANT}, {"appid": CLIENT}, {"tid": 7, "azp": None}],
)
async def test_a_token_that_names_the_same_or_nothing_is_used(claims: dict[str, object]) -> None:
    source, _, _ = _source(token(text=jwt(**claims)))
    assert (await source.current()).readable


async def test_a_tenant_given_by_its_domain_is_not_compared() -> None:
    domain = Credentials(PUBLIC, "contoso.example", CLIENT, Secret(CLEAR))
    paths = {discovery_path("contoso.example"): openid(), token_path(): token(tenant=_STRANGE_TENANT)}
    http, _ = client(paths)
    assert (await TokenSource(http, domain).current()).tenant_id == _STRANGE_TENANT


async def test_a_renewed_token_of_another_app_ends_the_work() -> None:
    renewal = _Renewal(token(text=jwt(tid=TENANT, appid=_STRANGE_TENANT)))
    with pytest.raises(WrongToken):
        await renewal.renew()
    assert (renewal.tries, renewal.waits) == (1, [])


@pytest.mark.parametrize("hours", [3, 200])
async def test_a_clock_that_leaps_costs_a_token_and_no_more(hours: float) -> None:
    source, script, clock = _source(token())
    await source.current()
    clock.advance(hours * 3600)
    assert (await source.current()).roles
    assert len(script.asked(token_path())) == 2


async def test_credentials_of_a_custom_environment_use_its_own_port() -> None:
    gateway = Environment("gw", "Gateway", "https://gw.test:8443", "https://gw.test:8444", "", "", built_in=False)
    http, script = client(_entra(token(), environment=gateway))
    await sign_in(http, Credentials(gateway, TENANT, CLIENT, Secret(CLEAR)))
    assert {request.url.netloc for request in script.requests} == {b"gw.test:8443"}
    assert httpx.QueryParams(script.requests[1].content.decode())["scope"] == "https://gw.test:8444/.default"
