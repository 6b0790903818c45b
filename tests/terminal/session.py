"""The installed program in a real pseudo-terminal of 80 by 24, with every byte that it wrote."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pexpect
import pyte

from tests.commands.program import bare_environment, command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECONDS = 20
WIDTH, HEIGHT = 80, 24
ENTER, TAB, DOWN, ESCAPE, CTRL_Q = "\r", "\t", "\x1b[B", "\x1b", "\x11"
_LANGUAGE = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
_DROPPED = ("SSH_CONNECTION", "TMUX", "TEXTUAL_THEME")


class Picture:
    """What the terminal shows, as a terminal makes it of the bytes that it gets."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self._screen)

    def write(self, text: str) -> None:
        """Take what the program wrote."""
        self._stream.feed(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    @property
    def text(self) -> str:
        """The screen, line by line."""
        return "\n".join(self._screen.display)


class Session:
    """One run of the program, or of what a test has put in its place."""

    def __init__(self, home: Path, *arguments: str, program: Sequence[str] | None = None, **variables: str) -> None:
        first, *rest = program or command()
        environment = {
            name: value for name, value in bare_environment(home).items() if name not in _DROPPED
        } | _LANGUAGE
        self.child: pexpect.spawn[str] = pexpect.spawn(
            first,
            [*rest, *arguments],
            env=environment | variables,
            dimensions=(HEIGHT, WIDTH),
            encoding="utf-8",
            codec_errors="replace",
            timeout=SECONDS,
        )
        self.child.delaybeforesend = None
        self.picture = Picture()
        self.child.logfile_read = self.picture
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Wait until `text` is written in one piece."""
        self.child.expect_exact(text)
        self.shown += (self.child.before or "") + text

    def wait_to_see(self, text: str) -> None:
        """Wait until `text` is on the screen, whenever it was written: what stays as it is is not sent again."""
        while text not in self.picture.text:
            self.child.expect(r"(?s).+")
            self.shown += (self.child.before or "") + str(self.child.after)

    def enter_until(self, text: str) -> None:
        """Press Enter until it leads to `text`; a picture on its way may still show what was there before."""
        for _ in range(8):
            self.child.send(ENTER)
            if self._comes_to_see(text, within=3):
                return
        raise AssertionError(f"Enter never leads to {text!r}; the screen shows:\n{self.picture.text}")

    def _comes_to_see(self, text: str, *, within: float) -> bool:
        end = time.monotonic() + within
        while text not in self.picture.text:
            if self.child.expect([r"(?s).+", pexpect.TIMEOUT], timeout=max(0.0, end - time.monotonic())) == 1:
                return False
            self.shown += (self.child.before or "") + str(self.child.after)
        return True

    def send(self, *keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.child.send(key)

    def paste(self, text: str) -> None:
        """Paste as a terminal does that was told to mark pastes."""
        self.child.send(f"\x1b[200~{text}\x1b[201~")

    def read_to_the_end(self) -> None:
        """Take all that the program still writes, until it closes its terminal."""
        self.child.expect(pexpect.EOF)
        self.shown += self.child.before or ""

    def end(self) -> int:
        """Wait for the end; gives the exit code, negative for a signal."""
        self.read_to_the_end()
        self.child.close()
        if self.child.exitstatus is not None:
            return self.child.exitstatus
        return -(self.child.signalstatus or 0)

    @property
    def pid(self) -> int:
        assert self.child.pid is not None
        return self.child.pid


_MODES = {
    "1049": "the alternate screen",
    "1000": "mouse clicks",
    "1003": "mouse movements",
    "1006": "mouse positions",
    "2004": "marked pastes",
    "1004": "focus reports",
}


def left_behind(shown: str) -> list[str]:
    """Modes of the terminal that were turned on and not off again, in words."""
    left = [word for mode, word in _MODES.items() if shown.rfind(f"\x1b[?{mode}h") > shown.rfind(f"\x1b[?{mode}l")]
    if shown.rfind("\x1b[?25l") > shown.rfind("\x1b[?25h"):
        left.append("a hidden cursor")
    return left
