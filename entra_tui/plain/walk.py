"""One walk through the seven steps: its questions, and the letters that may stand for an answer."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.guidance import GUIDES, values_of
from entra_tui.onboarding import SKIPPABLE

if TYPE_CHECKING:
    from entra_tui.checks.context import Inputs
    from entra_tui.model.environment import Environment
    from entra_tui.onboarding import Draft, Onboarding
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session
    from entra_tui.services import Services
    from entra_tui.simulator.specification import Inputs as PracticeInputs

LETTERS: Final = "b back, s skip, h help, v values, q to the menu (what was entered is kept)"


class Move(Enum):
    """What a person may enter in place of an answer."""

    BACK = "b"
    SKIP = "s"
    MENU = "q"


class Left(Exception):
    """The person leaves the step without its proof.

    Attributes:
        move: Where to.
    """

    def __init__(self, move: Move) -> None:
        super().__init__(move.name)
        self.move = move


class Walk:
    """What a step works with.

    Attributes:
        dialogue: Asks and tells.
        session: Runs the live checks.
        onboarding: The state machine.
    """

    def __init__(self, dialogue: Dialogue, session: Session, onboarding: Onboarding) -> None:
        self.dialogue = dialogue
        self.session = session
        self.onboarding = onboarding

    @property
    def services(self) -> Services:
        """What everything works with."""
        return self.session.services

    @property
    def draft(self) -> Draft:
        """How the onboarding stands."""
        return self.onboarding.draft

    @property
    def environment(self) -> Environment:
        """The environment that is chosen."""
        return self.services.settings.environment(self.draft.environment)

    @property
    def practice(self) -> PracticeInputs | None:
        """What the person of a practice scenario would enter; None over the network."""
        return self.services.practice.inputs if self.services.practice is not None else None

    def inputs(self) -> Inputs:
        """What the ladder works with.

        Raises:
            TransitionError: There is no secret yet.
        """
        return self.onboarding.check_inputs(self.environment)

    def ask(self, question: str, *, present: str = "") -> str:
        """An answer; help and values are shown, and the question comes again.

        Raises:
            Left: The person goes back, skips or leaves.
            InputEnded: The input has ended.
        """
        while self.means(answer := self.dialogue.ask(question, present=present)):
            continue
        return answer

    def means(self, answer: str) -> bool:
        """Whether `answer` was one of the letters, and has been obeyed.

        Raises:
            Left: The person goes back, skips or leaves.
        """
        letter = answer.lower()
        if letter == "h":
            self.show_help()
        elif letter == "v":
            self.show_values()
        elif letter == Move.SKIP.value and self.draft.step not in SKIPPABLE:
            self.dialogue.say(f"Step {self.draft.step.number}, {self.draft.step.title}, cannot be skipped.")
        elif letter in {move.value for move in Move}:
            raise Left(Move(letter))
        else:
            return False
        return True

    def show_help(self) -> None:
        """Explain the step, and the letters."""
        say_help(GUIDES[self.draft.step].help, self.dialogue)
        self.dialogue.say(f"In place of an answer: {LETTERS}.")

    def show_values(self) -> None:
        """Every value of the step on lines of its own."""
        for value in values_of(self.draft.step, self.draft, self.environment, self.services.catalogue):
            self.dialogue.say(f"{value.label}:")
            if "\n" in value.text:
                self.dialogue.say(value.text)
            else:
                self.dialogue.say_verbatim(value.text)


def say_help(text: str, dialogue: Dialogue) -> None:
    """A help text in its paragraphs."""
    for paragraph in text.strip().split("\n\n"):
        dialogue.say(" ".join(paragraph.split()))
        dialogue.say()
