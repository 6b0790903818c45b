"""The changes of a delta query, merged by id: the same object may come several times, and the last one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.model.entry import Entry, Scalar
from entra_tui.sync.rows import REMOVED, id_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from entra_tui.sync.rows import RowColumns


class DeltaRound:
    """What a delta says so far.

    Args:
        columns: Columns that are kept.
    """

    def __init__(self, columns: RowColumns) -> None:
        self._columns = columns
        self._changed: dict[str, dict[str, Scalar]] = {}
        self._removed: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._changed) + len(self._removed)

    @property
    def size(self) -> int:
        """How many objects are held."""
        return len(self)

    def take(self, items: Iterable[Mapping[str, object]]) -> None:
        """Merge a page's objects."""
        for item in items:
            identifier = id_of(item)
            if REMOVED in item:
                self._changed.pop(identifier, None)
                self._removed[identifier] = None
                continue
            if self._removed.pop(identifier, self) is None:
                # Gone and back again within one round: what it had before does not count any more.
                self._changed[identifier] = dict.fromkeys(self._columns.names)
            told = values_of(item, self._columns)
            if (so_far := self._changed.setdefault(identifier, told)) is not told:
                so_far.update(told)

    @property
    def removed(self) -> tuple[str, ...]:
        """Ids of what is gone."""
        return tuple(self._removed)

    @property
    def changed(self) -> Iterator[Entry]:
        """What is new or changed, with the properties that were told."""
        return (Entry(identifier, values) for identifier, values in self._changed.items())
