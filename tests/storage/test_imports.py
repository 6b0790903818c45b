from __future__ import annotations

import subprocess
import sys


def test_the_keyring_and_the_cipher_load_only_when_used() -> None:
    code = (
        "import sys, entra_tui.storage.secrets, entra_tui.storage.settings_file, entra_tui.storage.lists\n"
        "print(sorted({'keyring', 'cryptography', 'textual', 'msal', 'httpx'} & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "[]"
