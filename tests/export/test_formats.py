from __future__ import annotations

import io

import pytest

from entra_tui.commands.arguments import build_parser
from entra_tui.export.formats import CSV, EXCEL, FORMATS, JSON, format_of_file
from entra_tui.model.entry import Entry


def test_each_format_has_a_name_an_ending_a_label_and_a_writer_of_its_own() -> None:
    for part in ("name", "ending", "label", "note", "write"):
        assert len({getattr(form, part) for form in FORMATS.values()}) == len(FORMATS)
    for name, form in FORMATS.items():
        out = io.BytesIO()
        assert name == form.name
        assert form.write([Entry("1", {"mail": "a@b.example"})], ("id", "mail"), out, False) == 1
        assert out.getvalue()


def test_the_command_line_offers_them_all() -> None:
    parser = build_parser()
    for name in FORMATS:
        assert parser.parse_args(["export", "Users", "--format", name]).format == name


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.xlsx", EXCEL), ("A.XLSX", EXCEL), ("a.json", JSON), ("a.csv", CSV), ("a.txt", CSV), ("", CSV)],
)
def test_a_files_ending_names_its_format(name: str, form: object) -> None:
    assert format_of_file(name) is form
