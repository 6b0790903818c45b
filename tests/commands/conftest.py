from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.commands.program import Practice, Program, bare_environment, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program with a home of its own, in processes."""
    return Program(tmp_path / "home")


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A tenant where everything works, with 30 users."""
    with serving(tmp_path_factory.mktemp("healthy"), "healthy", "--users", "30") as practice:
        yield practice


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's home for runs in this very process, with nothing of this machine's around it."""
    bare = bare_environment(tmp_path / "home")
    for name in set(os.environ) - set(bare):
        monkeypatch.delenv(name)
    for name, value in bare.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"
