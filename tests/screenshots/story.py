"""The story that the pictures tell: scenario by scenario, by keyboard and paste alone."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import events

from entra_tui.app import EntraApp
from entra_tui.onboarding import Standing, Step
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.services import open_practice
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.specification import Line
from entra_tui.storage.folders import Folders
from tests.screenshots.drawing import draw
from tests.screenshots.film import Shot, film
from tests.screenshots.stepped_clock import SteppedClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from entra_tui.simulator.specification import Inputs

SIZE: Final = (80, 24)
_LINE: Final = Line(latency=0.25)
"""As over a good line, and never a bit quicker or slower."""
_PATIENCE: Final = 400


class Story:
    """One run of the program, and the pictures taken on the way."""

    def __init__(self, pilot: Pilot[int], inputs: Inputs, clock: SteppedClock) -> None:
        self.clock = clock
        self.pictures: dict[str, str] = {}
        self.shots: list[Shot] = []
        self._pilot = pilot
        self.inputs = inputs

    async def press(self, *keys: str) -> None:
        """Press keys and let the screen settle."""
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def paste(self, text: str) -> None:
        """Paste into the field that has the cursor."""
        self._pilot.app.post_message(events.Paste(text))
        await self._pilot.pause()

    async def proven(self, step: Step) -> None:
        """Wait until the wizard has proven `step` and offers to go on."""
        screen = self._pilot.app.screen
        assert isinstance(screen, WizardScreen)
        await self.until(
            lambda: screen.onboarding.draft.standing(step) is Standing.PROVEN and not screen.is_checking,
            f"the proof of step {step.number}",
        )
        await self.settle()

    async def watch(self, *texts: str) -> None:
        """Let time pass, while the clock is held, until one of `texts` is on the screen."""
        for _ in range(_PATIENCE):
            if any(text in self.text() for text in texts):
                return
            self.clock.step(_LINE.latency)
            await self.settle()
        raise AssertionError(f"watched in vain for {texts}; the screen shows:\n{self.text()}")

    async def settle(self) -> None:
        """Let everything run that can."""
        for _ in range(5):
            await self._pilot.pause()

    async def see(self, text: str) -> None:
        """Wait until `text` is on the screen.

        Raises:
            AssertionError: It does not come.
        """
        await self.until(lambda: text in self.text(), f"'{text}' on the screen")

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: It does not come to hold.
        """
        for _ in range(_PATIENCE):
            if holds():
                return
            await self._pilot.pause(0.02)
        raise AssertionError(f"waited in vain for {what}; the screen shows:\n{self.text()}")

    def text(self) -> str:
        """The screen as plain lines."""
        app = self._pilot.app
        strips = app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def take(self, name: str) -> None:
        """Take a picture of the screen at rest."""
        await self.settle()
        self.pictures[name] = draw(self._pilot.app)

    async def shoot(self, seconds: float) -> None:
        """Take the screen at rest into the film, to be shown for `seconds`."""
        await self.settle()
        self.shots.append(Shot(draw(self._pilot.app), seconds))

    async def open_wizard(self) -> None:
        """From the first screen to step 1."""
        await self.press("enter")
        await self.see("Step 1 of 7")

    async def prove(self, step: Step, text: str) -> None:
        """Enter a step's value and wait for its proof."""
        await self.paste(text)
        await self.shoot(0.9)
        await self.press("enter")
        await self.proven(step)
        await self.shoot(1.8)

    async def go_on(self, step: Step) -> None:
        """Leave for `step`."""
        await self.press("enter")
        await self.see(f"Step {step.number} of 7")

    async def walk_to_secret(self) -> None:
        """Steps 1 and 2 as they should go."""
        await self.open_wizard()
        await self.shoot(1.2)
        await self.prove(Step.TENANT, self.inputs.tenant)
        await self.take("tenant")
        await self.go_on(Step.REGISTRATION)
        await self.prove(Step.REGISTRATION, self.inputs.client_id)
        await self.take("app-registration")
        await self.go_on(Step.SECRET)


async def tell(scenario: str, script: Callable[[Story], Awaitable[None]]) -> Story:
    """Play `script` on a scenario."""
    found = replace(find_scenario(scenario), line=_LINE)
    with tempfile.TemporaryDirectory() as folder:
        clock = SteppedClock()
        services = open_practice(Folders.locate(Path(folder)), PracticeCloud(found, clock=clock))
        app = EntraApp(services)
        async with app.run_test(size=SIZE) as pilot:
            story = Story(pilot, found.inputs, clock)
            await story.see("Set up a connector")
            await script(story)
            return story


async def the_whole_way(story: Story) -> None:
    """From the first screen to the synchronized list; consent is granted while the wizard watches."""
    await story.take("home")
    await story.shoot(1.8)
    await story.walk_to_secret()
    await story.prove(Step.SECRET, story.inputs.secret.reveal())
    await story.take("client-secret")
    await story.go_on(Step.PERMISSIONS)
    await story.see("not granted yet")
    await story.until(lambda: "Go on to consent" in story.text(), "the way on")
    await story.take("permissions")
    await story.shoot(2.2)
    story.clock.hold()
    await story.press("enter")
    for look, granted in enumerate(("0 of 3", "1 of 3", "2 of 3"), start=1):
        await story.watch(f"{granted} granted")
        await story.see(f"look {look} done")
        await story.shoot(1.3)
    await story.take("admin-consent")
    await story.watch("3 of 3 granted", "Continue")
    story.clock.release()
    await story.proven(Step.CONSENT)
    await story.shoot(1.8)
    await story.go_on(Step.CONNECTOR)
    await story.press("enter")
    await story.proven(Step.CONNECTOR)
    await story.take("connector")
    await story.shoot(2.6)
    await story.go_on(Step.SYNCHRONIZE)
    await story.shoot(1.2)
    await story.press("enter")
    await story.see("Open the list")
    await story.take("synchronize")
    await story.shoot(2.2)
    await story.press("enter")
    await story.see("Display name")
    await story.take("lookup-list")
    await story.shoot(3.0)


async def wrong_secret(story: Story) -> None:
    """A secret that the service refuses."""
    await story.walk_to_secret()
    await story.paste(story.inputs.secret.reveal())
    await story.press("enter")
    await story.see("The client secret is wrong")
    await story.until(lambda: "Stop" not in story.text(), "the end of the tries")
    await story.take("finding")


async def all_pictures() -> dict[str, str]:
    """Every picture of the README by its name, as SVG."""
    journey = await tell("no-consent", the_whole_way)
    wrong = await tell("wrong-secret", wrong_secret)
    watching = next(number for number, shot in enumerate(journey.shots) if ">2&#160;of&#160;3" in shot.svg)
    return journey.pictures | {"finding": wrong.pictures["finding"], "journey": film(journey.shots, poster=watching)}
