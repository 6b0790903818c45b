"""Signing in as an application: MSAL, on top of the one HTTP client.

MSAL is synchronous and keeps answers: a 400 for a minute, a token for an hour, neither keyed by the secret. So
every sign-in here is a new application object with caches of its own, in a worker thread.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from entra_tui.graph.address import host_of, split_address
from entra_tui.graph.errors import AnswerFault, Refused, RequestFailed, Unreadable, UnsafeDestination, WrongToken
from entra_tui.graph.refusals import sign_in_refusal
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.graph.token import Token, read_token
from entra_tui.model.fields import parse_guid
from entra_tui.model.secret_key import SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.graph.answer import Answer
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.retry import Patience
    from entra_tui.model.environment import Environment
    from entra_tui.model.secret import Secret

_ERROR: Final = 400
_SECOND_LOOK: Final = 3.0
_OK: Final = 200
_LONGEST_LIFETIME: Final = 24 * 60 * 60
_TOKEN: Final = re.compile(r"[!-~]+")
_NUMBER: Final = re.compile(r"[0-9]{1,5}")
_NEEDED_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint")

# MSAL logs whole answers when they are no JSON; nothing of it may reach a terminal by logging's last resort.
logging.getLogger("msal").addHandler(logging.NullHandler())
logging.getLogger("msal").propagate = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an application signs in with.

    Attributes:
        environment: Where.
        tenant_id: Directory (tenant) ID.
        client_id: Application (client) ID.
        secret: Client secret, the value.
    """

    environment: Environment
    tenant_id: str
    client_id: str
    secret: Secret

    @property
    def key(self) -> SecretKey:
        """What the secret belongs to."""
        return SecretKey.of(self.environment, self.tenant_id, self.client_id)


async def sign_in(http: HttpClient, credentials: Credentials, *, patience: Patience | None = None) -> Token:
    """A token that Entra issues now, never one from a cache.

    Follows entra-docs `v2-oauth2-client-creds-grant-flow`.

    Raises:
        Refused: Entra said no; `code` is the AADSTS number.
        UnsafeDestination: The tenant's token endpoint is not one of the environment's hosts; nothing was sent.
        Unreachable: No answer.
        Unreadable: An answer that is no token.
    """
    try:
        token = await _issue(http, credentials, patience)
    except RequestFailed as error:
        error.is_sign_in = True
        if isinstance(error, Refused):
            http.verdicts.refuse(credentials.key, credentials.secret, error)
        raise
    http.verdicts.accept(credentials.key, credentials.secret)
    return token


def require_own(token: Token, credentials: Credentials) -> None:
    """Make sure that a token is for the tenant and the application that were asked for, as far as it tells.

    A tenant that is given by a domain name is not compared.

    Raises:
        WrongToken: It is for another one.
    """
    host = credentials.environment.login_host
    tenant, client = parse_guid(credentials.tenant_id), credentials.client_id
    if tenant is not None and token.tenant_id and token.tenant_id.lower() != tenant.lower():
        raise WrongToken("tid", host=host, found=token.tenant_id, expected=tenant)
    if token.client_id and token.client_id.lower() != client.lower():
        raise WrongToken("appid", host=host, found=token.client_id, expected=client)


async def _issue(http: HttpClient, credentials: Credentials, patience: Patience | None) -> Token:
    http.redactor.learn(credentials.secret)
    bridge = _MsalBridge(http, credentials.environment, asyncio.get_running_loop(), patience)
    try:
        outcome = await asyncio.to_thread(_acquire, bridge, credentials)
    finally:
        bridge.abandon()
    text = outcome.get("access_token")
    lifetime = _seconds(outcome.get("expires_in"))
    # What no header can carry is no token; httpx would quote it in its complaint.
    if not isinstance(text, str) or not _TOKEN.fullmatch(text) or lifetime is None:
        raise bridge.refusal()
    token = read_token(text, http.clock.now() + timedelta(seconds=lifetime))
    if not token.readable:  # a JWT is known by its pattern
        http.redactor.learn(token.text)
    return token


def _seconds(lifetime: object) -> int | None:
    """A token's `expires_in`: a number, or as some gateways write it, a number in quotes; at most a day counts."""
    if isinstance(lifetime, str) and _NUMBER.fullmatch(lifetime.strip()):
        lifetime = int(lifetime)
    if not isinstance(lifetime, int | float) or isinstance(lifetime, bool) or not lifetime >= 0:
        return None
    return int(min(lifetime, _LONGEST_LIFETIME))


def _acquire(bridge: _MsalBridge, credentials: Credentials) -> Mapping[str, object]:
    import msal  # noqa: PLC0415 - a third of a second that only a sign-in has to pay

    try:
        application = msal.ConfidentialClientApplication(
            credentials.client_id,
            client_credential=credentials.secret.reveal(),
            authority=f"{bridge.msal_authority}/{credentials.tenant_id}",
            http_client=bridge,
            # Discovery was done by us, and no region may be taken from this machine's variables (AADSTS100007).
            instance_discovery=False,
            azure_region=False,
        )
        outcome: Mapping[str, object] = application.acquire_token_for_client(
            [credentials.environment.scope],
            # Untold what its HTTP client raises, MSAL loads requests to name the exceptions of that.
            http_exceptions=(RequestFailed,),
        )
    except (RequestFailed, concurrent.futures.CancelledError):
        raise
    except Exception:
        # MSAL meets an answer of another kind with whatever Python raises (KeyError, AttributeError, JSONDecodeError),
        # quoting it; the answer itself says more.
        if not bridge.answered:
            raise
        raise bridge.refusal() from None
    return outcome if isinstance(outcome, dict) else {}


