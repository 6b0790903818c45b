"""All users of a tenant into a new database, with the standard library's client: `... TENANT DATABASE`."""

from __future__ import annotations

import ssl
import sys
from contextlib import closing
from http.client import HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.benchmarks.baselines.tenant import Tenant, bearer, tenant_from_arguments
from tests.benchmarks.baselines.users import UserPage, database, decode_page, first_url, from_now_on_url, keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def body(http: HTTPSConnection, url: str, headers: Mapping[str, str], form: bytes | None = None) -> bytes:
    """The whole answer to one request."""
    target = urlsplit(url)
    http.request("GET" if form is None else "POST", f"{target.path}?{target.query}", body=form, headers=dict(headers))
    answer = http.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{url}: {answer.status}")
    return content


def signed_in(http: HTTPSConnection, tenant: Tenant) -> dict[str, str]:
    """Headers with a token."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"Authorization": bearer(body(http, tenant.token_url, kind, tenant.token_form))}


def pages(http: HTTPSConnection, url: str | None, headers: Mapping[str, str]) -> Iterator[UserPage]:
    """The page at `url` and those that it leads to."""
    while url is not None:
        page = decode_page(body(http, url, headers))
        yield page
        url = page.next_link


def main() -> None:
    """Read and keep them."""
    tenant = tenant_from_arguments()
    context = ssl.create_default_context(cafile=tenant.ca_file)
    host = urlsplit(tenant.graph).netloc
    with closing(HTTPSConnection(host, timeout=60, context=context)) as http, database(sys.argv[2]) as connection:
        headers = signed_in(http, tenant)
        (from_now_on,) = pages(http, from_now_on_url(tenant.graph), headers)
        keep(connection, pages(http, first_url(tenant.graph), headers), from_now_on.delta_link)


if __name__ == "__main__":
    main()
