"""A secret that is typed into the wizard is looked for everywhere; only the encrypted file holds it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from entra_tui.model.secret import Secret
from entra_tui.onboarding import Step
from entra_tui.storage.log import start_log
from tests.wizard.walk import Walk

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "zqx8Q~planted+in/every.place~" + "k" * 11
PASSPHRASE = "a passphrase of five planted words"


def forms(text: str) -> list[bytes]:
    """The ways in which a text may be written; base64 in each of its three alignments."""
    shifted = [base64.b64encode(b"x" * shift + text.encode())[4:-4] for shift in range(3)]
    return [text.encode(), quote(text, safe="").encode(), text.encode().hex().encode(), *shifted]


def holds(content: str | bytes) -> bool:
    raw = content.encode() if isinstance(content, str) else content
    return any(form in raw for text in (PLANTED, PASSPHRASE) for form in forms(text))


def found_in(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and holds(path.read_bytes())]


def test_the_search_finds_every_form(tmp_path: Path) -> None:
    for number, form in enumerate(forms(PLANTED)):
        (tmp_path / str(number)).write_bytes(b"before " + form + b" after")
    assert len(found_in(tmp_path)) == len(forms(PLANTED))
    assert holds(base64.b64encode(f"client:{PLANTED}".encode()))


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    path = tmp_path / "planted.toml"
    path.write_text(
        'title = "Planted"\ndescription = "A secret to look for."\n'
        f'[[applications]]\n[[applications.secrets]]\nvalue = "{PLANTED}"\n'
    )
    return path


async def test_a_healthy_way_leaves_the_secret_in_the_encrypted_file_only(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "textual.log"
    monkeypatch.setattr("textual.constants.LOG_FILE", str(log))
    home = tmp_path / "home"
    walk = Walk(home, str(planted))
    told: list[str] = []

    def take() -> None:
        told.extend([walk.app.export_screenshot(), walk.text, repr(walk.services.http.trace.exchanges)])

    with start_log(walk.services.folders, walk.services.http.redactor.text):
        async with walk.started() as person:
            await person.to(Step.SECRET)
            await person.paste(PLANTED)
            take()
            await person.press("enter")
            await person.rest()
            assert person.holds()
            take()
            for step in (Step.PERMISSIONS, Step.CONSENT, Step.CONNECTOR):
                await person.go_on()
                assert person.step is step
                await person.rest()
                take()
            await person.tab_to("store")
            await person.press("enter", "end", "enter")
            await person.tab_to("primary")
            await person.press("enter")
            await person.until_seen("Choose a passphrase")
            await person.paste(PASSPHRASE)
            await person.press("enter")
            await person.paste(PASSPHRASE)
            take()
            await person.press("enter")
            await person.rest()
            assert person.holds(), person.text
            take()
            await person.go_on()
            await person.synchronize()
            take()
            told.append(repr(person.wizard.onboarding.draft) + repr(list(person.app.workers)))
    assert not holds("".join(told))
    assert list(home.rglob("*secret*"))
    assert found_in(home) == []
    assert not log.exists()
    restored = Walk(home, str(planted)).services
    restored.unlock(Secret(PASSPHRASE))
    (connector,) = restored.settings.read().connectors
    assert await restored.secret_of(connector) == Secret(PLANTED)
    await restored.aclose()


async def test_a_refused_secret_is_found_nowhere(planted: Path, tmp_path: Path) -> None:
    wrong = PLANTED[:-1] + "w"
    home = tmp_path / "home"
    walk = Walk(home, str(planted))
    with start_log(walk.services.folders, walk.services.http.redactor.text):
        async with walk.started() as person:
            await person.to(Step.SECRET)
            await person.secret(wrong)
            assert person.finding is not None
            told = person.app.export_screenshot() + person.text + repr(person.services.http.trace.exchanges)
            told += repr(person.finding)
    assert wrong not in told
    assert quote(wrong, safe="") not in told
    assert not [path for path in home.rglob("*") if path.is_file() and wrong.encode() in path.read_bytes()]


async def test_a_defect_does_not_print_what_was_entered(
    planted: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    walk = Walk(tmp_path / "home", str(planted))

    def break_down(*_: object) -> None:
        kept_here = PLANTED
        raise RuntimeError(f"a defect, {len(kept_here)} characters away from a secret")

    async def come_to_grief() -> None:
        async with walk.started() as person:
            await person.to(Step.SECRET)
            await person.paste(PLANTED)
            person.app.screen.call_later(break_down)
            await person.until(lambda: person.app._exception is not None)

    with pytest.raises(RuntimeError, match="a defect"):
        await come_to_grief()
    out, err = capfd.readouterr()
    assert not holds(out + err)
    assert found_in(tmp_path / "home") == []
