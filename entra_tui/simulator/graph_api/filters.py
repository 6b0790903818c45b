"""`$filter`, `$search` and `$orderby`, as far as the directory's own documents and users' scripts need them.

Grammar: OData 4.01 expressions of properties, texts, numbers, `true`, `false`, `null`; `eq ne ge le gt lt in`, `and or
not`, `startswith endswith contains`, parentheses, and `any` over a list of plain values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.errors import GraphRefusal, unsupported_query
from entra_tui.simulator.graph_api.resources import Resource, resource_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<punctuation>[(),:])|(?P<word>[^\s(),':]+(?::\d\d[^\s(),]*)?))"
)
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda left, right: _folded(left) == _folded(right),
    "ne": lambda left, right: _folded(left) != _folded(right),
    "ge": lambda left, right: left is not None and right is not None and left >= right,
    "le": lambda left, right: left is not None and right is not None and left <= right,
    "gt": lambda left, right: left is not None and right is not None and left > right,
    "lt": lambda left, right: left is not None and right is not None and left < right,
}
_FUNCTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}
_ADVANCED: Final = frozenset({"ne", "not", "endswith"})


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was understood.

    Attributes:
        holds: Whether an object passes.
        advanced: Whether it needs `ConsistencyLevel: eventual` and `$count=true`.
        ids: The ids it names when it does nothing but name ids; else None.
    """

    holds: Callable[[Mapping[str, Any]], bool]
    advanced: bool
    ids: tuple[str, ...] | None


def parse_filter(text: str, resource: Resource) -> Filter:
    """Read a `$filter`.

    Raises:
        GraphRefusal: Not understood, or a property that the resource does not have.
    """
    parser = _Parser(_tokens(text), resource)
    holds = parser.expression()
    parser.expect_end()
    only_ids = re.fullmatch(r"\s*id eq '[^']*'(?:\s+or\s+id eq '[^']*')*\s*", text, re.IGNORECASE)
    ids = tuple(re.findall(r"'([^']*)'", text)) if only_ids else None
    return Filter(holds, parser.advanced, ids)


def _invalid(text: str) -> GraphRefusal:
    return GraphRefusal(400, "BadRequest", f"Invalid filter clause: {text}")


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _invalid(f"syntax error at position {place} in '{text}'.")
        tokens.append(match[0].strip())
        place = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str], resource: Resource) -> None:
        self._tokens = tokens
        self._place = 0
        self._properties = {name.lower(): name for name in resource_type(resource).properties}
        self._resource = resource
        self.advanced = False

    def _peek(self) -> str:
        return self._tokens[self._place].lower() if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        if self._place >= len(self._tokens):
            raise _invalid("the expression ends too early.")
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, wanted: str) -> None:
        found = self._next()
        if found.lower() != wanted:
            raise _invalid(f"'{wanted}' expected, '{found}' found.")

    def expect_end(self) -> None:
        if self._place < len(self._tokens):
            raise _invalid(f"'{self._tokens[self._place]}' was not expected.")

    def expression(self) -> Callable[[Mapping[str, Any]], bool]:
        left = self._conjunction()
        while self._peek() == "or":
            self._next()
            left = _either(left, self._conjunction())
        return left

    def _conjunction(self) -> Callable[[Mapping[str, Any]], bool]:
        left = self._negation()
        while self._peek() == "and":
            self._next()
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Callable[[Mapping[str, Any]], bool]:
        if self._peek() == "not":
            self._next()
            self.advanced = True
            inner = self._negation()
            return lambda thing: not inner(thing)
        if self._peek() == "(":
            self._next()
            inner = self.expression()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Callable[[Mapping[str, Any]], bool]:
        word = self._next()
        if word.lower() in _FUNCTIONS and self._peek() == "(":
            return self._function(word.lower())
        if word.lower().endswith("/any") and self._peek() == "(":
            return self._any(word[: -len("/any")])
        name = self._property(word)
        operator = self._next().lower()
        if operator == "in":
            values = {_folded(value) for value in self._list()}
            return lambda thing: _folded(thing.get(name)) in values
        compare = _COMPARISONS.get(operator)
        if compare is None:
            raise _invalid(f"'{operator}' is no comparison.")
        self.advanced |= operator in _ADVANCED
        value = _literal(self._next())
        return lambda thing: compare(thing.get(name), value)

    def _function(self, function: str) -> Callable[[Mapping[str, Any]], bool]:
        self._expect("(")
        name = self._property(self._next())
        self._expect(",")
        wanted = str(_literal(self._next())).casefold()
        self._expect(")")
        if function == "contains":
            raise unsupported_query(f"Unsupported Query. Contains on property '{name}' is not supported.")
        self.advanced |= function in _ADVANCED
        test = _FUNCTIONS[function]
        return lambda thing: isinstance(thing.get(name), str) and test(thing[name].casefold(), wanted)

    def _any(self, word: str) -> Callable[[Mapping[str, Any]], bool]:
        name = self._property(word)
        self._expect("(")
        variable = self._next()
        self._expect(":")
        if self._next() != variable:
            raise _invalid(f"'{variable}' expected in any.")
        self._expect("eq")
        value = _folded(_literal(self._next()))
        self._expect(")")
        return lambda thing: any(_folded(entry) == value for entry in thing.get(name) or ())

    def _list(self) -> list[object]:
        self._expect("(")
        values: list[object] = [_literal(self._next())]
        while self._peek() == ",":
            self._next()
            values.append(_literal(self._next()))
        self._expect(")")
        return values

    def _property(self, word: str) -> str:
        name = self._properties.get(word.lower())
        if name is None:
            raise _invalid(
                f"Could not find a property named '{word}' on type 'microsoft.graph.{self._resource.value}'."
            )
        return name


