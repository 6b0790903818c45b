"""A person in front of the wizard: keys and pastes go in, the text of the screen comes out.

Nothing here sets a value or presses a widget from inside; what the tests read besides the screen is whether something
is still under way, so that they wait for it and never for time.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from textual import events
from textual.geometry import Region

from entra_tui.app import EntraApp
from entra_tui.model.connector import Connector, SecretStore
from entra_tui.onboarding import Step
from entra_tui.screens.wizard.consent import ConsentStep
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.sync_view import SyncView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

    from entra_tui.model.finding import Finding
    from entra_tui.simulator.specification import Inputs
    from entra_tui.sync.running import SyncOutcome

SMALL: Final = (80, 24)
WIDE: Final = (120, 40)
PATIENCE: Final = 60.0
"""Seconds after which something that never happens fails a test; nothing waits that long when all is well."""


class HeldClock(ManualClock):
    """A clock on which sleepers can be made to sleep for good, so that a moment can be looked at."""

    held = False

    async def sleep(self, seconds: float) -> None:
        if self.held:
            await asyncio.Event().wait()
        await super().sleep(seconds)


class Walk:
    """One person, one program, one practice tenant whose time does not pass by itself."""

    def __init__(self, folder: Path, scenario: str = "healthy", *, users: int | None = 40) -> None:
        self.folder = folder
        self.clock = HeldClock()
        self.scenario = find_scenario(scenario)
        self.cloud = PracticeCloud(self.scenario, users=users, clock=self.clock)
        self.services = open_practice(Folders.locate(folder), self.cloud)
        self.app = EntraApp(self.services)
        self._pilot: Pilot[int] | None = None

    @asynccontextmanager
    async def started(self, size: tuple[int, int] = SMALL) -> AsyncIterator[Walk]:
        """The program runs, and shows its first screen."""
        async with self.app.run_test(size=size) as pilot:
            self.watch(pilot)
            await self.at_home()
            yield self

    def watch(self, pilot: Pilot[int]) -> None:
        """Sit down in front of a program that runs already."""
        self._pilot = pilot

    async def at_home(self) -> None:
        """Wait for the first screen."""
        await self.until(lambda: "Set up a connector" in self.text or "Check again" in self.text)

    @property
    def pilot(self) -> Pilot[int]:
        assert self._pilot is not None
        return self._pilot

    @property
    def inputs(self) -> Inputs:
        """What the scenario says that a person enters."""
        return self.scenario.inputs

    # ------------------------------------------------------------ what is seen

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen, as one text."""
        return "\n".join(line.rstrip() for line in self.lines)

    def sees(self, text: str) -> bool:
        """Whether `text` stands on the screen, however it is wrapped."""
        return squeezed(text) in squeezed(self._columns()) or squeezed(text) in squeezed(self.text)

    def _columns(self) -> str:
        bodies = self.app.screen.query(StepBody)
        region = bodies.first().region if bodies else Region(0, 0, *self.app.size)
        rows = self.lines[region.y : region.bottom]
        return "\n".join(row[region.x : region.right] for row in rows)

    async def reads(self, *texts: str) -> list[str]:
        """Page down until the end; gives the texts that were nowhere to be seen."""
        missing = [text for text in texts if not self.sees(text)]
        await self.press(*["pageup"] * 9)
        for _ in range(9):
            missing = [text for text in missing if not self.sees(text)]
            if not missing:
                break
            await self.press("pagedown")
        return missing

    # ------------------------------------------------------------ what is done

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    async def paste(self, text: str) -> None:
        """Paste, as a terminal with bracketed paste does."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def refill(self, text: str) -> None:
        """Paste in place of what the focused field holds."""
        await self.press("end", "ctrl+u")
        await self.paste(text)

    async def tab_to(self, name: str) -> None:
        """Tab until the widget with the id `name` has the focus."""
        for _ in range(30):
            if self.focused_id == name:
                return
            await self.press("tab")
        raise AssertionError(f"Tab never comes to {name}:\n{self.text}")

    async def choose(self, label: str) -> None:
        """Go down a menu to `label` and press Enter."""
        from textual.widgets import OptionList  # noqa: PLC0415

        menu = self.app.focused
        assert isinstance(menu, OptionList), self.app.focused
        await self.press("home")
        for _ in range(menu.option_count):
            position = menu.highlighted
            assert position is not None
            if str(menu.get_option_at_index(position).prompt).startswith(label):
                await self.press("enter")
                return
            await self.press("down")
        raise AssertionError(f"The menu has no {label}:\n{self.text}")

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Let the program run until something holds and its picture stands."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"it never came to {what or 'that'}:\n{self.text}"
            await asyncio.sleep(0.002)
        await self.pilot.pause()

    async def until_seen(self, text: str) -> None:
        """Wait until `text` stands on the screen."""
        await self.until(lambda: self.sees(text), repr(text))

    def hold_time(self) -> None:
        """Whoever sleeps from now on does not wake."""
        self.clock.held = True

    # ------------------------------------------------------------ the wizard

    @property
    def focused_id(self) -> str | None:
        focused: Widget | None = self.app.focused
        return focused.id if focused else None

    @property
    def wizard(self) -> WizardScreen:
        screen = self.app.screen
        assert isinstance(screen, WizardScreen), self.text
        return screen

    @property
    def step(self) -> Step:
        """The step whose title is on the screen."""
        title = next(line for line in self.lines if " of 7  " in line)
        return list(Step)[int(title.partition(" of 7")[0][-1]) - 1]

    @property
    def finding(self) -> Finding | None:
        """What the step says is wrong."""
        found = [panel.finding for panel in self.app.screen.query(FindingPanel) if panel.has_class("-shown")]
        return next((finding for finding in found if finding is not None), None)

    def is_told(self) -> bool:
        """Whether the step says that something is wrong."""
        return self.finding is not None

    def holds(self) -> bool:
        """Whether the step is proven."""
        return self.wizard._body.is_proven

    async def open_wizard(self) -> None:
        await self.choose("Set up a connector")
        await self.until(lambda: isinstance(self.app.screen, WizardScreen) and bool(self.app.screen.query(StepBody)))

    async def rest(self) -> None:
        """Wait until no check is under way."""
        await self.until(
            lambda: not isinstance(self.app.screen, WizardScreen) or self.app.screen._checking is None, "an end"
        )

    async def check(self) -> None:
        """Press Enter, and wait until the check that it starts has ended."""
        await self.press("enter")
        await self.rest()

    async def go_on(self) -> None:
        """Leave a step that is proven by its primary button."""
        before = self.step
        await self.tab_to("primary")
        await self.press("enter")
        await self.until(lambda: self.step is not before, "the next step")

    async def skip(self) -> None:
        """Leave a step unproven."""
        before = self.step
        await self.tab_to("skip")
        await self.press("enter")
        await self.until(lambda: self.step is not before, "the next step")

    # ------------------------------------------------------------ the steps, as a scenario's person does them

    async def tenant(self, text: str | None = None) -> None:
        await self.choose_environment(self.inputs.environment)
        await self.tab_to("tenant")
        await self.refill(self.inputs.tenant if text is None else text)
        await self.check()

    async def choose_environment(self, name: str) -> None:
        """Choose an environment by its label in the drop-down, unless it is chosen already."""
        labels = {environment.name: environment.label for environment in self.services.environments}
        if self._chosen(labels[name]):
            return
        await self.tab_to("environment")
        await self.press("enter")
        await self.until_seen(labels[name])
        await self.press("home", *["down"] * list(labels).index(name), "enter")
        await self.pilot.pause()
        assert self._chosen(labels[name]), self.text

    def _chosen(self, label: str) -> bool:
        return any("Environment Type" in line and label in line for line in self.lines)

    async def client(self, text: str | None = None) -> None:
        await self.tab_to("client")
        await self.refill(self.inputs.client_id if text is None else text)
        await self.check()

    async def secret(self, text: str | None = None) -> None:
        await self.tab_to("secret")
        await self.refill(self.inputs.secret.reveal() if text is None else text)
        await self.check()

    async def consent(self) -> None:
        """Watch until consent is there, or until nobody would wait any longer."""
        end = self.clock.monotonic() + 120
        await self.until(lambda: self.wizard._checking is None or self.clock.monotonic() > end, "an end of the watch")

    async def to(self, step: Step) -> None:
        """Walk from the first screen to `step`, all going well."""
        if not isinstance(self.app.screen, WizardScreen):
            await self.open_wizard()
        for doing, reached in (
            (self.tenant, Step.REGISTRATION),
            (self.client, Step.SECRET),
            (self.secret, Step.PERMISSIONS),
            (self.rest, Step.CONSENT),
            (self.rest, Step.CONNECTOR),
            (self.save, Step.SYNCHRONIZE),
        ):
            if self.step.number >= step.number:
                return
            await doing()
            await self.go_on()
            assert self.step is reached, self.text

    async def on(self) -> None:
        """Walk through all steps, for as long as nothing is wrong."""
        await self.tenant()
        if not self.holds():
            return
        await self.go_on()
        for doing in (self.client, self.secret, self.rest, self.consent):
            await doing()
            if self.is_told() or (doing == self.secret and not self.holds()):
                return
            await (self.go_on() if self.holds() else self.skip())
        await self.save()
        if self.holds():
            await self.go_on()

    async def save(self) -> None:
        await self.tab_to("primary")
        await self.check()

    async def synchronize(self) -> SyncOutcome | None:
        """Press Synchronize, and wait for the end."""
        await self.tab_to("start")
        await self.press("enter")
        view = self.app.screen.query_one(SyncView)
        await self.until(lambda: view.outcome is not None, "an end of the synchronization")
        return view.outcome

    async def connect(self, name: str = "Contoso", *, secret: bool = True) -> Connector:
        """A connector that was saved before."""
        given = self.inputs
        connector = Connector(name, given.tenant, given.client_id, given.environment, SecretStore.NONE)
        await self.services.save_connector(connector, given.secret if secret else None)
        return connector

    @property
    def is_watching(self) -> bool:
        return bool(self.app.screen.query(ConsentStep)) and self.wizard._checking is not None


def squeezed(text: str) -> str:
    """Letters and digits only, so that wrapping, borders and signs do not count."""
    return "".join(character for character in text if character.isalnum())
