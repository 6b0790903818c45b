"""Values that real directories hold and that break careless programs, given to some people on demand."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    changed = dict(person)
    name = str(person.get("displayName") or "")
    match kind:
        case Awkward.CONTROL_CHARACTERS:
            changed |= {"displayName": f"{name}\x07\x00\x1f\x7f", "jobTitle": "Line one\nLine two\r\n\tLine three"}
        case Awkward.TERMINAL_ESCAPES:
            changed |= {
                "displayName": f"\x1b[2J\x1b[31m{name}\x1b[0m",
                "department": "\x1b]0;owned\x07Sales",
                "jobTitle": "\x9b31mClerk",
            }
        case Awkward.MARKUP:
            changed |= {
                "displayName": f"[bold red]{name}[/] [@click=app.quit]x[/]",
                "department": "<b>Sales</b> & [link=https://phish.example]here[/link]",
                "jobTitle": "[/nonsense] %s {0} ${HOME}",
            }
        case Awkward.FORMULAS:
            changed |= {
                "displayName": f'=HYPERLINK("https://phish.example","{name}")',
                "department": "+1+1",
                "jobTitle": "@SUM(A1:A9)",
                "companyName": "-2+3",
            }
        case Awkward.LONG_NAMES:
            changed["displayName"] = (f"{name} " * LONGEST_NAME)[:LONGEST_NAME]
        case Awkward.NULLS:
            changed |= dict.fromkeys((*_ABSENT, "givenName", "surname", "userType", "createdDateTime"))
        case Awkward.ABSENT:
            for missing in _ABSENT:
                changed.pop(missing, None)
        case Awkward.DIRECTION:
            changed |= {"displayName": f"\u202e{name}\u202c", "jobTitle": "\u2066exe.tnemyap\u2069"}
        case Awkward.EMOJI:
            changed |= {"displayName": f"👩🏽\u200d🚀 {name} e\u0301\u0302\u0303", "department": "🏳️\u200d🌈 Team"}
        case Awkward.BLANK_NAMES:
            changed |= {"displayName": " ", "givenName": "\u00a0", "surname": "\u200b"}
    return changed
