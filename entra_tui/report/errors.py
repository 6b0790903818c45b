"""What can be wrong with a report file."""

from __future__ import annotations


class ReportError(Exception):
    """A report cannot be read.

    Attributes:
        sentence: What is wrong and what to do, in one sentence.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
