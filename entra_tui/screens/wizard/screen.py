"""The wizard's screen: the rail of steps, the present step, and three buttons."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, Static

from entra_tui.guidance import Value, handed_over
from entra_tui.model.secret import Secret
from entra_tui.onboarding import SKIPPABLE, Onboarding, Standing, Step
from entra_tui.screens.frame import Frame
from entra_tui.screens.help import reflow
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.wizard.connector import ConnectorStep
from entra_tui.screens.wizard.consent import ConsentStep
from entra_tui.screens.wizard.permissions import PermissionsStep
from entra_tui.screens.wizard.registration import RegistrationStep
from entra_tui.screens.wizard.secret import SecretStep
from entra_tui.screens.wizard.synchronize import SynchronizeStep
from entra_tui.screens.wizard.tenant import TenantStep
from entra_tui.widgets.button import Button
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.step_rail import StepRail
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget
    from textual.worker import Worker

    from entra_tui.screens.wizard.step_body import StepBody
    from entra_tui.services import Services

_BODIES: Final[dict[Step, type[StepBody]]] = {
    body.step: body
    for body in (
        TenantStep,
        RegistrationStep,
        SecretStep,
        PermissionsStep,
        ConsentStep,
        ConnectorStep,
        SynchronizeStep,
    )
}


_FILLED: Final = frozenset({Step.TENANT, Step.REGISTRATION, Step.SECRET})


class Next(Enum):
    """What the primary button does now; its value is the label, but for CHECK, which each step words itself."""

    CHECK = "Check"
    STOP = "Stop"
    LOOK_NOW = "Look now"
    CONTINUE = "Continue"
    FINISH = "Open the list"


class WizardScreen(Frame):
    """Walks through the seven steps. Enter does the next sensible thing; Esc goes one step back."""

    heading = "Set up a connector"
    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "values", "Values", key_display="F3", id="values", tooltip="What to enter, to copy"),
        Binding("f5", "fill", "Fill in", key_display="F5", id="fill", tooltip="This practice tenant's values"),
        Binding(
            "f6", "administer", "Admin acts", key_display="F6", tooltip="A simulated administrator does what is missing"
        ),
        # The Back button is in sight, and a footer holds five keys.
        Binding("escape", "leave", "Back", key_display="Esc", show=False, id="back", tooltip="The step before"),
        Binding("pagedown", "page(1)", "Page down", show=False, system=True),
        Binding("pageup", "page(-1)", "Page up", show=False, system=True),
    ]

    def __init__(self, services: Services, onboarding: Onboarding) -> None:
        super().__init__(services)
        self.onboarding = onboarding
        self._checking: Worker[None] | None = None
        self._shown_body: StepBody | None = None
        self._is_whole = asyncio.Event()
        self._typed: dict[Step, dict[str, Secret]] = {}

    def compose_body(self) -> Iterable[Widget]:
        yield Horizontal(
            StepRail(),
            Vertical(
                Static("", id="step-title", markup=False),
                Vertical(id="step"),
                Static("", id="status", markup=False),
                Horizontal(
                    Button("Check", variant="primary", id="primary"),
                    Button("Skip for now", id="skip"),
                    Button("Back", id="back"),
                    classes="actions",
                ),
                id="stage",
            ),
            VerticalScroll(Static("", id="explanation", markup=False), id="aside", can_focus=False),
            id="wizard",
        )

    def is_simulated(self) -> bool:
        environment = self.services.settings.environment(self.onboarding.draft.environment)
        return self.services.is_simulated(environment)

    def help_pages(self) -> str:
        return _BODIES[self.onboarding.draft.step].help_text

    async def on_mount(self) -> None:
        await self._show_step()

    @property
    def _body(self) -> StepBody:
        if self._shown_body is None:
            raise RuntimeError("the wizard was asked for its step before it showed one")
        return self._shown_body

    async def until_whole(self) -> None:
        await self._is_whole.wait()

    # ------------------------------------------------------------ moving

    async def _show_step(self) -> None:
        self._stop_checking()
        self._keep_typed()
        self._is_whole.clear()
        step = self.onboarding.draft.step
        practice = self.services.practice is not None and step in _FILLED
        self.query_one("#status", Static).update("F5 fills in this practice tenant's value." if practice else "")
        stage = self.query_one("#step", Vertical)
        await stage.remove_children()
        body = self._shown_body = _BODIES[step](self.services, self.onboarding)
        await stage.mount(body)
        for name, text in self._typed.pop(step, {}).items():
            body.query_one(f"#{name}", Input).value = text.reveal()
        self._is_whole.set()
        self.query_one("#step-title", Static).update(f"Step {step.number} of {len(Step)}  {step.title}")
        self.query_one("#explanation", Static).update(reflow(body.help_text))
        self._refresh()
        self.refresh_bindings()
        if body.checks_on_entry and not body.is_proven:
            self._check()
            self.query_one("#primary").focus()
        elif body.is_proven:
            self.query_one("#primary").focus()
        else:
            body.focus_first()

    def _keep_typed(self) -> None:
        """What stands in the fields unchecked is there again when the person comes back."""
        body = self._shown_body
        if body is not None and body.step in _FILLED and body.is_edited():
            self._typed[body.step] = {field.id or "": Secret(field.value) for field in body.query(Input)}

    def _refresh(self) -> None:
        draft = self.onboarding.draft
        self.query_one(StepRail).show(draft)
        self.query_one(TitleBar).simulated = self.is_simulated()
        body = self._body
        primary = self.query_one("#primary", Button)
        primary.label = body.check_label if self._next is Next.CHECK else self._next.value
        primary.display = not body.is_busy
        # A button keeps the width of the label it had; only a new layout gives it another.
        primary.refresh(layout=True)
        skip = self.query_one("#skip", Button)
        skip.label = body.skip_label
        skip.display = draft.step in SKIPPABLE and not body.is_proven
        self.query_one("#back", Button).display = draft.step is not Step.TENANT

    @property
    def _next(self) -> Next:
        step, body = self.onboarding.draft.step, self._body
        if self._checking is not None:
            return Next.LOOK_NOW if isinstance(body, ConsentStep) else Next.STOP
        saved_unchecked = step is Step.CONNECTOR and self.onboarding.draft.standing(step) is Standing.SKIPPED
        if not body.is_proven and not saved_unchecked:
            return Next.CHECK
        return Next.FINISH if step is Step.SYNCHRONIZE else Next.CONTINUE

    def on_step_body_status(self, event: StepBody.Status) -> None:
        """The step says what it is doing."""
        event.stop()
        self.query_one("#status", Static).update(event.text)

    def on_step_body_changed(self, event: StepBody.Changed) -> None:
        """A field or a proof has changed."""
        event.stop()
        self._refresh()
        if self._next is Next.FINISH:
            self.call_after_refresh(self.query_one("#primary").focus)

    async def on_input_submitted(self) -> None:
        """Enter in a field is the primary button."""
        if self._checking is None and self._is_whole.is_set():
            await self._do_next()

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the three buttons."""
        if not self._is_whole.is_set():
            # The press was meant for the step that is giving way.
            return
        match event.button.id:
            case "primary":
                await self._do_next()
            case "skip" if self.onboarding.draft.step in SKIPPABLE:
                self._stop_checking()
                self.onboarding.skip()
                await self._show_step()
            case "back":
                await self._back()

    async def _do_next(self) -> None:
        match self._next:
            case Next.CHECK:
                self._check()
            case Next.STOP:
                self._stop_checking()
            case Next.LOOK_NOW:
                self.query_one(ConsentStep).hurry()
            case Next.CONTINUE:
                self.onboarding.forward()
                await self._show_step()
            case Next.FINISH:
                self._finish()

    async def _back(self) -> None:
        self._stop_checking()
        if self.onboarding.draft.step is Step.TENANT:
            self.close()
            return
        self.onboarding.back()
        await self._show_step()

    def _finish(self) -> None:
        from entra_tui.screens.lookup_list import LookupListScreen  # noqa: PLC0415 - loaded when opened

        connector = self.onboarding.draft.connector()
        self.services.drafts.clear()
        self.give_way_to(LookupListScreen(self.services, connector.users_list))

    # ------------------------------------------------------------ checking

    @property
    def is_checking(self) -> bool:
        """Whether live checks are under way."""
        return self._checking is not None

    def _check(self) -> None:
        if self._checking is None:
            self._checking = self._run_check(self._body)
            self._refresh()

    @work(group="check", exclusive=True, description="live checks")
    async def _run_check(self, body: StepBody) -> None:
        await body.check()
        self._checking = None
        body.say("")
        self._refresh()
        if body.is_proven or body.prefers_skip:
            self.query_one("#skip" if body.prefers_skip and not body.is_proven else "#primary").focus()

    def _stop_checking(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
            self._body.stopped()
            self._body.say("")
            self._refresh()

    # ------------------------------------------------------------ keys

    async def action_leave(self) -> None:
        """Stop what is under way; else go one step back, and from the first one home."""
        if not self._is_whole.is_set():
            return
        if self._checking is not None and not isinstance(self._body, ConsentStep):
            self._stop_checking()
        else:
            await self._back()

    def action_values(self) -> None:
        """Show the values of this step on a plain page."""
        if not self._is_whole.is_set():
            return
        values = self._body.values()
        link = self._link_to_mend()
        if link is not None:
            values = (Value("Where it can be mended", link), *values)
        if values:
            draft = self.onboarding.draft
            values = (*values, *handed_over(draft.step, draft, self._body.environment))
            file = self.services.folders.data / f"hand-over-step-{draft.step.number}.txt"
            secret = self.onboarding.secret if draft.step is Step.CONNECTOR else None
            self.open(PlainPage(values, file=file, secret=secret))

    def _link_to_mend(self) -> str | None:
        findings = (panel.finding for panel in self.query(FindingPanel))
        return next((finding.link for finding in findings if finding is not None and finding.link), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Filling in and the administrator are for a practice tenant; each has its steps, as a footer has room for."""
        if action == "values":
            return self.onboarding.draft.step is not Step.SYNCHRONIZE or self._link_to_mend() is not None
        if action not in {"fill", "administer"}:
            return True
        fills = self.onboarding.draft.step in _FILLED
        return self.services.practice is not None and fills == (action == "fill")

    def action_administer(self) -> None:
        """Let the practice tenant's administrator do what is missing."""
        if self.services.practice is not None and self._is_whole.is_set():
            from entra_tui.simulator.administrator import act  # noqa: PLC0415 - only a demo pays for it

            self.notify(act(self.services.practice), markup=False)
            if self._next is Next.LOOK_NOW:
                self.query_one(ConsentStep).hurry()

    def action_fill(self) -> None:
        """Enter what the person of the practice scenario would."""
        if self.services.practice is not None and self._is_whole.is_set():
            self._body.fill(self.services.practice.inputs)

    def action_page(self, direction: int) -> None:
        """Scroll the step."""
        if not self._is_whole.is_set():
            return
        if direction > 0:
            self._body.scrolled.scroll_page_down(animate=False)
        else:
            self._body.scrolled.scroll_page_up(animate=False)
