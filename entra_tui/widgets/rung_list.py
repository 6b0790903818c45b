"""The rungs of one run, a line each, to move through and to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.widgets.check_list import LABELS, sign_of
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.under_way import UnderWay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from entra_tui.graph.retry import Wait
    from entra_tui.model.finding import CheckResult

_NAME_WIDTH: Final = 14
_STYLES: Final = {
    CheckStatus.PASSED: ("$text-success", ""),
    CheckStatus.WARNING: ("bold $text-warning", ""),
    CheckStatus.FAILED: ("bold $text-error", "bold $text-error"),
    CheckStatus.SKIPPED: ("dim", "dim"),
}
"""The looks of sign and name."""


@dataclass(frozen=True, slots=True)
class _Line:
    sign: str
    text: str
    sign_style: str = ""
    name_style: str = ""


class RungList(OptionList):
    """One line a rung: its sign, its name, what was seen. The cursor follows the run until a person moves it.

    Args:
        checks: The rungs, in order.
    """

    DEFAULT_CSS = """
    RungList {
        height: auto; border: none; padding: 0; background: $background; text-wrap: nowrap; text-overflow: ellipsis;
    }
    RungList:focus { background-tint: $foreground 0%; }
    """

    def __init__(self, checks: Iterable[CheckId], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        self._order = tuple(checks)
        super().__init__(*(Option("", id=check.value) for check in self._order), id=id, compact=True)
        self._shown_lines = {check: _Line(symbols().waiting, "", "dim", "dim") for check in self._order}
        self._current: tuple[CheckId, UnderWay] | None = None

    def on_mount(self) -> None:
        for check in self._order:
            self._draw(check)
        self.set_interval(0.5, self._tell)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Colors are for lines without the cursor; on its own color they could not be read."""
        super().watch_highlighted(highlighted)
        if self.is_mounted:
            for check in self._order:
                self._draw(check)

    @property
    def chosen(self) -> CheckId:
        """The rung on which the cursor stands."""
        return self._order[self.highlighted or 0]

    def choose(self, check: CheckId) -> None:
        """Put the cursor on a rung."""
        self.highlighted = self._order.index(check)

    def begin(self, checks: Sequence[CheckId]) -> None:
        """`checks` are climbed now: the first is under way, the others wait; those before them stay as they are."""
        for check in checks:
            self._put(check, _Line(symbols().waiting, "", "dim", "dim"))
        self._start(checks[0])

    def show(self, result: CheckResult) -> None:
        """One rung ended; the next one is under way unless this one failed."""
        self._current = None
        sign, name = _STYLES[result.status]
        self._put(result.check, _Line(sign_of(result.status), result.summary, sign, name))
        following = self._order.index(result.check) + 1
        if following < len(self._order) and result.status in {CheckStatus.PASSED, CheckStatus.WARNING}:
            self._start(self._order[following])

    def wait_for(self, pause: Wait) -> None:
        """The rung that is under way waits before it asks again."""
        if self._current is not None:
            self._current[1].wait_for(pause)
            self._tell()

    def _start(self, check: CheckId) -> None:
        self._current = check, UnderWay()
        self._tell()
        self.choose(check)

    def _tell(self) -> None:
        if self._current is not None:
            check, under_way = self._current
            self._put(check, _Line(symbols().running, under_way.text))

    def _put(self, check: CheckId, line: _Line) -> None:
        if line != self._shown_lines[check]:
            self._shown_lines[check] = line
            self._draw(check)

    def _draw(self, check: CheckId) -> None:
        line, chosen = self._shown_lines[check], check is self.chosen
        self.replace_option_prompt(
            check.value,
            Content.assemble(
                (f"{line.sign} ", "" if chosen else line.sign_style),
                (f"{LABELS[check]:<{_NAME_WIDTH}}", "" if chosen else line.name_style),
                (line.text, "dim" if line.name_style == "dim" and not chosen else ""),
            ),
        )
