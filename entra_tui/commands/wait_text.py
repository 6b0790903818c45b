"""A pause before another try, in a person's words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from entra_tui.graph.retry import WaitReason

if TYPE_CHECKING:
    from entra_tui.graph.retry import Wait

REASONS: Final = {
    WaitReason.THROTTLED: "throttled by Microsoft",
    WaitReason.SERVER_ERROR: "the service returned an error",
    WaitReason.NO_ANSWER: "no response",
    WaitReason.BAD_ANSWER: "the response could not be used",
    WaitReason.COUNT_BEHIND: "the tenant's count differs from the list",
    WaitReason.SIGN_IN: "the sign-in was refused",
}


def describe_wait(wait: Wait) -> str:
    """Why and how long: `Retry in 27 s: throttled by Microsoft (HTTP 429).` and the like."""
    status = f" (HTTP {wait.status})" if wait.status is not None else ""
    return f"Retry in {math.ceil(wait.seconds)} s: {REASONS[wait.reason]}{status}."
