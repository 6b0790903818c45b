"""A person who reads the last line and answers it."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING, TextIO, cast

from entra_tui.plain.dialogue import Dialogue
from entra_tui.plain.door import run_dialogue
from entra_tui.services import open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.storage.folders import Folders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Person(io.TextIOBase):
    """Answers questions by their first words.

    Args:
        out: What the program wrote.
        answers: For the beginning of a question its answers in turn; the last one is given twice at most. A menu is
            answered by the label of an item. Where there is no answer left, the input ends.
    """

    def __init__(self, out: io.StringIO, answers: dict[str, Sequence[str]]) -> None:
        self._out = out
        self._answers = answers
        self._given: Counter[str] = Counter()
        self.asked: list[str] = []

    def readline(self, _limit: int | None = -1, /) -> str:  # type: ignore[override]
        question = self._out.getvalue().rpartition("\n")[2]
        self.asked.append(question)
        for beginning, answers in self._answers.items():
            if question.startswith(beginning):
                place = self._given[beginning]
                self._given[beginning] += 1
                return f"{self._number_of(answers[place])}\n" if place < len(answers) else ""
        self._given[question] += 1
        return "\n" if self._given[question] <= 2 else ""

    def _number_of(self, answer: str) -> str:
        menu = self._out.getvalue().rpartition("\nMenu\n")[2]
        found = re.search(rf"^(\d+)\. {re.escape(answer)}", menu, re.MULTILINE) if answer else None
        return found[1] if found else answer


class Sitting:
    """One run of plain mode on a practice tenant whose time does not pass by itself."""

    def __init__(self, folder: Path, scenario: str = "healthy", *, users: int | None = 40) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.scenario = find_scenario(scenario)
        self._users = users
        self.out = io.StringIO()
        self.asked: list[str] = []

    def run(self, **answers: Sequence[str]) -> str:
        """Answer until the input ends, with `Tenant_ID` for a question that begins with "Tenant ID"."""
        cloud = PracticeCloud(self.scenario, users=self._users, clock=self.clock)
        services = open_practice(Folders.locate(self.folder), cloud)
        out = io.StringIO()
        wanted = {name.replace("_", " "): given for name, given in answers.items()}
        person = Person(out, {"Enter a number": ("Set up a connector",), **wanted})
        assert run_dialogue(services, Dialogue(cast("TextIO", person), out)) == 0
        self.asked = person.asked
        return out.getvalue()


def unwrapped(text: str) -> str:
    """Without line breaks, so that wrapping does not count."""
    return " ".join(text.split())
