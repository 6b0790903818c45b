"""Random hands: keys, pastes, clicks and other sizes of the terminal, the same ones for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Key:
    """One key, by Textual's name for it."""

    name: str


@dataclass(frozen=True, slots=True)
class Paste:
    """A paste that the terminal marks."""

    text: str


@dataclass(frozen=True, slots=True)
class Click:
    """A click, at a share of the width and of the height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Resize:
    """Another size of the terminal."""

    width: int
    height: int


Action = Key | Paste | Click | Resize

# No sign that leads a file's name out of the folder that is thrown away.
_TYPED: Final = (*"abcdefgxyz0189QZ-{}[]'\"#é李", "space", "full_stop")
_WORD: Final = "abcdefgxyz0189QZé李"
_SHORTCUTS: Final = (*"srwech", "question_mark", "slash")
_MOVES: Final = ("tab", "tab", "tab", "shift+tab", "down", "up", "left", "right", "pageup", "pagedown", "home", "end")
_EDITS: Final = ("backspace", "delete", "ctrl+u", "ctrl+k", "ctrl+w", "ctrl+f", "ctrl+a", "shift+home", "shift+end")
_CLIPBOARD: Final = ("ctrl+c", "ctrl+x", "ctrl+v")
_ACTS: Final = ("enter", "enter", "enter", "enter", "space", "escape", "escape")
_FUNCTIONS: Final = ("f1", "f2", "f3", "f4", "f5", "f6", "f9", "ctrl+p", "f12", "ctrl+q")
_KEYS: Final = ((_TYPED, 26), (_SHORTCUTS, 6), (_MOVES, 28), (_EDITS, 8), (_CLIPBOARD, 3), (_ACTS, 14), (_FUNCTIONS, 7))
_PASTES: Final = (
    "6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2",
    "{6D1F0C84-2B7A-4E39-95C8-40AF7E13B6D2}\r\n",
    '\n\n "c8d2417f-95ab-4e60-b3f1-2a7d6c90e845" ',
    "contoso.onmicrosoft.com",
    "",
    "\n",
    "\x1b[2J\x1b]0;title\x07\x00\x7f",
    "[bold red]markup[/] [/] [link=x",
    "\u202eright to left\u2066\u200b\ufeff",
    "李小龙 \U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\u0301 \ud800",
    "2027-05-31",
    "two\nlines",
    "x" * 20_000,
)
_SIZES: Final = ((80, 24), (80, 24), (60, 20), (120, 40), (59, 24), (80, 19), (1, 1), (300, 90))


def burst(random: Random) -> tuple[Action, ...]:
    """What the hands do next, quicker than anything can be drawn: a word, one thing, or several at once."""
    chance = random.random()
    if chance < 0.3:
        return tuple(Key(random.choice(_WORD)) for _ in range(random.randint(2, 9)))
    if chance < 0.6:
        return (_action(random),)
    return tuple(_action(random) for _ in range(random.randint(2, 9)))


def _action(random: Random) -> Action:
    chance = random.random()
    if chance < 0.06:
        return Paste(random.choice(_PASTES))
    if chance < 0.10:
        return Click(random.random(), random.random())
    if chance < 0.12:
        return Resize(*random.choice(_SIZES))
    ((keys, _),) = random.choices(_KEYS, weights=[weight for _, weight in _KEYS])
    return Key(random.choice(keys))
