"""One page of a collection, as an answer of Graph's holds it (Graph docs `paging`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import AnswerFault
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from entra_tui.graph.answer import Answer
    from entra_tui.model.user_row import UserRow

_LONGEST_NUMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        ids: The id of each object, a non-empty text.
        items: The objects as they are in the JSON; none where the page was read as `users`.
        users: The objects as rows, where the page was read so.
        without_id: Of each object that has no such id, the name by which a person may know it.
        next_link: Where the next page is, unchanged; None on the last page.
        delta_link: Where to ask for changes later; only on the last page of a delta query.
        count: `@odata.count`, on the first page of a query that asked for it.
    """

    ids: Sequence[str]
    items: Sequence[Mapping[str, object]]
    next_link: str | None
    delta_link: str | None
    count: int | None
    users: Sequence[UserRow] = ()
    without_id: tuple[str, ...] = ()


PageReader = Callable[["Answer"], Page]
"""Makes a page of an answer; raises `Unreadable` for one that is none."""


def read_page(answer: Answer) -> Page:
    """The page that an answer holds, its objects as they are in the JSON.

    Raises:
        Unreadable: It is no JSON, has no `value`, or a link in it is none.
    """
    body = answer.json_object()
    items, without_id = objects_in(answer, body)
    return Page(
        ids=[str(item["id"]) for item in items],
        items=items,
        next_link=_link(answer, body, "@odata.nextLink"),
        delta_link=_link(answer, body, "@odata.deltaLink"),
        count=count_of(body.get("@odata.count")),
        without_id=without_id,
    )


def objects_in(answer: Answer, body: Mapping[str, object]) -> tuple[tuple[Mapping[str, object], ...], tuple[str, ...]]:
    """The objects in `value` that have an id, and the names of those that have none.

    Raises:
        Unreadable: There is no such list.
    """
    value = body.get("value")
    if not isinstance(value, list):
        raise answer.unreadable(AnswerFault.SHAPE, "no value list in the answer")
    if all(map(_has_id, value)):
        return tuple(value), ()
    return tuple(filter(_has_id, value)), tuple(_name_of(item) for item in value if not _has_id(item))


def count_of(value: object) -> int | None:
    """A count as a number or, as OData may write it, as digits; None for what is none."""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def _has_id(item: object) -> bool:
    identifier = item.get("id") if isinstance(item, dict) else None
    return isinstance(identifier, str) and bool(identifier)


def _name_of(item: object) -> str:
    names = [item.get(name) for name in ("userPrincipalName", "displayName")] if isinstance(item, dict) else []
    known = next((name for name in names if isinstance(name, str) and name.strip()), "")
    return harmless(known, limit=100) or "an object without a name"


def _link(answer: Answer, body: Mapping[str, object], name: str) -> str | None:
    link = body.get(name)
    if link is None:
        return None
    if not isinstance(link, str) or not link:
        raise answer.unreadable(AnswerFault.SHAPE, f"{name} is no address")
    return link
