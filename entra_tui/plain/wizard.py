"""The seven steps, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.guidance import GUIDES
from entra_tui.onboarding import Onboarding, Step
from entra_tui.plain.early_steps import take_registration, take_secret, take_tenant
from entra_tui.plain.last_steps import take_connector, take_synchronization
from entra_tui.plain.permission_steps import take_consent, take_permissions
from entra_tui.plain.walk import LETTERS, Left, Move, Walk
from entra_tui.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.onboarding import Draft
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session

_STEPS: Final[dict[Step, Callable[[Walk], bool]]] = {
    Step.TENANT: take_tenant,
    Step.REGISTRATION: take_registration,
    Step.SECRET: take_secret,
    Step.PERMISSIONS: take_permissions,
    Step.CONSENT: take_consent,
    Step.CONNECTOR: take_connector,
    Step.SYNCHRONIZE: take_synchronization,
}


def set_up(session: Session, dialogue: Dialogue, draft: Draft | None) -> None:
    """Walk through the steps until the list stands or the person leaves; the draft is kept after each transition.

    Args:
        session: Runs the live checks.
        dialogue: Asks and tells.
        draft: Where to go on; None to begin.
    """

    def save(changed: Draft) -> None:
        try:
            session.services.drafts.write(changed.to_mapping())
        except StorageError as error:
            dialogue.say(f"What was entered could not be kept. {error.sentence}")

    walk = Walk(dialogue, session, Onboarding(draft, save=save))
    dialogue.say(f"Enter keeps what stands in brackets. In place of an answer: {LETTERS}.")
    told: Step | None = None
    while True:
        step = walk.draft.step
        _announce(walk, again=step is told)
        told = step
        try:
            if not _STEPS[step](walk):
                continue
        except Left as left:
            if left.move is Move.MENU or not _leave(walk, left.move):
                return
            continue
        if step is Step.SYNCHRONIZE:
            session.services.drafts.clear()
            dialogue.say("Done: the connector is set up, proven and synchronized.")
            return
        walk.onboarding.forward()


def _leave(walk: Walk, move: Move) -> bool:
    """Go where the person wants; False for the menu."""
    if move is Move.SKIP:
        walk.onboarding.skip()
        return True
    if walk.draft.step is Step.TENANT:
        return False
    walk.onboarding.back()
    return True


def _announce(walk: Walk, *, again: bool) -> None:
    dialogue, step = walk.dialogue, walk.draft.step
    dialogue.say()
    if again:
        dialogue.say(f"Step {step.number} of {len(Step)} again: {step.title}. h explains it.")
        return
    dialogue.say(f"Step {step.number} of {len(Step)}: {step.title}")
    guide = GUIDES[step]
    if step is not Step.PERMISSIONS:
        # Which permissions to add depends on what is asked first.
        dialogue.say(guide.lead.format(users_list=walk.draft.connector().users_list))
    for label, value in guide.values:
        dialogue.say(f"{label}: {value}")
    if guide.then:
        dialogue.say(guide.then)
