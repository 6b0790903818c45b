"""Step 2: the app registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input, Static

from entra_tui.checks.registration_probe import probe_registration
from entra_tui.graph.app_probe import AppPresence
from entra_tui.guidance import APP_FOUND, APP_UNKNOWN, GUIDES
from entra_tui.model.fields import FieldError, parse_client_id
from entra_tui.model.finding import CheckStatus
from entra_tui.onboarding import Standing, Step
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.check_list import CheckLine
from entra_tui.widgets.field import FieldRow, PasteInput
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.value_list import ValueList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.simulator.specification import Inputs as PracticeInputs

_GUIDE = GUIDES[Step.REGISTRATION]


class RegistrationStep(StepBody):
    """Asks for the client ID and looks whether the app is there, without a sign-in."""

    step = Step.REGISTRATION
    check_label = "Find the app"
    help_text = _GUIDE.help

    def compose(self) -> ComposeResult:
        yield Static(_GUIDE.lead, classes="lead", markup=False)
        yield ValueList(_GUIDE.values)
        yield Static(_GUIDE.then, classes="lead", markup=False)
        yield FieldRow("Application (client) ID", PasteInput(self.draft.client_id, id="client"))
        yield CheckLine("App")
        yield FindingPanel()

    def on_mount(self) -> None:
        if self.is_proven:
            self.query_one(CheckLine).end(CheckStatus.PASSED, self.draft.proofs[Step.REGISTRATION])
        elif self.draft.standing(self.step) is Standing.SKIPPED:
            self.query_one(CheckLine).end(CheckStatus.SKIPPED, "not checked; step 3 will show it")

    def focus_first(self) -> None:
        self.query_one("#client", Input).focus()

    def fill(self, inputs: PracticeInputs) -> None:
        self.query_one("#client", Input).value = inputs.client_id

    def is_edited(self) -> bool:
        return self.query_one("#client", Input).value.strip() != self.draft.client_id

    def on_input_changed(self) -> None:
        """The proof holds for what was checked only."""
        self.changed()

    async def check(self) -> None:
        row = self.query_one(FieldRow)
        await self.panel.show(None)
        try:
            client_id = parse_client_id(row.field.value, tenant_id=self.draft.tenant_id)
        except FieldError as error:
            row.refuse(error.sentence)
            row.field.focus()
            return
        row.accept("")
        row.field.value = client_id
        self.onboarding.enter_client_id(client_id)
        line = self.query_one(CheckLine)
        line.run("asking whether the tenant knows it")
        registration = await probe_registration(
            self.services.http, self.draft.tenant_id, client_id, self.environment, self.services.catalogue
        )
        if registration.finding is not None:
            line.end(CheckStatus.FAILED, registration.finding.title)
            await self.panel.show(registration.finding)
        elif registration.presence is AppPresence.FOUND:
            line.end(CheckStatus.PASSED, APP_FOUND)
            self.onboarding.prove(Step.REGISTRATION, APP_FOUND)
        else:
            line.end(CheckStatus.WARNING, APP_UNKNOWN)
