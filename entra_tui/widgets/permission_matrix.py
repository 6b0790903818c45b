"""Needed against granted permissions, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from entra_tui.model.permission import Grant, GrantState
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.model.permission import Permission

_WIDTH: Final = 30


class PermissionMatrix(Static):
    """The matrix; before the first token it lists what is needed."""

    DEFAULT_CSS = """
    PermissionMatrix { height: auto; margin: 1 0; }
    """

    def show_needed(self, needed: Iterable[Permission]) -> None:
        """What is needed, nothing known yet."""
        signs = symbols()
        self.update(
            Content("\n").join(
                Content.assemble(
                    (f"{signs.waiting} ", "$foreground-muted"),
                    permission.value.ljust(_WIDTH),
                    ("not seen yet", "$foreground-muted"),
                )
                for permission in needed
            )
        )

    def show(self, grants: Iterable[Grant]) -> None:
        """What a token carries."""
        self.update(Content("\n").join(_line(grant) for grant in grants))


def _line(grant: Grant) -> Content:
    signs = symbols()
    sign, style, text = {
        GrantState.GRANTED: (signs.passed, "$text-success", "granted"),
        GrantState.COVERED: (signs.passed, "$text-success", f"covered by {grant.covered_by}"),
        GrantState.MISSING: (
            signs.failed,
            "$text-error",
            f"missing, {grant.requested.value}" if grant.requested else "missing",
        ),
        GrantState.SURPLUS: (signs.bullet, "$foreground-muted", "granted, not needed"),
    }[grant.state]
    return Content.assemble((f"{sign} ", style), grant.permission.ljust(_WIDTH), (text, style))
