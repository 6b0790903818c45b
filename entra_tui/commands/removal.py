"""The question before something is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.commands.errors import Declined, UsageError

if TYPE_CHECKING:
    from entra_tui.commands.console import Console


def confirm_removal(console: Console, question: str, *, what: str, confirmed: bool) -> None:
    """Go on only when a person wants it.

    Args:
        console: Where to ask.
        question: What is asked.
        what: What is removed, for a sentence.
        confirmed: Whether `--yes` was given.

    Raises:
        UsageError: There is neither `--yes` nor a terminal.
        Declined: The answer was no.
    """
    if confirmed:
        return
    if not console.can_ask:
        raise UsageError(f"Removing {what} needs --yes where nobody can be asked.")
    if not console.confirm(question):
        raise Declined(f"{what[:1].upper()}{what[1:]} stays; nothing was removed.")
