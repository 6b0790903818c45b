"""A report made in any scenario gives nobody away, is a HAR, and replays to the same ladder."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import jsonschema
import pytest

from entra_tui.report.document import read_report, write_report
from entra_tui.report.replay import replay
from entra_tui.simulator.scenario import list_scenarios
from tests.report.recorded import Recorded, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entra_tui.simulator.specification import Scenario

_HAR = json.loads(Path(__file__).with_name("har-1.2.schema.json").read_text(encoding="utf-8"))
_EACH = pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)


def machine_part(text: str) -> dict[str, Any]:
    """The JSON of a report."""
    document: dict[str, Any] = json.loads(text.partition("\n```json\n")[2].rpartition("\n```")[0])
    return document


def _writings(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield from (raw, raw.lower(), json.dumps(text)[1:-1].encode(), raw.hex().encode())
    yield from (quote(text, safe="").encode(), quote_plus(text).encode())
    for skipped, lead in ((0, 0), (1, 2), (2, 3)):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * skipped + raw).rstrip(b"=")[lead:-2]


def _planted(run: Recorded) -> Iterator[str]:
    scenario = run.cloud.scenario
    yield scenario.inputs.secret.reveal()
    for application in scenario.applications:
        yield from (secret.value.reveal() for secret in application.secrets)
    if run.token:
        yield from (part for part in run.token.split(".") if len(part) > 20)
    for position in range(run.cloud.tenant.users.end):
        user = run.cloud.tenant.users.user_at(position) or {}
        for name in ("id", "displayName", "mail", "userPrincipalName", "mobilePhone"):
            value = user.get(name)
            if isinstance(value, str) and len(value) > 5 and value.isprintable():
                yield value


@_EACH
async def test_nothing_planted_is_in_it(scenario: Scenario) -> None:
    run = await record(scenario)
    content = write_report(run.report).encode()
    lowered = content.lower()
    for planted in _planted(run):
        for writing in _writings(planted):
            assert writing not in content, planted
        assert planted.lower().encode() not in lowered
    assert b"eyJ" not in content


@_EACH
async def test_an_anonymous_one_does_not_name_the_tenant(scenario: Scenario) -> None:
    run = await record(scenario, anonymous=True)
    content = write_report(run.report).lower()
    tenant = scenario.tenant
    for text in (tenant.tenant_id, tenant.name, tenant.domain, tenant.initial_domain, scenario.inputs.client_id):
        assert text.lower() not in content, text


@_EACH
async def test_it_replays_to_the_same_ladder(scenario: Scenario) -> None:
    run = await record(scenario)
    text = write_report(run.report)
    read = read_report(text)
    assert read.results == run.report.results
    assert await replay(read) == list(run.report.results)
    assert [(each.check, each.status) for each in run.results] == [(e.check, e.status) for e in read.results]
    for was, came in zip(run.results, read.results, strict=True):
        assert (was.finding is None) == (came.finding is None)
        if was.finding is not None and came.finding is not None:
            assert (was.finding.code, was.finding.remedy) == (came.finding.code, came.finding.remedy)
            assert was.finding.evidence == came.finding.evidence
    assert write_report(read) == text


@_EACH
async def test_its_log_is_a_har(scenario: Scenario) -> None:
    run = await record(scenario)
    har = machine_part(write_report(run.report))["har"]
    jsonschema.validate(har, _HAR, format_checker=jsonschema.FormatChecker())
    assert len(har["log"]["entries"]) == len(run.report.exchanges)
