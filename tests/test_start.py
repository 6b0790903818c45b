"""The start of a command and the end of its process."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from entra_tui.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCRIPT = """
import gc, sys
import entra_tui.commands.lists
from entra_tui.__main__ import main

def show(*_, **__):
    print(gc.isenabled(), gc.get_freeze_count() > 0)
    return 0

entra_tui.commands.lists.show_lists = show
sys.argv = ["entra-tui", "list"]
sys.exit(main())
"""


def test_garbage_is_looked_for_while_a_command_works_and_not_among_its_modules(tmp_path: Path) -> None:
    environment = os.environ | {"ENTRA_TUI_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["True", "True"]


def test_a_caller_within_its_own_process_keeps_its_garbage_collection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen = gc.get_freeze_count()
    assert main(["list", "--data-dir", str(tmp_path)]) == 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen
