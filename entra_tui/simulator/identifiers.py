"""Identifiers that look random and depend on nothing but a seed.

The mixing function is splitmix64 (Steele, Lea, Flood, 2014).
"""

from __future__ import annotations

import base64
import itertools
import uuid
from typing import Final

_MASK64: Final = (1 << 64) - 1
_SECRET_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-"
_SECRET_TAIL: Final = 34


def mixed(value: int) -> int:
    """A 64-bit number that shares no visible pattern with `value`."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK64
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK64
    return value ^ (value >> 31)


class Identifiers:
    """A source of fresh GUIDs, secrets and opaque texts; the same seed gives the same ones in the same order."""

    def __init__(self, seed: int) -> None:
        self._seed = mixed(seed)
        self._counter = itertools.count()

    def number(self) -> int:
        """A fresh 64-bit number."""
        return mixed(self._seed ^ mixed(next(self._counter)))

    def guid(self) -> str:
        """A fresh random-looking GUID, version 4, lower case."""
        return str(uuid.UUID(int=(self.number() << 64) | self.number(), version=4))

    def secret(self) -> str:
        """A fresh client secret of today's shape: three characters, `8Q~`, then 34."""
        number = self.number() | (self.number() << 64) | (self.number() << 128) | (self.number() << 192)
        text = ""
        for _ in range(3 + _SECRET_TAIL):
            number, position = divmod(number, len(_SECRET_ALPHABET))
            text += _SECRET_ALPHABET[position]
        return f"{text[:3]}8Q~{text[3:]}"

    def opaque(self, size: int = 24) -> str:
        """A fresh opaque text of letters, digits, `-` and `_`, made from `size` bytes."""
        count = -(-size // 8)
        raw = b"".join(self.number().to_bytes(8, "big") for _ in range(count))[:size]
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
