"""Steps 4 and 5: the application permissions, and the consent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.checks.consent_watch import watch_consent
from entra_tui.checks.ladder import climb
from entra_tui.guidance import GUIDES
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.model.permission import Feature, GrantState
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.plain.finding_lines import say_result
from entra_tui.plain.walk import Left, Move

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.checks.consent_watch import Look
    from entra_tui.checks.context import CheckContext
    from entra_tui.model.permission import Grant
    from entra_tui.plain.walk import Walk

_WATCHED: Final = (CheckId.SIGN_IN, CheckId.PERMISSIONS)
_BEFORE_WATCH: Final = tuple(check for check in STEP_CHECKS[Step.CONSENT] if check not in _WATCHED)
_STOPPED: Final = "Consent: stopped watching. Press Enter to watch again, or s to go on without."
_UNATTENDED_LOOKS: Final = 12
"""Where no terminal is there to stop the watch from, about four minutes are enough."""


# ------------------------------------------------------------ step 4


def take_permissions(walk: Walk) -> bool:
    """Ask what ASCERA is to read, name the permissions, and look for them in a fresh token; whether all are there.

    Raises:
        Left: Some are not granted yet, which is what the next step is about.
    """
    dialogue, draft = walk.dialogue, walk.draft
    features = {Feature.USERS}
    if _yes(walk, "Read groups as well", present=Feature.GROUPS in draft.features):
        features.add(Feature.GROUPS)
    if _yes(walk, "Read directory roles as well", present=Feature.DIRECTORY_ROLES in draft.features):
        features.add(Feature.DIRECTORY_ROLES)
    least = _yes(walk, "Ask only for the least that these need", present=draft.least_privilege)
    walk.onboarding.choose_features(frozenset(features), least_privilege=least)
    dialogue.say(GUIDES[Step.PERMISSIONS].lead)
    walk.show_values()
    walk.ask("Press Enter when they are added")
    context = walk.services.check_context(walk.inputs())
    missing = walk.session.run(_look(walk, context))
    if missing:
        dialogue.say(
            f"Permissions: {missing} of {len(context.needed)} not granted yet. They turn up at step 5, when consent "
            "is granted."
        )
        raise Left(Move.SKIP)
    return missing == 0


def _yes(walk: Walk, question: str, *, present: bool) -> bool:
    while True:
        answer = walk.ask(f"{question} (y or n)", present="y" if present else "n").lower()
        if answer in {"y", "yes", "n", "no"}:
            return answer.startswith("y")
        walk.dialogue.say("Please answer y or n.")


async def _look(walk: Walk, context: CheckContext) -> int | None:
    """How many permissions are missing; None where it cannot be told, which is said."""
    async for result in climb(context, STEP_CHECKS[Step.PERMISSIONS]):
        if result.check is CheckId.PERMISSIONS and result.status is CheckStatus.FAILED and context.grants:
            say_grants(context.grants, walk)
            return sum(grant.state is GrantState.MISSING for grant in context.grants) or None
        if result.status is not CheckStatus.SKIPPED:
            say_result(result, walk.dialogue)
        if result.status is CheckStatus.FAILED:
            return None
        if result.check is CheckId.PERMISSIONS:
            walk.onboarding.prove(Step.PERMISSIONS, result.summary)
            return 0
    return None


def say_grants(grants: Iterable[Grant], walk: Walk) -> None:
    """A line for each permission."""
    for grant in grants:
        why = f", {grant.requested.value}" if grant.requested else ""
        reads = f", for {grant.feature.label}" if grant.feature else ""
        walk.dialogue.say(f"{grant.permission}{reads}: {grant.state.value}{why}.")


# ------------------------------------------------------------ step 5


def take_consent(walk: Walk) -> bool:
    """Look at a fresh token again and again until somebody has granted consent; whether they have."""
    walk.show_values()
    walk.ask("Press Enter to watch for the consent")
    context = walk.services.check_context(walk.inputs())
    try:
        return walk.session.run(_watch(walk, context))
    except KeyboardInterrupt:
        walk.dialogue.say(_STOPPED)
        return False


async def _watch(walk: Walk, context: CheckContext) -> bool:
    dialogue = walk.dialogue
    async for result in climb(context, _BEFORE_WATCH):
        if result.status is CheckStatus.FAILED:
            say_result(result, dialogue)
            return False
    if dialogue.is_terminal:
        dialogue.say("Watching. Enter or Ctrl+C stops.")
    async for look in watch_consent(context):
        if look.next_in is None:
            say_grants(look.grants, walk)
            say_result(look.result, dialogue)
            if look.result.status is not CheckStatus.FAILED:
                walk.onboarding.prove(Step.CONSENT, look.result.summary)
            return look.result.status is not CheckStatus.FAILED
        dialogue.say(f"Look {look.number}: {_counted(look)} The next in {look.next_in:.0f} seconds.")
        unattended = not dialogue.is_terminal and look.number >= _UNATTENDED_LOOKS
        if unattended or await dialogue.wait(context.http.clock, look.next_in):
            say_grants(look.grants, walk)
            dialogue.say(_STOPPED)
            return False
    return False


def _counted(look: Look) -> str:
    needed = [grant for grant in look.grants if grant.state is not GrantState.SURPLUS]
    if not needed:
        return look.result.summary
    granted = sum(grant.state is not GrantState.MISSING for grant in needed)
    return f"{granted} of {len(needed)} granted."
