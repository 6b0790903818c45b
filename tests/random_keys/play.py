"""Random keys on one screen, and what must hold after each of them."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Final

from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Size
from textual.widgets import Input

from entra_tui.model.text import clean_paste
from entra_tui.screens.too_small import TooSmall, is_too_small
from entra_tui.widgets.field import PasteInput, SecretInput
from tests.random_keys.hands import Action, Click, Key, Paste, Resize, burst
from tests.random_keys.places import PLACES, furnish
from tests.screens.stage import Stage, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

_STRAYED: Final = 20
"""Actions on other screens after which the hands begin on theirs again."""

_CHARACTERS: Final = {"space": " ", "full_stop": ".", "question_mark": "?", "slash": "/"}
_DEEPEST: Final = 12
_A_HANG: Final = 30.0
_KEEPING: Final = frozenset({"tab", "shift+tab", "f1", "f2", "f3", "f12", "ctrl+c", "pageup", "pagedown", "ctrl+p"})
"""Keys that leave what is in a field as it is."""


class Broken(AssertionError):
    """Something did not hold; the text says what, and how to come there again."""


class Play:
    """Random hands on one screen.

    Args:
        folder: Everything that is written lands here.
        place: Where they begin.
        seed: The same seed gives the same hands.
    """

    def __init__(self, folder: Path, place: str, seed: int) -> None:
        self._folder = folder
        self._place = place
        self._seed = seed
        self._stage = Stage(folder / "home", "healthy", users=40)
        self._random = Random(f"{place} {seed}")
        self._done: list[Action] = []

    async def run(self, actions: int) -> None:
        """Do so many actions.

        Raises:
            Broken: Something does not hold after one of them.
        """
        await furnish(self._stage)
        app = self._stage.app
        app.exit = lambda *_, **__: None  # type: ignore[method-assign]  # leaving would end the play
        with _at_home_in(self._folder):
            try:
                async with app.run_test(size=(80, 24)) as pilot:
                    await self._play(pilot, actions)
            except Broken:
                raise
            except Exception as error:
                raise Broken(self._told(f"{type(error).__name__}: {error}")) from error
        self._find_no_secret_in_files()

    async def _play(self, pilot: Pilot[int], actions: int) -> None:
        strayed = _STRAYED
        while len(self._done) < actions:
            if strayed >= _STRAYED:
                await self._begin_again(pilot)
                strayed = 0
            before = len(pilot.app.screen_stack)
            doing = burst(self._random)
            await asyncio.wait_for(self._do(pilot, doing), _A_HANG)
            at_place = type(pilot.app.screen) is self._kind and len(pilot.app.screen_stack) <= before
            strayed = 0 if at_place else strayed + len(doing)
            self._hold(pilot)

    async def _begin_again(self, pilot: Pilot[int]) -> None:
        app = pilot.app
        if app.size != (80, 24):
            await pilot.resize_terminal(80, 24)
        while len(app.screen_stack) > 2:
            await app.pop_screen()
        if not self._stage.services.settings.read().connectors:
            await self._stage.save()
        screen = PLACES[self._place](self._stage)
        self._kind = type(screen)
        app.push_screen(screen, lambda _: None)
        await pilot.pause()

    async def _do(self, pilot: Pilot[int], doing: tuple[Action, ...]) -> None:
        self._done.extend(doing)
        focused = pilot.app.focused
        field = focused if isinstance(focused, Input) else None
        expected = None if field is None else _expected(field, doing)
        for one in doing:
            _send(pilot, one)
        await pilot.pause()
        while pilot.app._resize_timer is not None:
            # Textual tells the screens of their size a moment later, and later still on a busy machine.
            await pilot.pause()
        stays = field is not None and field.is_attached and field.screen is pilot.app.screen
        if field is not None and stays and expected is not None and field.value != expected:
            shown = "its text" if isinstance(field, SecretInput) else repr(field.value[:80])
            raise Broken(self._told(f"the field {field.id} holds {shown}, not {expected[:80]!r}"))

    def _hold(self, pilot: Pilot[int]) -> None:
        app = pilot.app
        if app._exception is not None:
            raise app._exception
        if len(app.screen_stack) < 2:
            raise Broken(self._told("no screen is left"))
        if len(app.screen_stack) > _DEEPEST:
            kinds = [type(screen).__name__ for screen in app.screen_stack]
            raise Broken(self._told(f"screens pile up: {kinds}"))
        if isinstance(app.screen, TooSmall) != is_too_small(app.size):
            raise Broken(self._told(f"the notice does not fit {app.size}"))
        secret = self._stage.secret.reveal()
        if secret in app.clipboard:
            raise Broken(self._told("the secret is in the clipboard"))
        fields = [field for screen in app.screen_stack for field in screen.query(SecretInput)]
        revealed = any(not field.password for field in fields)
        if not revealed and secret in seen(app):
            raise Broken(self._told("the secret is on the screen"))

    def _find_no_secret_in_files(self) -> None:
        secret = self._stage.secret.reveal().encode()
        for path in self._folder.rglob("*"):
            if path.is_file() and secret in path.read_bytes():
                raise Broken(self._told(f"the secret is in {path.name}"))

    def _told(self, what: str) -> str:
        last = "\n".join(f"  {doing}" for doing in self._done[-12:])
        screen = seen(self._stage.app) if self._stage.app.screen_stack else ""
        return f"{self._place}, seed {self._seed}, action {len(self._done)}: {what}\n{last}\n{screen}"


def _send(pilot: Pilot[int], doing: Action) -> None:
    """Send it as the terminal would, without waiting for anything."""
    app = pilot.app
    match doing:
        case Key(name):
            app.post_message(events.Key(name, name if len(name) == 1 else _CHARACTERS.get(name)))
        case Paste(text):
            app.post_message(events.Paste(text))
        case Click(x, y):
            column, row = int(x * app.size.width), int(y * app.size.height)
            for kind in (events.MouseDown, events.MouseUp):
                app.post_message(kind(None, column, row, 0, 0, 1, shift=False, meta=False, ctrl=False))
        case Resize(width, height):
            assert isinstance(app._driver, HeadlessDriver)
            app._driver._size = (width, height)
            app.post_message(events.Resize(Size(width, height), Size(width, height)))


def _expected(field: Input, doing: tuple[Action, ...]) -> str | None:
    """What the field must hold afterwards; None where that is not for this to say."""
    match doing:
        case (Paste(text),) if isinstance(field, PasteInput):
            cleaned = clean_paste(text[:4096], unwrap=not isinstance(field, SecretInput)).value
            return _inserted(field, cleaned) if cleaned else field.value
        case (Key(name),) if name in _KEEPING:
            return field.value
        case (Resize(),):
            return field.value
        case _ if all(isinstance(one, Key) and len(one.name) == 1 for one in doing):
            return _inserted(field, "".join(one.name for one in doing if isinstance(one, Key)))
        case _:
            return None


def _inserted(field: Input, text: str) -> str | None:
    start, end = sorted(field.selection)
    value = field.value[:start] + text + field.value[end:]
    return value if field.max_length is None or len(value) <= field.max_length else None


@contextmanager
def _at_home_in(folder: Path) -> Iterator[None]:
    """Files without a folder, and those of the home folder, land in `folder`."""
    here, home = os.getcwd(), os.environ.get("HOME")  # noqa: PTH109
    os.chdir(folder)
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        os.chdir(here)
        if home is not None:
            os.environ["HOME"] = home
