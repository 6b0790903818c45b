"""One connector's synchronization, live: how far, how fast, what holds it up, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from entra_tui.model.connector import list_name
from entra_tui.model.permission import Feature
from entra_tui.model.quantities import count
from entra_tui.storage.errors import StorageError
from entra_tui.sync.events import Held
from entra_tui.sync.running import SyncOutcome
from entra_tui.sync.sentences import interrupted, next_run
from entra_tui.widgets import sync_lines
from entra_tui.widgets.button import Button
from entra_tui.widgets.finding_panel import FindingPanel
from entra_tui.widgets.held_preview import HeldPreview
from entra_tui.widgets.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import App, ComposeResult
    from textual.timer import Timer

    from entra_tui.model.connector import Connector
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services
    from entra_tui.sync.progress import SyncProgress
    from entra_tui.sync.running import RunningSync

__all__ = ["SyncOutcome", "SyncView"]

_REDRAW_SECONDS: Final = 0.5
"""What changes in two redraws stays under 1 kB on the wire."""

_ADVICE: Final = "This may be legitimate or a problem in the tenant. Check the tenant before you confirm."
_BUTTONS: Final = ("start", "pause", "resume", "cancel", "keep", "confirm")


class SyncView(Vertical):
    """Starts, shows, holds and cancels the synchronization of one connector.

    The synchronization belongs to `Services.running_syncs`, not to this widget: it goes on when the widget is gone, and
    a new widget for the same connector finds it.

    Args:
        services: What to work with.
        connector: Whose lists.
        obtain_secret: Gives the client secret, asking the person where it is not known; None when they do not give it.
            `entra_tui.screens.ask_secret.obtain_secret` is one.
        at_once: Whether to start when shown, unless a synchronization runs already.
    """

    @dataclass
    class Ended(Message):
        """The synchronization ended, or was found to have ended.

        Attributes:
            outcome: How.
        """

        outcome: SyncOutcome

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "toggle_pause", "Pause, resume", show=False),
        Binding("s", "start", "Synchronize", show=False),
    ]
    DEFAULT_CSS = """
    SyncView { height: auto; }
    SyncView > .line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; display: none; }
    SyncView > #heading { text-style: bold; margin: 0 0 1 0; }
    SyncView > #bar { color: $primary; }
    SyncView > #notice { height: 2; text-wrap: wrap; margin: 1 0 0 0; color: $text-warning; display: none; }
    SyncView > #result { height: auto; }
    SyncView > #advice { height: auto; margin: 1 0 0 0; display: none; }
    SyncView.-running > .line { display: block; }
    SyncView.-running > #notice { display: block; }
    SyncView > .actions { height: 1; margin: 1 0 0 0; }
    SyncView > .actions > Button { margin: 0 2 0 0; display: none; }
    SyncView > .actions > Button.-offered { display: block; }
    """

    def __init__(
        self,
        services: Services,
        connector: Connector,
        obtain_secret: Callable[[App[int], Services, Connector], Awaitable[Secret | None]],
        *,
        at_once: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._services = services
        self._connector = connector
        self._obtain_secret = obtain_secret
        self._at_once = at_once
        self._sync: RunningSync | None = None
        self._timer: Timer | None = None
        self._shown: dict[str, str] = {}

    @property
    def outcome(self) -> SyncOutcome | None:
        """How the latest synchronization ended; None while one runs, or before the first."""
        return self._sync.outcome if self._sync else None

    @property
    def is_running(self) -> bool:
        """Whether a synchronization is under way, paused or not."""
        return self._sync is not None and self._sync.outcome is None

    def compose(self) -> ComposeResult:
        for name in ("heading", "bar", "amount", "pace", "traffic"):
            yield Static("", id=name, classes="line", markup=False)
        yield Static("", id="notice", markup=False)
        yield Static(self._invitation(), id="result", markup=False)
        yield HeldPreview()
        yield Static("", id="advice", markup=False)
        yield FindingPanel()
        with Horizontal(classes="actions"):
            yield Button("Synchronize", id="start", variant="primary")
            yield Button("Pause", id="pause")
            yield Button("Resume", id="resume", variant="primary")
            yield Button("Cancel", id="cancel")
            yield Button("Leave the list as it is", id="keep", variant="primary")
            yield Button("Apply", id="confirm", variant="error")

    def on_mount(self) -> None:
        """Find a synchronization of this connector, or offer to start one."""
        self._timer = self.set_interval(_REDRAW_SECONDS, self._redraw, pause=True)
        present = self._services.running_syncs.find(self._connector.name)
        if present is not None and not (self._at_once and present.outcome is not None):
            self._take_up(present)
        elif self._at_once:
            self.start()
        else:
            self._offer("start")

    def on_resize(self) -> None:
        """The bar is as wide as there is room."""
        if self.is_running:
            self._redraw()

    # ------------------------------------------------------------ what a person can do

    @work(group="start", exclusive=True)
    async def start(self, *, full: bool = False, confirmed: bool = False) -> None:
        """Begin, or show the one that runs already.

        Args:
            full: Whether everything is read, even where only changes could be.
            confirmed: Whether a result that removes much, or empties columns, is applied.
        """
        if self.is_running:
            return
        try:
            secret = await self._obtain_secret(self.app, self._services, self._connector)
        except StorageError as error:
            self._say(f"{symbols().failed} {error.sentence}")
            self._offer("start", label="Retry")
            self.post_message(self.Ended(SyncOutcome.FAILED))
            return
        if secret is None:
            self._offer("start")
            return
        services, connector = self._services, self._connector
        self._take_up(
            services.running_syncs.start(
                connector.name,
                lambda pause: services.synchronize(connector, secret, full=full, confirmed=confirmed, pause=pause),
                services.http.clock,
            )
        )

    def pause(self) -> None:
        """Hold it before the next page."""
        if self._sync is not None and self.is_running:
            self._sync.pause()
            self._redraw()
            self._offer("resume", "cancel")

    def resume(self) -> None:
        """Go on."""
        if self._sync is not None and self.is_running:
            self._sync.resume()
            self._redraw()
            self._offer("pause", "cancel")

    def cancel(self) -> None:
        """End it; the list stays what it was."""
        if self._sync is not None and self.is_running:
            self._sync.cancel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Only what is running can be held, and only what is not can begin."""
        if action == "start":
            return bool(self.query("#start.-offered"))
        return action != "toggle_pause" or self.is_running

    def action_start(self) -> None:
        """Begin, where that is offered."""
        if self.query_one("#start").has_class("-offered"):
            self.start()

    def action_toggle_pause(self) -> None:
        """Hold it, or go on."""
        if self._sync is not None and self._sync.is_paused:
            self.resume()
        else:
            self.pause()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        event.stop()
        match event.button.id:
            case "start":
                self.start()
            case "pause":
                self.pause()
            case "resume":
                self.resume()
            case "cancel":
                self.cancel()
            case "keep":
                self._hide_preview()
                several = self._sync is not None and len(self._sync.progress.held) > 1
                self._say("The lists are unchanged." if several else "The list is unchanged.")
                self._offer("start")
            case "confirm":
                self.start(confirmed=True)
            case _:
                pass

    # ------------------------------------------------------------ what is shown

    @work(group="follow", exclusive=True)
    async def _follow(self, sync: RunningSync) -> None:
        await sync.ended()
        sync.raise_defect()
        await self._conclude(sync)

    def _take_up(self, sync: RunningSync) -> None:
        self._sync = sync
        if sync.outcome is None:
            self._hide_preview()
            self._say("")
            self.set_class(True, "-running")
            self._offer(*(("resume",) if sync.is_paused else ("pause",)), "cancel")
            self._redraw()
            if self._timer is not None:
                self._timer.resume()
        self._follow(sync)

    def _redraw(self) -> None:
        """Bring the lines up to date; a line that is as it was sends nothing."""
        if self._sync is None:
            return
        progress, now = self._sync.progress, self._sync.now()
        self._put("heading", sync_lines.heading(progress, len(self._connector.features | {Feature.USERS})))
        self._put("bar", sync_lines.bar(progress, self.content_size.width))
        self._put("amount", sync_lines.amount(progress))
        self._put("pace", "" if self._sync.is_paused else sync_lines.pace(progress, now))
        self._put("traffic", sync_lines.traffic(progress))
        self._put("notice", sync_lines.notice(progress, now, paused=self._sync.is_paused))

    def _put(self, name: str, text: str) -> None:
        if self._shown.get(name) != text:
            self._shown[name] = text
            self.query_one(f"#{name}", Static).update(text, layout=False)

    async def _conclude(self, sync: RunningSync) -> None:
        if self._timer is not None:
            self._timer.pause()
        self.set_class(False, "-running")
        progress = sync.progress
        finding = progress.failed.finding if progress.failed else None
        await self.query_one(FindingPanel).show(finding)
        outcome = sync.outcome or SyncOutcome.CANCELED
        match outcome:
            case SyncOutcome.FINISHED:
                self._say(sync_lines.result(progress.finished))
                self._offer("start", label="Synchronize again")
            case SyncOutcome.HELD:
                self._show_held(progress)
            case SyncOutcome.FAILED:
                self._say(self._failure(sync))
                self._offer("start", label="Retry")
            case SyncOutcome.CANCELED:
                can_resume = await asyncio.to_thread(self._services.can_resume, self._connector)
                self._say(f"Canceled. {interrupted(progress, can_resume=can_resume)}")
                self._offer("start")
        self.post_message(self.Ended(outcome))

    def _show_held(self, progress: SyncProgress) -> None:
        held = progress.held
        done = [end for end in progress.ends if not isinstance(end, Held)]
        self._say("\n".join(text for text in (sync_lines.outcomes(done), sync_lines.held(held)) if text))
        self.query_one(HeldPreview).show(held)
        advice = self.query_one("#advice", Static)
        advice.update(self._advice(held))
        advice.display = True
        removed = sum(one.changes.removed for one in held)
        several, only_removes = len(held) > 1, not any(one.losses for one in held)
        self.query_one("#keep", Button).label = f"Leave the {'lists as they are' if several else 'list as it is'}"
        self.query_one("#confirm", Button).label = (
            f"Remove {count(removed, 'entry', 'entries')}" if only_removes else "Apply"
        )
        self._offer("keep", "confirm")

    def _advice(self, held: Sequence[Held]) -> str:
        """Why the results are held, and what to do; of several lists each cause once."""
        findings = {one.code: self._services.explain_held(one, self._connector) for one in held}
        text = " ".join(["Nothing is changed yet.", *(finding.cause for finding in findings.values())])
        if any(one.examples for one in held):
            return f"{text} {_ADVICE}"
        # There is room for the steps where no entry is shown.
        steps = dict.fromkeys(step for finding in findings.values() for step in finding.remedy)
        return "\n".join([text, "", *(f"{number}. {step}" for number, step in enumerate(steps, start=1))])

    def _hide_preview(self) -> None:
        self.query_one(HeldPreview).display = False
        self.query_one("#advice").display = False

    def _failure(self, sync: RunningSync) -> str:
        failed = sync.progress.failed
        if failed is None:
            return f"{symbols().failed} {sync.refusal}"
        if len(sync.progress.ends) > 1:
            return sync_lines.outcomes(sync.progress.ends)
        return f"{symbols().failed} Not synchronized. The list is unchanged.\n{next_run(failed)}".rstrip()

    def _invitation(self) -> str:
        features = (feature for feature in Feature if feature in self._connector.features)
        lists = ", ".join(list_name(feature, self._connector.name) for feature in features)
        return f"Reads the tenant into {lists}.\nA list is updated only after everything has been read."

    def _say(self, text: str) -> None:
        said = self.query_one("#result", Static)
        said.update(text)
        said.display = bool(text)

    def _offer(self, *names: str, label: str = "Synchronize") -> None:
        """Show these buttons, the first one focused where one of them was."""
        self.query_one("#start", Button).label = label
        focused = self.screen.focused
        had_focus = focused is None or self in focused.ancestors
        for name in _BUTTONS:
            self.query_one(f"#{name}").set_class(name in names, "-offered")
        if had_focus and self.screen.is_current:
            self.call_after_refresh(self.query_one(f"#{names[0]}").focus)
