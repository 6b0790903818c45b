"""Whatever is staged, swapped, applied: the list equals a plain dict to which the same was done."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from entra_tui.model.entry import Changes, Entry, Scalar
from entra_tui.storage.lists import Checkpoint, ListDatabase, Stage
from tests.storage.list_samples import CONNECTOR, DELTA, FULL, NAME, STARTED, USERS

if TYPE_CHECKING:
    from collections.abc import Mapping

Rows = dict[str, dict[str, Scalar]]

_IDS = st.sampled_from([f"id-{number}" for number in range(12)])
_TEXTS = st.none() | st.sampled_from(["", "a", "B", "ß", "\ud800", "\x00"])
_VALUES = st.dictionaries(st.sampled_from(["displayName", "mail", "jobTitle"]), _TEXTS | st.booleans(), max_size=3)
_ENTRIES = st.lists(st.builds(Entry, _IDS, _VALUES), max_size=8)
_PAGE = Checkpoint("next", "delta", 1)


def held(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {key: value for key, value in values.items() if value is not None}


def merged(rows: Rows, upserts: list[Entry], removed: list[str]) -> Rows:
    result = {key: dict(values) for key, values in rows.items()}
    for entry in upserts:
        result[entry.id] = held({**result.get(entry.id, {}), **entry.values})
    return {key: values for key, values in result.items() if key not in removed}


def difference(old: Rows, new: Rows) -> Changes:
    common = old.keys() & new.keys()
    same = sum(sorted(map(repr, old[key].items())) == sorted(map(repr, new[key].items())) for key in common)
    return Changes(len(new) - len(common), len(common) - same, len(old) - len(common), same)


class ListsMachine(RuleBasedStateMachine):
    """Steps of synchronizations, interrupted and taken up at will."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.lists = ListDatabase(Path(self.folder.name) / "lists.db")
        self.lists.create_list(USERS, CONNECTOR)
        self.rows: Rows = {}
        self.staged: Rows = {}
        self.stage: Stage | None = None

    def teardown(self) -> None:
        self.lists.close()
        self.folder.cleanup()

    @rule()
    def begin(self) -> None:
        self.stage = self.lists.begin_stage(NAME, STARTED)
        self.staged = {}

    @rule()
    def restart(self) -> None:
        self.lists.close()
        self.stage = self.lists.open_stage(NAME)

    @precondition(lambda self: self.stage is not None)
    @rule(entries=_ENTRIES)
    def add(self, entries: list[Entry]) -> None:
        assert self.stage is not None
        new = {entry.id: held(entry.values) for entry in entries}
        assert self.stage.add(entries, checkpoint=_PAGE) == len(new.keys() - self.staged.keys())
        self.staged |= new

    @precondition(lambda self: self.stage is not None)
    @rule(upserts=_ENTRIES, removed=st.lists(_IDS, max_size=3))
    def catch_up(self, upserts: list[Entry], removed: list[str]) -> None:
        assert self.stage is not None
        self.stage.catch_up(upserts, removed, checkpoint=_PAGE)
        self.staged = merged(self.staged, upserts, removed)

    @precondition(lambda self: self.stage is not None)
    @rule()
    def swap(self) -> None:
        assert self.stage is not None
        expected = difference(self.rows, self.staged)
        assert self.stage.preview() == expected
        assert {entry.id for entry in self.stage.removals()} == self.rows.keys() - self.staged.keys()
        assert self.stage.swap(FULL, delta_link="d") == expected
        self.rows, self.stage = self.staged, None

    @precondition(lambda self: self.stage is not None)
    @rule()
    def discard(self) -> None:
        assert self.stage is not None
        self.stage.discard()
        self.stage = None

    @rule(upserts=_ENTRIES, removed=st.lists(_IDS, max_size=3))
    def apply(self, upserts: list[Entry], removed: list[str]) -> None:
        new = merged(self.rows, upserts, removed)
        assert self.lists.apply(NAME, upserts, removed, DELTA, delta_link="d") == difference(self.rows, new)
        self.rows = new

    @invariant()
    def the_list_is_the_dict(self) -> None:
        assert {entry.id: entry.values for entry in self.lists.rows(NAME)} == self.rows
        assert self.lists.count(NAME) == len(self.rows)
        if self.stage is not None:
            assert self.stage.entries == len(self.staged)


ListsMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=20)
TestListsEqualAPlainDict = ListsMachine.TestCase
