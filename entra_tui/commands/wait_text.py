"""A pause before another try, in a person's words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from entra_tui.graph.retry import WaitReason

if TYPE_CHECKING:
    from entra_tui.graph.retry import Wait

REASONS: Final = {
    WaitReason.THROTTLED: "throttled by Microsoft",
    WaitReason.SERVER_ERROR: "the service has an error",
    WaitReason.NO_ANSWER: "no answer",
    WaitReason.BAD_ANSWER: "the answer could not be used",
    WaitReason.SIGN_IN: "the sign-in was refused",
}


def describe_wait(wait: Wait) -> str:
    """Why and how long: `Waiting 27 s, then trying again: throttled by Microsoft (HTTP 429).` and the like."""
    status = f" (HTTP {wait.status})" if wait.status is not None else ""
    return f"Waiting {math.ceil(wait.seconds)} s, then trying again: {REASONS[wait.reason]}{status}."
