"""Plays a scenario in the wizard, from whatever is on the screen to its end."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from textual.widgets import OptionList, Select

from entra_tui.autoplay.captions import caption, say
from entra_tui.autoplay.ending import Ending
from entra_tui.autoplay.hands import Hands, Interrupted, Stuck, Unanswered
from entra_tui.onboarding import SKIPPABLE, Step
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.simulator.specification import Chapter
from entra_tui.sync.running import SyncOutcome
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.sync_view import SyncView

if TYPE_CHECKING:
    from textual.app import App

    from entra_tui.services import Services
    from entra_tui.simulator.specification import Scenario

_MOST_UNANSWERED: Final = 3
_PATIENCE_FOR_CONSENT: Final = 90.0
_READING: Final = 1.2
_READING_A_LETTER: Final = 0.045
_THINKING: Final = 0.6
_LOOKING: Final = 1.8
"""Seconds, for an audience, to see what a step has proven."""


class Player:
    """Looks at the screen, does the next thing, and so on to the end; it can be held and go on at any moment.

    Args:
        app: The application, on its first screen.
        services: The practice tenant's.
        scenario: What is played.
    """

    def __init__(self, app: App[Any], services: Services, scenario: Scenario) -> None:
        self._app = app
        self._services = services
        self._scenario = scenario
        self._clock = services.http.clock
        self._may_play = asyncio.Event()
        self._may_play.set()
        self._told: set[Chapter] = set()
        self._text = ""
        self._over = False
        self._unanswered = 0
        self.hands = Hands(app, lambda: not self._may_play.is_set())
        self.ending = Ending()

    @property
    def is_held(self) -> bool:
        """Whether the person has taken over."""
        return not self._may_play.is_set()

    @property
    def is_over(self) -> bool:
        """Whether the story has come to its end."""
        return self._over

    async def hold(self) -> None:
        """Let the person take over."""
        self._may_play.clear()
        await say(self._app, "")

    def go_on(self) -> None:
        """Play on from what is on the screen now."""
        self._told.clear()
        self._may_play.set()

    async def play(self) -> Ending:
        """Play to the end.

        Returns:
            What was seen. A story that gets stuck has ended there.
        """
        while not self._over:
            await self._may_play.wait()
            with contextlib.suppress(Interrupted):
                await self._beat()
        for each in self._services.lists.overview():
            if each.name.startswith("Users - "):
                self.ending.entries = each.entries
        with contextlib.suppress(Interrupted):
            await self._tell(Chapter.END)
        return self.ending

    async def _beat(self) -> None:
        await self._tell(Chapter.OPENING)
        await say(self._app, self._text)
        try:
            await self._do_next()
        except Unanswered:
            self._unanswered += 1
            self._over = self._unanswered > _MOST_UNANSWERED
        except Stuck:
            self._over = True

    async def _do_next(self) -> None:
        screen = self._app.screen
        if isinstance(screen, HomeScreen):
            await self._open_wizard(screen)
        elif isinstance(screen, WizardScreen):
            await self._wizard(screen)
        elif isinstance(screen, LookupListScreen):
            self._over = True
        else:
            await self.hands.press("escape")
            await self._pause(_THINKING)

    async def _open_wizard(self, screen: HomeScreen) -> None:
        menu = screen.query_one(OptionList)
        place = menu.get_option_index("wizard")
        menu.focus()
        await self.hands.press("home")
        for _ in range(place):
            if menu.highlighted is not None and menu.highlighted < place:
                await self.hands.press("down")
        await self.hands.press("enter")
        await self.hands.until_answered(
            lambda: isinstance(self._app.screen, WizardScreen) and bool(self._body_or_none())
        )

    # ------------------------------------------------------------ the steps

    async def _wizard(self, screen: WizardScreen) -> None:
        step = screen.onboarding.draft.step
        body = screen.query_one(StepBody)
        await self._tell(Chapter(step.value))
        if step is Step.SYNCHRONIZE:
            await self._synchronize(body)
            return
        if body.checks_on_entry:
            await self._wait(screen, patience=_PATIENCE_FOR_CONSENT)
        elif not body.is_proven:
            await self._enter(step)
            await self._wait(screen)
        if body.is_proven:
            await self._pause(_LOOKING)
            await self._leave(screen, "primary")
        elif self._sees_finding(screen):
            await self._tell(Chapter.FINDING)
            self._over = True
        elif step in SKIPPABLE:
            await self._leave(screen, "skip")
        else:
            self.ending.refused = True
            await self._tell(Chapter.FINDING)
            self._over = True

    async def _enter(self, step: Step) -> None:
        inputs = self._scenario.inputs
        match step:
            case Step.TENANT:
                await self._choose_environment(inputs.environment)
                await self._fill("tenant", inputs.tenant)
            case Step.REGISTRATION:
                await self._fill("client", inputs.client_id)
            case Step.SECRET:
                await self._fill("secret", inputs.secret.reveal())
            case _:
                await self.hands.tab_to("primary")
        await self.hands.press("enter")

    async def _fill(self, field: str, text: str) -> None:
        await self.hands.tab_to(field)
        await self.hands.refill(text)
        await self._pause(_THINKING)

    async def _choose_environment(self, name: str) -> None:
        select = self._app.screen.query_one("#environment", Select)
        if select.value == name:
            return
        names = [environment.name for environment in self._services.environments]
        await self.hands.tab_to("environment")
        await self.hands.press("enter")
        await self._pause(_THINKING)
        await self.hands.press("home")
        for _ in range(names.index(name)):
            await self.hands.press("down")
        await self.hands.press("enter")
        await self.hands.until_answered(lambda: select.value == name)

    async def _wait(self, screen: WizardScreen, *, patience: float | None = None) -> None:
        """Until no check is under way, or nobody would wait any longer."""
        end = None if patience is None else self._clock.monotonic() + patience
        await self.hands.until(lambda: not screen.is_checking or (end is not None and self._clock.monotonic() > end))

    async def _leave(self, screen: WizardScreen, button: str) -> None:
        step = screen.onboarding.draft.step
        await self._pause(_THINKING)
        await self.hands.tab_to(button)
        await self.hands.press("enter")
        await self.hands.until_answered(lambda: screen.onboarding.draft.step is not step or not screen.is_current)

    async def _synchronize(self, body: StepBody) -> None:
        view = body.query_one(SyncView)
        if not self.ending.outcomes:
            await self._run(view)
        expected = self._scenario.expected
        if self.ending.outcomes == [SyncOutcome.FINISHED] and expected.later_sync_outcome is not None:
            await self._run(view)
        if self.ending.outcomes[-1] is SyncOutcome.FINISHED:
            await self._pause(_LOOKING)
            await self.hands.tab_to("primary")
            await self.hands.press("enter")
            await self.hands.until_answered(lambda: isinstance(self._app.screen, LookupListScreen))
        else:
            self._sees_finding(self._app.screen)
            await self._tell(Chapter.FINDING)
        self._over = True

    async def _run(self, view: SyncView) -> None:
        await self.hands.tab_to("start")
        before = self._services.running_syncs.find(self._connector)
        await self.hands.press("enter")
        await self.hands.until_answered(lambda: self._services.running_syncs.find(self._connector) is not before)
        await self.hands.until(lambda: view.outcome is not None and view.query_one("#start").is_attached)
        if view.outcome is not None:
            self.ending.outcomes.append(view.outcome)

    @property
    def _connector(self) -> str:
        screen = self._app.screen
        return screen.onboarding.draft.name if isinstance(screen, WizardScreen) else ""

    def _body_or_none(self) -> StepBody | None:
        bodies = self._app.screen.query(StepBody)
        return bodies.first() if bodies else None

    def _sees_finding(self, screen: Any) -> bool:  # noqa: ANN401 - any screen at all
        codes = {panel.finding.code for panel in screen.query(FindingPanel) if panel.finding is not None}
        self.ending.codes |= codes
        return bool(codes)

    # ------------------------------------------------------------ telling

    async def _tell(self, chapter: Chapter) -> None:
        if chapter in self._told:
            return
        self._told.add(chapter)
        self._text = caption(self._scenario, chapter)
        await say(self._app, self._text)
        await self._pause(_READING + _READING_A_LETTER * len(self._text))

    async def _pause(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self.hands.stop_if_held()
