"""What is said while a scenario plays, and the line on which it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual.widgets import Static

from entra_tui.simulator.specification import Chapter
from entra_tui.widgets.key_hints import KeyHints

if TYPE_CHECKING:
    from textual.app import App

    from entra_tui.simulator.specification import Scenario

_USUAL: Final = {
    Chapter.TENANT: "Tenant ID in, and the program finds the tenant and its cloud by itself.",
    Chapter.REGISTRATION: "The client ID is looked up without a sign-in, so no failed one is logged.",
    Chapter.SECRET: "The secret is proven by a real, fresh token.",
    Chapter.PERMISSIONS: "What the token carries is held against what ASCERA needs.",
    Chapter.CONSENT: "Fresh tokens show each grant of admin consent as it comes.",
    Chapter.CONNECTOR: "The whole ladder is climbed once more, then the connector is saved.",
    Chapter.SYNCHRONIZE: "The lookup list fills, page by page, and changes as a whole.",
    Chapter.FINDING: "What is wrong, why, and who can do what about it.",
    Chapter.END: "That is the story. Any key: your turn.",
}


def caption(scenario: Scenario, chapter: Chapter) -> str:
    """What is said to a chapter of a scenario's story."""
    opening = f"{scenario.title}. Any key: your turn."
    return scenario.story.captions.get(chapter) or _USUAL.get(chapter, opening)


class CaptionBar(Static):
    """The line at the bottom; it takes the place of the keys for as long as it is there."""

    DEFAULT_CSS = """
    CaptionBar {
        dock: bottom; height: 1; padding: 0 1; background: $primary; color: $background; text-style: bold;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    CaptionBar:ansi { background: ansi_default; color: ansi_default; text-style: bold reverse; }
    """

    def on_mount(self) -> None:
        """Cover the keys."""
        self._show_keys(shown=False)

    def on_unmount(self) -> None:
        """Give the keys back."""
        self._show_keys(shown=True)

    def _show_keys(self, *, shown: bool) -> None:
        for hints in self.screen.query(KeyHints):
            hints.display = shown


async def say(app: App[Any], text: str) -> None:
    """Put a caption on the present screen; an empty one takes it away from every screen."""
    if not text:
        for screen in app.screen_stack:
            await screen.query(CaptionBar).remove()
        return
    bars = app.screen.query(CaptionBar)
    if bars:
        bars.first().update(text)
    else:
        await app.screen.mount(CaptionBar(text, markup=False))
