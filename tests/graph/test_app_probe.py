from __future__ import annotations

from typing import Any

import httpx
import pytest

from entra_tui.graph.app_probe import AppPresence, probe_application
from entra_tui.graph.discovery import discover
from entra_tui.graph.errors import Refused
from entra_tui.model.environment import PUBLIC
from tests.graph.microsoft import CLIENT, TENANT, Reply, Script, client, discovery_path, openid, sign_in_error

_DEVICE_CODE = f"/{TENANT}/oauth2/v2.0/devicecode"


async def _probe(answer: Reply, **members: Any) -> tuple[AppPresence, Script]:  # noqa: ANN401 - any JSON
    http, script = client({discovery_path(): openid(**members), _DEVICE_CODE: answer})
    document = await discover(http, TENANT, PUBLIC)
    return await probe_application(http, document, PUBLIC, CLIENT), script


async def test_a_known_app_gets_a_code_that_nobody_uses() -> None:
    code = {"user_code": "ABCD", "device_code": "planted-device-code", "expires_in": 900, "interval": 5}
    presence, script = await _probe(httpx.Response(200, json=code))
    assert presence is AppPresence.FOUND
    assert len(script.asked(_DEVICE_CODE)) == 1
    form = httpx.QueryParams(script.asked(_DEVICE_CODE)[0].content.decode())
    assert dict(form) == {"client_id": CLIENT, "scope": "https://graph.microsoft.com/.default"}


@pytest.mark.parametrize("number", [700016, 700011])
async def test_an_unknown_app_is_refused_with_its_number(number: int) -> None:
    with pytest.raises(Refused) as refused:
        await _probe(sign_in_error(number, "unauthorized_client"))
    assert refused.value.code == f"AADSTS{number}"


@pytest.mark.parametrize(
    "answer",
    [
        sign_in_error(7000218, "invalid_client", status=401),
        sign_in_error(53003, "invalid_grant"),
        sign_in_error(50059, "invalid_request"),
        httpx.Response(503),
        httpx.Response(403, content=b"<html>Blocked</html>"),
        httpx.Response(302, headers={"Location": "https://proxy.test/"}),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
    ],
)
async def test_anything_else_cannot_be_told_yet(answer: Reply) -> None:
    presence, _ = await _probe(answer)
    assert presence is AppPresence.UNKNOWN


async def test_nothing_is_sent_where_the_token_endpoint_is_elsewhere() -> None:
    presence, script = await _probe(httpx.Response(200, json={}), token_endpoint="https://evil.test/token")
    assert presence is AppPresence.UNKNOWN
    assert script.asked(_DEVICE_CODE) == []


async def test_the_device_code_is_in_no_trace() -> None:
    http, _ = client(
        {
            discovery_path(): openid(),
            _DEVICE_CODE: httpx.Response(200, json={"device_code": "planted-device-code"}),
        }
    )
    await probe_application(http, await discover(http, TENANT, PUBLIC), PUBLIC, CLIENT)
    assert "planted-device-code" not in repr(http.trace.exchanges)
