"""How long until `entra-tui` has painted its first screen, beside a Textual app with a header, a label and a footer.

`python -m tests.benchmarks.first_paint [--pairs N]` starts both in turn, in a real pseudo-terminal and in processes of
their own. The ratio is that of the quickest of each, which other work on the machine disturbs least; the program ends
with 1 when it is over 1.25.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

from tests.commands.program import bare_environment, command

MOST = 1.25
BASELINE = """
from textual.app import App
from textual.widgets import Footer, Header, Label

class Baseline(App):
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self):
        yield Header()
        yield Label("Painted")
        yield Footer()

Baseline().run()
"""


def seconds_until(text: str, arguments: list[str], home: Path) -> float:
    """From the start of a process until `text` is on its terminal."""
    environment = bare_environment(home) | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    # An installed program is compiled; with this variable an editable one would be compiled at each start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    child = pexpect.spawn(arguments[0], arguments[1:], env=environment, dimensions=(24, 80), timeout=60)
    child.expect_exact(text)
    took = time.perf_counter() - begun
    child.send("\x11")
    child.expect(pexpect.EOF)
    child.close()
    return took


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=15)
    pairs = parser.parse_args().pairs
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        script = home / "baseline.py"
        script.write_text(BASELINE)
        for _ in range(pairs + 1):
            theirs.append(seconds_until("Painted", [sys.executable, os.fspath(script)], home))
            ours.append(seconds_until("Set up a connector", command(), home))
    # The first pair fills the caches.
    ratio = min(ours[1:]) / min(theirs[1:])
    medians = statistics.median(ours[1:]) / statistics.median(theirs[1:])
    sys.stdout.write(
        f"entra-tui {min(ours[1:]):.3f} s, baseline {min(theirs[1:]):.3f} s: {ratio:.2f} times (at most {MOST}), "
        f"by the medians {medians:.2f}\n"
    )
    return 1 if ratio > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
