"""The program's log: a rotating file in the state folder, redacted before a byte is written."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Final

from entra_tui.model.text import harmless
from entra_tui.storage.disk import refusal
from entra_tui.storage.errors import DiskFullError, ReadOnlyDiskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from entra_tui.storage.folders import Folders

FILE_NAME: Final = "entra-tui.log"
LOGGER: Final = "entra_tui"
_MSAL: Final = "msal"
_LARGEST: Final = 1024 * 1024
_KEPT: Final = 3
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RunningLog:
    """The log while it is written; a context manager that ends it.

    Attributes:
        path: The file being written.
        is_kept: Whether there is such a file: a full or a read-only disk has none.
    """

    def __init__(self, handler: logging.Handler, path: Path) -> None:
        self._handler = handler
        self.path = path
        self.is_kept = not isinstance(handler, logging.NullHandler)
        self._before = [(logger, logger.level, logger.propagate) for logger in map(logging.getLogger, (LOGGER, _MSAL))]
        for logger, level in zip((each for each, _, _ in self._before), (logging.INFO, logging.WARNING), strict=True):
            logger.addHandler(handler)
            logger.setLevel(level)
            # The root logger may write to the terminal, which belongs to the screens.
            logger.propagate = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop writing, and leave the loggers as they were."""
        for logger, level, propagate in self._before:
            logger.removeHandler(self._handler)
            logger.setLevel(level)
            logger.propagate = propagate
        self._handler.close()


def start_log(folders: Folders, redact: Callable[[str], str]) -> RunningLog:
    """Write what the loggers `entra_tui` (from INFO) and `msal` (from WARNING) say to the log file, and only there.

    Args:
        folders: The file is `folders.state / "entra-tui.log"`, 0600, 1 MiB at most, with three older ones.
        redact: Masks what must not be kept. It is given each record whole, with the arguments in place and the
            traceback (which has no local variables); what it returns is then made harmless for a terminal.

    A full or a read-only disk gets no log.

    Raises:
        FolderError: The file cannot be written for another reason.
    """
    folders.ensure()
    path = folders.state / FILE_NAME
    handler: logging.Handler
    try:
        handler = _PrivateFile(path, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8", errors="replace")
    except OSError as error:
        refused = refusal(path, error, "change the permissions of this log")
        if not isinstance(refused, DiskFullError | ReadOnlyDiskError):
            raise refused from error
        # What is stored can still be read, and that needs no log.
        handler = logging.NullHandler()
    handler.setFormatter(_Redacting(redact))
    return RunningLog(handler, path)


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner may read, from its first byte on."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return TextIOWrapper(
            os.fdopen(descriptor, "ab"), encoding=self.encoding, errors=self.errors, line_buffering=True
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the base class's
        """A log that cannot be written must not disturb: the default writes a traceback over the screen."""


class _Redacting(logging.Formatter):
    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(_FORMAT)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        # Redacted before lines are cut, since half a token is not recognized any more.
        head, _, rest = self._redact(super().format(record)).partition("\n")
        lines = [head, *(f"    {line}" for line in rest.split("\n") if line)]
        return "\n".join(harmless(line) for line in lines)