def _lacking(body: Mapping[str, object]) -> str:
    """What keeps an answer in JSON, of the token endpoint or of discovery, from leading to a token."""
    if "issuer" in body:
        lacking = [name for name in _NEEDED_ENDPOINTS if not isinstance(body.get(name), str)]
        return f"no {lacking[0] if lacking else 'usable endpoint'} in the OpenID configuration"
    if "access_token" not in body:
        return "no access_token in the answer"
    return f"no usable {'expires_in' if _seconds(body.get('expires_in')) is None else 'access_token'} in the answer"


class _MsalResponse:
    """What MSAL expects of an HTTP response."""

    def __init__(self, answer: Answer, text: str) -> None:
        self.status_code = answer.status
        self.text = text
        self.headers = dict(answer.headers)
        self._answer = answer

    def raise_for_status(self) -> None:
        """Raise for an error status, as MSAL's interface wants it."""
        if self.status_code >= _ERROR:
            raise sign_in_refusal(self._answer)


class _MsalBridge:
    """MSAL's `http_client`: hands each request to the event loop's client and waits for the answer."""

    def __init__(
        self,
        http: HttpClient,
        environment: Environment,
        loop: asyncio.AbstractEventLoop,
        patience: Patience | None,
    ) -> None:
        self._http = http
        self._environment = environment
        self._loop = loop
        self._patience = patience
        self._pending: concurrent.futures.Future[Answer] | None = None
        self._abandoned = False
        self._last: Answer | None = None
        authority = urlsplit(environment.authority)
        # MSAL refuses plain http even on loopback, for the authority and for the endpoints that its document names; it
        # is told https, and the address is put right on the way out.
        self.msal_authority = urlunsplit(authority._replace(scheme="https"))
        self._plain = authority.scheme == "http"

    def get(
        self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, **_: object
    ) -> _MsalResponse:
        """GET for MSAL."""
        return self._send("GET", url, params=params, headers=headers)

    def post(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str | None] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> _MsalResponse:
        """POST for MSAL; members of `data` that are None are left out."""
        form = {name: value for name, value in (data or {}).items() if value is not None}
        return self._send("POST", url, params=params, headers=headers, form=form)

    def close(self) -> None:
        """MSAL's interface asks for it; the client belongs to somebody else."""

    def abandon(self) -> None:
        """Nobody waits for this sign-in any more: end the request that is under way and start none."""
        self._abandoned = True
        if self._pending is not None:
            self._pending.cancel()

    @property
    def answered(self) -> bool:
        """Whether any answer came."""
        return self._last is not None

    def refusal(self) -> Refused | Unreadable | UnsafeDestination:
        """What the last answer says about why there is no token."""
        if self._last is None:
            return UnsafeDestination(host="(none)", expected=self._environment.login_host)
        if self._last.status != _OK:
            return sign_in_refusal(self._last)
        try:
            body = self._last.json_object()
        except Unreadable as error:
            return error
        return self._last.unreadable(AnswerFault.SHAPE, _lacking(body))

    def _send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        form: Mapping[str, str] | None = None,
    ) -> _MsalResponse:
        target = split_address(url)
        secure = target.scheme == "https" or self._plain
        if host_of(url) not in self._environment.login_hosts or not secure:
            raise UnsafeDestination(host=target.netloc or "(none)", expected=self._environment.login_host)
        if self._plain:
            target = target._replace(scheme="http")
        if self._abandoned:
            raise concurrent.futures.CancelledError
        self._pending = asyncio.run_coroutine_threadsafe(
            self._http.send(
                method,
                urlunsplit(target),
                params=params or None,
                headers=headers,
                form=form,
                patience=self._patience,
            ),
            self._loop,
        )
        if self._abandoned:  # in between
            self._pending.cancel()
        self._last = self._pending.result()
        text = self._last.text
        if self._plain:
            text = text.replace(f'"{self._environment.authority}/', f'"{self.msal_authority}/')
        return _MsalResponse(self._last, text)


class TokenSource:
    """A token for a piece of work that lasts longer than one request, renewed before it ends."""

    def __init__(self, http: HttpClient, credentials: Credentials, *, first: Token | None = None) -> None:
        self._http = http
        self._token = first
        self._had_one = first is not None
        self._lock = asyncio.Lock()
        self.credentials = credentials

    async def current(self, *, patience: Patience | None = None) -> Token:
        """The token at hand, or a new one when it ends within five minutes.

        Where there was a token before, a refusal is believed the second time only: Entra's replicas disagree for a
        while, and work that is under way is worth one more try.

        Raises:
            RequestFailed: As `sign_in` does; `WrongToken` for a token of another tenant or application.
        """
        # What a question of Graph's is worth says nothing of the way to a token.
        whole = patience.whole if patience is not None else None
        async with self._lock:
            if self._token is None or not self._token.is_fresh(self._http.clock.now()):
                self._token = await self._renew(whole)
                self._had_one = True
            return self._token

    async def _renew(self, patience: Patience | None) -> Token:
        try:
            token = await sign_in(self._http, self.credentials, patience=patience)
        except Refused as refusal:
            wait = Wait(WaitReason.SIGN_IN, _SECOND_LOOK, 1, refusal.status)
            # One that passes was tried again already, for as long as the patience lasts.
            if not self._had_one or refusal.transient or patience is None or not await patience.spend(wait):
                raise
            token = await sign_in(self._http, self.credentials, patience=patience)
        require_own(token, self.credentials)
        return token

    def distrust(self, token: Token) -> None:
        """Graph refused `token`: the next `current` asks for a new one."""
        if self._token is token:
            self._token = None
