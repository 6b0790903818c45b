"""What is wrong and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.model.finding import Finding


_SHORT: Final = {"HTTP status": "Status", "Correlation ID": "Corr. ID", "Certificate": "TLS"}


class FindingPanel(Vertical):
    """A finding in full: cause, steps, who can do it, where, Microsoft's words and ids. Empty and hidden at first."""

    DEFAULT_CSS = """
    FindingPanel { height: auto; display: none; margin: 1 0 0 0; border-left: outer $error; padding: 0 0 0 1; }
    FindingPanel.-shown { display: block; }
    FindingPanel.-warning { border-left: outer $warning; }
    FindingPanel .title { text-style: bold; }
    FindingPanel .title, FindingPanel .cause { height: auto; }
    FindingPanel .row { height: auto; }
    FindingPanel .mark { width: 11; height: 1; color: $text-muted; }
    FindingPanel .text { width: 1fr; height: auto; }
    FindingPanel .one-line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    FindingPanel .quiet { color: $text-muted; }
    FindingPanel .gap { margin: 1 0 0 0; }
    FindingPanel:ansi .mark, FindingPanel:ansi .quiet { text-style: dim; }
    """

    finding: Finding | None = None

    async def show(self, finding: Finding | None, *, warning: bool = False) -> None:
        """Show `finding`; None hides the panel."""
        self.finding = finding
        self.set_class(finding is not None, "-shown")
        self.set_class(warning, "-warning")
        await self.remove_children()
        if finding is not None:
            await self.mount_all(_parts(finding))
            self.call_after_refresh(self.scroll_visible, animate=False, top=True)

    def on_resize(self) -> None:
        """Stay in sight; only now is it known how many rows the words take."""
        if self.finding is not None:
            self.scroll_visible(animate=False, top=True)

    def compose(self) -> ComposeResult:
        yield from ()


def _parts(finding: Finding) -> list[Static | Horizontal]:
    title = finding.title if finding.title == finding.code else f"{finding.title} ({finding.code})"
    parts: list[Static | Horizontal] = [
        Static(title, classes="title", markup=False),
        Static(finding.cause, classes="cause", markup=False),
    ]
    for number, step in enumerate(finding.remedy, start=1):
        parts.append(_row("What to do" if number == 1 else "", f"{number}. {step}", gap=number == 1))
    if finding.who:
        parts.append(_row("Who", finding.who))
    if finding.link:
        parts.append(_row("Where", finding.link, one_line=True))
    if finding.message:
        parts.append(_row("Microsoft", finding.message, quiet=True, gap=True))
    parts.extend(_row(_SHORT.get(label, label), value, quiet=True) for label, value in finding.evidence.labelled())
    return parts


def _row(mark: str, text: str, *, one_line: bool = False, quiet: bool = False, gap: bool = False) -> Horizontal:
    classes = "text" + (" one-line" if one_line else "") + (" quiet" if quiet else "")
    return Horizontal(
        Static(mark, classes="mark", markup=False),
        Static(text, classes=classes, markup=False),
        classes="row gap" if gap else "row",
    )