def _either(
    left: Callable[[Mapping[str, Any]], bool], right: Callable[[Mapping[str, Any]], bool]
) -> Callable[[Mapping[str, Any]], bool]:
    return lambda thing: left(thing) or right(thing)


def _both(
    left: Callable[[Mapping[str, Any]], bool], right: Callable[[Mapping[str, Any]], bool]
) -> Callable[[Mapping[str, Any]], bool]:
    return lambda thing: left(thing) and right(thing)


def _literal(token: str) -> str | int | bool | None:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    words: dict[str, bool | None] = {"true": True, "false": False, "null": None}
    if token.lower() in words:
        return words[token.lower()]
    return int(token) if re.fullmatch(r"-?\d+", token) else token


def parse_search(text: str, resource: Resource) -> Callable[[Mapping[str, Any]], bool]:
    """Read a `$search` of the form `"property:words"`, with `AND` or `OR` between several.

    Raises:
        GraphRefusal: Not understood.
    """
    known = {name.lower(): name for name in resource_type(resource).properties}
    clauses = re.findall(r'"([^":]+):([^"]*)"', text)
    rest = re.sub(r'"[^":]+:[^"]*"', "", text).replace("AND", "").replace("OR", "").strip(" ()")
    if not clauses or rest or any(name.lower() not in known for name, _ in clauses):
        raise GraphRefusal(400, "Request_BadRequest", f'The search clause {text} must have the form "property:value".')
    tests = [(known[name.lower()], words.casefold().split()) for name, words in clauses]
    combine = any if re.search(r'"\s+OR\s+"', text) else all
    return lambda thing: combine(_has_words(thing.get(name), words) for name, words in tests)


def _has_words(value: object, words: list[str]) -> bool:
    found = re.split(r"[\s.@_-]+", str(value or "").casefold())
    return all(any(part.startswith(word) for part in found) for word in words)


def parse_orderby(text: str, resource: Resource) -> tuple[str, bool]:
    """Read an `$orderby` of one property; the property and whether it runs down.

    Raises:
        GraphRefusal: Not understood.
    """
    known = {name.lower(): name for name in resource_type(resource).properties}
    words = text.split()
    if len(words) not in {1, 2} or words[0].lower() not in known or words[1:] not in ([], ["asc"], ["desc"]):
        raise unsupported_query(f"Sorting by '{text}' is not supported.")
    return known[words[0].lower()], words[1:] == ["desc"]
