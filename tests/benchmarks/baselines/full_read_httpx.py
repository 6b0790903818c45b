"""All users of a tenant into a new database, with httpx: `... full_read_httpx TENANT DATABASE`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import httpx

from tests.benchmarks.baselines.tenant import Tenant, bearer, tenant_from_arguments
from tests.benchmarks.baselines.users import UserPage, database, decode_page, first_url, from_now_on_url, keep

if TYPE_CHECKING:
    from collections.abc import Iterator


def signed_in(http: httpx.Client, tenant: Tenant) -> None:
    """Send a token with every request from now on."""
    answer = http.post(
        tenant.token_url,
        content=tenant.token_form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ).raise_for_status()
    http.headers["Authorization"] = bearer(answer.content)


def pages(http: httpx.Client, url: str | None) -> Iterator[UserPage]:
    """The page at `url` and those that it leads to."""
    while url is not None:
        page = decode_page(http.get(url).raise_for_status().content)
        yield page
        url = page.next_link


def main() -> None:
    """Read and keep them."""
    tenant = tenant_from_arguments()
    with httpx.Client(verify=tenant.ca_file, timeout=60) as http, database(sys.argv[2]) as connection:
        signed_in(http, tenant)
        (from_now_on,) = pages(http, from_now_on_url(tenant.graph))
        keep(connection, pages(http, first_url(tenant.graph)), from_now_on.delta_link)


if __name__ == "__main__":
    main()
