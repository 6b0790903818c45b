"""All users of a tenant into a new database, with httpx: `... full_read_httpx TENANT DATABASE`."""

from __future__ import annotations

import sys

from tests.benchmarks.baselines.httpx_pages import pages, signed_in
from tests.benchmarks.baselines.tenant import tenant_from_arguments
from tests.benchmarks.baselines.users import database, decode_page, first_url, from_now_on_url, keep


def main() -> None:
    """Read and keep them."""
    tenant = tenant_from_arguments()
    with signed_in(tenant) as http, database(sys.argv[2]) as connection:
        (from_now_on,) = pages(http, from_now_on_url(tenant.graph), decode_page)
        keep(connection, pages(http, first_url(tenant.graph), decode_page), from_now_on.delta_link)


if __name__ == "__main__":
    main()
