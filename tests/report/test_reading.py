"""Damaged, newer and hostile files: one clear sentence, never anything else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entra_tui.report.document import load_report, read_report, write_report
from entra_tui.report.errors import ReportError
from entra_tui.report.pseudonyms import Pseudonyms
from entra_tui.report.replay import replay
from tests.report.recorded import record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
async def text() -> str:
    return write_report((await record("wrong-secret")).report)


def _changed(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    before, _, rest = text.partition("\n```json\n")
    document = json.loads(rest.rpartition("\n```")[0])
    change(document)
    return f"{before}\n```json\n{json.dumps(document)}\n```\n"


def _refusal(text: str) -> str:
    with pytest.raises(ReportError) as refused:
        read_report(text)
    sentence = refused.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert sentence.isprintable()
    return sentence


@pytest.mark.parametrize(
    "text", ["", "nothing", "```json\n", "```json\n{\n```\n", "```json\n[]\n```", "```json\n1\n```"]
)
def test_what_is_no_report_is_said_to_be_none(text: str) -> None:
    assert _refusal(text)


def test_deep_nesting_and_endless_numbers_are_refused() -> None:
    assert "no JSON" in _refusal(f"```json\n{'[' * 200_000}{']' * 200_000}\n```")
    assert "no JSON" in _refusal(f'```json\n{{"version": {"9" * 10_000}}}\n```')


async def test_a_newer_version_is_named(text: str) -> None:
    assert "newer version" in _refusal(_changed(text, lambda document: document.update(version=2)))


async def test_a_half_file_is_refused(text: str) -> None:
    assert "end is missing" in _refusal(text[: len(text) // 2])


_WRONG: list[tuple[tuple[str | int, ...], object]] = [
    (("version",), "1"),
    (("version",), True),
    (("made",), "yesterday"),
    (("made",), "9999-12-31T23:59:59Z"),
    (("made",), "2026-11-23T09:00:00"),
    (("persons",), -1),
    (("clock_offset_seconds",), float("inf")),
    (("inputs", "tenant"), None),
    (("inputs", "tenant"), "x" * 5000),
    (("inputs", "features"), ["everything"]),
    (("inputs", "secret_expires"), "soon"),
    (("inputs", "environment", "authority"), "file:///etc/passwd"),
    (("inputs", "environment", "graph"), "https://graph\n.test"),
    (("token",), []),
    (("checks",), [{}] * 10),
    (("checks", 0, "id"), "../../etc"),
    (("checks", 0, "status"), 7),
    (("har",), None),
    (("har", "log", "entries"), [{}] * 501),
    (("har", "log", "entries", 0, "request", "url"), "javascript:alert(1)"),
    (("har", "log", "entries", 0, "request", "headers"), {"a": "b"}),
    (("har", "log", "entries", 0, "response", "status"), 700),
    (("har", "log", "entries", 0, "response", "content", "size"), 1 << 60),
    (("har", "log", "entries", 0, "response", "content", "text"), "\ud800"),
    (("har", "log", "entries", 0, "_entraTui", "failure"), 3),
    (("har", "log", "entries", 0, "time"), float("nan")),
    (("har", "log", "entries", 0, "startedDateTime"), "0001-01-01T00:00:00+23:59"),
]


@pytest.mark.parametrize(("place", "value"), _WRONG, ids=lambda part: str(part)[:60])
async def test_a_wrong_member_is_named_by_its_place(text: str, place: tuple[str | int, ...], value: object) -> None:
    def change(document: Any) -> None:  # noqa: ANN401 - any JSON
        for step in place[:-1]:
            document = document[step]
        document[place[-1]] = value

    assert "damaged at" in _refusal(_changed(text, change))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_changed_it_is_read_or_refused(text: str, data: st.DataObject) -> None:
    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )

    def change(document: Any) -> None:  # noqa: ANN401 - any JSON
        place = document
        while isinstance(place, dict | list) and place:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
                place[key] = data.draw(junk)
                return
            place = place[key]

    try:
        read = read_report(_changed(text, change))
    except ReportError:
        return
    await replay(read)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\0" * 100])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "report.md"
    file.write_bytes(content)
    with pytest.raises(ReportError):
        load_report(file)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", tmp_path / ("x" * 300)):
        with pytest.raises(ReportError):
            load_report(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as output:
        output.truncate(40 * 1024 * 1024)
    with pytest.raises(ReportError, match="too large"):
        load_report(file)


def test_a_person_keeps_one_number_whatever_the_writing() -> None:
    names = Pseudonyms()
    names.person("1f0c7a52-0000-4000-8000-00000000abcd", "Ann.Lee@contoso.com")
    assert names.text("mail=ann.lee%40contoso.com id 1F0C7A52-0000-4000-8000-00000000ABCD, bob@contoso.com") == (
        "mail=person-1@person.example id 00000000-0000-4000-8000-000000000001, person-2@person.example"
    )
    once = names.text("Ann.Lee@contoso.com")
    assert names.text(once) == once


async def test_text_from_outside_cannot_pretend_to_be_a_part_of_the_file(text: str) -> None:
    def change(document: dict[str, Any]) -> None:
        document["checks"][0]["summary"] = "x\n```json\n{}\n```\n| a | b |\x1b[31m<script>"

    written = write_report(read_report(_changed(text, change)))
    assert written.count("\n```json\n") == 1
    assert "\x1b" not in written
    assert "<script>" not in written.partition("\n```json\n")[0]
