"""Step 4: the application permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Static

from entra_tui.checks.ladder import climb
from entra_tui.guidance import GUIDES
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.model.permission import Feature, GrantState, needed_permissions
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.check_list import CheckList
from entra_tui.widgets.choice import Choice
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.permission_matrix import PermissionMatrix

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.model.permission import Permission

_SHOWN = (CheckId.SIGN_IN, CheckId.PERMISSIONS)


class PermissionsStep(StepBody):
    """Shows which permissions are needed, and what a fresh token carries of them."""

    step = Step.PERMISSIONS
    check_label = "Check"
    skip_label = "Go on to consent"
    checks_on_entry = True
    help_text = GUIDES[Step.PERMISSIONS].help

    def compose(self) -> ComposeResult:
        yield Static(GUIDES[Step.PERMISSIONS].lead, classes="lead", markup=False)
        yield PermissionMatrix()
        with Horizontal(classes="choices"):
            yield Choice("Groups", Feature.GROUPS in self.draft.features, id="groups")
            yield Choice("Directory roles", Feature.DIRECTORY_ROLES in self.draft.features, id="roles")
            yield Choice("Least privilege", self.draft.least_privilege, id="least")
        yield Static("Lists read besides Users.", classes="quiet lead", markup=False)
        yield CheckList(_SHOWN)
        yield Static("", id="notice", classes="notice", markup=False)
        yield FindingPanel()

    _missing_seen = False

    @property
    def prefers_skip(self) -> bool:
        # Consent comes next, and only consent makes what was added visible.
        return self._missing_seen

    def on_mount(self) -> None:
        self.query_one(PermissionMatrix).show_needed(self._needed(), self.draft.features)

    def focus_first(self) -> None:
        self.query_one("#groups", Choice).focus()

    def _needed(self) -> tuple[Permission, ...]:
        return needed_permissions(self.draft.features, least_privilege=self.draft.least_privilege)

    def on_checkbox_changed(self) -> None:
        """Another choice needs other permissions."""
        features = {Feature.USERS}
        if self.query_one("#groups", Choice).value:
            features.add(Feature.GROUPS)
        if self.query_one("#roles", Choice).value:
            features.add(Feature.DIRECTORY_ROLES)
        least = self.query_one("#least", Choice).value
        if (frozenset(features), least) != (self.draft.features, self.draft.least_privilege):
            self.onboarding.choose_features(frozenset(features), least_privilege=least)
            self.query_one(PermissionMatrix).show_needed(self._needed(), self.draft.features)
            self.query_one(CheckList).forget()
            self._notice("")
            self.changed()

    async def check(self) -> None:
        await self.panel.show(None)
        checks = self.query_one(CheckList)
        checks.begin()
        self._notice("")
        context = self.services.check_context(self.inputs())
        async for result in climb(context, STEP_CHECKS[Step.PERMISSIONS]):
            if result.check is CheckId.PERMISSIONS:
                break
            checks.show(result)
            if result.status is CheckStatus.FAILED:
                await self.panel.show(result.finding)
                return
        else:
            return
        if not context.grants:
            checks.show(result)
            return
        self.query_one(PermissionMatrix).show(context.grants, self.draft.features)
        missing = [grant.permission for grant in context.grants if grant.state is GrantState.MISSING]
        if not missing:
            checks.show(result)
            self.onboarding.prove(Step.PERMISSIONS, result.summary)
            return
        self._missing_seen = True
        # Nothing is wrong yet: what was added becomes visible by consent, which is the next step.
        checks.tell(CheckId.PERMISSIONS, f"{len(missing)} of {len(context.needed)} not granted yet")
        self._notice("Add them all; they turn green at step 5, when consent is granted.")

    def stopped(self) -> None:
        self.query_one(CheckList).stop()

    def _notice(self, text: str) -> None:
        notice = self.query_one("#notice", Static)
        notice.update(text)
        notice.set_class(bool(text), "-shown")
