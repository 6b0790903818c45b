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
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ODD = (
    "=+-@\uff1d\uff0b\uff0d\uff20,;|\t\n\r\v\f\0\x1c\x85\u2028\u2029 '\"\\/#"
    "\u00a0\ufeff\u200b\u00e9\x1b\x7f\ud800\udfff\U0001f600"
)
NUMBERS = [0, -1, 2**63, 2**64, -(2**63) - 1, 0.5, -0.0, 1e16, 1e-5, float("inf"), float("nan")]

texts = st.text(st.one_of(st.sampled_from(f"{ODD}ab1"), st.characters()), max_size=8)
values = st.one_of(st.none(), st.booleans(), texts, texts, st.sampled_from(NUMBERS), st.integers(), st.floats())
names = st.one_of(st.sampled_from("abc"), texts.filter(lambda name: name != "id"))
entries = st.lists(st.builds(Entry, texts, st.dictionaries(names, values, max_size=4)), max_size=5)
columns = st.lists(names, max_size=4, unique=True).flatmap(lambda chosen: st.permutations(["id", *chosen]))

AWKWARD = [
    Entry("=1", {"a": "x;\t@y", "b": '"', "c": True}),
    Entry("", {"a": "\ud800=", "d": "of another column"}),
    Entry("2", {"a": 1e16, "b": 2**64, "c": None}),
]


def row_of(entry: Entry, columns: Sequence[str]) -> dict[str, Scalar]:
    return {column: entry.id if column == "id" else entry.values.get(column) for column in columns}


def text_of(value: Scalar, *, raw: bool, harmless_only: bool) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = text if raw else without_formulas(text)
    return harmless(text, limit=len(text) + 1) if harmless_only else text


def plain_csv(entries: Iterable[Entry], columns: Sequence[str], *, raw: bool, harmless_only: bool) -> bytes:
    lines = []
    for row in (columns, *(row_of(entry, columns).values() for entry in entries)):
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        writer.writerow([text_of(value, raw=raw, harmless_only=harmless_only) for value in row])
        lines.append(line.getvalue().removesuffix("\r\n") + "\n")
    return "".join(lines).encode("utf-8", "replace")


def plain_objects(entries: Iterable[Entry], columns: Sequence[str], *, harmless_only: bool) -> list[bytes]:
    lines = [json.dumps(row_of(entry, columns), ensure_ascii=harmless_only) for entry in entries]
    return [line.encode("utf-8", "replace") for line in lines]


@pytest.fixture(autouse=True, scope="module", params=[1, 3, 200])
def _batches(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "_BATCH", request.param)
        yield


@given(entries=entries, columns=columns, raw=st.booleans(), harmless_only=st.booleans())
@example(entries=AWKWARD, columns=["id"], raw=False, harmless_only=False)
@example(entries=AWKWARD, columns=["c", "b", "id", "a"], raw=True, harmless_only=False)
def test_csv(entries: list[Entry], columns: list[str], raw: bool, harmless_only: bool) -> None:
    out = io.BytesIO()
    assert write_csv(entries, columns, out, harmless_only, raw=raw) == len(entries)
    assert out.getvalue() == plain_csv(entries, columns, raw=raw, harmless_only=harmless_only)


@given(entries=entries, columns=columns, harmless_only=st.booleans())
@example(entries=AWKWARD, columns=["id"], harmless_only=False)
@example(entries=AWKWARD, columns=["c", "b", "id", "a"], harmless_only=False)
def test_json(entries: list[Entry], columns: list[str], harmless_only: bool) -> None:
    objects = plain_objects(entries, columns, harmless_only=harmless_only)
    out, lines = io.BytesIO(), io.BytesIO()
    assert write_json_lines(entries, columns, lines, harmless_only) == len(entries)
    assert lines.getvalue() == b"".join(b"%b\n" % one for one in objects)
    assert write_json(entries, columns, out, harmless_only) == len(entries)
    assert out.getvalue() == (b"[\n %b\n]\n" % b",\n ".join(objects) if objects else b"[]\n")
