"""The page is for this machine alone, and a visitor's program knows no secret of the server's environment."""

from __future__ import annotations

import socket
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from entra_tui.__main__ import main
from entra_tui.browser.visitor import command_line, visitor_environment
from tests.browser.served import environment_of, served, until_drawn, until_gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
SECRET = "planted-x8Q~secretvalue"


async def test_only_loopback_and_only_this_page(tmp_path: Path) -> None:
    async with served(tmp_path / "home", "healthy") as page, aiohttp.ClientSession() as client:
        place = urlsplit(page.address)
        # A server that listens at every address of the machine would answer here too.
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", place.port or 0), 5):
            pass
        async with client.get(page.address) as answer:
            text = await answer.text()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "https:" not in text
        assert f"ws://{place.netloc}/ws" in text
        async with client.get(page.address, headers={"Host": f"localhost:{place.port}"}) as answer:
            assert f"ws://localhost:{place.port}/ws" in await answer.text()
        for foreign in ({"Host": "rebound.example"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
            async with client.get(page.address, headers=foreign) as answer:
                assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await client.ws_connect(f"{page.address}ws", origin="http://localhost:1")
        assert page.visitors == []


async def test_a_visitor_knows_no_secret_and_leaves_nothing_behind(tmp_path: Path) -> None:
    secrets = {"ENTRA_TUI_CLIENT_SECRET": SECRET, "ENTRA_TUI_PASSPHRASE": SECRET, "AZURE_CLIENT_SECRET": SECRET}
    async with served(tmp_path / "home", "wrong-secret", **secrets) as page, aiohttp.ClientSession() as client:
        async with client.ws_connect(f"{page.address}ws?width=80&height=24") as browser:
            drawn = await until_drawn(browser, "SIMULATED TENANT")
            (visitor,) = page.visitors
            assert SECRET not in environment_of(visitor)
            assert SECRET.encode() not in drawn
        await until_gone(visitor)
        async with client.ws_connect(f"{page.address}ws?width=nonsense") as browser:
            await until_drawn(browser, "SIMULATED TENANT")
            (visitor,) = page.visitors
            # A server that is killed cannot send its visitors home.
            page.process.kill()
            await until_gone(visitor)


async def test_ones_own_connectors_have_an_address_that_nobody_guesses(tmp_path: Path) -> None:
    async with served(tmp_path / "home", "--no-demo") as page, aiohttp.ClientSession() as client:
        place = urlsplit(page.address)
        assert len(place.path) > 20
        async with client.get(f"http://{place.netloc}/") as answer:
            assert answer.status == 404
        async with client.ws_connect(f"{page.address}ws?width=80&height=24") as browser:
            drawn = await until_drawn(browser, "0 connectors")
        assert b"SIMULATED" not in drawn
        page.process.terminate()
        _, told = page.process.communicate(timeout=20)
    assert "This is no demo" in told


def test_what_cannot_be_served_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTRA_TUI_HOME", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--port", port]) == 2
    assert f"Port {port} cannot be used (address already in use)" in capsys.readouterr().err
    assert main(["serve", "--no-demo", "--users", "5"]) == 2
    assert "for the demo" in capsys.readouterr().err
    assert main(["serve", "no-such-scenario"]) == 2
    assert "no-such-scenario" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    (needed,) = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]["serve"]
    assert f"pip install {needed}" in said


def test_a_visitor_inherits_what_the_program_needs() -> None:
    kept = visitor_environment(
        {"PATH": "/bin", "LC_ALL": "C", "https_proxy": "http://proxy:8080", "ENTRA_TUI_HOME": "/x", "TOKEN": SECRET}
    )
    assert kept == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "https_proxy": "http://proxy:8080",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    assert command_line(["demo", "a b"]).endswith("-m entra_tui demo 'a b'")
