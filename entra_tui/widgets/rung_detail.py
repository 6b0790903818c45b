"""What one rung said: in full, with its finding, its evidence and how many requests are behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.widgets import Static

from entra_tui.model.finding import CheckStatus
from entra_tui.widgets.check_list import LABELS
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.permission_matrix import PermissionMatrix

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.app import ComposeResult

    from entra_tui.model.finding import CheckResult
    from entra_tui.model.permission import Feature, Grant


_LABEL_WIDTH: Final = 16


class RungDetail(Vertical):
    """Empty until `show` is called."""

    DEFAULT_CSS = """
    RungDetail { height: auto; }
    RungDetail FindingPanel { margin: 0; }
    RungDetail #said { height: auto; }
    RungDetail PermissionMatrix { margin: 1 0 0 0; }
    RungDetail #evidence { height: auto; margin: 1 0 0 0; color: $text-muted; }
    RungDetail:ansi #evidence { text-style: dim; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", id="said", markup=False)
        yield FindingPanel()
        yield PermissionMatrix()
        yield Static("", id="evidence", markup=False)

    async def show(
        self,
        result: CheckResult | None,
        *,
        requests: int,
        grants: tuple[Grant, ...] = (),
        on: Collection[Feature] = (),
    ) -> None:
        """Show what a rung said; None shows nothing.

        Args:
            result: What it said.
            requests: How many requests are behind it.
            grants: The permissions matrix that it judged; empty for none.
            on: The features that are on.
        """
        finding = result.finding if result is not None else None
        said = self.query_one("#said", Static)
        said.display = finding is None
        said.update(f"{LABELS[result.check]}: {result.summary}" if result is not None else "")
        warning = result is not None and result.status is CheckStatus.WARNING
        await self.query_one(FindingPanel).show(finding, warning=warning)
        matrix = self.query_one(PermissionMatrix)
        matrix.display = bool(grants)
        matrix.show(grants, on)
        rows = _evidence(result, requests) if result is not None else []
        evidence = self.query_one("#evidence", Static)
        evidence.display = bool(rows)
        evidence.update("\n".join(f"{label:<{_LABEL_WIDTH}}{value}" for label, value in rows))


def _evidence(result: CheckResult, requests: int) -> list[tuple[str, str]]:
    shown = result.finding.evidence.labelled() if result.finding is not None else ()
    rows = [row for row in result.evidence.labelled() if row not in shown]
    if requests:
        rows.append(("Requests", f"{requests}, F2 shows {'it' if requests == 1 else 'them'}"))
    return rows
