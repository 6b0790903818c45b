"""The troubles that ASCERA's guide names, and the check that tells each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.widgets.check_list import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble.

    Attributes:
        title: The guide's words.
        advice: What the guide says to do.
        check: The rung of the ladder that tells.
        cleared: What it means when that rung holds.
    """

    title: str
    advice: str
    check: CheckId
    cleared: str


TROUBLES: Final = (
    Trouble(
        "Invalid client secret",
        "Ensure the secret's Value, not its ID, was copied before leaving the page.",
        CheckId.SIGN_IN,
        "the client secret is right",
    ),
    Trouble(
        "Insufficient permissions",
        "Verify that all required API permissions are added and that admin consent was granted.",
        CheckId.PERMISSIONS,
        "permissions and consent are complete",
    ),
    Trouble(
        "Wrong tenant",
        "Confirm that the Tenant ID is that of the directory in which the app was registered.",
        CheckId.TENANT,
        "the tenant exists; that the app is registered in it is proven by the sign-in",
    ),
)


def verdict(trouble: Trouble, results: Iterable[CheckResult]) -> str:
    """Whether this is the trouble, in one sentence."""
    outcomes = {result.check: result.status for result in results}
    label = LABELS[trouble.check]
    broken = next((check for check, status in outcomes.items() if status is CheckStatus.FAILED), None)
    match outcomes.get(trouble.check):
        case CheckStatus.FAILED:
            return f"The check {label} fails: this is it. Its finding says what to do."
        case CheckStatus.PASSED | CheckStatus.WARNING:
            passes = f"The check {label} passes: {trouble.cleared}."
            return passes if broken is None else f"{passes} Yet {LABELS[broken]} fails."
        case _:
            if broken is None:
                return f"The check {label} could not tell."
            return f"The check {LABELS[broken]} fails before {label} is reached: mend that first."
