from __future__ import annotations

import signal


def pytest_configure() -> None:
    # Under nohup a closed terminal is ignored, and so it would be by every program that a test starts.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
