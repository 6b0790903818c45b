"""Members of a group or role, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from entra_tui.model.member import Member


def member_lines(what: str, number: int, members: Sequence[Member]) -> str:
    """A heading and the members; empty where there are none.

    Args:
        what: What they are, such as `joined`.
        number: How many there are in all.
        members: The first of them, or all.
    """
    if not number:
        return ""
    first = f", the first {len(members):,}" if len(members) < number else ""
    return "\n".join([f"{what} ({number:,}{first})", *(f"  {harmless(str(member))}" for member in members)])
