"""Evidence says what was proven, by whom and about which app, and that nobody changed it since."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from entra_tui.handover.evidence import collect_evidence, evidence_json, evidence_markdown
from entra_tui.handover.sheet import HIDDEN, sheet
from entra_tui.model.environment import PUBLIC
from entra_tui.onboarding import Step
from entra_tui.storage.lists import RunMode, RunReport
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_wizard_saves_evidence_at_its_end(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    async with walk.started():
        await walk.to(Step.SYNCHRONIZE)
        await walk.synchronize()
        await walk.tab_to("evidence")
        await walk.press("enter")
        await walk.until_seen("Written, for you alone")
    (file,) = (tmp_path / "home").glob("evidence-*.md")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text(encoding="utf-8")
    *above, last = text.splitlines(keepends=True)
    assert last.strip().endswith(hashlib.sha256("".join(above).encode()).hexdigest())
    assert "| User.Read.All | users | granted |" in text
    assert "| read | passed |" in text
    assert "| 40 | succeeded |" in text
    assert "practice tenant" in text
    assert walk.inputs.secret.reveal() not in text
    # A line that touched the table above it would be a row of it.
    assert above[-1] == "\n"
    assert "| graph address | https://graph.microsoft.com |" in text
    assert "Microsoft's answers" not in text


async def test_a_refusal_is_found_by_its_ids(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home", "wrong-secret")
    try:
        connector = await walk.connect()
        found = await collect_evidence(walk.services, connector, walk.inputs.secret)
    finally:
        await walk.services.aclose()
    failed = next(result for result in found.results if result.finding)
    assert failed.finding is not None
    ids = failed.finding.evidence
    assert ids.correlation_id
    text = evidence_markdown(found)
    assert f"| sign-in | {ids.http_status} | {ids.correlation_id} | {ids.request_id} | {ids.timestamp} |" in text


async def test_json_tells_what_is_missing(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home", "missing-permission")
    try:
        connector = await walk.connect()
        found = await collect_evidence(walk.services, connector, walk.inputs.secret)
    finally:
        await walk.services.aclose()
    document = json.loads(evidence_json(found))
    facts = document["evidence"]
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    assert document["sha256"] == hashlib.sha256(written.encode()).hexdigest()
    assert facts["healthy"] is False
    assert "missing" in {row["state"] for row in facts["permissions"]}
    assert next(row for row in facts["checks"] if row["id"] == "permissions")["status"] == "failed"
    assert facts["lists"] == [
        {
            "list": "Users - Contoso",
            "entries": 0,
            "outcome": "not synchronized yet",
            "ended_at": None,
            "added": None,
            "changed": None,
            "removed": None,
            "unchanged": None,
            "requests": None,
            "warnings": [],
        }
    ]
    hostile = replace(found, organization="a | b <img src=x> [link](http://x)\n# heading")
    assert r"| organization | a \| b \<img src=x\> \[link\](http://x) # heading |" in evidence_markdown(hostile)


async def test_the_run_that_is_cited_says_its_warnings(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    warning = "1 object has no ID and cannot be listed: 'A | B'."
    try:
        connector = await walk.connect()
        now = walk.services.http.clock.now()
        report = RunReport(RunMode.FULL, now, now, 1, (warning, "Two."))
        walk.services.lists.apply(connector.users_list, (), (), report, delta_link=None)
        found = await collect_evidence(walk.services, connector, walk.inputs.secret)
    finally:
        await walk.services.aclose()
    (cited,) = json.loads(evidence_json(found))["evidence"]["lists"]
    assert (cited["outcome"], cited["warnings"]) == ("succeeded", [warning, "Two."])
    (row,) = (line for line in evidence_markdown(found).splitlines() if "| succeeded |" in line)
    assert row.endswith(r"| 1 object has no ID and cannot be listed: 'A \| B'. Two. |")


async def test_the_sheet_holds_the_forms_fields_in_order_and_no_secret(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "home")
    try:
        connector = await walk.connect()
    finally:
        await walk.services.aclose()
    fields = sheet(connector, PUBLIC)
    assert [name for name, _ in fields] == ["Name", "Tenant ID", "Client ID", "Client Secret", "Environment Type"]
    assert fields[3] == ("Client Secret", HIDDEN)
