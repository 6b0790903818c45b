"""The committed pictures show the program as it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

MEGABYTE = 1_000_000
ROOT = Path(__file__).parents[2]


def test_pictures_are_those_of_the_running_program(tmp_path: Path) -> None:
    # A process of its own, since the look depends on variables that Textual reads when it is loaded.
    code = "import tests.screenshots.__main__ as m, pathlib, sys; m.FOLDER = pathlib.Path(sys.argv[1]); m.main()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, timeout=120)
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.svg")}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "screenshots").glob("*.svg")}
    stale = sorted(name for name in drawn.keys() | committed.keys() if drawn.get(name) != committed.get(name))
    assert not stale, f"stale: {', '.join(stale)}; run python -m tests.screenshots"


def test_pictures_load_nothing_and_run_nothing() -> None:
    pictures = sorted((ROOT / "screenshots").glob("*.svg"))
    assert pictures
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert not re.search(r"<script|<image|<foreignObject|@font-face|@import|href=|url\((?!#)", text), picture.name
        assert len(text) < MEGABYTE, picture.name


def test_the_readme_shows_every_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"screenshots/([\w-]+\.svg)", text))
    assert shown == {picture.name for picture in (ROOT / "screenshots").glob("*.svg")}
