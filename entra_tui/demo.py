"""The door to a demo: the program on a practice tenant, in a folder that is thrown away."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from entra_tui.app import EntraApp, run_app
from entra_tui.autoplay.ending import is_expected
from entra_tui.autoplay.player import Player
from entra_tui.screens.home import HomeScreen
from entra_tui.services import open_practice
from entra_tui.simulator.clock import QuickClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario, list_scenarios
from entra_tui.simulator.specification import Line
from entra_tui.storage.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.screen import Screen

    from entra_tui.model.clock import Clock
    from entra_tui.services import Services
    from entra_tui.simulator.specification import Scenario

USUAL: Final = "healthy"
_USUAL_LINE: Final = Line(latency=0.25, jitter=0.1)
"""How quick Microsoft answers in a demo whose scenario does not say: as over a good line."""


@dataclass(frozen=True, slots=True)
class Autoplay:
    """How a scenario plays by itself.

    Attributes:
        speed: How many times as quick as usual.
        exits: Whether the program ends with the story.
    """

    speed: float = 1.0
    exits: bool = False


class PracticeTenants:
    """Opens practice tenants, each fresh and in a folder of its own.

    Args:
        home: The folder for all of them.
        users: How many users each has; None for as many as its scenario says.
        clock: Time in them; None for the system's.
    """

    def __init__(self, home: Path, *, users: int | None = None, clock: Clock | None = None) -> None:
        self.users = users
        self._home = home
        self._clock = clock
        self._opened = 0

    def open(self, scenario: Scenario) -> Services:
        """A fresh practice tenant of a scenario."""
        self._opened += 1
        folder = self._home if self._opened == 1 else self._home / f"demo-{self._opened}"
        cloud = PracticeCloud(scenario, users=self.users, clock=self._clock)
        return open_practice(Folders.locate(folder), cloud)


class DemoApp(EntraApp):
    """The program with what a presenter needs besides.

    Args:
        services: Those of the first practice tenant.
        tenants: Where further ones come from.
        scenario: The one to begin with.
        pick: Whether to offer the others first.
        autoplay: How it plays by itself; None where a person plays.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "start_over", "Start over", show=False),
        Binding("f7", "play", "Play on", show=False),
    ]

    def __init__(
        self,
        services: Services,
        tenants: PracticeTenants,
        scenario: Scenario,
        *,
        pick: bool = False,
        autoplay: Autoplay | None = None,
    ) -> None:
        super().__init__(services)
        self._tenants = tenants
        self._scenario = scenario
        self._pick = pick
        self._autoplay = autoplay
        self._player: Player | None = None
        self._is_beginning = False

    def on_mount(self) -> None:
        """Offer the scenarios, or play."""
        if self._pick:
            self.call_after_refresh(self.action_pick)
        if self._autoplay is not None:
            self.call_after_refresh(self._start_playing)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers besides."""
        from entra_tui.screens.scenario_picker import ScenarioPicker  # noqa: PLC0415 - loaded when opened

        yield SystemCommand("Start over", "The same scenario with a fresh practice tenant (F9)", self.action_start_over)
        if not any(isinstance(shown, ScenarioPicker) for shown in self.screen_stack):
            yield SystemCommand("Choose a scenario", "Another practice tenant", self.action_pick)
            if self._player is None or self._player.is_over or self._player.is_held:
                yield SystemCommand("Play", "Let the scenario play by itself, from here on (F7)", self.action_play)
        yield from super().get_system_commands(screen)

    async def action_start_over(self) -> None:
        """Throw the practice tenant away and begin with a fresh one."""
        await self.begin(self._scenario)

    def action_pick(self) -> None:
        """Offer all scenarios."""
        from entra_tui.screens.scenario_picker import ScenarioPicker  # noqa: PLC0415 - loaded when opened

        if not any(isinstance(shown, ScenarioPicker) for shown in self.screen_stack):
            self.push_screen(ScenarioPicker(self.services, list_scenarios(), self._chosen))

    def _chosen(self, scenario: Scenario, plays: bool) -> None:
        # Not in the picker's own task, which ends with the picker.
        self.run_worker(self.begin(as_shown(scenario), plays=plays), group="begin")

    async def begin(self, scenario: Scenario, *, plays: bool = False) -> None:
        """Open a fresh practice tenant of `scenario`, on the first screen; once, though its key was pressed twice."""
        if self._is_beginning:
            return
        self._is_beginning = True
        before = self.services
        self._stop_playing()
        self._scenario = scenario
        self.services = self._tenants.open(scenario)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await before.aclose()
        await self.push_screen(HomeScreen(self.services))
        self._is_beginning = False
        if plays:
            self.action_play()

    # ------------------------------------------------------------ playing by itself

    def action_play(self) -> None:
        """Play, or play on, from what is on the screen."""
        if self._player is None or self._player.is_over:
            self._autoplay = self._autoplay or Autoplay()
            self._start_playing()
        else:
            self._player.go_on()

    async def on_event(self, event: events.Event) -> None:
        """Any key that a person presses while it plays hands the program over to the person."""
        player = self._player
        touched = isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded
        if touched and player is not None and not player.hands.typed(event) and not player.is_held:
            await player.hold()
            self.notify("Your turn. F9 starts over." if player.is_over else "Your turn. F7 plays on.", markup=False)
            return
        await super().on_event(event)

    def _start_playing(self) -> None:
        self._player = Player(self, self.services, self._scenario)
        self.run_worker(self._play(self._player), group="autoplay", exclusive=True, description="autoplay")

    def _stop_playing(self) -> None:
        self._player = None
        self.workers.cancel_group(self, "autoplay")

    async def _play(self, player: Player) -> None:
        ending = await player.play()
        if self._autoplay is not None and self._autoplay.exits:
            reached = is_expected(self._scenario, ending, entries=self._tenants.users)
            self.exit(return_code=0 if reached else 1)


def as_shown(scenario: Scenario) -> Scenario:
    """The scenario with answers that take as long as real ones, where it does not say how long."""
    return replace(scenario, line=_USUAL_LINE) if scenario.line == Line() else scenario


def run_demo(
    home: Path | None,
    name: str | None,
    *,
    users: int | None = None,
    autoplay: Autoplay | None = None,
    headless: bool = False,
) -> int:
    """Run the wizard on a practice tenant.

    Args:
        home: Where to keep things; None for a folder that is thrown away at the end.
        name: Name or file of a scenario; None to offer them all.
        users: How many users the tenant has; None for as many as the scenario says.
        autoplay: How it plays by itself; None where a person plays.
        headless: Whether there is no terminal to show it on.

    Returns:
        The exit code.

    Raises:
        ScenarioError: There is no such scenario.
    """
    scenario = as_shown(find_scenario(name or USUAL))
    clock = QuickClock(autoplay.speed) if autoplay is not None and autoplay.speed != 1.0 else None
    with tempfile.TemporaryDirectory(prefix="entra-tui-demo-") as folder:
        tenants = PracticeTenants(home or Path(folder), users=users, clock=clock)
        pick = name is None and autoplay is None
        return run_app(
            tenants.open(scenario),
            lambda services: DemoApp(services, tenants, scenario, pick=pick, autoplay=autoplay),
            headless=headless,
        )
