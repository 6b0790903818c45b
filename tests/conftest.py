from __future__ import annotations

import signal


def pytest_configure() -> None:
    # Under nohup a closed terminal is ignored, and so it would be by every program that a test starts.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # And in the background of a shell Ctrl+C is.
        signal.signal(signal.SIGINT, signal.default_int_handler)
