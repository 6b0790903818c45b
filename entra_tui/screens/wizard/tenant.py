"""Step 1: which tenant, and in which cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, Select, Static

from entra_tui.checks.tenant_survey import survey_tenant
from entra_tui.guidance import GCC_NOTICE, GUIDES, ROLES
from entra_tui.model.fields import FieldError, parse_tenant
from entra_tui.model.finding import CheckStatus
from entra_tui.onboarding import Step
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.check_list import CheckLine
from entra_tui.widgets.field import FieldRow, PasteInput
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.form_row import FormRow

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.checks.tenant_survey import Candidate, Survey
    from entra_tui.simulator.specification import Inputs as PracticeInputs


class TenantStep(StepBody):
    """Asks for a tenant ID or a domain name and finds the tenant's cloud by itself."""

    step = Step.TENANT
    check_label = "Find the tenant"
    help_text = GUIDES[Step.TENANT].help

    def compose(self) -> ComposeResult:
        yield Static(GUIDES[Step.TENANT].lead, classes="lead", markup=False)
        yield FieldRow("Tenant ID or domain name", PasteInput(self.draft.tenant, id="tenant"))
        environments = [(environment.shown_label, environment.name) for environment in self.services.environments]
        yield FormRow(
            "Environment Type",
            Select(environments, value=self.draft.environment, allow_blank=False, compact=True, id="environment"),
        )
        yield Static("", classes="gap", markup=False)
        yield CheckLine("Tenant")
        yield Static("", id="notice", classes="notice", markup=False)
        yield FindingPanel()
        yield Static(ROLES, classes="quiet lead roles", markup=False)

    def on_mount(self) -> None:
        if self.is_proven:
            self.query_one(CheckLine).end(CheckStatus.PASSED, self.draft.proofs[Step.TENANT])

    def focus_first(self) -> None:
        self.query_one("#tenant", Input).focus()

    def fill(self, inputs: PracticeInputs) -> None:
        self.query_one("#tenant", Input).value = inputs.tenant

    def is_edited(self) -> bool:
        return (
            self.query_one("#tenant", Input).value.strip() != self.draft.tenant
            or self.query_one("#environment", Select).value != self.draft.environment
        )

    def on_input_changed(self) -> None:
        """The proof holds for what was checked only."""
        self.changed()

    def on_select_changed(self) -> None:
        """A choice by hand is checked too."""
        self.changed()

    async def check(self) -> None:
        row = self.query_one(FieldRow)
        await self._clear()
        try:
            tenant = parse_tenant(row.field.value)
        except FieldError as error:
            row.refuse(error.sentence)
            row.field.focus()
            return
        row.accept("")
        row.field.value = tenant
        self.onboarding.enter_tenant(tenant)
        self.onboarding.choose_environment(str(self.query_one("#environment", Select).value))
        line = self.query_one(CheckLine)
        line.run("asking the login service of each cloud")
        survey = await survey_tenant(
            self.services.http, tenant, self.services.environments, self.environment, self.services.catalogue
        )
        await self._show(survey)

    async def _clear(self) -> None:
        self._notice("")
        await self.panel.show(None)

    async def _show(self, survey: Survey) -> None:
        line = self.query_one(CheckLine)
        if survey.finding is not None:
            line.end(CheckStatus.FAILED, survey.finding.title)
            await self.panel.show(survey.finding)
            return
        candidate = self._choose(survey)
        if candidate is None or candidate.environment is None:
            line.end(CheckStatus.WARNING, f"'{self.draft.tenant}' is a tenant in more than one cloud:")
            clouds = "\n".join(f"{one.document.tenant_id}\n  {one.sentence}" for one in survey.candidates)
            self._notice(f"{clouds}\nChoose the environment that is meant, then find the tenant again.")
            self.query_one("#environment", Select).focus()
            return
        chosen_before = self.environment
        self.onboarding.prove_tenant(candidate.document.tenant_id, candidate.environment.name, candidate.sentence)
        self.query_one("#environment", Select).value = candidate.environment.name
        line.end(CheckStatus.PASSED, candidate.sentence)
        if survey.gcc:
            self._notice(GCC_NOTICE)
        elif candidate.environment != chosen_before:
            self._notice(f"Environment Type was set to {candidate.environment.shown_label}, where the tenant lives.")
        elif self.draft.tenant != self.draft.tenant_id:
            self._notice(f"Its tenant ID is\n{self.draft.tenant_id}")

    def _choose(self, survey: Survey) -> Candidate | None:
        if len(survey.candidates) == 1:
            return survey.candidates[0]
        # Asked once more with the same name: the environment chosen since then decides.
        if self._was_ambiguous != self.draft.tenant:
            self._was_ambiguous = self.draft.tenant
            return None
        return next((candidate for candidate in survey.candidates if candidate.environment == self.environment), None)

    _was_ambiguous = ""

    def _notice(self, text: str) -> None:
        notice = self.query_one("#notice", Static)
        notice.update(text)
        notice.set_class(bool(text), "-shown")
