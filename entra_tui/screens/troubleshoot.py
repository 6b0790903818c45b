"""Troubleshoot: which check fails for a saved connector, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Label, OptionList, Select, Static
from textual.widgets.option_list import Option

from entra_tui.checks.context import Inputs
from entra_tui.checks.ladder import LADDER, is_healthy
from entra_tui.guidance import Value
from entra_tui.model.finding import CheckResult, CheckStatus
from entra_tui.model.text import harmless
from entra_tui.report.recording import Recording
from entra_tui.screens.ask_secret import obtain_secret
from entra_tui.screens.frame import Frame
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.troubles import TROUBLES, Trouble, verdict
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.check_list import LABELS, CheckList
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.sync_lines import wait
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.graph.retry import Wait
    from entra_tui.model.connector import Connector
    from entra_tui.model.finding import Finding
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services

_EMPTY: Final = (
    "No connector is saved on this machine yet, so there is nothing to check.\n\n"
    "Set up a connector walks through the guide step by step and checks each one as you go."
)
_LABEL_WIDTH: Final = 27


class TroubleshootScreen(Frame):
    """Climbs the verification ladder for one connector."""

    heading = "Troubleshoot"
    help_text = """Enter on Check everything runs the checks in order, from the shape of the values to reading a user.
The first one that fails stops the run; what is wrong, what to do and who can do it stand below it. R runs them
again, F3 shows what was found as plain text, S saves a report for support: one file, without secrets and names.

The three troubles are those of ASCERA's guide: each runs the same checks, and says whether it is the one.

