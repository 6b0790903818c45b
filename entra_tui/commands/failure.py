"""The end of a command that broke: one sentence, an exit code and, for a bug, a trace in the log."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from entra_tui.client_secrets import PASSPHRASE_VARIABLE, SECRET_VARIABLE
from entra_tui.commands.errors import Declined, OutputError, UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.graph.errors import RequestFailed
from entra_tui.graph.redaction import Redactor
from entra_tui.graph.trust import TrustError
from entra_tui.model.fields import FieldError
from entra_tui.model.secret import Secret
from entra_tui.model.text import harmless
from entra_tui.report.errors import ReportError
from entra_tui.simulator.specification import ScenarioError
from entra_tui.storage.errors import (
    DamagedListError,
    DiskFullError,
    KeyringError,
    LockedError,
    NoLocksError,
    ReadOnlyDiskError,
    StageLostError,
    StorageError,
)
from entra_tui.storage.folders import Folders
from entra_tui.storage.log import LOGGER, start_log

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.commands.console import Console

_MAY_WORK_LATER = (
    OutputError,
    DamagedListError,
    DiskFullError,
    KeyringError,
    LockedError,
    NoLocksError,
    ReadOnlyDiskError,
    StageLostError,
)


def end_with(error: Exception, console: Console, home: Path | None) -> ExitCode:
    """Tell what went wrong and give the exit code.

    Args:
        error: What a command raised.
        console: Where to tell it.
        home: The folder of `--data-dir` or `ENTRA_TUI_HOME`; None for the system's own.
    """
    match error:
        case UsageError() | OutputError() | StorageError() | ReportError():
            console.narrate(f"entra-tui: {error.sentence}")
            return ExitCode.FAILED if isinstance(error, _MAY_WORK_LATER) else ExitCode.USAGE
        case Declined():
            console.narrate(f"entra-tui: {error.sentence}")
            return ExitCode.INTERRUPTED
        case FieldError():
            console.narrate(f"entra-tui: {error.field.value}: {error.sentence}")
            return ExitCode.USAGE
        case TrustError() | ScenarioError():
            console.narrate(f"entra-tui: {harmless(str(error))}")
            return ExitCode.USAGE
        case RequestFailed():
            console.narrate(f"entra-tui: {harmless(str(error))}; run `entra-tui check` to see why.")
            return ExitCode.FAILED
        case _:
            return _end_with_bug(error, console, home)


def _end_with_bug(error: Exception, console: Console, home: Path | None) -> ExitCode:
    """A defect of the program's own: the log gets the trace, masked and without local variables."""
    known = Redactor()
    for variable in (SECRET_VARIABLE, PASSPHRASE_VARIABLE):
        known.learn(Secret(os.environ.get(variable, "")))
    try:
        with start_log(Folders.locate(home), lambda text: known.text(console.redact(text))) as log:
            logging.getLogger(LOGGER).error("A command ended with a defect.", exc_info=error)
        where = f"its trace is in {log.path}" if log.is_kept else "and the log cannot be written"
    except StorageError:
        where = "and the log cannot be written"
    kind = type(error).__name__
    console.narrate(f"entra-tui: This is a defect of the program ({kind}); {where}. Please report it.")
    return ExitCode.FAILED
