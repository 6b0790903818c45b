"""Microsoft Graph v1.0, as far as the connector reads it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from entra_tui.graph.address import host_of, split_address
from entra_tui.graph.errors import AnswerFault, Refused, Unreachable, Unreadable, UnsafeDestination
from entra_tui.graph.page import count_of, objects_in, read_page
from entra_tui.graph.refusals import graph_refusal
from entra_tui.graph.registration import SELECTED, Registration, read_registration
from entra_tui.model.fields import parse_guid
from entra_tui.model.text import harmless
from entra_tui.model.user_columns import expand_of, select_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from entra_tui.graph.answer import Answer
    from entra_tui.graph.client import HttpClient
    from entra_tui.graph.page import Page, PageReader
    from entra_tui.graph.retry import Patience
    from entra_tui.graph.sign_in import TokenSource
    from entra_tui.graph.token import Token

LARGEST_PAGE: Final = 999
_OK: Final = 200
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
_ADVANCED: Final = {"ConsistencyLevel": "eventual"}
# A delta query knows no $top; this preference may be ignored, and saves requests where it is not.
_OF_DELTA: Final = {"Prefer": f"odata.maxpagesize={LARGEST_PAGE}"}
_QUERY_REFUSED: Final = frozenset({400, 501})
# Within a text of JSON the quotation marks would have a backslash before them.
_NEXT_LINK: Final = re.compile(rb'"@odata\.nextLink"\s*:\s*("[^"]+")')


@dataclass(frozen=True, slots=True)
class Organization:
    """The tenant, as `GET /organization` gives it.

    Attributes:
        id: The tenant ID.
        display_name: The tenant's name.
        domain: Its default domain, or empty.
    """

    id: str
    display_name: str
    domain: str


class Directory:
    """Reads from one tenant with one application's tokens.

    Every method raises `RequestFailed`: `Refused` for an error of Graph's, `Unreachable`, `Unreadable` for an
    answer that is not what the documents say, `UnsafeDestination` for a link that leads elsewhere.
    """

    def __init__(self, http: HttpClient, tokens: TokenSource, *, patience: Patience | None = None) -> None:
        self._http = http
        self._tokens = tokens
        self._patience = patience
        self._environment = tokens.credentials.environment
        self._advanced: Mapping[str, str] = _ADVANCED

    def patient(self, patience: Patience) -> Directory:
        """The same tenant, read with another patience."""
        return Directory(self._http, self._tokens, patience=patience)

    async def organization(self) -> Organization:
        """The tenant itself (`GET /organization`)."""
        answer = await self._get(
            f"{self._base}/organization", params={"$select": "id,displayName,verifiedDomains"}, headers={}
        )
        items, _ = objects_in(answer, answer.json_object())
        if not items:
            raise answer.unreadable(AnswerFault.SHAPE, "no organization in value")
        domains = items[0].get("verifiedDomains")
        default = next(
            (
                domain.get("name")
                for domain in (domains if isinstance(domains, list) else [])
                if isinstance(domain, dict) and domain.get("isDefault") is True
            ),
            "",
        )
        return Organization(
            id=parse_guid(str(items[0]["id"])) or "",
            display_name=harmless(str(items[0].get("displayName") or ""), limit=200),
            domain=harmless(default, limit=253) if isinstance(default, str) else "",
        )

    async def probe(self, collection: str) -> None:
        """Read one object of `collection` (`users`, `groups`, `directoryRoles`) to see whether it is allowed."""
        # directoryRoles knows neither paging nor $top.
        params = {"$select": "id"} if collection == "directoryRoles" else {"$top": "1", "$select": "id"}
        answer = await self._get(f"{self._base}/{collection}", params=params, headers={})
        objects_in(answer, answer.json_object())

    async def registration(self, client_id: str) -> Registration:
        """The registration of app `client_id`, which needs one of `READABLE_WITH`."""
        answer = await self._get(
            f"{self._base}/applications(appId='{quote(client_id, safe='')}')", params={"$select": SELECTED}, headers={}
        )
        return read_registration(answer.json_object())

    async def first_users_page(
        self, columns: Iterable[str], *, page_size: int = LARGEST_PAGE, read: PageReader = read_page
    ) -> Page:
        """The first page of `GET /users`, with the total in `count` where the tenant tells it.

        Some tenants (Azure AD B2C) refuse `$count`; they are asked without it from then on. A relationship such as
        the manager cannot be expanded in a query that counts, so there is no total then.
        """
        columns = tuple(columns)
        url, params = f"{self._base}/users", {"$select": select_of(columns), "$top": str(page_size)}
        if (expand := expand_of(columns)) is not None:
            return await self._page(url, params={**params, "$expand": expand}, headers={}, read=read)
        if self._advanced:
            try:
                return await self._page(url, params={**params, "$count": "true"}, headers=self._advanced, read=read)
            except Refused as refusal:
                if refusal.status not in _QUERY_REFUSED:
                    raise
            self._advanced = {}
        return await self._page(url, params=params, headers=self._advanced, read=read)

    async def latest_users_delta(self, columns: Iterable[str]) -> Page:
        """A delta query "from now on": its `delta_link` will tell what changes after this moment."""
        return await self._page(
            f"{self._base}/users/delta",
            params={"$deltatoken": "latest", "$select": select_of(columns, of_delta=True)},
            headers=_OF_DELTA,
        )

    async def first_groups_delta_page(self, columns: Iterable[str], *, page_size: int = LARGEST_PAGE) -> Page:
        """The first page of all groups as a delta round, with their members in `members@delta`."""
        return await self._page(
            f"{self._base}/groups/delta",
            params={"$select": ",".join((*columns, "members"))},
            headers={"Prefer": f"odata.maxpagesize={page_size}"},
        )

    async def first_groups_page(self, columns: Iterable[str], *, page_size: int = LARGEST_PAGE) -> Page:
        """The first page of `GET /groups`, where the members are not told."""
        params = {"$select": ",".join(columns), "$top": str(page_size)}
        return await self._page(f"{self._base}/groups", params=params, headers={})

    async def directory_roles(self) -> Page:
        """The roles that are activated in the tenant (`GET /directoryRoles`, which knows no paging)."""
        return await self._page(f"{self._base}/directoryRoles", params=None, headers={})

    async def first_role_members_page(self, role_id: str) -> Page:
        """The first page of those who hold a directory role."""
        return await self._page(
            f"{self._base}/directoryRoles/{quote(role_id, safe='')}/members", params=None, headers={}
        )

    async def count(self, collection: str) -> int | None:
        """How many objects `collection` (`users`, `groups`) holds (`GET /users/$count`); None where it is not told.

        The number comes from an index that lags behind by seconds to minutes.
        """
        headers = {**_ADVANCED, "Accept": "text/plain"}
        try:
            answer = await self._get(f"{self._base}/{collection}/$count", params=None, headers=headers)
        except (Refused, Unreadable, Unreachable) as error:
            if error.is_sign_in:
                raise
            return None
        return count_of(answer.text.strip())

    async def find(
        self, collection: str, object_id: str, *, select: str = "id", expand: str | None = None
    ) -> Mapping[str, object] | None:
        """One object of `collection` by its id (`GET /users/{id}`); None where the tenant does not have it."""
        params = {"$select": select} | ({} if expand is None else {"$expand": expand})
        try:
            answer = await self._get(
                f"{self._base}/{collection}/{quote(object_id, safe='')}",
                params=params,
                headers={},
            )
        except Refused as refusal:
            if refusal.status == _NOT_FOUND and not refusal.transient:
                return None
            raise
        return answer.json_object()

    async def follow(
        self,
        link: str,
        *,
        of_delta: bool = False,
        read: PageReader = read_page,
        on_next_link: Callable[[str], None] | None = None,
        on_retry: Callable[[], None] | None = None,
    ) -> Page:
        """The page behind a `next_link` or a `delta_link`.

        Args:
            link: Used unchanged.
            of_delta: Whether it belongs to a delta query.
            read: Makes the page of the answer.
            on_next_link: Given what stands as next link at the beginning of a long page, while the rest of it comes:
                a hint, of a page that may yet prove unusable.
            on_retry: Called before the page is asked for again; what was hinted does not count any more.

        Raises:
            UnsafeDestination: The link leads to another host; no request was made.
        """
        self.require_own(link)
        # Links do not carry headers; without this one Graph answers Directory_ExpiredPageToken.
        advanced = {} if "$expand=" in unquote(link) else self._advanced
        headers = _OF_DELTA if of_delta else advanced
        return await self._page(
            link, params=None, headers=headers, read=read, on_next_link=on_next_link, on_retry=on_retry
        )

    @property
    def host(self) -> str:
        """The Graph host, with its port if it has one."""
        return self._environment.graph_host

    def is_own(self, link: str) -> bool:
        """Whether a token may be sent to `link`."""
        try:
            self.require_own(link)
        except UnsafeDestination:
            return False
        return True

    def require_own(self, link: str) -> None:
        """Make sure that a token may be sent to `link`.

        Raises:
            UnsafeDestination: It leads to another host, or is without TLS where the host has it.
        """
        target = split_address(link)
        if host_of(link) != self.host or target.scheme != split_address(self._environment.graph).scheme:
            raise UnsafeDestination(host=target.netloc or "(none)", expected=self.host)

    @property
    def _base(self) -> str:
        return f"{self._environment.graph}/v1.0"

    async def _page(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        read: PageReader = read_page,
        on_next_link: Callable[[str], None] | None = None,
        on_retry: Callable[[], None] | None = None,
    ) -> Page:
        def look_ahead(beginning: bytes) -> None:
            if on_next_link is not None and (found := _NEXT_LINK.search(beginning)):
                with suppress(ValueError):
                    on_next_link(json.loads(found[1]))

        answer = await self._get(url, params=params, headers=headers, on_beginning=look_ahead, on_retry=on_retry)
        return read(answer)

    async def _get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        on_beginning: Callable[[bytes], None] | None = None,
        on_retry: Callable[[], None] | None = None,
    ) -> Answer:
        async def send(token: Token) -> Answer:
            return await self._http.send(
                "GET",
                url,
                params=params,
                headers={**headers, "Authorization": f"Bearer {token.text.reveal()}"},
                patience=self._patience,
                on_beginning=on_beginning,
                on_retry=on_retry,
            )

        token = await self._tokens.current(patience=self._patience)
        answer = await send(token)
        if answer.status == _UNAUTHORIZED:
            self._tokens.distrust(token)
            answer = await send(await self._tokens.current(patience=self._patience))
        if answer.status != _OK:
            raise graph_refusal(answer)
        return answer
