"""What the synchronization is measured against, each in a process of its own.

`python -m tests.benchmarks.baselines (bare | transaction) GRAPH TOKEN_URL CLIENT_ID DATABASE`, the secret in the
variable `ENTRA_TUI_CLIENT_SECRET`; writes one line of JSON.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import httpx

from entra_tui.model.user_columns import USER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEXT_LINK = re.compile(rb'"@odata\.nextLink"\s*:\s*"([^"]*)"')


def first_url(graph: str) -> str:
    """The address of the first page."""
    return f"{graph}/v1.0/users?$select={','.join(USER_COLUMNS)}&$top=999&$count=true"


def signed_in(http: httpx.Client, token_url: str, client_id: str, graph: str) -> dict[str, str]:
    """Headers with a token."""
    form = {
        "client_id": client_id,
        "client_secret": os.environ["ENTRA_TUI_CLIENT_SECRET"],
        "scope": f"{graph}/.default",
        "grant_type": "client_credentials",
    }
    token = http.post(token_url, data=form).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}", "ConsistencyLevel": "eventual"}


def bare(http: httpx.Client, headers: dict[str, str], graph: str) -> Iterator[bytes]:
    """Download the pages, and look at nothing but the next link."""
    url = first_url(graph)
    while url:
        body = http.get(url, headers=headers).raise_for_status().content
        yield body
        found = _NEXT_LINK.search(body)
        url = found[1].decode() if found else ""


def transaction(http: httpx.Client, headers: dict[str, str], graph: str, database: str) -> Iterator[bytes]:
    """Download, parse, and insert all rows in one transaction."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE users (id TEXT PRIMARY KEY, body TEXT NOT NULL)")
        url = first_url(graph)
        with connection:
            while url:
                body = http.get(url, headers=headers).raise_for_status().content
                page = json.loads(body)
                rows = [(user["id"], json.dumps(user)) for user in page["value"]]
                connection.executemany("INSERT OR REPLACE INTO users VALUES (?, ?)", rows)
                yield body
                url = page.get("@odata.nextLink", "")


def main() -> None:
    """Run one baseline."""
    kind, graph, token_url, client_id, database = sys.argv[1:]
    with httpx.Client(verify=os.environ["SSL_CERT_FILE"], timeout=60) as http:
        begun = time.monotonic()
        headers = signed_in(http, token_url, client_id, graph)
        pages = bare(http, headers, graph) if kind == "bare" else transaction(http, headers, graph, database)
        requests = 1 + sum(1 for _ in pages)
        sys.stdout.write(json.dumps({"seconds": time.monotonic() - begun, "requests": requests}) + "\n")


if __name__ == "__main__":
    main()
