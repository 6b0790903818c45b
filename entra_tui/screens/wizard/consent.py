"""Step 5: admin consent, watched live."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import Static

from entra_tui.checks.catalogue import Subject
from entra_tui.checks.consent_watch import Look, watch_consent
from entra_tui.checks.ladder import climb
from entra_tui.model.connector import APP_NAME
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.model.permission import GrantState, needed_permissions
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.screens.plain_page import PlainValue
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
    help_text = """Azure portal > App registrations > your app > API permissions > Grant admin consent for your
tenant.

Only a Privileged Role Administrator or a Global Administrator can grant application permissions of Microsoft
Graph. An Application Administrator cannot, although the guide names that role: the button stays grey or the
page reports an error. F3 shows a message to send to somebody who can.

Granting replaces: permissions granted before that are no longer on the page may be taken back.

This page takes a fresh token every few seconds, then more slowly, since Microsoft stops a client that asks too
often. It can take a minute until a grant shows."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._hurry = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Static(
            "On the same page click Grant admin consent for your tenant, and confirm. It takes a Privileged Role "
            "Administrator or a Global Administrator; an Application Administrator cannot do it.",
            classes="lead",
            markup=False,
        )
        yield Static("F3 shows the address, and a message to send to a colleague.", classes="quiet", markup=False)
        yield PermissionMatrix()
        yield CheckList(_WATCHED)
        yield FindingPanel()

    def on_mount(self) -> None:
        self.query_one(PermissionMatrix).show_needed(self._needed())

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
            self.query_one(PermissionMatrix).show(look.grants)
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

    def values(self) -> tuple[PlainValue, ...]:
        draft, environment = self.draft, self.environment
        subject = Subject(environment, draft.tenant_id, draft.client_id)
        page = self.services.catalogue.page("permissions", subject)
        address = f"{environment.authority}/{draft.tenant_id}/adminconsent?client_id={draft.client_id}"
        names = ", ".join(permission.value for permission in self._needed())
        message = (
            f"Please grant admin consent for the app {APP_NAME} (client ID {draft.client_id}) in the tenant "
            f"{draft.tenant_id}.\nIt asks for these application permissions of Microsoft Graph: {names}.\n"
            f"Needed role: Privileged Role Administrator or Global Administrator.\n"
            f"Open {page}\nand click Grant admin consent."
        )
        return (
            PlainValue("API permissions page, with the button", page),
            PlainValue(
                "Consent address (since the app has no redirect URI, it may end on an error page after the grant)",
                address,
            ),
            PlainValue("Message to a colleague", message),
        )
