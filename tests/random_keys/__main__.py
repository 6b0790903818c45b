"""Ten thousand random keys and pastes on every screen.

`python -m tests.random_keys [--actions N] [--seed N] [PLACE ...]`

Prints a line for each screen and, where something broke, how to come there again; the program ends with 1 then.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import traceback
from pathlib import Path

import pytest

from tests.random_keys.places import PLACES
from tests.random_keys.play import Broken, Play
from tests.settling import settle_by_messages


def main() -> int:
    """Play, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="*", metavar="PLACE", help=f"from: {', '.join(PLACES)}")
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    broken = 0
    with pytest.MonkeyPatch.context() as patch:
        settle_by_messages(patch)
        for place in asked.places or PLACES:
            begun = time.monotonic()
            outcome = "holds"
            with tempfile.TemporaryDirectory() as folder:
                try:
                    asyncio.run(Play(Path(folder), place, asked.seed).run(asked.actions))
                except Broken as error:
                    broken += 1
                    outcome = f"broke\n{error}\n{''.join(traceback.format_exception(error.__cause__))}"
            sys.stdout.write(f"{place:<16}{asked.actions:>7} actions {time.monotonic() - begun:>7.1f} s  {outcome}\n")
            sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
