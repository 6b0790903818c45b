"""Keys that a person chose in `config.toml`, under `[keys]`: `help = "f12"` and the like."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from textual.keys import Keys

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIONS: Final = ("help", "requests", "values", "reveal", "fill", "back", "quit", "suspend")
"""What can have another key; each is the id of a binding."""

_NAMED: Final = frozenset(key.value for key in Keys)
_HELD: Final = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})


def read_keymap(chosen: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keys that can be used, and a sentence for each entry that cannot.

    Args:
        chosen: Keys by action, as `config.toml` has them; several keys with commas between them.
    """
    keymap: dict[str, str] = {}
    problems: list[str] = []
    for action, keys in chosen.items():
        if action not in ACTIONS:
            known = ", ".join(ACTIONS)
            problems.append(
                f"config.toml: there is no action '{harmless(action, limit=40)}' under [keys]; choose from {known}."
            )
            continue
        names = [key.strip().lower() for key in keys.split(",")]
        if all(_is_key(name) for name in names):
            keymap[action] = ",".join(names)
        else:
            problems.append(
                f"config.toml: '{harmless(keys, limit=40)}' is no key for {action} under [keys]; "
                "write it like f12, ctrl+k or x."
            )
    return keymap, problems


def _is_key(name: str) -> bool:
    *held, key = name.split("+")
    if not set(held) <= _HELD:
        return False
    if name in _NAMED or key in _NAMED or (len(key) == 1 and key.isprintable() and not key.isspace()):
        return True
    try:
        # A sign goes by its Unicode name, such as question_mark.
        return bool(key) and bool(unicodedata.lookup(key.replace("_", " ")))
    except KeyError:
        return False
