"""The command palette, and what it offers of a screen: those of its keys and buttons that do something now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import CommandPalette
from textual.widgets import Button, Input

from entra_tui.screens.focus_help import words_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import ActiveBinding
    from textual.dom import DOMNode
    from textual.screen import Screen


class Palette(CommandPalette):
    """Textual's, with a cursor that does not blink: over a slow line nothing is sent while nobody does anything."""

    def on_mount(self) -> None:
        """Let the cursor stand still."""
        self.query_one(Input).cursor_blink = False


def commands_of(screen: Screen[object]) -> Iterator[SystemCommand]:
    """The screen's keys, but for those that only move about (`system`), then its action buttons that have no key.

    What `check_action` takes away or dims is not offered, nor is a button that is hidden or disabled.
    """
    titles: list[str] = []
    for active in _keys(screen):
        binding = active.binding
        titles.append(binding.description.casefold())
        key = screen.app.get_key_display(binding)
        key = key.upper() if len(key) == 1 else key
        words = f"{binding.tooltip} ({key})" if binding.tooltip else f"Key {key}"
        yield SystemCommand(binding.description, words, partial(_run, screen, active))
    for widget in screen.focus_chain:
        if isinstance(widget, Button) and _is_action(widget):
            label = str(widget.label)
            if not any(label.casefold().startswith(title) or title.startswith(label.casefold()) for title in titles):
                yield SystemCommand(label, words_for(widget), widget.press)


async def _run(screen: Screen[object], chosen: ActiveBinding) -> None:
    # A key that came right after the choice may have left the screen.
    if screen.is_active and chosen.node.is_attached:
        await screen.app.run_action(chosen.binding.action, chosen.node)


def _keys(screen: Screen[object]) -> Iterator[ActiveBinding]:
    offered: set[str] = set()
    for active in screen.active_bindings.values():
        action = active.binding.action
        if active.enabled and not active.binding.system and action in _own_actions(active.node) - offered:
            offered.add(action)
            yield active


def _own_actions(node: DOMNode) -> set[str]:
    """The actions for which this program, not Textual, gives a screen or a widget a key."""
    if isinstance(node, App):
        return set()
    ours = (kind for kind in type(node).__mro__ if kind.__module__.startswith("entra_tui."))
    declared = (binding for kind in ours for binding in vars(kind).get("BINDINGS", ()))
    return {binding.action for binding in declared if isinstance(binding, Binding)}


def _is_action(button: Button) -> bool:
    return button.parent is not None and "actions" in {*button.parent.classes, button.parent.id}
