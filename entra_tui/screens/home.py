"""The first screen, with the names that ASCERA uses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.model.quantities import count
from entra_tui.resuming import unfinished_draft
from entra_tui.screens.frame import Frame
from entra_tui.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.onboarding import Draft

_LABEL: Final = 34
_LABEL_WHERE_NARROW: Final = 24
_NARROW: Final = 80
"""Columns below which the labels leave more room for what is said about them."""


class HomeScreen(Frame):
    """Where everything begins and ends."""

    heading = "ASCERA connector for Microsoft Entra ID"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", key_display="Esc", show=False, id="back")
    ]
    DEFAULT_CSS = """
    HomeScreen #body { padding: 1 3; height: 1fr; }
    HomeScreen #problem { height: auto; display: none; color: $text-error; text-style: bold; padding: 1 3 0 3; }
    HomeScreen #problem.-shown { display: block; }
    HomeScreen OptionList {
        height: auto; max-height: 1fr; border: none; padding: 0; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    HomeScreen OptionList:focus { background-tint: $foreground 0%; }
    HomeScreen .lead { padding: 1 3 0 3; margin: 0; }
    """

    _drawn_for = _LABEL

    def compose_body(self) -> Iterable[Widget]:
        yield Static(self._lead(), classes="lead quiet", markup=False)
        yield Static("", id="problem", markup=False)
        yield OptionList(id="body", markup=False, compact=True)

    def _lead(self) -> str:
        if self.services.practice is None:
            return "Connect ASCERA to a Microsoft Entra tenant, prove that it works, and keep it working."
        scenario = self.services.practice.scenario
        return f"Practice tenant: {scenario.title}. In the set-up, F5 fills in its values."

    def help_pages(self) -> str:
        from entra_tui.guidance import HOME_HELP  # noqa: PLC0415 - loaded when first asked for

        return HOME_HELP

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        """The details begin where there is room for them."""
        if self._label_width != self._drawn_for:
            self._draw()

    def on_screen_resume(self) -> None:
        """Something may have been set up meanwhile."""
        self._draw()

    @property
    def _label_width(self) -> int:
        return _LABEL_WHERE_NARROW if self.app.size.width < _NARROW else _LABEL

    def _draw(self) -> None:
        self._drawn_for = self._label_width
        menu = self.query_one(OptionList)
        before = menu.highlighted
        menu.clear_options()
        menu.add_options(self._options())
        menu.highlighted = before if before is not None else 0
        if menu.get_option_at_index(menu.highlighted or 0).disabled:
            menu.action_cursor_down()
        menu.focus()

    def _options(self) -> list[Option]:
        try:
            draft = unfinished_draft(self.services)
            connectors = len(self.services.settings.read().connectors)
        except StorageError as error:
            self._say(error.sentence)
            return [Option("Check again", id="again")]
        try:
            lists = self.services.list_overview()
            entries = count(sum(one.entries for one in lists), "entry", "entries")
            about_lists = f"{count(len(lists), 'list')}, {entries}"
            self._say("")
        except StorageError as error:
            # All but the lists is there, a synchronization among it, which may bring them back.
            about_lists = "cannot be read"
            self._say(error.sentence)
        options: list[Option] = []
        if draft is not None:
            step = draft.step
            options.append(self._option(f"Go on at step {step.number}, {step.title}", draft.tenant, "resume"))
        return [
            *options,
            self._option("Set up a connector", "seven steps, each proven live", "wizard"),
            _heading("ConMon: Maintain"),
            self._option("Connectors", count(connectors, "connector"), "connectors"),
            _heading("Lists"),
            self._option("Lookup Lists", about_lists, "lists"),
            _heading("Help"),
            self._option("Troubleshoot", "which check fails, why, and what to do", "troubleshoot"),
            self._option("Quit", "", "quit"),
        ]

    def _option(self, label: str, detail: str, option_id: str) -> Option:
        return Option(f"{label:<{self._drawn_for - 1}} {detail}", id=option_id)

    def _say(self, sentence: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(sentence)
        problem.set_class(bool(sentence), "-shown")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        self._choose(event.option_id)

    def _choose(self, option_id: str | None) -> None:
        match option_id:
            case "resume":
                self._open_wizard(unfinished_draft(self.services))
            case "wizard":
                self._open_wizard(None)
            case "connectors":
                from entra_tui.screens.connectors import ConnectorsScreen  # noqa: PLC0415 - loaded when opened

                self.open(ConnectorsScreen(self.services))
            case "lists":
                from entra_tui.screens.lookup_lists import LookupListsScreen  # noqa: PLC0415 - loaded when opened

                self.open(LookupListsScreen(self.services))
            case "troubleshoot":
                from entra_tui.screens.troubleshoot import TroubleshootScreen  # noqa: PLC0415 - loaded when opened

                self.open(TroubleshootScreen(self.services))
            case "again":
                self._draw()
            case "quit":
                self.app.exit(0)

    def _open_wizard(self, draft: Draft | None) -> None:
        from entra_tui.onboarding import Onboarding  # noqa: PLC0415 - loaded when opened
        from entra_tui.screens.wizard.screen import WizardScreen  # noqa: PLC0415 - loaded when opened

        onboarding = Onboarding(draft, save=self._save)
        self.open(WizardScreen(self.services, onboarding))

    def _save(self, draft: Draft) -> None:
        try:
            self.services.drafts.write(draft.to_mapping())
        except StorageError as error:
            self.notify(error.sentence, severity="warning", markup=False)

    def further_commands(self) -> Iterable[SystemCommand]:
        """What the menu offers."""
        menu = self.query_one(OptionList)
        for option in menu.options:
            if option.id is not None and option.id != "quit":
                label, detail = str(option.prompt)[: self._drawn_for].strip(), str(option.prompt)[self._drawn_for :]
                yield SystemCommand(label, detail, partial(self._choose, option.id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """There is nothing to go back to."""
        return action != "leave"

    async def action_leave(self) -> None:
        """There is nothing to go back to."""


def _heading(text: str) -> Option:
    return Option(Content.assemble("\n", (text, "bold $text-primary")), disabled=True)
