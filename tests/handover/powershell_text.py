"""What a PowerShell script says, by the grammar: its commands with their parameters, and its verbatim strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import tree_sitter_powershell
from tree_sitter import Language, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_PARSER: Final = Parser(Language(tree_sitter_powershell.language()))
# PowerShell takes the typographic single quotes for single quotes, which the grammar does not know.
_QUOTES: Final = "'\u2018\u2019\u201a\u201b"
_DOUBLED: Final = re.compile(f"([{_QUOTES}])[{_QUOTES}]")


def strings(text: str) -> list[str]:
    """The values of a script's verbatim strings.

    Raises:
        ValueError: The script is not whole, or a quote ends a string before its end.
    """
    return [_value(_text(node)) for node in _nodes(text) if node.type == "verbatim_string_characters"]


def commands(text: str) -> list[tuple[str, frozenset[str]]]:
    """The commands of a script, each with the names of its parameters.

    Raises:
        ValueError: The script is not whole.
    """
    found: list[tuple[str, frozenset[str]]] = []
    for node in _nodes(text):
        if node.type == "command":
            inside = list(_walk(node))
            name = next(_text(each) for each in inside if each.type == "command_name")
            found.append((name, frozenset(_text(each) for each in inside if each.type == "command_parameter")))
    return found


def _nodes(text: str) -> list[Node]:
    root = _PARSER.parse(text.encode()).root_node
    if root.has_error:
        raise ValueError(f"no whole script: {root}")
    return list(_walk(root))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _value(quoted: str) -> str:
    inner = quoted[1:-1]
    if set(_DOUBLED.sub("", inner)) & set(_QUOTES):
        raise ValueError(f"a quote ends this string early: {quoted}")
    return _DOUBLED.sub(r"\1", inner)
