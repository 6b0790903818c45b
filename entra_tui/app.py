"""The wizard's application: its look, its first screen, and how it ends."""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.console import COLOR_SYSTEMS
from textual import constants, events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._context import active_message_pump
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.widget import Widget
from textual.worker import WorkerFailed, active_worker

from entra_tui.line import LineWatch, has_shell, restored_at_exit
from entra_tui.screens.frame import Frame
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.too_small import TooSmall, is_too_small
from entra_tui.services import open_replay, open_services
from entra_tui.storage.errors import StorageError
from entra_tui.storage.folders import Folders
from entra_tui.storage.log import start_log
from entra_tui.storage.settings import Settings
from entra_tui.terminal_kind import is_browser, shows_unicode
from entra_tui.widgets.ascii_only import AsciiOnly
from entra_tui.widgets.hasty_keys import mend_hasty_keys
from entra_tui.widgets.keymap import read_keymap
from entra_tui.widgets.repaint import Changes, Picture
from entra_tui.widgets.themes import DARK, LIGHT, theme_name, unknown_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import RenderableType
    from textual.filter import LineFilter

    from entra_tui.report.report import Report
    from entra_tui.services import Services

_PALETTE: Final = "--command-palette"
"""How Textual names the palette, of which it can hold one."""
_NONE_OF_OURS: Final = "textual-dark"
_ASCII_ONLY: Final = AsciiOnly()
_LONG_ENOUGH: Final = 20.0
_READY_WITHIN: Final = 1.0
"""Seconds after which a key no longer waits for a screen that is not composed yet."""


class EntraApp(App[int]):
    """The program as a person sees it.

    Args:
        services: What the screens work with; the application closes them.
    """

    TITLE = "entra-tui"
    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True, key_display="^Q", id="quit"),
        Binding("ctrl+z", "suspend_process", "Suspend", priority=True, show=False, id="suspend"),
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it on the instance
        (0, "-tiny"),
        (60, "-narrow"),
        (80, "-normal"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, services: Services) -> None:
        theme = theme_name(_settings(services).preferences.theme)
        # TEXTUAL_LOG names a file that is told every key and paste; nothing is ever written there.
        vars(constants).update(LOG_FILE=None, DEBUG=False)
        # A driver but the browser's, or colors that are none, would keep the program from starting.
        if not is_browser():
            vars(constants).update(DRIVER=None)
        if constants.COLOR_SYSTEM not in {"auto", *COLOR_SYSTEMS}:
            vars(constants).update(COLOR_SYSTEM="auto")
        mend_hasty_keys()
        super().__init__(ansi_color=theme.startswith("ansi"))
        self.services = services
        self._speaks_unicode = shows_unicode()
        self._picture = Picture()
        self.animation_level = "none"
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        # TEXTUAL_THEME may have named this one before it was known, and what does not change is not watched.
        self.set_reactive(App.theme, _NONE_OF_OURS)
        self.theme = self._kept_theme = theme

    def on_mount(self) -> None:
        """Show the first screen, and end well when the line drops."""
        if not self.is_headless:
            LineWatch(lambda code: self.exit(return_code=code)).start()
        self.screen_change_signal.subscribe(self, lambda _: self._fit())
        self.push_screen(HomeScreen(self.services))
        self._take_keys()
        if unknown := unknown_theme(_settings(self.services).preferences.theme):
            self._warn(unknown)
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))

    def _take_keys(self) -> None:
        keymap, problems = read_keymap(_settings(self.services).keys)
        self.set_keymap(keymap)
        for problem in problems:
            self._warn(problem)

    def _warn(self, sentence: str) -> None:
        self.notify(sentence, severity="warning", timeout=_LONG_ENOUGH, markup=False)

    def _keep_theme(self, name: str) -> None:
        """Save the theme that a person chose for the next time."""
        if name == self._kept_theme:
            return
        self._kept_theme = name
        settings = self.services.settings
        try:
            settings.set_preferences(replace(settings.read().preferences, theme=name))
        except StorageError as error:
            self._warn(f"The theme is used until you leave, and cannot be kept: {error.sentence}")

    def _check_resize(self) -> None:
        # Here, and not when the event comes: until Textual tells the screens, a moment later, they go on painting in
        # the old size, and what the terminal makes of that nobody knows.
        self._picture.forget()
        self._fit()
        super()._check_resize()

    def _fit(self) -> None:
        """Say so where the terminal is too small, for as long as it is."""
        if not self.screen_stack:
            return
        too_small = is_too_small(self.size)
        if too_small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not too_small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """The requests are offered where they are not shown already."""
        frames = (screen for screen in self.screen_stack if isinstance(screen, Frame))
        return action != "requests" or all(frame.offers_requests for frame in frames)

    def action_requests(self) -> None:
        """Show the requests that were made, beginning with those that the screen is about."""
        from entra_tui.screens.requests import RequestsScreen  # noqa: PLC0415 - loaded when first asked for

        screen = self.screen
        if isinstance(screen, Frame):
            screen.open(RequestsScreen(self.services, screen.selected_requests()))

    def watch_app_focus(self, focus: bool) -> None:
        """Let a screen take the keys that was opened while the terminal was not in front; Textual gives it none."""
        screen = self.screen
        wanted = self.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if focus and screen.focused is None and wanted:
            screen.set_focus(next((widget for widget in screen.query(wanted) if widget.focusable), None))

    async def on_event(self, event: events.Event) -> None:
        """Give keys and clicks to a screen only when it is there as a whole; those that come sooner wait."""
        if isinstance(event, events.Key | events.Paste | events.MouseEvent):
            await self._until_whole()
            if not self.screen_stack:
                # The program ended meanwhile.
                return
        await super().on_event(event)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        # While the key was under way another screen may have come, and it is that one's bindings that are looked at.
        is_whole = await self._until_whole()
        if not self.screen_stack or not (is_whole or priority):
            # Half a screen cannot do what its keys say; only those of the program itself still can.
            return True
        return await super()._check_bindings(key, priority)

    async def _until_whole(self) -> bool:
        """Whether the present screen came to be there as a whole within the time that a key can wait."""
        while self.screen_stack:
            screen = self.screen
            try:
                await asyncio.wait_for(self._whole(screen), _READY_WITHIN)
            except TimeoutError:
                return False
            # Another one may have come in the turn of the loop that the waiting took.
            if self.screen_stack and self.screen is screen:
                return True
        return False

    @staticmethod
    async def _whole(screen: Screen[object]) -> None:
        await screen._mounted_event.wait()  # noqa: SLF001 - Textual tells nobody else that all is composed
        if isinstance(screen, Frame):
            await screen.until_whole()

    def action_command_palette(self) -> None:
        """Offer all commands, unless they are offered already, or the last offer is only just being taken away."""
        if all(child.id != _PALETTE for child in self._nodes):
            from entra_tui.screens.palette import Palette  # noqa: PLC0415 - loaded when first asked for

            self.push_screen(Palette(id=_PALETTE))

    def search_themes(self) -> None:
        """Offer the themes."""
        from entra_tui.screens.palette import Palette  # noqa: PLC0415 - loaded when first asked for

        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def action_suspend_process(self) -> None:
        """Go to sleep until the shell's `fg`; without a shell nobody could wake it."""
        if has_shell():
            super().action_suspend_process()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        # Over a slow line every byte counts, and Textual sends what has not changed as well.
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = cast("RenderableType", Changes(renderable, self._picture))
        super()._display(screen, renderable)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and ASCII in a locale that knows no more."""
        filters = super().get_line_filters()
        return filters if self._speaks_unicode else [*filters, _ASCII_ONLY]

    async def on_unmount(self) -> None:
        """Close connections and the database."""
        await self.services.aclose()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers: what the screen can do now, and what every screen can."""
        from entra_tui.screens.palette import commands_of  # noqa: PLC0415 - loaded when first asked for

        yield from commands_of(screen)
        if isinstance(screen, Frame):
            yield from screen.further_commands()
        yield SystemCommand("Theme", "Choose the colors", self.action_change_theme)
        yield SystemCommand("Quit", "Leave; what was entered is kept", self.action_quit)

    def _handle_exception(self, error: Exception) -> None:
        if not _comes_too_late(error):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own prints a traceback with the values of local variables, a secret among them.
        self._close_messages_no_wait()

    def _log(self, *_: object, **__: object) -> None:
        # The development console would be told every key that is pressed.
        return

    def raise_defect(self) -> None:
        """Pass on the exception that ended the application, if one did, for the door to tell of."""
        if self._exception is not None:
            raise self._exception


