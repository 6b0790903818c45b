"""A search in the users of `full_read_httpx`, key by key as it is typed: `... search DATABASE TEXT...`.

The last line tells how long the slowest key took, in seconds.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing

_WORD = "(displayName LIKE ? OR userPrincipalName LIKE ? OR mail LIKE ?)"


def matching(connection: sqlite3.Connection, text: str) -> tuple[int, list[tuple[object, ...]]]:
    """How many users match, and the first of them."""
    words = text.split()
    condition = " AND ".join(_WORD for _ in words) or "TRUE"
    values = [f"%{word}%" for word in words for _ in range(3)]
    (count,) = connection.execute(f"SELECT count(*) FROM users WHERE {condition}", values).fetchone()
    first = f"SELECT * FROM users WHERE {condition} ORDER BY displayName COLLATE NOCASE LIMIT 100"
    return count, connection.execute(first, values).fetchall()


def main() -> None:
    """Type each text."""
    slowest, count = 0.0, 0
    with closing(sqlite3.connect(sys.argv[1])) as connection:
        for text in sys.argv[2:]:
            for typed in range(1, len(text) + 1):
                begun = time.perf_counter()
                count, _ = matching(connection, text[:typed])
                slowest = max(slowest, time.perf_counter() - begun)
            sys.stdout.write(f"{count} match {text}\n")
    sys.stdout.write(f"{slowest}\n")


if __name__ == "__main__":
    main()
