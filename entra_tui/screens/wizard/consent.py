"""Step 5: admin consent, watched live."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import Static

from entra_tui.checks.consent_watch import Look, watch_consent
from entra_tui.checks.ladder import climb
from entra_tui.guidance import GUIDES
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import GrantState, needed_permissions
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.screens.wizard.countdown import count_down
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.check_list import CheckList
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.permission_matrix import PermissionMatrix

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.model.permission import Permission

_WATCHED = (CheckId.SIGN_IN, CheckId.PERMISSIONS)
_BEFORE_WATCH = tuple(check for check in STEP_CHECKS[Step.CONSENT] if check not in _WATCHED)


class ConsentStep(StepBody):
    """Looks at a fresh token again and again while somebody grants consent in the portal."""

    step = Step.CONSENT
    check_label = "Watch"
    checks_on_entry = True
    help_text = GUIDES[Step.CONSENT].help

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._hurry = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Static(GUIDES[Step.CONSENT].lead, classes="lead", markup=False)
        yield Static("F3 shows the address, and a message to send to a colleague.", classes="quiet", markup=False)
        yield PermissionMatrix()
        yield CheckList(_WATCHED)
        yield FindingPanel()

    def on_mount(self) -> None:
        self.query_one(PermissionMatrix).show_needed(self._needed(), self.draft.features)

    def _needed(self) -> tuple[Permission, ...]:
        return needed_permissions(self.draft.features, least_privilege=self.draft.least_privilege)

    async def check(self) -> None:
        await self.panel.show(None)
        checks = self.query_one(CheckList)
        checks.begin()
        context = self.services.check_context(self.inputs())
        async for result in climb(context, _BEFORE_WATCH):
            if result.status is CheckStatus.FAILED:
                checks.tell(CheckId.SIGN_IN, f"not asked, since {result.check.value} failed")
                await self.panel.show(result.finding)
                return
        async for look in watch_consent(context):
            await self._show(look, checks)
            if look.next_in is not None:
                await count_down(
                    context.http.clock,
                    look.next_in,
                    partial(self._tell, look.number),
                    hurry=self._hurry,
                )
                self.say("Watching: taking a fresh token.")

    def _tell(self, number: int, seconds: int) -> None:
        self.say(f"Watching: look {number} done, the next in {seconds} s.")

    def hurry(self) -> None:
        """Look now instead of at the end of the pause."""
        self._hurry.set()

    async def _show(self, look: Look, checks: CheckList) -> None:
        if look.grants:
            self.query_one(PermissionMatrix).show(look.grants, self.draft.features)
        if look.result.check is CheckId.PERMISSIONS:
            checks.show(CheckResult(CheckId.SIGN_IN, CheckStatus.PASSED, "A fresh token was issued."))
        if look.next_in is None:
            self.say("")
            checks.show(look.result)
            if look.result.status is CheckStatus.FAILED:
                await self.panel.show(look.result.finding)
            else:
                self.onboarding.prove(Step.CONSENT, look.result.summary)
            return
        needed = [grant for grant in look.grants if grant.state is not GrantState.SURPLUS]
        granted = [grant for grant in needed if grant.state is not GrantState.MISSING]
        waited_for = CheckId.PERMISSIONS if look.grants else CheckId.SIGN_IN
        checks.tell(waited_for, f"{len(granted)} of {len(needed)} granted" if needed else look.result.summary)

    def stopped(self) -> None:
        self.query_one(CheckList).stop()
