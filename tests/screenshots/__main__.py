"""Write the pictures: `python -m tests.screenshots`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.screenshots.terminal import PINNED

FOLDER = Path(__file__).parents[2] / "screenshots"


def main() -> None:
    """Draw every picture anew."""
    os.environ.update(PINNED)
    os.environ.pop("NO_COLOR", None)
    from tests.screenshots.story import all_pictures  # noqa: PLC0415 - Textual reads the terminal's variables when it loads

    FOLDER.mkdir(exist_ok=True)
    for name, svg in asyncio.run(all_pictures()).items():
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
