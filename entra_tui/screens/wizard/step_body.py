"""What every step of the wizard has: fields, live checks, a finding, and values to take along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.message import Message

from entra_tui.guidance import values_of
from entra_tui.onboarding import Standing, Step
from entra_tui.widgets.finding_panel import FindingPanel

if TYPE_CHECKING:
    from textual.widget import Widget

    from entra_tui.checks.context import Inputs
    from entra_tui.guidance import Value
    from entra_tui.model.environment import Environment
    from entra_tui.onboarding import Draft, Onboarding
    from entra_tui.services import Services
    from entra_tui.simulator.specification import Inputs as PracticeInputs


class StepBody(VerticalScroll, can_focus=False):
    """The middle of the wizard's screen for one step.

    Subclasses set the class variables and implement `check`, which reports to the onboarding what was proven.
    """

    step: ClassVar[Step]
    check_label: ClassVar[str] = "Check"
    skip_label: ClassVar[str] = "Skip for now"
    checks_on_entry: ClassVar[bool] = False
    help_text: ClassVar[str] = ""

    DEFAULT_CSS = """
    StepBody { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; padding: 0 1 0 0; }
    StepBody .lead { height: auto; margin: 0 0 1 0; }
    StepBody .notice { height: auto; display: none; margin: 1 0 0 0; }
    StepBody .notice.-shown { display: block; }
    """

    class Changed(Message):
        """What is entered or proven has changed; the rail and the buttons follow."""

    @dataclass
    class Status(Message):
        """What the step is doing, for the line above the buttons.

        Attributes:
            text: One short sentence; empty to say nothing.
        """

        text: str

    def __init__(self, services: Services, onboarding: Onboarding) -> None:
        super().__init__()
        self.services = services
        self.onboarding = onboarding

    @property
    def draft(self) -> Draft:
        """How the onboarding stands."""
        return self.onboarding.draft

    @property
    def environment(self) -> Environment:
        """The environment that is chosen."""
        return self.services.settings.environment(self.draft.environment)

    @property
    def is_proven(self) -> bool:
        """Whether the step holds for what is in the fields now."""
        return self.draft.standing(self.step) is Standing.PROVEN and not self.is_edited()

    @property
    def is_busy(self) -> bool:
        """Whether the step does something of its own that the primary button has no part in."""
        return False

    @property
    def prefers_skip(self) -> bool:
        """Whether leaving the step unproven is the sensible next thing."""
        return False

    @property
    def scrolled(self) -> Widget:
        """What PgUp and PgDn scroll, wherever the focus is."""
        return self

    def is_edited(self) -> bool:
        """Whether the fields hold something else than what was checked."""
        return False

    def fill(self, inputs: PracticeInputs) -> None:
        """Enter what the person of a practice scenario would."""

    async def check(self) -> None:
        """Run the step's live checks and tell the onboarding."""
        raise NotImplementedError

    def focus_first(self) -> None:
        """Put the cursor where the person types."""

    def stopped(self) -> None:
        """The checks were ended by the person."""

    def values(self) -> tuple[Value, ...]:
        """What the person may want to copy out at this step."""
        return values_of(self.step, self.draft, self.environment, self.services.catalogue)

    def changed(self) -> None:
        """Tell the wizard to look again."""
        self.post_message(self.Changed())

    def say(self, text: str) -> None:
        """Tell what the step is doing, on the line that always shows."""
        self.post_message(self.Status(text))

    def inputs(self) -> Inputs:
        """What the ladder works with.

        Raises:
            TransitionError: There is no secret yet.
        """
        return self.onboarding.check_inputs(self.environment)

    @property
    def panel(self) -> FindingPanel:
        """Where the step shows what is wrong."""
        return self.query_one(FindingPanel)
