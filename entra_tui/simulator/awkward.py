"""Values that real directories hold and that break careless programs, given to some people on demand."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_NAME: Final = 256
"""Most characters that `displayName` of a user may have, by Microsoft's page on the resource `user`."""

_ABSENT: Final = ("mail", "jobTitle", "department", "companyName", "employeeId", "mobilePhone", "officeLocation")


class Awkward(Enum):
    """One kind of awkward value."""

    CONTROL_CHARACTERS = "control-characters"
    TERMINAL_ESCAPES = "terminal-escapes"
    MARKUP = "markup"
    FORMULAS = "formulas"
    LONG_NAMES = "long-names"
    NULLS = "nulls"
    ABSENT = "absent-properties"
    DIRECTION = "bidirectional-overrides"
    EMOJI = "emoji"
    BLANK_NAMES = "blank-names"


def made_awkward(kind: Awkward, person: Mapping[str, object]) -> dict[str, object]:
    """`person`, a user's properties by name, with values of one awkward kind; the id and names to sign in stay."""
    name = str(person.get("displayName") or "")
    if kind is Awkward.ABSENT:
        return {key: value for key, value in person.items() if key not in _ABSENT}
    return {**person, **_VALUES[kind](name)}


_VALUES: Final[Mapping[Awkward, Callable[[str], dict[str, object]]]] = {
    Awkward.CONTROL_CHARACTERS: lambda name: {
        "displayName": f"{name}\x07\x00\x1f\x7f",
        "jobTitle": "Line one\nLine two\r\n\tLine three",
    },
    Awkward.TERMINAL_ESCAPES: lambda name: {
        "displayName": f"\x1b[2J\x1b[31m{name}\x1b[0m",
        "department": "\x1b]0;owned\x07Sales",
        "jobTitle": "\x9b31mClerk",
    },
    Awkward.MARKUP: lambda name: {
        "displayName": f"[bold red]{name}[/] [@click=app.quit]x[/]",
        "department": "<b>Sales</b> & [link=https://phish.example]here[/link]",
        "jobTitle": "[/nonsense] %s {0} ${HOME}",
    },
    Awkward.FORMULAS: lambda name: {
        "displayName": f'=HYPERLINK("https://phish.example","{name}")',
        "department": "+1+1",
        "jobTitle": "@SUM(A1:A9)",
        "companyName": "-2+3",
    },
    Awkward.LONG_NAMES: lambda name: {"displayName": (f"{name} " * LONGEST_NAME)[:LONGEST_NAME]},
    Awkward.NULLS: lambda _: dict.fromkeys((*_ABSENT, "givenName", "surname", "userType", "createdDateTime")),
    Awkward.DIRECTION: lambda name: {
        "displayName": f"\u202e{name}\u202c",
        "jobTitle": "\u2066exe.tnemyap\u2069",
    },
    Awkward.EMOJI: lambda name: {
        "displayName": f"👩🏽\u200d🚀 {name} e\u0301\u0302\u0303",
        "department": "🏳️\u200d🌈 Team",
    },
    Awkward.BLANK_NAMES: lambda _: {"displayName": " ", "givenName": "\u00a0", "surname": "\u200b"},
}
