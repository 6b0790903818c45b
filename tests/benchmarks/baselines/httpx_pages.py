"""Pages of Graph as a script with httpx reads them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

import httpx

from tests.benchmarks.baselines.tenant import bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.baselines.tenant import Tenant


class Page(Protocol):
    """What leads to the next one."""

    next_link: str | None


PageT = TypeVar("PageT", bound=Page)


@contextmanager
def signed_in(tenant: Tenant) -> Iterator[httpx.Client]:
    """A client that sends a token with every request."""
    with httpx.Client(verify=tenant.ca_file, timeout=60) as http:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.post(tenant.token_url, content=tenant.token_form, headers=kind).raise_for_status()
        http.headers["Authorization"] = bearer(answer.content)
        yield http


def pages(http: httpx.Client, url: str | None, decode: Callable[[bytes], PageT]) -> Iterator[PageT]:
    """The page at `url` and those that it leads to."""
    while url is not None:
        page = decode(http.get(url).raise_for_status().content)
        yield page
        url = page.next_link
