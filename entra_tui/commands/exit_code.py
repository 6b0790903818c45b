"""How a command ends, for scripts."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; there are no others.

    Attributes:
        DONE: Done and healthy.
        FAILED: A check or a synchronization failed.
        USAGE: Wrong usage or bad input.
        INTERRUPTED: Stopped by Ctrl+C, by SIGTERM, by a "no", or by a reader of the output that went away.
    """

    DONE = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130
