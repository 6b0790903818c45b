"""The writers against plain ones, which take a row at a time and what Python brings along, whatever the texts are."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entra_tui.export import formats
from entra_tui.export.formats import write_csv, write_json, write_json_lines
from entra_tui.export.formulas import without_formulas
from entra_tui.model.entry import Entry, Scalar
from entra_tui.model.list_row import ListRow
from entra_tui.model.text import harmless
from entra_tui.storage.lists.stored_row import decode, row_decoder, stored_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ODD = (
    "=+-@\uff1d\uff0b\uff0d\uff20,;|\t\n\r\v\f\0\x1c\x85\u2028\u2029 '\"\\/#"
    "\u00a0\ufeff\u200b\u00e9\x1b\x7f\ud800\udfff\U0001f600"
)
NUMBERS = [0, -1, 2**63 - 1, 0.5, -0.0, 1e16, 1e-5, 2.0]
NOT_STORED = [2**63, 2**64, -(2**63) - 1, float("inf"), float("nan")]

texts = st.text(st.one_of(st.sampled_from(f"{ODD}ab1"), st.characters()), max_size=8)
names = st.one_of(st.sampled_from("abc"), texts.filter(lambda name: name != "id"))
columns = st.lists(names, max_size=4, unique=True)
storable = st.one_of(st.none(), st.booleans(), texts, texts, st.sampled_from(NUMBERS))
anything = st.one_of(storable, st.sampled_from(NOT_STORED), st.integers(), st.floats())


def entries_of(
    values: st.SearchStrategy[Scalar], ids: st.SearchStrategy[str] = texts
) -> st.SearchStrategy[list[Entry]]:
    return st.lists(st.builds(Entry, ids, st.dictionaries(names, values, max_size=4)), max_size=5)


AWKWARD = [
    Entry("=1", {"a": "x;\t@y", "b": '"', "c": True}),
    Entry("", {"a": "\ud800=", "d": "of another column"}),
    Entry("2", {"a": 1e16, "b": 2**62, "c": None}),
    Entry("3", {"a": "M\u00fcller, Ada", "b": "R&D - Sales", "c": "+49 30"}),
]


def row_of(entry: Entry, columns: Sequence[str]) -> dict[str, Scalar]:
    return {column: entry.id if column == "id" else entry.values.get(column) for column in columns}


def text_of(value: Scalar, *, raw: bool, harmless_only: bool) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = text if raw else without_formulas(text)
    return harmless(text, limit=len(text) + 1) if harmless_only else text


def plain_csv(entries: Sequence[Entry], columns: Sequence[str], *, raw: bool, harmless_only: bool) -> bytes:
    lines = []
    for row in (columns, *(row_of(entry, columns).values() for entry in entries)):
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        writer.writerow([text_of(value, raw=raw, harmless_only=harmless_only) for value in row])
        lines.append(line.getvalue().removesuffix("\r\n") + "\n")
    return "".join(lines).encode("utf-8", "replace")


def plain_objects(entries: Sequence[Entry], columns: Sequence[str], *, harmless_only: bool) -> list[bytes]:
    lines = [json.dumps(row_of(entry, columns), ensure_ascii=harmless_only) for entry in entries]
    return [line.encode("utf-8", "replace") for line in lines]


def see_alike(
    rows: Sequence[Entry | ListRow], entries: Sequence[Entry], columns: Sequence[str], *, raw: bool, harmless_only: bool
) -> None:
    """What is written of the rows is what the plain ones write of the entries."""
    sheet, array, lines = io.BytesIO(), io.BytesIO(), io.BytesIO()
    assert write_csv(rows, columns, sheet, harmless_only, raw=raw) == len(entries)
    assert sheet.getvalue() == plain_csv(entries, columns, raw=raw, harmless_only=harmless_only)
    objects = plain_objects(entries, columns, harmless_only=harmless_only)
    assert write_json_lines(rows, columns, lines, harmless_only) == len(entries)
    assert lines.getvalue() == b"".join(b"%b\n" % one for one in objects)
    assert write_json(rows, columns, array, harmless_only) == len(entries)
    assert array.getvalue() == (b"[\n %b\n]\n" % b",\n ".join(objects) if objects else b"[]\n")


@pytest.fixture(autouse=True, scope="module", params=[1, 3, 200])
def _batches(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "_BATCH", request.param)
        yield


@given(
    entries=entries_of(anything),
    columns=columns.flatmap(lambda chosen: st.permutations(["id", *chosen])),
    raw=st.booleans(),
    harmless_only=st.booleans(),
)
@example(entries=AWKWARD, columns=["id"], raw=False, harmless_only=False)
@example(entries=AWKWARD, columns=["c", "b", "id", "a"], raw=False, harmless_only=False)
def test_entries(entries: list[Entry], columns: list[str], raw: bool, harmless_only: bool) -> None:
    see_alike(entries, entries, columns, raw=raw, harmless_only=harmless_only)


@given(
    entries=entries_of(storable, ids=st.text(max_size=3)),
    columns=columns,
    raw=st.booleans(),
    harmless_only=st.booleans(),
)
@example(entries=AWKWARD, columns=["c", "b", "a"], raw=False, harmless_only=False)
@example(entries=AWKWARD, columns=["a", "x"], raw=False, harmless_only=True)
def test_stored_rows(entries: list[Entry], columns: list[str], raw: bool, harmless_only: bool) -> None:
    columns = ["id", *columns]
    made = row_decoder(columns)
    bodies = [(entry.id, stored_row(entry)[-1].encode()) for entry in entries]
    held = [decode(entry_id, body) for entry_id, body in bodies]
    see_alike([made(*one) for one in bodies], held, columns, raw=raw, harmless_only=harmless_only)


def test_what_a_row_cannot_hold_stays_an_entry() -> None:
    made = row_decoder(["id", "b", "a b"])
    row = made("1", b'{"a b":"x","b":7,"c":0.5}')
    assert isinstance(row, ListRow)
    assert row.id == "1"
    for value in ("0.5", "1e2", "9223372036854775808", '"\\ud800"', '"\\udfff"', "[]"):
        entry = made("1", b'{"b":%b}' % value.encode())
        assert entry == Entry("1", {"b": json.loads(value)})
    for name in ('"', "\\", "\n", "\ud800"):
        assert row_decoder(["id", name]) is decode
