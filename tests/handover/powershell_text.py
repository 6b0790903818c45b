"""PowerShell's own rules for strings, comments and brackets, as far as a text must be whole to be run."""

from __future__ import annotations

from typing import Final

_QUOTES: Final = "'\u2018\u2019\u201a\u201b"
_DOUBLE: Final = '"\u201c\u201d\u201e'
_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


def read(text: str) -> list[str]:
    """The verbatim strings of a script.

    Raises:
        ValueError: A string or a bracket is left open, or a line goes on after a backtick and a blank.
    """
    strings: list[str] = []
    brackets: list[str] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in _QUOTES:
            value, at = _verbatim(text, at + 1)
            strings.append(value)
            continue
        if sign in _DOUBLE:
            at = _expandable(text, at + 1)
            continue
        if sign == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        if sign == "`" and text[at + 1 : at + 2] != "\n":
            raise ValueError(f"a backtick in mid-line at {at}")
        if sign in "([{":
            brackets.append(sign)
        elif sign in _PAIRS and (not brackets or brackets.pop() != _PAIRS[sign]):
            raise ValueError(f"a bracket closes nothing at {at}")
        at += 1
    if brackets:
        raise ValueError(f"left open: {''.join(brackets)}")
    return strings


def _verbatim(text: str, at: int) -> tuple[str, int]:
    value = ""
    while at < len(text):
        if text[at] not in _QUOTES:
            value += text[at]
            at += 1
        elif text[at + 1 : at + 2] and text[at + 1] in _QUOTES:
            value += text[at]
            at += 2
        else:
            return value, at + 1
    raise ValueError("a verbatim string is left open")


def _expandable(text: str, at: int) -> int:
    while at < len(text):
        if text[at] == "`":
            at += 2
        elif text[at] in _DOUBLE:
            return at + 1
        else:
            at += 1
    raise ValueError("an expandable string is left open")
