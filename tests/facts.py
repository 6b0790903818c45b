"""The facts that the product is built on, where they lie beside the checkout."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

_FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"


def load_facts(name: str) -> dict[str, Any]:
    """The TOML document `name`; the test is skipped where there is none."""
    path = _FACTS / name
    if not path.is_file():
        pytest.skip(f"{path} is not there: the facts are kept beside the checkout, not in it")
    return tomllib.loads(path.read_text(encoding="utf-8"))
