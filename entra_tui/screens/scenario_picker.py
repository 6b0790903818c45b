"""Which scenario a demo shows: what each is about and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from entra_tui.screens.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.widget import Widget

    from entra_tui.services import Services
    from entra_tui.simulator.specification import Scenario

_FIRST: Final = ("healthy", "no-consent", "wrong-secret", "secret-id", "us-government", "gcc", "throttled")
"""What presenters show most; the others follow in order of name."""


class ScenarioPicker(Frame):
    """All scenarios; Enter opens one, F7 lets it play by itself.

    Args:
        services: Those of the practice tenant that is open now.
        scenarios: What there is to choose from.
        choose: Called with what was chosen, and whether it shall play by itself.
    """

    heading = "Demo: choose a scenario"
    help_text = """Each scenario is a practice tenant of its own: a simulated Microsoft cloud inside this
program, with something in it that goes well or wrong. Nothing leaves this machine.

Enter opens a scenario, and F7 lets it play by itself, with captions, until you press a key.

In the set-up F5 fills in the scenario's values, and F6 lets a simulated administrator act. F9 starts the
scenario over with a fresh tenant; Ctrl+P has the same, and the way back to this list."""
    DEFAULT_CSS = """
    ScenarioPicker OptionList { height: 1fr; border: none; padding: 0; background: $background; text-wrap: nowrap; }
    ScenarioPicker OptionList:focus { background-tint: $foreground 0%; }
    ScenarioPicker #body { padding: 1 2 0 2; }
    ScenarioPicker #about { height: 6; padding: 1 2 0 2; color: $text-muted; }
    ScenarioPicker:ansi #about { text-style: dim; }
    """
    AUTO_FOCUS: ClassVar[str] = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "play", "Play it", key_display="F7")]

    def __init__(
        self, services: Services, scenarios: Iterable[Scenario], choose: Callable[[Scenario, bool], None]
    ) -> None:
        super().__init__(services)
        by_name = {scenario.name: scenario for scenario in scenarios}
        self._first = [by_name.pop(name) for name in _FIRST if name in by_name]
        self._others = list(by_name.values())
        self._scenarios = {scenario.name: scenario for scenario in (*self._first, *self._others)}
        self._choose = choose

    def compose_body(self) -> Iterable[Widget]:
        # None is a line between the two.
        yield OptionList(
            *map(_option, self._first), None, *map(_option, self._others), id="body", markup=False, compact=True
        )
        yield Static("", id="about", markup=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it shows."""
        scenario = self._scenarios[event.option_id or ""]
        self.query_one("#about", Static).update(f"{scenario.description}\nentra-tui demo {scenario.name}")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self._choose(self._scenarios[event.option_id or ""], False)

    def action_play(self) -> None:
        """Open the highlighted one, and let it play."""
        highlighted = self.query_one(OptionList).highlighted_option
        if highlighted is not None:
            self._choose(self._scenarios[highlighted.id or ""], True)


def _option(scenario: Scenario) -> Option:
    line = Table.grid(expand=True, padding=(0, 2, 0, 0))
    line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    line.add_column(no_wrap=True)
    line.add_row(Text(scenario.title), f"about {scenario.story.minutes} min")
    return Option(line, id=scenario.name)
