"""What all screens have in common: a title line, help, requests, a way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen

from entra_tui.widgets.key_hints import KeyHints
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult, SystemCommand
    from textual.widget import Widget

    from entra_tui.graph.trace import Exchange
    from entra_tui.services import Services

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class RequestSelection:
    """The requests that belong to what a screen shows.

    Attributes:
        title: What they belong to, as in "the requests behind ...".
        exchanges: Oldest first.
    """

    title: str
    exchanges: tuple[Exchange, ...]


class Frame(Screen[None]):
    """A full screen with a title line above and the keys below.

    Subclasses give `heading`, `compose_body` and `help_text`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", key_display="F1", id="help", tooltip="What can be done here"),
        Binding("f2", "app.requests", "Requests", key_display="F2", id="requests", tooltip="Made so far, masked"),
        Binding("escape", "leave", "Back", key_display="Esc", id="back", tooltip="The screen before"),
    ]
    DEFAULT_CSS = """
    Frame { layout: vertical; }
    Frame #body { height: 1fr; padding: 1 2 0 2; scrollbar-size-vertical: 1; }
    Frame .lead { height: auto; margin: 0 0 1 0; }
    Frame .quiet { color: $text-muted; }
    Frame:ansi .quiet { text-style: dim; }
    Frame .actions { height: 1; margin: 1 0 0 0; }
    Frame .actions Button { margin: 0 2 0 0; }
    """

    # Textual paints the whole screen again whenever the focus moves; the two widgets that change paint themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    heading: ClassVar[str] = ""
    help_text: ClassVar[str] = ""
    offers_requests: ClassVar[bool] = True

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self._successor: Screen[None] | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar(f"entra-tui  {self.full_heading()}", simulated=self.is_simulated())
        yield from self.compose_body()
        yield KeyHints()

    async def until_whole(self) -> None:
        """Wait while a part of this screen gives way to another one."""

    def compose_body(self) -> Iterable[Widget]:
        """What stands between the title and the keys."""
        raise NotImplementedError

    def full_heading(self) -> str:
        """What the title line says: the heading, and where it helps, of what."""
        return self.heading

    def is_simulated(self) -> bool:
        """Whether what this screen shows comes from a simulated tenant."""
        return self.services.practice is not None

    def help_pages(self) -> str:
        """The help of this screen, as it stands now."""
        return self.help_text

    def further_commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here besides the keys and buttons of this screen."""
        return ()

    # ------------------------------------------------------------ going elsewhere

    # Over a slow line several keys arrive before the next picture does. A second Enter or Esc that was meant for this
    # screen is no answer to the one that has come meanwhile.

    def open(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Show `screen` over this one, unless another one is there already."""
        if self.is_active:
            self.app.push_screen(screen, then)

    def close(self) -> None:
        """Go back to the screen before, unless this one is not in front."""
        if self.is_active:
            self.app.pop_screen()

    def give_way_to(self, screen: Screen[None]) -> None:
        """Show `screen` in the place of this one, as soon as this one is in front."""
        self._successor = screen
        if self.is_active:
            self.app.switch_screen(screen)

    def on_screen_resume(self) -> None:
        """What lay over this screen is gone."""
        if self._successor is not None:
            self.app.switch_screen(self._successor)

    def action_help(self) -> None:
        """Explain what has the focus, then this screen."""
        from entra_tui.screens.focus_help import topic_of  # noqa: PLC0415 - loaded when first asked for
        from entra_tui.screens.help import HelpScreen  # noqa: PLC0415 - loaded when first asked for

        self.open(HelpScreen(self.heading, self.help_pages(), topic_of(self.focused)))

    def selected_requests(self) -> RequestSelection | None:
        """Which requests are meant here; None means all."""
        return None

    async def action_leave(self) -> None:
        """Go back to the screen before."""
        self.close()
