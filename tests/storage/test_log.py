from __future__ import annotations

import logging
import stat
from typing import TYPE_CHECKING

import pytest

from entra_tui.storage.errors import FolderError
from entra_tui.storage.log import LOGGER, start_log

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.storage.folders import Folders

PLANTED = "Pl4~Q-planted.secret_value-0123456789abc"


def redact(text: str) -> str:
    return text.replace(PLANTED, "********")


def everything(folders: Folders) -> str:
    return "".join(path.read_text() for path in sorted(folders.state.glob("entra-tui.log*")))


def fail_with(secret: str) -> None:
    raise ValueError(f"refused {secret}")


def test_nothing_secret_is_written_whichever_way_it_comes(folders: Folders) -> None:
    logger = logging.getLogger(f"{LOGGER}.graph")
    with start_log(folders, redact) as log:
        logger.info("message %s", PLANTED)
        logger.info("mapping %(secret)s", {"secret": PLANTED})
        logger.info("in the message itself " + PLANTED)
        logger.info("deep in an argument: %r", {"body": [PLANTED]})
        try:
            fail_with(PLANTED)
        except ValueError:
            logger.exception("with a traceback", stack_info=True)
        logging.getLogger("msal.application").warning("msal says %s", PLANTED)
    text = log.path.read_text()
    assert PLANTED not in text
    assert text.count("********") >= 6
    assert "INFO entra_tui.graph: message ********" in text
    assert "ValueError: refused ********" in text
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_msal_writes_from_warning_on_and_nobody_writes_elsewhere(
    folders: Folders, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with start_log(folders, redact) as log:
        logging.getLogger("msal").info("chatter")
        logging.getLogger("msal").warning("warned")
        logging.getLogger(LOGGER).debug("detail")
        logging.getLogger(LOGGER).info("told")
    lines = log.path.read_text().splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["warned", "told"]
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_the_loggers_are_left_as_they_were(folders: Folders) -> None:
    loggers = [logging.getLogger(LOGGER), logging.getLogger("msal")]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    start_log(folders, redact).close()
    assert [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers] == before


def test_text_cannot_forge_a_line_or_reach_the_terminal(folders: Folders) -> None:
    with start_log(folders, redact) as log:
        logging.getLogger(LOGGER).info("name: %s", "x\n2026-01-01 00:00:00 INFO forged\x1b[2J \ud800")
    first, second = log.path.read_text().splitlines()
    assert first.endswith("name: x")
    assert second.startswith("    2026-01-01")
    assert "\x1b" not in second


def test_a_secret_at_the_cut_of_a_long_line_is_masked(folders: Folders) -> None:
    with start_log(folders, redact) as log:
        logging.getLogger(LOGGER).info("%s%s", "x" * 4030, PLANTED)
    assert PLANTED[:8] not in log.path.read_text()


def test_the_file_rotates_and_every_part_is_private(folders: Folders) -> None:
    with start_log(folders, redact):
        for number in range(1500):
            logging.getLogger(LOGGER).info("%s %s", number, "x" * 4000)
    parts = sorted(folders.state.glob("entra-tui.log*"))
    assert [part.name for part in parts] == ["entra-tui.log", *(f"entra-tui.log.{number}" for number in (1, 2, 3))]
    assert {stat.S_IMODE(part.stat().st_mode) for part in parts} == {0o600}
    assert max(part.stat().st_size for part in parts) <= 1024 * 1024
    assert "1499 xxx" in everything(folders)


def test_a_log_that_cannot_be_written_stays_silent(
    folders: Folders, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(text: str) -> str:
        raise OSError(28, "No space left on device")

    with start_log(folders, no_room) as log:
        logging.getLogger(LOGGER).info("lost")
    assert log.path.read_text() == ""
    assert capsys.readouterr().err == ""


def test_a_folder_in_the_place_of_the_log_is_told(folders: Folders, tmp_path: Path) -> None:
    (folders.state / "entra-tui.log").mkdir()
    with pytest.raises(FolderError, match="cannot be written"):
        start_log(folders, redact)
