"""Sending text to the clipboard of the terminal, through SSH and multiplexers.

OSC 52 as xterm documents it; tmux and GNU screen pass it on when it is wrapped for them. No terminal acknowledges
it, so nobody can know whether it arrived.
"""

from __future__ import annotations

import base64
import os
from typing import Final

_SCREEN_PIECE: Final = 76


def clipboard_sequence(text: str) -> str:
    """The bytes, as text, that ask this terminal to take `text` into its clipboard."""
    sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if os.environ.get("TMUX"):
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    if os.environ.get("TERM", "").startswith("screen"):
        pieces = (sequence[start : start + _SCREEN_PIECE] for start in range(0, len(sequence), _SCREEN_PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence
