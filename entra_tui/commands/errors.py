"""What a command refuses on its own account."""

from __future__ import annotations


class UsageError(Exception):
    """The command line, or what a person answered, cannot be used.

    Attributes:
        sentence: What is wrong and what to do, in one sentence.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class OutputError(Exception):
    """Standard output does not take what a command found out.

    Attributes:
        sentence: Why, and what to do.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Declined(Exception):
    """A person was asked and said no.

    Attributes:
        sentence: What was left as it is.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
