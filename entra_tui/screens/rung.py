"""One rung of a run, opened: what it said, its finding and its evidence; its requests are a key away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll

from entra_tui.guidance import Value
from entra_tui.screens.frame import Frame, RequestSelection
from entra_tui.screens.plain_page import PlainPage
from entra_tui.widgets.button import Button
from entra_tui.widgets.check_list import LABELS
from entra_tui.widgets.rung_detail import RungDetail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.checks.ladder_run import LadderRun
    from entra_tui.graph.trace import Exchange
    from entra_tui.model.finding import CheckResult
    from entra_tui.services import Services


class RungScreen(Frame):
    """Shows one result in full.

    Args:
        services: What to work with.
        run: The run.
        result: One of its results.
        simulated: Whether the tenant is a simulated one.
    """

    heading = "Check"
    help_text = """What one check said: the finding with what to do and who can do it, and the evidence of the request
on which it rests: Microsoft's support asks for its ids and its time.

F2 shows the requests behind it. F3 shows all of it as plain text, which can be sent to your terminal's clipboard."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "copy", "Copy", key_display="F3", id="values", tooltip="All of it as plain text, to copy")
    ]
    AUTO_FOCUS = "#body"
    DEFAULT_CSS = """
    RungScreen .actions { padding: 0 2; }
    """

    def __init__(self, services: Services, run: LadderRun, result: CheckResult, *, simulated: bool) -> None:
        super().__init__(services)
        self._result = result
        self._exchanges = run.exchanges(result.check)
        self._grants = run.grants(result.check)
        self._features = run.context.inputs.features
        self._simulated = simulated

    def full_heading(self) -> str:
        return f"Check {LABELS[self._result.check]}: {self._result.status.value}"

    def compose_body(self) -> Iterable[Widget]:
        yield VerticalScroll(RungDetail(), id="body")
        if self._exchanges:
            yield Horizontal(Button("Show its requests", id="requests"), classes="actions")

    async def on_mount(self) -> None:
        await self.query_one(RungDetail).show(
            self._result, requests=len(self._exchanges), grants=self._grants, on=self._features
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def selected_requests(self) -> RequestSelection:
        return requests_behind(self._result, self._exchanges)

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Show the requests."""
        event.stop()
        await self.run_action("app.requests")

    def action_copy(self) -> None:
        """Show it as plain text."""
        self.open(PlainPage(result_values(self._result)))


def requests_behind(result: CheckResult, exchanges: tuple[Exchange, ...]) -> RequestSelection:
    """The requests on which a result rests, for the Requests view."""
    return RequestSelection(f"the check {LABELS[result.check]}", exchanges)


def result_values(result: CheckResult) -> list[Value]:
    """A result as values to read and to copy, its evidence one by one."""
    finding = result.finding
    values: list[tuple[str, str]] = [("Check", f"{LABELS[result.check]}: {result.status.value}\n{result.summary}")]
    if finding is not None:
        values += [
            ("What is wrong", f"{finding.title} ({finding.code})\n{finding.cause}"),
            ("What to do", "\n".join(f"{number}. {step}" for number, step in enumerate(finding.remedy, start=1))),
            ("Who", finding.who),
            ("Where", finding.link or ""),
            ("Microsoft's message", finding.message),
        ]
    values += result.evidence.labelled()
    return [Value(label, text) for label, text in values if text]
