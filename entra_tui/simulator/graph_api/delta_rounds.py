"""Delta rounds: their tokens, their links and their end (Graph's overview of delta query).

A round that begins without a token reads everything that is there; its delta link leads to what changed since the
round began. A delta link holds for seven days; then 410 sends the reader to a new first round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.errors import GraphRefusal, bad_request, unsupported_query
from entra_tui.simulator.graph_api.filters import parse_filter
from entra_tui.simulator.graph_api.page_tokens import bare, seal, unseal
from entra_tui.simulator.graph_api.resources import Selection, parse_select

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.graph_api.resources import Resource

LIFE: Final = timedelta(days=7)
MOST_IDS: Final = 50
"""Most ids that a delta query may be narrowed to."""

_MINIMAL: Final = "return=minimal"


@dataclass(frozen=True, slots=True)
class Round:
    """Where a reader stands in a delta round.

    Attributes:
        select: `$select` of the round's first call; None for the default set.
        ids: The ids that the round is narrowed to; empty for all.
        since: Changes from here on are new to the reader; None while everything is read.
        until: Changes from here on belong to the next round.
        place: How much of the round has been given.
        part: Which part of big objects is being given, where they are spread over pages.
        minimal: Whether only changed properties are wanted.
    """

    select: str | None
    ids: tuple[str, ...]
    since: int | None
    until: int
    place: int = 0
    part: int = 0
    minimal: bool = False


def begin_or_go_on(call: GraphCall, resource: Resource, changes: int) -> Round | None:
    """The round that a request belongs to; None when only a link for "from now on" is asked for.

    Args:
        call: The request.
        resource: What is read.
        changes: How many changes there have been.

    Raises:
        GraphRefusal: Options that delta does not take, a made-up token, or one that is too old.
    """
    call.allow_options("$select", "$filter", "$deltatoken", "$skiptoken")
    options = call.options
    minimal = _MINIMAL in call.request.headers.get("prefer", "").lower()
    page_token, delta_token = bare(options.get("$skiptoken")), bare(options.get("$deltatoken"))
    if page_token or (delta_token and delta_token.lower() != "latest"):
        return _resumed(call, page_token or delta_token, changes, minimal=minimal, paging=bool(page_token))
    parse_select(options.get("$select"), resource)
    if delta_token.lower() == "latest":
        return None
    return Round(options.get("$select"), _ids(options.get("$filter"), resource), None, changes)


def _ids(text: str | None, resource: Resource) -> tuple[str, ...]:
    if not text:
        return ()
    ids = parse_filter(text, resource).ids
    if ids is None:
        raise unsupported_query("A delta query can be narrowed by id only.")
    if len(ids) > MOST_IDS:
        raise bad_request(f"Too many ids in the filter: at most {MOST_IDS} are supported.")
    return ids


def _resumed(call: GraphCall, token: str, changes: int, *, minimal: bool, paging: bool) -> Round:
    state = unseal(token)
    if state is None or state.get("k") != call.path or ("p" in state) != paging:
        raise bad_request("The delta token is invalid.")
    issued = datetime.fromisoformat(state["t"])
    if call.cloud.clock.now() - issued > LIFE:
        raise GraphRefusal(
            410,
            "syncStateNotFound",
            "The sync state of this token is gone. Start over with a full query.",
            ("Location", f"{call.root}{call.path}?$deltatoken="),
        )
    if paging:
        return Round(
            state["s"], tuple(state["f"]), state["q"], state["u"], state["p"], state["r"], minimal or state["m"]
        )
    return Round(state["s"], tuple(state["f"]), state["q"], changes, minimal=minimal)


def selection_of(current: Round, resource: Resource) -> Selection:
    """The properties that a round gives."""
    return parse_select(current.select, resource)


def asks_for(current: Round, relationship: str) -> bool:
    """Whether a round's `$select` names a relationship."""
    return relationship in [name.strip().lower() for name in (current.select or "").split(",")]


def next_link(call: GraphCall, current: Round, place: int, part: int = 0) -> str:
    """The link to the rest of a round."""
    state = _state(call, current.select, current.ids)
    state |= {"q": current.since, "u": current.until, "p": place, "r": part, "m": current.minimal}
    return f"{call.root}{call.path}?$skiptoken={seal(state)}"


def delta_link(call: GraphCall, select: str | None, ids: tuple[str, ...], since: int) -> str:
    """The link to what will have changed."""
    return f"{call.root}{call.path}?$deltatoken={seal(_state(call, select, ids) | {'q': since})}"


def _state(call: GraphCall, select: str | None, ids: tuple[str, ...]) -> dict[str, Any]:
    # The number makes a later link another one, which lives when the first is dead.
    moment, number = call.cloud.clock.now().isoformat(timespec="seconds"), call.cloud.identifiers.number()
    return {"k": call.path, "s": select, "f": list(ids), "t": moment, "n": number}


def was_set(shaped: dict[str, object], changed: frozenset[str]) -> dict[str, object]:
    """`shaped` without what was never set: of properties that are null or empty only changed ones stay."""
    return {name: value for name, value in shaped.items() if value not in (None, []) or name in changed or name == "id"}
