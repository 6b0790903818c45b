"""The process that a visitor of the page gets: what it runs, and what it may know of this one's environment."""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from textual_serve.app_service import AppService

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KEPT: Final = frozenset(
    {
        # where programs, people's folders and the language are
        *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LANGUAGE", "TZ", "PYTHONPATH", "PYTHONUTF8"),
        *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"),
        *("SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP", "PATHEXT", "COMSPEC"),
        # the way to Microsoft, and to the keyring
        *("SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"),
        # what textual-serve tells the screens of
        *("TEXTUAL_DRIVER", "TEXTUAL_FPS", "TEXTUAL_COLOR_SYSTEM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION"),
        *("COLUMNS", "ROWS"),
    }
)
_PAGE: Final = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def visitor_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Of `environment` only what the program needs: no client secret, no passphrase, nothing that nobody thought of."""
    return {
        name: value for name, value in environment.items() if name.upper() in _KEPT or name.startswith("LC_")
    } | _PAGE


def command_line(arguments: Sequence[str]) -> str:
    """The program with `arguments`, as one line for the system's shell."""
    words = [sys.executable, "-m", "entra_tui", *arguments]
    # Without `exec` a shell would stand between, and get the signals.
    return subprocess.list2cmdline(words) if sys.platform == "win32" else f"exec {shlex.join(words)}"


class Visitor(AppService):
    """One visitor's process."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return visitor_environment(super()._build_environment(width, height))
