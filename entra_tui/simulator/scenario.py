"""The scenarios that come with the package, and files of your own.

`scenarios/README.md` documents the files.
"""

from __future__ import annotations

import difflib
from importlib import resources
from pathlib import Path
from typing import Final

from entra_tui.simulator.scenario_file import parse_scenario
from entra_tui.simulator.specification import Expected, Inputs, Scenario, ScenarioError, SyncOutcome

__all__ = ["Expected", "Inputs", "Scenario", "ScenarioError", "SyncOutcome", "find_scenario", "list_scenarios"]

_ENDING: Final = ".toml"
_FOLDER: Final = resources.files("entra_tui.simulator").joinpath("scenarios")


def list_scenarios() -> tuple[Scenario, ...]:
    """Every scenario that comes with the package, in order of name."""
    return tuple(_shipped(name) for name in _names())


def find_scenario(name_or_path: str) -> Scenario:
    """The scenario that comes with the package by its name, or one of your own by its file's path.

    Raises:
        ScenarioError: There is none, or its file is damaged.
    """
    if not name_or_path.endswith(_ENDING) and not set(name_or_path) & {"/", "\\"}:
        return _shipped(name_or_path)
    path = Path(name_or_path).expanduser()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ScenarioError(f"The scenario file {path} cannot be read: {reason}.") from error
    return parse_scenario(text, name=path.stem, source=path.name)


def _shipped(name: str) -> Scenario:
    file = _FOLDER.joinpath(f"{name}{_ENDING}")
    if not file.is_file():
        near = difflib.get_close_matches(name, _names(), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "choose one of those that `entra-tui simulate --list` names."
        raise ScenarioError(f"There is no scenario `{name}`; {hint}")
    return parse_scenario(file.read_text("utf-8"), name=name, source=file.name)


def _names() -> list[str]:
    return sorted(entry.name.removesuffix(_ENDING) for entry in _FOLDER.iterdir() if entry.name.endswith(_ENDING))
