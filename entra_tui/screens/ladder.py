"""One run of the verification ladder: its rungs, what each said, and a way to take the run up again from any."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import OptionList, Static

from entra_tui.checks.ladder import LADDER
from entra_tui.checks.ladder_run import LadderRun
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.model.text import harmless
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.frame import Frame, RequestSelection
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.rung import RungScreen, requests_behind, result_values
from entra_tui.screens.troubles import verdict
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.check_list import LABELS
from entra_tui.widgets.rung_detail import RungDetail
from entra_tui.widgets.rung_list import RungList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.checks.context import Inputs
    from entra_tui.graph.retry import Wait
    from entra_tui.model.connector import Connector
    from entra_tui.model.finding import CheckResult
    from entra_tui.screens.troubles import Trouble
    from entra_tui.services import Services


class LadderScreen(Frame):
    """Climbs the ladder for some values, at once when it opens.

    Args:
        services: What to work with.
        inputs: The values.
        name: What is checked: a connector's name, or that it is no saved one.
        trouble: Which of the guide's troubles is looked for; None looks for anything.
        connector: The saved connector whose values they are; None where they were typed.
    """

    heading = "Troubleshoot"
    help_text = """The checks in order. The first one that fails stops the run; the cursor goes to it, and what is
wrong, what to do and who can do it stand below, or beside it. PgUp and PgDn scroll that.

Enter opens a check: its finding and its evidence in full. F2 shows the requests behind it, F3 its values to copy.

