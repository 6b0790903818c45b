"""Collections, page by page: `$select`, `$top`, `$filter`, `$search`, `$orderby`, `$count` and the nextLink.

Follows Graph's pages on paging and on advanced queries of directory objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from entra_tui.simulator.graph_api.call import text_answer
from entra_tui.simulator.graph_api.errors import GraphRefusal, bad_request, unsupported_query
from entra_tui.simulator.graph_api.filters import parse_filter, parse_orderby, parse_search
from entra_tui.simulator.graph_api.page_tokens import bare, seal, unseal
from entra_tui.simulator.graph_api.resources import Selection, parse_select, refuse_expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.graph_api.resources import Resource
    from entra_tui.simulator.messages import Answer

LARGEST_PAGE: Final = 999
USUAL_PAGE: Final = 100


class Listed(Protocol):
    """A collection whose objects stand at positions that do not change while somebody reads."""

    @property
    def end(self) -> int:
        """One past the last position."""
        ...

    def __len__(self) -> int: ...

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The object at a position; None when it is gone."""
        ...

    def row(self, position: int, selection: Selection) -> str | None:
        """The object at a position as JSON text; None when it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Objects:
    """A collection that is held whole."""

    things: tuple[Mapping[str, Any], ...]

    @property
    def end(self) -> int:
        """One past the last position."""
        return len(self.things)

    def __len__(self) -> int:
        return len(self.things)

    def at(self, position: int) -> Mapping[str, Any] | None:
        """The object at a position."""
        return self.things[position]

    def row(self, position: int, selection: Selection) -> str | None:
        """The object at a position as JSON text."""
        return selection.row(self.things[position])


@dataclass(frozen=True, slots=True)
class _Query:
    selection: Selection
    holds: Callable[[Mapping[str, Any]], bool] | None
    order: tuple[str, bool] | None
    top: int
    advanced: bool
    counted: bool
    search: bool


def list_answer(
    call: GraphCall,
    listed: Listed,
    resource: Resource,
    fragment: str,
    *,
    largest: int = LARGEST_PAGE,
    expanded: str = "",
) -> Answer:
    """One page of a collection.

    Args:
        call: The request.
        listed: The collection.
        resource: What its objects are.
        fragment: What `@odata.context` calls it.
        largest: Most objects that a page holds.
        expanded: What `listed` expands, as `@odata.context` calls it; empty where `$expand` is refused.

    Raises:
        GraphRefusal: Options that are not understood or not served, or a page token that is not ours.
    """
    call.allow_options("$select", "$top", "$filter", "$search", "$orderby", "$count", "$skiptoken", "$expand")
    if not expanded:
        refuse_expand(call.options.get("$expand"), resource)
    query = _query(call, resource, largest)
    if expanded and (query.counted or query.search):
        raise unsupported_query("$expand is not supported together with $count or $search.")
    token = bare(call.options.get("$skiptoken"))
    # A stream that starts over has links of its own, which live when those of the first are dead.
    start, stream = _position(call, query, token) if token else (0, call.cloud.identifiers.number())
    order = _ordered(listed, query.order)
    matching = _matching(listed, query, order, start)
    rows: list[str] = []
    following: int | None = None
    for place, row in matching:
        if len(rows) == query.top:
            following = place
            break
        rows.append(row)
    parts = [f'"@odata.context":"{call.context(_fragment(fragment, query.selection, expanded))}"']
    if query.counted and not token:
        parts.append(f'"@odata.count":{_count(listed, query)}')
    if following is not None:
        parts.append(f'"@odata.nextLink":"{_next_link(call, following, query, stream)}"')
    return text_answer("{" + ",".join(parts) + ',"value":[' + ",".join(rows) + "]}")


def count_answer(call: GraphCall, listed: Listed, resource: Resource) -> str:
    """The number of objects, as text.

    Raises:
        GraphRefusal: The caller did not ask for eventual consistency.
    """
    call.allow_options("$filter", "$search")
    if not call.advanced:
        raise bad_request("$count is not currently supported without the ConsistencyLevel header set to eventual.")
    return str(_count(listed, _query(call, resource, LARGEST_PAGE, counting=True)))


def _fragment(fragment: str, selection: Selection, expanded: str) -> str:
    names = [*(selection.names if selection.chosen else ()), *([expanded] if expanded else ())]
    return f"{fragment}({','.join(names)})" if names else fragment


def page_size(text: str | None, largest: int = LARGEST_PAGE) -> int:
    """How many objects `$top` asks for.

    Raises:
        GraphRefusal: Not a number between 1 and the largest page.
    """
    if text is None:
        return min(USUAL_PAGE, largest)
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise unsupported_query(f"Invalid page size specified: '{text}'. Must be between 1 and {largest} inclusive.")
    return int(text)


def _query(call: GraphCall, resource: Resource, largest: int, *, counting: bool = False) -> _Query:
    options = call.options
    found = parse_filter(options["$filter"], resource) if options.get("$filter") else None
    search = parse_search(options["$search"], resource) if options.get("$search") else None
    order = parse_orderby(options["$orderby"], resource) if options.get("$orderby") else None
    counted = options.get("$count", "false").lower() == "true"
    if search is not None and not call.advanced:
        raise unsupported_query("Request with $search query parameter only works with ConsistencyLevel: eventual.")
    needs_count = found is not None and (found.advanced or order is not None)
    if needs_count and not counting and not (call.advanced and counted):
        raise unsupported_query(
            "Unsupported or invalid query filter clause. "
            "Advanced queries need ConsistencyLevel: eventual and $count=true."
        )
    tests = [test for test in (found.holds if found else None, search) if test is not None]
    return _Query(
        selection=parse_select(options.get("$select"), resource),
        holds=(lambda thing: all(test(thing) for test in tests)) if tests else None,
        order=order,
        top=page_size(options.get("$top"), largest),
        advanced=call.advanced,
        # Without the header the directory passes over $count=true in silence.
        counted=counted and call.advanced,
        search=search is not None,
    )


def _position(call: GraphCall, query: _Query, token: str) -> tuple[int, int]:
    state = unseal(token)
    if state is None or state.get("k") != call.path:
        raise bad_request("The specified page token value is invalid.")
    if state["a"] and not query.advanced:
        raise GraphRefusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
    return int(state["p"]), int(state["n"])


def _next_link(call: GraphCall, position: int, query: _Query, stream: int) -> str:
    kept = [
        part
        for part in call.request.query.split("&")
        if part and part.partition("=")[0].lower() not in {"$skiptoken", "%24skiptoken"}
    ]
    advanced = query.advanced and (query.counted or query.holds is not None)
    token = seal({"k": call.path, "p": position, "a": advanced, "n": stream})
    return f"{call.root}{call.path}?{'&'.join([*kept, f'$skiptoken={token}'])}".replace('"', "%22")


def _ordered(listed: Listed, order: tuple[str, bool] | None) -> list[int] | None:
    if order is None:
        return None
    name, down = order
    keys = [
        (str(thing.get(name) or "").casefold(), position)
        for position in range(listed.end)
        if (thing := listed.at(position)) is not None
    ]
    return [position for _, position in sorted(keys, reverse=down)]


def _matching(listed: Listed, query: _Query, order: list[int] | None, start: int) -> Iterator[tuple[int, str]]:
    places: Iterable[int] = range(start, listed.end if order is None else len(order))
    for place in places:
        position = place if order is None else order[place]
        if query.holds is not None:
            thing = listed.at(position)
            if thing is None or not query.holds(thing):
                continue
        row = listed.row(position, query.selection)
        if row is not None:
            yield place, row


def _count(listed: Listed, query: _Query) -> int:
    if query.holds is None:
        return len(listed)
    things = (listed.at(position) for position in range(listed.end))
    return sum(1 for thing in things if thing is not None and query.holds(thing))
