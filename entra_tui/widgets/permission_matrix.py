"""Needed against granted permissions, by feature, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from textual.content import Content
from textual.widgets import Static

from entra_tui.model.permission import Feature, GrantState
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from entra_tui.model.permission import Grant, Permission

_FEATURES: Final = {Feature.USERS: "Users", Feature.GROUPS: "Groups", Feature.DIRECTORY_ROLES: "Roles"}
_GAP: Final = "  "


class PermissionMatrix(Static):
    """The matrix; before the first token it lists what is needed."""

    DEFAULT_CSS = """
    PermissionMatrix { height: auto; margin: 1 0; }
    """

    def show_needed(self, needed: Iterable[Permission], on: Collection[Feature]) -> None:
        """What is needed, nothing known yet.

        Args:
            needed: The permissions.
            on: The features that are on.
        """
        self.update(
            _table(
                [
                    (row.value, _reads(row.feature, on), _Word(symbols().waiting, "$foreground-muted", "unknown"), "")
                    for row in needed
                ]
            )
        )

    def show(self, grants: Iterable[Grant], on: Collection[Feature]) -> None:
        """What a token carries.

        Args:
            grants: The rows.
            on: The features that are on.
        """
        self.update(_table([(row.permission, _reads(row.feature, on), _word(row), _more(row)) for row in grants]))


class _Word(NamedTuple):
    sign: str
    style: str
    text: str


def _reads(feature: Feature | None, on: Collection[Feature]) -> str:
    if feature is None:
        return ""
    return _FEATURES[feature] if feature in on else f"{_FEATURES[feature]} (off)"


def _word(grant: Grant) -> _Word:
    signs = symbols()
    return {
        GrantState.GRANTED: _Word(signs.passed, "$text-success", "granted"),
        GrantState.COVERED: _Word(signs.passed, "$text-success", "covered"),
        GrantState.MISSING: _Word(signs.failed, "$text-error", "missing"),
        GrantState.SURPLUS: _Word(signs.bullet, "$foreground-muted", "granted, not needed"),
    }[grant.state]


def _more(grant: Grant) -> str:
    if grant.covered_by:
        return f"by {grant.covered_by}"
    return grant.requested.value if grant.requested else ""


def _table(rows: Sequence[tuple[str, str, _Word, str]]) -> Content:
    """Name, feature and word in columns; more about it on a line of its own. A name without a feature may be longer."""
    names = max((len(name) for name, reads, _, _ in rows if reads), default=0)
    features = max((len(reads) for _, reads, _, _ in rows), default=0)
    lines: list[Content] = []
    for name, reads, (sign, style, text), more in rows:
        feature = f"{reads.ljust(features)}{_GAP}" if reads else ""
        lines.append(Content.assemble((f"{sign} ", style), name.ljust(names), f"{_GAP}{feature}", (text, style)))
        if more:
            lines.append(Content.assemble("  ", (more, style)))
    return Content("\n").join(lines)