F2 shows the requests that were made. Tab goes to the connector, the list and the finding; there PgDn scrolls."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Run again", show=False),
        Binding("s", "report", "Save a report", show=False),
        Binding("f3", "copy", "Copy", key_display="F3", id="values"),
    ]
    AUTO_FOCUS = "#menu, #set-up"
    DEFAULT_CSS = """
    TroubleshootScreen #which { height: 1; margin: 0 0 1 0; }
    TroubleshootScreen #which Label { width: 11; color: $text-muted; }
    TroubleshootScreen #which Select { width: 1fr; max-width: 60; }
    TroubleshootScreen #menu { height: auto; border: none; padding: 0; background: $background; }
    TroubleshootScreen #menu:focus { background-tint: $foreground 0%; }
    TroubleshootScreen CheckList { margin: 1 0 0 0; display: none; }
    TroubleshootScreen CheckList.-shown { display: block; }
    TroubleshootScreen #verdict { height: auto; margin: 1 0 0 0; display: none; }
    TroubleshootScreen #verdict.-shown { display: block; }
    TroubleshootScreen #afterwards { display: none; }
    TroubleshootScreen #afterwards.-shown { display: block; }
    TroubleshootScreen #panes, TroubleshootScreen #left, TroubleshootScreen #right { height: auto; width: 1fr; }
    TroubleshootScreen #panes { layout: vertical; }
    TroubleshootScreen.-wide #panes { layout: horizontal; }
    TroubleshootScreen.-wide #left { margin: 0 3 0 0; }
    TroubleshootScreen #nothing { height: auto; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._connectors: tuple[Connector, ...] = ()
        self._problem = ""
        self._trouble: Trouble | None = None
        self._recording: Recording | None = None
        try:
            self._connectors = services.settings.read().connectors
        except StorageError as error:
            self._problem = error.sentence

    def compose_body(self) -> Iterable[Widget]:
        if not self._connectors:
            yield self._nothing()
            return
        names = [(harmless(connector.name), place) for place, connector in enumerate(self._connectors)]
        yield VerticalScroll(
            Horizontal(
                Label("Connector", markup=False),
                Select(names, value=0, allow_blank=False, compact=True, id="connector"),
                id="which",
            ),
            Horizontal(
                Vertical(
                    OptionList(*self._entries(), id="menu", markup=False, compact=True),
                    CheckList(LADDER),
                    id="left",
                ),
                Vertical(
                    Static("", id="verdict", markup=False),
                    FindingPanel(),
                    Horizontal(Button("Save a report", id="report"), id="afterwards", classes="actions"),
                    id="right",
                ),
                id="panes",
            ),
            id="body",
        )

    def _nothing(self) -> Widget:
        return Vertical(
            Static(self._problem or _EMPTY, id="nothing", markup=False),
            Horizontal(
                Button("Set up a connector", id="set-up", variant="primary", disabled=bool(self._problem)),
                classes="actions",
            ),
            id="body",
        )

    def _entries(self) -> Iterable[Option]:
        yield Option(_entry("Check everything", "all checks in order"), id="all")
        for trouble in TROUBLES:
            yield Option(_entry(trouble.title, f"told by the check {LABELS[trouble.check]}"), id=trouble.check.value)

    # ------------------------------------------------------------ what a person does

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Run the checks, for one trouble or for all."""
        self._trouble = next((one for one in TROUBLES if one.check.value == event.option_id), None)
        self.run_checks()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Another connector: what was found belongs to the one before."""
        event.stop()
        self.query_one(TitleBar).simulated = self._is_simulated(self._connector())
        self.query_one(CheckList).set_class(False, "-shown")
        self._say("")
        self._keep(None)
        self.refresh_bindings()
        self.run_worker(self.query_one(FindingPanel).show(None), group="finding", description="clear the finding")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save a report of what was found, or go to the wizard."""
        event.stop()
        if event.button.id == "report":
            self.action_report()
            return
        from entra_tui.onboarding import Onboarding  # noqa: PLC0415 - loaded when opened
        from entra_tui.screens.wizard.screen import WizardScreen  # noqa: PLC0415 - loaded when opened

        drafts = self.services.drafts
        onboarding = Onboarding(None, save=lambda draft: drafts.write(draft.to_mapping()))
        self.app.switch_screen(WizardScreen(self.services, onboarding))

    def action_again(self) -> None:
        """Run the checks again."""
        if self._connectors:
            self.run_checks()

    def action_copy(self) -> None:
        """Show the finding on a plain page."""
        finding = self._finding()
        if finding is not None:
            self.app.push_screen(PlainPage(_values(finding)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """There is something to copy only once something was found."""
        return action != "copy" or self._finding() is not None

    def action_report(self) -> None:
        """Show what a report of the last run would hold."""
        if self._recording is None:
            return
        from entra_tui.screens.report import ReportScreen  # noqa: PLC0415 - loaded when opened

        simulated = self._is_simulated(self._connector())
        self.app.push_screen(ReportScreen(self.services, self._recording, simulated=simulated))

    # ------------------------------------------------------------ the run

    @work(group="checks", exclusive=True)
    async def run_checks(self) -> None:
        """Climb the ladder and show each result as it is known."""
        connector = self._connector()
        await self.query_one(FindingPanel).show(None)
        self._keep(None)
        self._say(self._trouble.advice if self._trouble else "")
        try:
            secret = await obtain_secret(self.app, self.services, connector)
            if secret is None:
                self._say("Without the client secret nothing can be checked.")
                return
            results = await self._climb(connector, secret)
        except StorageError as error:
            self._say(error.sentence)
            return
        await self._conclude(results)

    async def _climb(self, connector: Connector, secret: Secret) -> list[CheckResult]:
        checks = self.query_one(CheckList)
        checks.set_class(True, "-shown")
        checks.begin()
        order = list(LADDER)
        results: list[CheckResult] = []

        def tell_wait(pause: Wait) -> None:
            checks.tell(order[len(results)], wait(pause, pause.seconds))

        inputs = Inputs(
            tenant=connector.tenant_id,
            client_id=connector.client_id,
            secret=secret,
            environment=self.services.settings.environment(connector.environment),
            features=connector.features,
            least_privilege=connector.least_privilege,
            secret_expires=connector.secret_expires,
        )

        def show(result: CheckResult) -> None:
            results.append(result)
            checks.show(result)

        recording = Recording(self.services.check_context(inputs, on_wait=tell_wait))
        await recording.climb(show)
        self._keep(recording)
        return results

    async def _conclude(self, results: list[CheckResult]) -> None:
        finding = next((result.finding for result in results if result.finding is not None), None)
        healthy = is_healthy(results)
        if self._trouble is not None:
            told = f"{self._trouble.title}. {self._trouble.advice}\n{verdict(self._trouble, results)}"
        elif healthy and finding is not None:
            told = "The connector works; one check warns."
        elif healthy:
            told = "Every check passed: the connector works."
        else:
            told = "A check failed: what is wrong, and what to do, stands below."
        self._say(f"{told} R runs the checks again.")
        warning = any(result.status is CheckStatus.WARNING for result in results) and healthy
        await self.query_one(FindingPanel).show(finding, warning=warning)
        if finding is not None:
            # From here the arrows and PgDn scroll through the finding.
            self.query_one("#body").focus(scroll_visible=False)
            self.call_after_refresh(self.query_one("#verdict").scroll_visible, animate=False, top=True)
        self.refresh_bindings()

    # ------------------------------------------------------------ inside

    def is_simulated(self) -> bool:
        return self._is_simulated(self._connectors[0]) if self._connectors else super().is_simulated()

    def _is_simulated(self, connector: Connector) -> bool:
        try:
            return self.services.is_simulated(self.services.settings.environment(connector.environment))
        except StorageError:
            return super().is_simulated()

    def _finding(self) -> Finding | None:
        panels = self.query(FindingPanel)
        return panels.first().finding if panels else None

    def _connector(self) -> Connector:
        chosen = self.query_one("#connector", Select).value
        return self._connectors[chosen if isinstance(chosen, int) else 0]

    def _keep(self, recording: Recording | None) -> None:
        self._recording = recording
        self.query_one("#afterwards").set_class(recording is not None, "-shown")

    def _say(self, text: str) -> None:
        said = self.query_one("#verdict", Static)
        said.update(text)
        said.set_class(bool(text), "-shown")


def _values(finding: Finding) -> list[Value]:
    evidence = finding.evidence
    values = (
        ("What is wrong", f"{finding.title} ({finding.code})\n{finding.cause}"),
        ("What to do", "\n".join(f"{number}. {step}" for number, step in enumerate(finding.remedy, start=1))),
        ("Who", finding.who),
        ("Where", finding.link),
        ("Microsoft's message", finding.message),
        ("Correlation ID", evidence.correlation_id),
        ("Request ID", evidence.request_id),
        ("Time", evidence.timestamp),
    )
    return [Value(label, text) for label, text in values if text]


def _entry(label: str, detail: str) -> str:
    return f"{label:<{_LABEL_WIDTH}}{detail}"
