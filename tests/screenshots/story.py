"""The story that the pictures tell: scenario by scenario, by keyboard and paste alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import events

from entra_tui.app import EntraApp
from entra_tui.onboarding import Standing, Step
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.services import open_practice
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders
from tests.screenshots.drawing import draw
from tests.screenshots.stepped_clock import SteppedClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from entra_tui.simulator.specification import Inputs

SIZE: Final = (80, 24)
_PATIENCE: Final = 400


class Story:
    """One run of the program, and the pictures taken on the way."""

    def __init__(self, pilot: Pilot[int], inputs: Inputs, clock: SteppedClock) -> None:
        self.clock = clock
        self.pictures: dict[str, str] = {}
        self._pilot = pilot
        self._inputs = inputs

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

    async def walk_to_secret(self) -> None:
        """Steps 1 and 2 as they should go."""
        await self.press("enter")
        await self.see("Step 1 of 7")
        await self.paste(self._inputs.tenant)
        await self.press("enter")
        await self.proven(Step.TENANT)
        await self.press("enter")
        await self.see("Step 2 of 7")
        await self.paste(self._inputs.client_id)
        await self.press("enter")
        await self.proven(Step.REGISTRATION)
        await self.press("enter")
        await self.see("Step 3 of 7")

    async def enter_secret(self) -> None:
        """Step 3, up to the answer."""
        await self.paste(self._inputs.secret.reveal())
        await self.press("enter")


async def tell(scenario: str, script: Callable[[Story], Awaitable[None]]) -> dict[str, str]:
    """Play `script` on a scenario and give the pictures by name."""
    found = find_scenario(scenario)
    with tempfile.TemporaryDirectory() as folder:
        clock = SteppedClock()
        services = open_practice(Folders.locate(Path(folder)), PracticeCloud(found, clock=clock))
        app = EntraApp(services)
        async with app.run_test(size=SIZE) as pilot:
            story = Story(pilot, found.inputs, clock)
            await story.see("Set up a connector")
            await script(story)
            return story.pictures


async def all_goes_well(story: Story) -> None:
    """From the first screen to the synchronized list."""
    await story.take("home")
    await story.walk_to_secret()
    await story.enter_secret()
    for step in (Step.SECRET, Step.PERMISSIONS, Step.CONSENT):
        await story.proven(step)
        await story.press("enter")
    await story.see("Step 6 of 7")
    await story.press("enter")
    await story.proven(Step.CONNECTOR)
    await story.take("connector")
    await story.press("enter")
    await story.see("Step 7 of 7")
    await story.press("enter")
    await story.see("Open the list")
    await story.take("synchronized")
    await story.press("enter")
    await story.see("Display name")
    await story.take("lookup-list")


async def wrong_secret(story: Story) -> None:
    """A secret that the service refuses."""
    await story.walk_to_secret()
    await story.take("secret")
    await story.enter_secret()
    await story.see("The client secret is wrong")
    await story.until(lambda: "Stop" not in story.text(), "the end of the tries")
    await story.take("finding")


async def consent_comes(story: Story) -> None:
    """Consent that is granted while the wizard watches."""
    await story.walk_to_secret()
    await story.enter_secret()
    await story.proven(Step.SECRET)
    await story.press("enter")
    await story.see("not granted yet")
    await story.until(lambda: "Go on to consent" in story.text(), "the way on")
    story.clock.hold()
    await story.press("enter")
    await story.see("look 1 done")
    while "2 of 3 granted" not in story.text():
        story.clock.step(1.0)
        await story.settle()
    await story.see("look 3 done")
    await story.take("consent")


STORIES: Final = (("healthy", all_goes_well), ("wrong-secret", wrong_secret), ("no-consent", consent_comes))


async def all_pictures() -> dict[str, str]:
    """Every picture of the README by its name, as SVG."""
    pictures: dict[str, str] = {}
    for scenario, script in STORIES:
        pictures |= await tell(scenario, script)
    return pictures
