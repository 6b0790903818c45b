"""A support report: what it will hold, which file, and where it is in the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Checkbox, Input, Label, Static

from entra_tui.model.text import harmless
from entra_tui.report.document import write_report
from entra_tui.report.making import report_of
from entra_tui.report.markdown import contents
from entra_tui.screens.frame import Frame
from entra_tui.screens.named_file import named_file
from entra_tui.storage.errors import StorageError
from entra_tui.storage.private_file import write_private
from entra_tui.widgets.button import Button
from entra_tui.widgets.choice import Choice
from entra_tui.widgets.field import PasteInput
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.checks.ladder_run import LadderRun
    from entra_tui.report.report import Report
    from entra_tui.services import Services

_FILE: Final = "entra-tui-report.md"


class ReportScreen(Frame):
    """Shows what a report of one run holds, and writes it.

    Args:
        services: What to work with.
        run: The run.
        simulated: Whether it was made with a simulated tenant.
    """

    heading = "Save a report"
    help_text = """One text file for support: the checks with their findings, the requests with their answers, versions,
terminal and proxy. Anybody can read its top; entra-tui replay FILE opens it, so that support sees the same failure.

It never holds the client secret, a token or the name of a person. Of each answer only what is known to name nobody is
kept. Tenant ID, domains and client ID can be replaced as well; then links in it lead nowhere.

The same from a script: entra-tui report CONNECTOR -o FILE"""
    AUTO_FOCUS = "#write"
    DEFAULT_CSS = """
    ReportScreen #contents { height: auto; margin: 0 0 1 0; }
    ReportScreen #target { height: 1; margin: 1 0 0 0; }
    ReportScreen #target Label { width: 9; height: 1; color: $text-muted; }
    ReportScreen:ansi #target Label { text-style: dim; }
    ReportScreen #file { width: 1fr; }
    ReportScreen #result { height: auto; margin: 1 0 0 0; }
    """

    def __init__(self, services: Services, run: LadderRun, *, simulated: bool) -> None:
        self._ladder_run = run
        self._simulated = simulated
        self._report: Report | None = None
        self._replacing: Path | None = None
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        yield VerticalScroll(
            Static("The file will hold:", markup=False),
            Static("", id="contents", markup=False),
            Choice("Replace tenant ID, domains and client ID as well", value=False, id="anonymous"),
            Horizontal(Label("File", markup=False), PasteInput(str(Path.home() / _FILE), id="file"), id="target"),
            Horizontal(Button("Write the file", id="write", variant="primary", disabled=True), classes="actions"),
            Static("", id="result", markup=False),
            id="body",
            can_focus=False,
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        self.prepare(anonymous=False)

    # ------------------------------------------------------------ what a person does

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Make it again, with or without the tenant."""
        event.stop()
        self.prepare(anonymous=event.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another file may be there already, or not."""
        event.stop()
        self._ask_to_replace(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write to the file that was named."""
        event.stop()
        self._write()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write."""
        event.stop()
        self._write()

    # ------------------------------------------------------------ the report

    @work(group="report", exclusive=True)
    async def prepare(self, *, anonymous: bool) -> None:
        """Make the report and show what it holds."""
        self.query_one("#write", Button).disabled = True
        self._report = await report_of(self._ladder_run, anonymous=anonymous)
        lines = "\n".join(f"{symbols().bullet} {harmless(line)}" for line in contents(self._report))
        self.query_one("#contents", Static).update(lines)
        button = self.query_one("#write", Button)
        button.disabled = False
        if self.focused is None:
            button.focus()

    def _write(self) -> None:
        if self._report is None:
            return
        try:
            named = named_file(self.query_one("#file", Input).value)
            if named.is_there and named.path != self._replacing:
                self._ask_to_replace(named.path)
                return
            write_private(named.path, write_report(self._report).encode())
        except StorageError as error:
            self._say(f"{symbols().failed} {harmless(error.sentence)}")
            return
        self._ask_to_replace(None)
        self._say(f"{symbols().passed} Written to\n  {harmless(str(named.path))}\nOnly you can read that file.")

    def _ask_to_replace(self, path: Path | None) -> None:
        self._replacing = path
        self.query_one("#write", Button).label = "Replace the file" if path else "Write the file"
        self._say(f"{symbols().warning} {harmless(path.name)} is there already." if path else "")

    def _say(self, text: str) -> None:
        self.query_one("#result", Static).update(text)
