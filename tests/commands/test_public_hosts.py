"""The main job's scenarios, as their files expect it, on Microsoft's own host names through a proxy.

The proxy leads login.microsoftonline.com, graph.microsoft.com and their kin to the practice tenant: nothing but the
certificate to trust and the proxy differs from the real thing.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from entra_tui.simulator.scenario import SyncOutcome, find_scenario
from tests.commands.program import SECONDS, Program, command, serving
from tests.graph.loopback import connect_proxy

if TYPE_CHECKING:
    from pathlib import Path

MAIN_JOB = [
    "healthy",
    "wrong-secret",
    "secret-id",
    "expired-secret",
    "wrong-tenant",
    "no-consent",
    "missing-permission",
    "us-government",
]


async def run(program: Program, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command(),
        *arguments,
        env=program.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.parametrize("name", MAIN_JOB)
async def test_check_and_sync_end_as_the_scenario_expects(name: str, tmp_path: Path) -> None:
    scenario = find_scenario(name)
    inputs, expected = scenario.inputs, scenario.expected
    with serving(tmp_path, name) as practice:
        async with connect_proxy(port=practice.port) as proxy:
            program = Program(
                tmp_path / "home",
                {
                    "HTTPS_PROXY": proxy.origin,
                    "SSL_CERT_FILE": practice.ca_file,
                    "ENTRA_TUI_CLIENT_SECRET": inputs.secret.reveal(),
                },
            )
            values = (
                "--tenant-id",
                inputs.tenant,
                "--client-id",
                inputs.client_id,
                "--environment",
                inputs.environment,
            )
            code, out, err = await run(program, "check", *values, "--json")
            report = json.loads(out)
            assert report["healthy"] is expected.healthy, out
            assert code == (0 if expected.healthy else 1), err
            broken = [check for check in report["checks"] if check["status"] in {"failed", "warning"}]
            assert [check["id"] for check in broken] == ([expected.check.value] if expected.check else [])
            for check in broken:
                finding = check["finding"]
                assert finding["code"] == expected.code
                assert all(word.lower() in " ".join(finding["remedy"]).lower() for word in expected.remedy_words)
                assert set(finding["evidence"]) == {"http_status", "correlation_id", "request_id", "timestamp"}
            seen = {request.line.split()[1] for request in proxy.requests}
            assert all("microsoft" in host and host.endswith(":443") for host in seen)

            if expected.sync_outcome is SyncOutcome.COMPLETED:
                code, _, err = await run(program, "connector", "add", "Contoso", *values, "--secret-store", "none")
                assert code == 0, err
                code, out, err = await run(program, "sync", "Contoso", "--json")
                assert code == 0, err
                assert json.loads(out.splitlines()[-1])["total"] == expected.entries


async def test_the_secret_id_is_named_before_any_request_by_sync_too(tmp_path: Path) -> None:
    inputs = find_scenario("secret-id").inputs
    async with connect_proxy() as proxy:
        program = Program(tmp_path / "home", {"HTTPS_PROXY": proxy.origin})
        values = ("--tenant-id", inputs.tenant, "--client-id", inputs.client_id)
        assert (await run(program, "connector", "add", "Contoso", *values, "--secret-store", "none"))[0] == 0
        wrong = Program(program.home, {**program.variables, "ENTRA_TUI_CLIENT_SECRET": inputs.secret.reveal()})
        code, out, _ = await run(wrong, "sync", "Contoso", "--json")
        assert code == 1
        event = json.loads(out)
        assert (event["event"], event["finding"]["code"], event["requests"]) == ("failed", "secret-id-pasted", 0)
        code, out, _ = await run(wrong, "sync", "Contoso")
        assert code == 1
        assert "Value" in out
        assert proxy.requests == []
