"""An argument parser that refuses in one sentence, and the types of its values."""

from __future__ import annotations

import argparse
from typing import Any, Final, NoReturn

from entra_tui.commands.exit_code import ExitCode

_LARGEST_PORT: Final = 65535
_SLOWEST: Final = 0.1
_QUICKEST: Final = 1000
_MOST_USERS: Final = 10_000_000


class Parser(argparse.ArgumentParser):
    """A parser without abbreviations, whose refusals are one sentence on stderr and exit code 2."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - argparse's own two dozen
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        """End; what looks like a secret in the wrong place is not repeated."""
        from entra_tui.graph.redaction import Redactor  # noqa: PLC0415 - needed when something is wrong

        sentence = message if message.endswith(".") else f"{message}; see `{self.prog} --help`."
        self.exit(ExitCode.USAGE, f"entra-tui: {Redactor().text(sentence)}\n")


def refuse_secret(_: str) -> NoReturn:
    """`--client-secret VALUE`: every user of the machine could read it in the list of processes."""
    raise argparse.ArgumentTypeError(
        "a client secret is never an argument, since every user of this machine could read it; "
        "pipe it in with --client-secret-stdin, or set ENTRA_TUI_CLIENT_SECRET."
    )


def folder(text: str) -> str:
    """The path of a folder."""
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("give the path of a folder")
    return text


def port(text: str) -> int:
    """A TCP port; 0 takes any that is free."""
    return _number(text, _LARGEST_PORT)


def users(text: str) -> int:
    """How many users a practice tenant has."""
    return _number(text, _MOST_USERS)


def speed(text: str) -> float:
    """How many times as quick a demo plays."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not _SLOWEST <= value <= _QUICKEST:
        raise argparse.ArgumentTypeError(f"give a number from {_SLOWEST} to {_QUICKEST}")
    return value


def _number(text: str, most: int) -> int:
    # int() would take blanks, underscores and the digits of other scripts too.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise argparse.ArgumentTypeError(f"give a whole number from 0 to {most}")
    return int(text)
