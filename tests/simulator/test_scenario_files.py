"""Scenario files: the shipped ones say what happens; slips of the pen are named."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.fields import looks_like_secret
from entra_tui.model.finding import CheckId
from entra_tui.simulator.awkward import Awkward
from entra_tui.simulator.faults import FaultKind
from entra_tui.simulator.scenario import Scenario, ScenarioError, SyncOutcome, find_scenario, list_scenarios
from entra_tui.simulator.timeline_event import Action
from tests.facts import load_facts

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'title = "A title"\ndescription = "What happens."\n'
EARLY = {"healthy", "wrong-secret", "secret-id", "expired-secret", "wrong-tenant", "no-consent", "missing-permission"}


def _write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_there_are_enough_and_they_differ() -> None:
    scenarios = list_scenarios()

    assert len(scenarios) >= 30
    assert EARLY | {"us-government"} <= {scenario.name for scenario in scenarios}
    assert len({scenario.title for scenario in scenarios}) == len(scenarios)


@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: str(scenario.name))
def test_a_shipped_scenario_is_of_one_piece(scenario: Scenario) -> None:
    expected = scenario.expected

    assert find_scenario(scenario.name) == scenario
    assert scenario.description.endswith(".")
    assert "\n" not in scenario.description
    if expected.check in {None, CheckId.SECRET_EXPIRY, CheckId.CLOCK}:
        assert expected.healthy
    else:
        assert not expected.healthy
        assert expected.remedy_words
        assert expected.sync_outcome is SyncOutcome.NOT_RUN
    assert (expected.entries is not None) is (expected.sync_outcome is SyncOutcome.COMPLETED)
    if scenario.name != "secret-id":
        assert looks_like_secret(scenario.inputs.secret.reveal())
        assert scenario.inputs.secret.reveal() not in repr(scenario)


def test_scenarios_cover_clouds_rungs_faults_and_awkward_values() -> None:
    scenarios = list_scenarios()
    kinds = {fault.kind for scenario in scenarios for fault in scenario.faults}

    assert {scenario.environment for scenario in scenarios} == {"public", "usgov", "usgov-dod", "china"}
    assert {scenario.expected.check for scenario in scenarios} == {None, *CheckId}
    assert kinds == set(FaultKind)
    assert {kind for scenario in scenarios for kind in scenario.users.awkward} == set(Awkward)


def test_the_codes_of_scenarios_are_known_facts() -> None:
    known = {f"AADSTS{row['code']}" for row in load_facts("errors.toml")["aadsts"]}
    codes = {scenario.expected.code for scenario in list_scenarios()}

    assert {code for code in codes if code and code.startswith("AADSTS")} <= known


def test_the_readme_names_every_word() -> None:
    readme = resources.files("entra_tui.simulator").joinpath("scenarios", "README.md").read_text("utf-8")
    words = set(re.findall(r"`([a-z_0-9-]+)`", readme))

    for kind in (*FaultKind, *Action, *Awkward, *SyncOutcome):
        assert kind.value in words, kind


def test_a_file_of_ones_own_works_like_a_name(tmp_path: Path) -> None:
    scenario = find_scenario(_write(tmp_path, f"{HEAD}\n[users]\ncount = 3\n"))

    assert (scenario.name, scenario.users.count) == ("mine", 3)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = ", r"mine.toml is not a TOML file: Invalid value"),
        ('description = "x"', r"mine.toml: `title` is missing"),
        (f"{HEAD}\ncolour = 1", r"mine.toml: `colour` is not a key here; known are .*users"),
        (f"{HEAD}\n[users]\ncuont = 1", r"mine.toml: \[users\] `cuont` is not a key here; known are awkward, count"),
        (f"{HEAD}\n[users]\ncount = -1", r"mine.toml: \[users\] `count` must be a whole number, 0 or more"),
        (f"{HEAD}\n[users]\nawkward = ['x']", r"\[users\] `awkward` holds `x`, but may hold only control-characters"),
        (
            f"{HEAD}\nenvironment = 'moon'",
            r"`environment` is `moon`, but must be one of public, usgov, usgov-dod, china",
        ),
        (f"{HEAD}\n[tenant]\nid = 'x'", r"\[tenant\] `id` must be a GUID, not `x`"),
        (f"{HEAD}\n[[faults]]\nkind = 'slow'", r"\[faults\] `where` is missing"),
        (f"{HEAD}\n[[faults]]\nkind = 'sign-in-error'\nwhere = 'token'", r"`code` knows no sign-in error 0"),
        (f"{HEAD}\n[[faults]]\nkind = 'slow'\nwhere = 'any'\nalways = 1", r"`always` must be true or false"),
        (f"{HEAD}\n[[applications]]\ngranted = ['All']", r"\[applications\] `granted` holds `All`"),
        (f"{HEAD}\n[[applications]]\ntenant_id = '{'0' * 32}'", r"registered in a tenant that is not there"),
        (f"{HEAD}\n[line]\nlatency_ms = 'x'", r"\[line\] `latency_ms` must be a number, 0 or more"),
        (f"{HEAD}\nusers = 5", r"`users` must be a table"),
        (f"{HEAD}\n[faults]\nkind = 'slow'", r"`faults` must be written as \[\[faults\]\]"),
        (f"{HEAD}\n[expected]\nremedy_words = 'x'", r"`remedy_words` must be a list of texts"),
    ],
)
def test_a_slip_of_the_pen_is_named(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ScenarioError, match=problem) as caught:
        find_scenario(_write(tmp_path, text))

    assert str(caught.value).count("\n") == 0


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no scenario `helthy`; did you mean `healthy`\?"):
        find_scenario("helthy")
    with pytest.raises(ScenarioError, match=r"cannot be read: No such file"):
        find_scenario(str(tmp_path / "nothing.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        find_scenario(str(tmp_path / "bytes.toml"))
