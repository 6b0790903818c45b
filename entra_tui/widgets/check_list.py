"""Live checks, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.under_way import UnderWay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from entra_tui.graph.retry import Wait
    from entra_tui.model.finding import CheckResult

LABELS: Final = {
    CheckId.INPUT: "Input",
    CheckId.NETWORK: "Network",
    CheckId.CLOCK: "Clock",
    CheckId.TENANT: "Tenant",
    CheckId.ENVIRONMENT: "Environment",
    CheckId.SIGN_IN: "Sign-in",
    CheckId.PERMISSIONS: "Permissions",
    CheckId.READ: "Read",
    CheckId.SECRET_EXPIRY: "Secret expiry",
}
_STATE_CLASSES: Final = ("-waiting", "-running", "-passed", "-warning", "-failed", "-skipped")


def sign_of(status: CheckStatus) -> str:
    """The sign that stands for how a check ended."""
    return {
        CheckStatus.PASSED: symbols().passed,
        CheckStatus.WARNING: symbols().warning,
        CheckStatus.FAILED: symbols().failed,
        CheckStatus.SKIPPED: symbols().skipped,
    }[status]


class CheckLine(Horizontal):
    """One check: a sign, its name, and what was seen."""

    DEFAULT_CSS = """
    CheckLine { height: auto; }
    CheckLine .sign { width: 2; height: 1; }
    CheckLine .name { width: 14; height: 1; }
    CheckLine .text { width: 1fr; height: auto; }
    CheckLine.-waiting, CheckLine.-skipped { color: $text-muted; }
    CheckLine.-passed .sign { color: $text-success; }
    CheckLine.-failed .sign, CheckLine.-failed .name { color: $text-error; text-style: bold; }
    CheckLine.-warning .sign { color: $text-warning; text-style: bold; }
    CheckLine:ansi.-waiting, CheckLine:ansi.-skipped { text-style: dim; }
    """

    def __init__(self, name: str) -> None:
        super().__init__(classes="-waiting")
        self._label = name
        self._sign = Static(symbols().waiting, classes="sign", markup=False)
        self._text = Static("", classes="text", markup=False)

    def compose(self) -> ComposeResult:
        yield self._sign
        yield Static(self._label, classes="name", markup=False)
        yield self._text

    def run(self, text: str) -> None:
        """It is under way."""
        self._show(symbols().running, "-running", text)

    def wait(self) -> None:
        """It is not its turn yet."""
        self._show(symbols().waiting, "-waiting", "")

    def end(self, status: CheckStatus, text: str) -> None:
        """It ended."""
        self._show(sign_of(status), f"-{status.value}", text)

    def _show(self, sign: str, state: str, text: str) -> None:
        if not self.has_class(state):
            self.remove_class(*_STATE_CLASSES, update=False)
            self.add_class(state)
        self._sign.update(sign)
        self._text.update(text)


class CheckList(Vertical):
    """The checks of one run, in order."""

    DEFAULT_CSS = """
    CheckList { height: auto; }
    """

    def __init__(self, checks: Iterable[CheckId], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines = {check: CheckLine(LABELS[check]) for check in checks}
        self._current: CheckLine | None = None
        self._newest: CheckLine | None = None
        self._under_way = UnderWay()

    def compose(self) -> ComposeResult:
        yield from self._lines.values()

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tell)

    def on_resize(self) -> None:
        """Keep what came last in sight; only now is it known how many rows its text takes."""
        if self._newest is not None:
            # What scrolls this list learns its new height only after the list itself.
            self.call_after_refresh(self._newest.scroll_visible, animate=False)

    def begin(self) -> None:
        """A new run: the first check is under way, the others wait."""
        self._newest = None
        for position, line in enumerate(self._lines.values()):
            if position == 0:
                self._start(line)
            else:
                line.wait()

    def forget(self) -> None:
        """What was seen holds no more, since something else is to be checked now."""
        self._newest = self._current = None
        for line in self._lines.values():
            line.wait()

    def show(self, result: CheckResult) -> None:
        """One check ended; the next one, if any, is under way."""
        line = self._lines.get(result.check)
        goes_on = result.status in {CheckStatus.PASSED, CheckStatus.WARNING}
        self._current = None
        if line is not None:
            line.end(result.status, result.summary)
            # Where a check failed, its finding is to be seen, not the lines that were skipped.
            self._newest = line if goes_on else None
            if result.status is not CheckStatus.SKIPPED:
                line.scroll_visible(animate=False)
        following = self._after(result.check)
        if following is not None and goes_on:
            self._start(following)

    def tell(self, check: CheckId, text: str) -> None:
        """Say something about a check that is under way."""
        self._current = None
        self._lines[check].run(text)

    def stop(self) -> None:
        """The run was ended by the person."""
        if self._current is not None:
            self._current.end(CheckStatus.SKIPPED, "stopped")
        self._current = None

    def wait_for(self, pause: Wait) -> None:
        """The check that is under way waits before it asks again."""
        self._under_way.wait_for(pause)
        self._tell()

    def _start(self, line: CheckLine) -> None:
        self._current, self._under_way = line, UnderWay()
        self._tell()

    def _tell(self) -> None:
        if self._current is not None:
            self._current.run(self._under_way.text)

    def _after(self, check: CheckId) -> CheckLine | None:
        order = list(self._lines)
        position = order.index(check) + 1 if check in self._lines else len(order)
        return self._lines[order[position]] if position < len(order) else None
