"""The one place where commands write: data to stdout, narration to stderr, questions to the terminal."""

from __future__ import annotations

import getpass
import io
import json
import os
import shutil
import sys
import textwrap
import warnings
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from entra_tui.commands.errors import OutputError, UsageError
from entra_tui.model.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_NARROWEST: Final = 40
_WIDEST: Final = 100
_LONGEST_LINE: Final = 4096
_BLANK_LINES: Final = 8


class Color(Enum):
    """The few colors, as SGR parameters of the terminal's own palette."""

    GREEN = "32"
    YELLOW = "33"
    RED = "31"
    DIM = "2"
    BOLD = "1"


class Console:
    """Standard input, output and error of one command.

    Args:
        source: Where answers and piped secrets come from.
        out: Where data goes.
        err: Where narration goes.

    Attributes:
        err: As above, for a progress bar.
        redact: Masks the secrets that this command came to know, once it knows any.
    """

    def __init__(self, source: TextIO, out: TextIO, err: TextIO) -> None:
        self._source = source
        self._out = out
        self.err = err
        self.redact: Callable[[str], str] = str

    @classmethod
    def of_process(cls) -> Console:
        """The process's own streams; a character that a stream's encoding lacks is written as an escape.

        A stream that the process was started without is the null device.
        """
        sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - as long as the process lives
        sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return cls(sys.stdin, sys.stdout, sys.stderr)

    # ------------------------------------------------------------ what the terminal can do

    @property
    def can_ask(self) -> bool:
        """Whether a person is there to answer."""
        return self._source.isatty()

    @property
    def shows_data(self) -> bool:
        """Whether stdout is a terminal, where no directory text may bring control characters."""
        return self._out.isatty()

    @property
    def shows_narration(self) -> bool:
        """Whether stderr is a terminal that can redraw a line."""
        return self.err.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def speaks_unicode(self) -> bool:
        """Whether stdout can write more than ASCII."""
        return (self._out.encoding or "ascii").lower().replace("-", "").startswith("utf")

    @property
    def width(self) -> int:
        """Columns to fill, within what reads well."""
        return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))

    def paint(self, text: str, color: Color) -> str:
        """`text` in a color, where stdout is a terminal that shows one and nobody set NO_COLOR."""
        if not self.shows_data or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return text
        return f"\x1b[{color.value}m{text}\x1b[0m"

    # ------------------------------------------------------------ writing

    def write(self, text: str = "") -> None:
        """A line of data on stdout, at once.

        Raises:
            OutputError: It cannot be written.
            BrokenPipeError: Nobody reads it any more.
        """
        with self._writing():
            self._out.write(f"{text}\n")
            self._out.flush()

    def wrap(self, text: str, *, lead: str = "", indent: str | None = None) -> list[str]:
        """A paragraph as lines that fit the terminal; addresses are never broken.

        Args:
            text: The paragraph.
            lead: What the first line begins with.
            indent: What the others begin with; None takes blanks as wide as `lead`.
        """
        lines = textwrap.wrap(
            text,
            self.width,
            initial_indent=lead,
            subsequent_indent=" " * len(lead) if indent is None else indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return lines or [lead]

    def write_wrapped(self, text: str, *, lead: str = "", indent: str | None = None) -> None:
        """A paragraph of data, as `wrap` makes it."""
        for line in self.wrap(text, lead=lead, indent=indent):
            self.write(line)

    def write_json(self, value: Mapping[str, object] | Sequence[object], *, one_line: bool = False) -> None:
        """A JSON document on stdout; in ASCII, so that no encoding and no terminal can be upset by it."""
        self.write(json.dumps(value, indent=None if one_line else 2))

    @contextmanager
    def binary(self) -> Iterator[BinaryIO]:
        """Stdout for bytes.

        Raises:
            OutputError: They cannot be written.
            BrokenPipeError: Nobody reads them any more.
        """
        with self._writing():
            self._out.flush()
            yield self._out.buffer
            self._out.buffer.flush()

    def narrate(self, text: str) -> None:
        """A line for a person on stderr; nothing depends on somebody reading it."""
        try:
            self.err.write(f"{text}\n")
            self.err.flush()
        except OSError:
            return

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            self.abandon()
            raise OutputError(
                f"Standard output cannot be written ({error.strerror}); make room, or send it somewhere else."
            ) from error

    def flush(self) -> None:
        """Bring out what is buffered, while an error can still be told.

        Raises:
            OutputError: It cannot be written.
            BrokenPipeError: Nobody reads it any more.
        """
        with self._writing():
            self._out.flush()

    def abandon(self) -> None:
        """Write nothing more: nobody takes it, and the interpreter must not complain when it flushes."""
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, self._out.fileno())
        os.close(void)

    # ------------------------------------------------------------ asking

    def confirm(self, question: str) -> bool:
        """Whether a person answers yes; the end of the input is a no."""
        self.err.write(f"{question} [y/N] ")
        self.err.flush()
        return self._source.readline(_LONGEST_LINE).strip().lower() in {"y", "yes"}

    def ask_hidden(self, prompt: str) -> Secret:
        """What a person types unseen.

        Raises:
            UsageError: The terminal cannot hide it, or the input ended.
        """
        with warnings.catch_warnings():
            # Where typing cannot be hidden, getpass only warns and shows it.
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return Secret(getpass.getpass(f"{prompt}: "))
            except getpass.GetPassWarning:
                raise UsageError(
                    "This terminal cannot hide what is typed; give the client secret with --client-secret-stdin."
                ) from None
            except EOFError:
                raise UsageError(f"Nothing was entered for '{prompt}'; run the command again.") from None

    def read_first_line(self) -> Secret:
        """The first line on standard input that is not blank, as it came; empty where there is none.

        Raises:
            UsageError: It is no UTF-8 text.
        """
        for _ in range(_BLANK_LINES):
            line = self._source.buffer.readline(_LONGEST_LINE)
            try:
                text = line.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise UsageError("Standard input is no UTF-8 text; pipe the client secret as plain text.") from None
            if text.strip() or not line:
                return Secret(text)
        return Secret("")
