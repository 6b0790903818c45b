"""Step 3: the client secret."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

from textual.widgets import Input, Static

from entra_tui.checks.ladder import climb
from entra_tui.checks.new_secret import sign_in_with_secret
from entra_tui.guidance import GUIDES
from entra_tui.model.fields import FieldError, parse_secret
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.screens.wizard.countdown import count_down
from entra_tui.screens.wizard.step_body import StepBody
from entra_tui.widgets.check_list import CheckList
from entra_tui.widgets.field import FieldRow, PasteInput, SecretInput
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.form_row import FormRow
from entra_tui.widgets.value_list import ValueList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from entra_tui.checks.context import CheckContext
    from entra_tui.simulator.specification import Inputs as PracticeInputs

_GUIDE = GUIDES[Step.SECRET]
_BEFORE_SIGN_IN = tuple(check for check in STEP_CHECKS[Step.SECRET] if check is not CheckId.SIGN_IN)
_SHOWN = (CheckId.TENANT, CheckId.ENVIRONMENT, CheckId.SIGN_IN)


class SecretStep(StepBody):
    """Asks for the secret's value and signs in with it, patiently while it is new."""

    step = Step.SECRET
    check_label = "Sign in"
    help_text = f"""{_GUIDE.help}

F4 shows or hides the secret while the cursor is in its field; Esc stops the tries."""

    def compose(self) -> ComposeResult:
        returns_to = self.onboarding.returns_to
        if returns_to is not None:
            yield Static(
                f"The secret was not kept. Enter it again to go on at step {returns_to.number}, {returns_to.title}.",
                classes="lead",
                markup=False,
            )
        else:
            yield Static(_GUIDE.lead, classes="lead", markup=False)
            yield ValueList(_GUIDE.values)
            yield Static(_GUIDE.then, classes="lead", markup=False)
        environment = self.services.settings.environment(self.draft.environment)
        if not environment.built_in:
            yield Static(f"It is sent to {environment.login_host} ({environment.label}).", classes="lead", markup=False)
        yield FieldRow("Client secret, the Value", SecretInput(id="secret"), hint="The Value, not the Secret ID.")
        expires = self.draft.secret_expires
        yield FormRow(
            "Expires on",
            PasteInput(expires.isoformat() if expires else "", placeholder="YYYY-MM-DD, optional", id="expires"),
        )
        yield Static("", markup=False)
        yield CheckList(_SHOWN)
        yield FindingPanel()

    def on_mount(self) -> None:
        secret = self.onboarding.secret
        if secret is not None:
            self.query_one("#secret", SecretInput).value = secret.reveal()
        if self.is_proven:
            proof = CheckResult(CheckId.SIGN_IN, CheckStatus.PASSED, self.draft.proofs[Step.SECRET])
            self.query_one(CheckList).show(proof)

    def focus_first(self) -> None:
        self.query_one("#secret", Input).focus()

    def fill(self, inputs: PracticeInputs) -> None:
        self.query_one("#secret", Input).value = inputs.secret.reveal()

    def is_edited(self) -> bool:
        secret = self.onboarding.secret
        return secret is None or self.query_one("#secret", Input).value.strip() != secret.reveal()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what may be said about the secret."""
        event.stop()
        if isinstance(event.input, SecretInput):
            shape = event.input.shape
            usual = "the usual shape" if shape.usual else "an unusual shape"
            self._secret_row.accept(f"{shape.length} characters, {usual}." if shape.length else None)
        self.changed()

    @property
    def _secret_row(self) -> FieldRow:
        return self.query_one(FieldRow)

    async def check(self) -> None:
        await self.panel.show(None)
        if not self._take_fields():
            return
        checks = self.query_one(CheckList)
        checks.begin()
        context = self.services.check_context(self.inputs())
        async for result in climb(context, _BEFORE_SIGN_IN):
            checks.show(result)
            if result.status is CheckStatus.FAILED:
                await self.panel.show(result.finding)
                return
        await self._sign_in(context, checks)

    def _take_fields(self) -> bool:
        secret_row, expiry_row = self._secret_row, self.query_one(FormRow)
        try:
            secret = parse_secret(
                secret_row.field.value, tenant_id=self.draft.tenant_id, client_id=self.draft.client_id
            )
        except FieldError as error:
            secret_row.refuse(error.sentence)
            secret_row.field.focus()
            return False
        expires = self.query_one("#expires", Input).value.strip()
        try:
            day = date.fromisoformat(expires) if expires else None
        except ValueError:
            expiry_row.refuse("Enter the day as YYYY-MM-DD, such as 2027-05-31, or leave it blank.")
            expiry_row.control.focus()
            return False
        expiry_row.tell("")
        self.onboarding.enter_secret(secret)
        self.onboarding.enter_expiry(day)
        return True

    async def _sign_in(self, context: CheckContext, checks: CheckList) -> None:
        async for attempt in sign_in_with_secret(context, may_be_new=self.onboarding.secret_may_be_new):
            result = attempt.result
            if attempt.settles:
                self.onboarding.settle_secret()
            if attempt.next_in is None:
                checks.show(result)
                await self.panel.show(result.finding)
                if result.status is CheckStatus.PASSED:
                    self.onboarding.prove(Step.SECRET, result.summary)
                return
            checks.tell(CheckId.SIGN_IN, "refused")
            if attempt.number == 1:
                await self.panel.show(result.finding, warning=True)

            def tell(seconds: int, number: int = attempt.number, of: int = attempt.of) -> None:
                self.say(f"It may be spreading: try {number + 1} of {of} in {seconds} s, Esc stops.")

            await count_down(context.http.clock, attempt.next_in, tell, hurry=asyncio.Event())

    def stopped(self) -> None:
        self.query_one(CheckList).stop()