def _comes_too_late(error: Exception) -> bool:
    """Whether something was to be shown on a screen, or a part of one, that is gone by now, which is no defect."""
    cause = error.error if isinstance(error, WorkerFailed) else error
    worker = active_worker.get(None)
    # A screen that a worker opened stays in that worker's context, so either may be the one that is gone.
    nodes = (worker.node if worker is not None else None, active_message_pump.get(None))
    return isinstance(cause, NoMatches) and any(_is_gone(node) for node in nodes)


def _is_gone(node: object) -> bool:
    if not isinstance(node, Widget):
        return False
    if isinstance(node, Screen) and node not in node.app.screen_stack:
        return True
    return node._pruning or not node.is_attached  # noqa: SLF001 - Textual tells nobody else


class ReplayApp(EntraApp):
    """The program on a recorded run: Troubleshoot, with the checks under way."""

    def on_ready(self) -> None:
        """Open Troubleshoot over the first screen, and check what was recorded."""
        from entra_tui.screens.troubleshoot import TroubleshootScreen  # noqa: PLC0415 - loaded when opened

        screen = TroubleshootScreen(self.services)
        self.push_screen(screen)
        screen.call_after_refresh(screen.check)


def run_wizard(folders: Folders) -> int:
    """Run the wizard until the person leaves.

    Returns:
        The exit code.
    """
    return run_app(open_services(folders))


def run_replay(report: Report) -> int:
    """Open a recorded run in Troubleshoot, in a folder that is thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="entra-tui-replay-") as folder:
        return run_app(open_replay(Folders.locate(Path(folder)), report), ReplayApp)


def _settings(services: Services) -> Settings:
    try:
        return services.settings.read()
    except StorageError:
        # A damaged file is named on the first screen, where it can be looked at again once it is mended.
        return Settings()


def run_app(services: Services, make: Callable[[Services], EntraApp] = EntraApp, *, headless: bool = False) -> int:
    """Run the program until the person leaves, or it ends by itself.

    Args:
        services: What it works with; the application that is made closes them.
        make: Makes the application.
        headless: Whether there is no terminal to show it on.

    Returns:
        The exit code.
    """
    mouse = _settings(services).preferences.mouse
    if mouse is None:
        # Over SSH a captured mouse takes away the terminal's own selection, and a dropped line leaves it captured.
        mouse = not os.environ.get("SSH_CONNECTION")
    if not os.environ.get("NO_COLOR", "unset"):
        # An empty variable says nothing; Textual would take it for a wish.
        del os.environ["NO_COLOR"]
    app = make(services)
    with start_log(services.folders, services.redact), restored_at_exit():
        app.run(mouse=mouse, headless=headless)
    app.raise_defect()
    return app.return_code or 0
