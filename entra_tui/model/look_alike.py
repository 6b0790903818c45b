"""Names that a reader's eye takes for another one."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from entra_tui.model.environment import BUILT_IN

if TYPE_CHECKING:
    from entra_tui.model.environment import Environment

# Letters that show nothing, though Unicode counts them as letters.
_FILLERS: Final = frozenset("\u115f\u1160")
# What is drawn like a Latin letter: digits and signs, then Cyrillic, Greek, Armenian and Latin's own small capitals.
_SHAPES: Final = {
    "a": "@\u0430\u03b1\u0251\u1d00",
    "b": "\u0432\u044c\u03b2\u0299",
    "c": "\u0441\u03f2\u1d04",
    "d": "\u0501\u1d05",
    "e": "3\u0435\u03b5\u1d07",
    "g": "\u0261\u0262",
    "h": "\u043d\u04bb\u0570\u029c",
    "k": "\u043a\u03ba\u1d0b",
    "l": "1i|!\u0456\u04cf\u03b9\u0131\u026a\u029f\u01c0",
    "m": "\u043c\u1d0d",
    "n": "\u03b7\u0578\u057c\u0274",
    "o": "0\u043e\u03bf\u0585\u1d0f",
    "p": "\u0440\u03c1\u1d18",
    "r": "\u0433\u0280",
    "s": "5$\u0455\ua731",
    "t": "\u0442\u03c4\u1d1b",
    "u": "\u03c5\u057d\u1d1c",
    "v": "\u03bd\u0475\u1d20",
    "w": "\u051d\u1d21",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3\u028f",
    "z": "\u1d22",
}
_AS_LATIN: Final = str.maketrans({sign: letter for letter, signs in _SHAPES.items() for sign in signs})
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def looks_like(text: str, known: str) -> bool:
    """Whether `text` can be taken for `known`.

    Case, blanks, punctuation, accents, what is invisible, width and letters of the same shape make no difference. A
    letter that is known for no Latin shape may have any, in a text that is mostly Latin.
    """
    ours, theirs = _skeleton(text), _skeleton(known)
    if len(ours) != len(theirs):
        return False
    foreign = sum(not letter.isascii() for letter in ours)
    return 2 * foreign <= len(ours) and all(
        mine == its or not mine.isascii() for mine, its in zip(ours, theirs, strict=True)
    )


def _skeleton(text: str) -> str:
    """The letters and digits of a text, each as the Latin letter that it is drawn like."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_AS_LATIN)
    letters = "".join(sign for sign in folded if sign.isalnum() and sign not in _FILLERS)
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters


def taken_for_built_in(text: str) -> Environment | None:
    """The built-in environment for whose name or label `text` can be taken; None where there is none."""
    return next(
        (known for known in BUILT_IN if looks_like(text, known.label) or looks_like(text, known.name)),
        None,
    )
