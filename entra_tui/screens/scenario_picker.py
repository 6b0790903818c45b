"""Which scenario a demo shows: what each is about and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

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

_TITLE_WIDTH: Final = 56


class ScenarioPicker(Frame):
    """All scenarios; Enter opens one.

    Args:
        services: Those of the practice tenant that is open now.
        scenarios: What there is to choose from.
        choose: Called with what was chosen.
    """

    heading = "Demo: choose a scenario"
    help_text = """Each scenario is a practice tenant of its own: a simulated Microsoft cloud inside this
program, with something in it that goes well or wrong. Nothing leaves this machine.

In the set-up F5 fills in the scenario's values, and F6 lets a simulated administrator act. F9 starts the
scenario over with a fresh tenant; Ctrl+P has the same, and the way back to this list."""
    DEFAULT_CSS = """
    ScenarioPicker OptionList { height: 1fr; border: none; padding: 0; background: $background; text-wrap: nowrap; }
    ScenarioPicker OptionList:focus { background-tint: $foreground 0%; }
    ScenarioPicker #body { padding: 1 2 0 2; }
    ScenarioPicker #about { height: 5; padding: 1 2 0 2; color: $text-muted; }
    ScenarioPicker:ansi #about { text-style: dim; }
    """
    AUTO_FOCUS: ClassVar[str] = "OptionList"

    def __init__(self, services: Services, scenarios: Iterable[Scenario], choose: Callable[[Scenario], None]) -> None:
        super().__init__(services)
        by_name = {scenario.name: scenario for scenario in scenarios}
        first = [by_name.pop(name) for name in _FIRST if name in by_name]
        self._scenarios = {scenario.name: scenario for scenario in (*first, *by_name.values())}
        self._choose = choose

    def compose_body(self) -> Iterable[Widget]:
        options = (Option(_line(scenario), id=name) for name, scenario in self._scenarios.items())
        yield OptionList(*options, id="body", markup=False, compact=True)
        yield Static("", id="about", markup=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say what it shows."""
        scenario = self._scenarios[event.option_id or ""]
        self.query_one("#about", Static).update(scenario.description)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open it."""
        self._choose(self._scenarios[event.option_id or ""])


def _line(scenario: Scenario) -> str:
    title = scenario.title if len(scenario.title) < _TITLE_WIDTH else f"{scenario.title[: _TITLE_WIDTH - 2]}…"
    return f"{title:<{_TITLE_WIDTH}}about {scenario.story.minutes} min"
