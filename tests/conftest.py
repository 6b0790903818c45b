from __future__ import annotations

import signal

from hypothesis import settings

# The same examples each time, and as long as they take: a run tells of the change, not of the dice or the machine.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=5_000, deadline=None)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    # Under nohup a closed terminal is ignored, and so it would be by every program that a test starts.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # And in the background of a shell Ctrl+C is.
        signal.signal(signal.SIGINT, signal.default_int_handler)
