"""Lines out, answers in: no cursor movement, no color, nothing drawn over."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import sys
import textwrap
import warnings
from typing import TYPE_CHECKING, Final, TextIO

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.clock import Clock

_WIDEST: Final = 79
_NARROWEST: Final = 40
_LONGEST_LINE: Final = 4096


class InputEnded(Exception):
    """Nobody is there to answer, or to read, any more."""


class Dialogue:
    """Speaks with one person over two streams.

    Args:
        source: Where answers come from.
        out: Where everything is written.
    """

    def __init__(self, source: TextIO, out: TextIO) -> None:
        self._source = source
        self._out = out

    @property
    def is_terminal(self) -> bool:
        """Whether a terminal is at both ends, so that typing can be hidden and Enter can end a wait."""
        return self._source.isatty() and self._out.isatty()

    # ------------------------------------------------------------ writing

    def say(self, text: str = "", *, lead: str = "", indent: str = "") -> None:
        """Write a paragraph in lines that fit; an address is never broken.

        Args:
            text: What to say; of several lines each is a paragraph.
            lead: What the first line begins with.
            indent: What the others begin with.

        Raises:
            InputEnded: The reader has gone.
        """
        for paragraph in text.splitlines() or [""]:
            lines = _wrap(paragraph, lead=lead, indent=indent)
            self._write("".join(f"{line}\n" for line in lines or [lead.rstrip()]))

    def say_verbatim(self, text: str) -> None:
        """Write a value on a line of its own, so that it can be copied whole."""
        self._write(f"{harmless(text)}\n")

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise InputEnded from error

    # ------------------------------------------------------------ asking

    def ask(self, question: str, *, present: str = "") -> str:
        """What a person answers, without the blanks around it; `present` when they just press Enter.

        Raises:
            InputEnded: The input has ended.
        """
        shown = f" [{present}]" if present else ""
        self._write("\n".join(_wrap(f"{question}{shown}:")) + " ")
        return self._read().strip() or present

    def ask_hidden(self, question: str) -> str:
        """What a person answers unseen; empty where they just press Enter, or where typing cannot be hidden.

        Raises:
            InputEnded: The input has ended.
        """
        if not self.is_terminal:
            self._write(f"{question}: ")
            return self._read().strip("\r\n")
        with warnings.catch_warnings():
            # Where typing cannot be hidden, getpass only warns and shows it.
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return getpass.getpass(f"{question}: ", stream=self._out)
            except getpass.GetPassWarning:
                self.say("This terminal cannot hide what is typed, so nothing is asked.")
                return ""
            except (EOFError, OSError) as error:
                raise InputEnded from error

    def confirm(self, question: str, *, present: bool = False) -> bool:
        """Whether a person says yes.

        Raises:
            InputEnded: The input has ended.
        """
        while True:
            answer = self.ask(f"{question} (y or n)", present="y" if present else "n").lower()
            if answer in {"y", "yes", "n", "no"}:
                return answer.startswith("y")
            self.say("Please answer y or n.")

    def choose(
        self, question: str, options: Sequence[str], *, present: int | None = None, back: str = "b"
    ) -> int | None:
        """The position of the option that a person chooses by its number; None for the letter `back`.

        Args:
            question: What is asked.
            options: What there is to choose from; numbered from 1.
            present: The position that Enter takes; None where Enter chooses nothing.
            back: The letter that chooses nothing.

        Raises:
            InputEnded: The input has ended.
        """
        for number, option in enumerate(options, start=1):
            self.say(option, lead=f"{number}. ", indent="   ")
        while True:
            answer = self.ask(question, present="" if present is None else str(present + 1)).lower()
            if answer == back:
                return None
            if answer.isdecimal() and 1 <= int(answer) <= len(options):
                return int(answer) - 1
            self.say(f"Please enter a number from 1 to {len(options)}, or {back} to leave.")

    def _read(self) -> str:
        try:
            line = self._source.readline(_LONGEST_LINE)
        except OSError as error:
            raise InputEnded from error
        if not self._source.isatty():
            # Nobody's Enter has ended the question's line.
            self._write("\n")
        if not line:
            raise InputEnded
        return line

    # ------------------------------------------------------------ waiting

    async def wait(self, clock: Clock, seconds: float) -> bool:
        """Wait, or until a person at a terminal presses Enter.

        Returns:
            Whether Enter ended it.

        Raises:
            InputEnded: The input has ended.
        """
        entered = asyncio.Event()
        loop = asyncio.get_running_loop()
        listens = self.is_terminal and sys.platform != "win32"
        if listens:
            loop.add_reader(self._source.fileno(), entered.set)
        both = {asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(entered.wait())}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            if listens:
                loop.remove_reader(self._source.fileno())
        if entered.is_set():
            self._read()
        return entered.is_set()


def _wrap(text: str, *, lead: str = "", indent: str = "") -> list[str]:
    return textwrap.wrap(
        harmless(text),
        max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 1)),
        initial_indent=lead,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
