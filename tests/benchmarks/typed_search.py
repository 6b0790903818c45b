"""A search in a lookup list, key by key as it is typed: `python -m tests.benchmarks.typed_search FILE LIST TEXT...`.

For each key what the screen of the list reads is read. The last line tells how long the slowest key took, in seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from entra_tui.storage.lists import ListDatabase

FIRST_ROWS = 100


def main() -> None:
    """Type each text."""
    file, name, *texts = sys.argv[1:]
    slowest, count = 0.0, 0
    with ListDatabase(Path(file)) as lists:
        for text in texts:
            for typed in range(1, len(text) + 1):
                begun = time.perf_counter()
                lists.overview()
                count = lists.count(name, search=text[:typed])
                lists.columns(name)
                lists.rows(name, search=text[:typed], limit=FIRST_ROWS)
                slowest = max(slowest, time.perf_counter() - begun)
            sys.stdout.write(f"{count} match {text}\n")
    sys.stdout.write(f"{slowest}\n")


if __name__ == "__main__":
    main()