R runs the checks again from the one under the cursor; those before it keep what they proved. A check that judges what
an earlier one heard begins there: Permissions with a fresh sign-in. A runs all of them again. S saves a report for
support: one file, without secrets and names. Esc goes back, and ends a run that is under way."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Run again", key_display="R", tooltip="From the check under the cursor on"),
        Binding("a", "all_again", "Run all again", show=False, tooltip="Every check, from the first one on"),
        Binding("s", "report", "Save a report", show=False, tooltip="For support, without secrets and names"),
        Binding(
            "f3",
            "copy",
            "Copy",
            key_display="F3",
            id="values",
            show=False,
            tooltip="What the check said, as plain text",
        ),
        Binding("pageup", "page(-1)", "Scroll up", show=False, priority=True, system=True),
        Binding("pagedown", "page(1)", "Scroll down", show=False, priority=True, system=True),
    ]
    AUTO_FOCUS = "#rungs"
    DEFAULT_CSS = """
    LadderScreen #verdict { height: auto; margin: 0 0 1 0; }
    LadderScreen #panes { height: 1fr; layout: vertical; }
    LadderScreen #detail { height: 1fr; margin: 1 0 0 0; scrollbar-size-vertical: 1; }
    LadderScreen .actions { margin: 0; visibility: hidden; }
    LadderScreen.-ended .actions { visibility: visible; }
    LadderScreen.-wide #panes { layout: horizontal; }
    LadderScreen.-wide RungList { width: 1fr; margin: 0 3 0 0; }
    LadderScreen.-wide #detail { width: 1fr; margin: 0; }
    """

    def __init__(
        self,
        services: Services,
        inputs: Inputs,
        *,
        name: str,
        trouble: Trouble | None = None,
        connector: Connector | None = None,
    ) -> None:
        super().__init__(services)
        self._inputs = inputs
        self._checked = harmless(name, limit=100)
        self._trouble = trouble
        self._connector = connector
        self._ladder_run = LadderRun(services.check_context(inputs, on_wait=self._tell_wait))

    def full_heading(self) -> str:
        return f"Troubleshoot > {self._checked}{self._inputs.environment.place}"

    def compose_body(self) -> Iterable[Widget]:
        with Vertical(id="body"):
            yield Static("", id="verdict", markup=False)
            with Vertical(id="panes"):
                yield RungList(LADDER, id="rungs")
                yield VerticalScroll(RungDetail(), id="detail", can_focus=False)
            with Horizontal(classes="actions"):
                yield Button("Run again", id="again")
                yield Button("Run all again", id="all")
                yield Button("Save a report", id="report")

    def on_mount(self) -> None:
        self.climb(CheckId.INPUT)

    def is_simulated(self) -> bool:
        return self.services.is_simulated(self._inputs.environment)

    def selected_requests(self) -> RequestSelection | None:
        """Those of the rung under the cursor; all while it has said nothing."""
        result = self._chosen
        return requests_behind(result, self._ladder_run.exchanges(result.check)) if result is not None else None

    # ------------------------------------------------------------ what a person does

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the rung under the cursor said."""
        event.stop()
        self._show_chosen()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the rung under the cursor."""
        event.stop()
        result = self._chosen
        if result is not None:
            simulated = self.is_simulated()
            self.open(RungScreen(self.services, self._ladder_run, result, simulated=simulated))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Run again, or save a report."""
        event.stop()
        match event.button.id:
            case "again":
                self.action_again()
            case "all":
                self.action_all_again()
            case _:
                self.action_report()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """A run that is under way is not begun again, nor is a report of it whole."""
        if action in {"again", "all_again", "report"}:
            return True if self._has_ended else None
        return action != "copy" or (bool(self.query(RungList)) and self._chosen is not None)

    def action_again(self) -> None:
        """Take the run up again from the rung under the cursor."""
        if self._has_ended:
            self.climb(self.query_one(RungList).chosen)

    def action_all_again(self) -> None:
        """Run every check again."""
        if self._has_ended:
            self.climb(CheckId.INPUT)

    def action_report(self) -> None:
        """Show what a report of the run would hold."""
        if self._has_ended:
            from entra_tui.screens.report import ReportScreen  # noqa: PLC0415 - loaded when opened

            self.open(ReportScreen(self.services, self._ladder_run, simulated=self.is_simulated()))

    def action_copy(self) -> None:
        """Show what the rung under the cursor said on a plain page."""
        result = self._chosen
        if result is not None:
            self.open(PlainPage(result_values(result)))

    def action_page(self, pages: int) -> None:
        """Scroll through the finding while the cursor stays on its rung."""
        finding = self.query_one("#detail", VerticalScroll)
        finding.scroll_relative(y=pages * max(1, finding.size.height - 1), animate=False)

    # ------------------------------------------------------------ the run

    @work(group="checks", exclusive=True, description="climb the ladder")
    async def climb(self, start: CheckId) -> None:
        """Climb the ladder from `start` on and show each result as it is known.

        A secret that Entra refused is asked for first; another one is checked from the first rung on.
        """
        if self._connector is not None and self._ladder_run.needs_secret:
            if not await self._take_secret(self._connector):
                return
            start = CheckId.INPUT
        rungs = self.query_one(RungList)
        self.remove_class("-ended")
        self.refresh_bindings()
        rungs.focus()
        self._say(self._lead())
        rungs.begin(self._ladder_run.rungs_from(start))
        results = await self._ladder_run.climb(rungs.show, start=start)
        self._conclude(results)

    async def _take_secret(self, connector: Connector) -> bool:
        """Ask for the secret again; whether one was given."""
        try:
            secret = await obtain_secret(self.app, self.services, connector)
            if secret is None:
                return False
            inputs = self.services.inputs_of(connector, secret)
        except StorageError as error:
            self._say(error.sentence)
            return False
        self._inputs = self._ladder_run.context.inputs = inputs
        self.services.http.redactor.learn(secret)
        return True

    def _tell_wait(self, pause: Wait) -> None:
        self.query_one(RungList).wait_for(pause)

    def _conclude(self, results: tuple[CheckResult, ...]) -> None:
        self.add_class("-ended")
        self.refresh_bindings()
        self._say(f"{self._lead()}\n{self._outcome(results)}".lstrip())
        said = next((result for result in results if result.finding is not None), None)
        self.query_one(RungList).choose(said.check if said is not None else CheckId.INPUT)
        self._show_chosen()

    def _lead(self) -> str:
        return f"{self._trouble.title}. {self._trouble.advice}" if self._trouble is not None else ""

    def _outcome(self, results: tuple[CheckResult, ...]) -> str:
        if self._trouble is not None:
            return verdict(self._trouble, results)
        broken = next((result for result in results if result.status is CheckStatus.FAILED), None)
        if broken is not None:
            if self._ladder_run.needs_secret and not self.services.is_replay:
                anew = "Esc goes back to it" if self._connector is None else "R asks for it again"
                return f"The check {LABELS[broken.check]} fails because of the client secret. {anew}."
            return f"The check {LABELS[broken.check]} fails. When it is mended, R runs again from there."
        if any(result.finding is not None for result in results):
            return "The connector works; one check warns."
        return "Every check passed: the connector works."

    # ------------------------------------------------------------ inside

    @property
    def _has_ended(self) -> bool:
        return self.has_class("-ended")

    @property
    def _chosen(self) -> CheckResult | None:
        return self._ladder_run.result(self.query_one(RungList).chosen)

    def _show_chosen(self) -> None:
        chosen = self.query_one(RungList).chosen
        first = self._ladder_run.rungs_from(chosen)[0]
        again = self.query_one("#again", Button)
        again.label = "Run again" if self.has_class("-narrow") else f"Run again from {LABELS[first]}"
        again.display = first is not CheckId.INPUT
        # In the screen's own turn, one after the other: a worker that is ended while it mounts leaves half of it.
        self.call_next(self._show_detail)

    async def _show_detail(self) -> None:
        result = self._chosen
        detail = self.query_one(RungDetail)
        if result is None:
            await detail.show(None, requests=0)
        else:
            run = self._ladder_run
            requests = len(run.exchanges(result.check))
            await detail.show(
                result, requests=requests, grants=run.grants(result.check), on=run.context.inputs.features
            )
        self.query_one("#detail").scroll_home(animate=False)

    def _say(self, text: str) -> None:
        said = self.query_one("#verdict", Static)
        said.update(text)
        said.display = bool(text)
