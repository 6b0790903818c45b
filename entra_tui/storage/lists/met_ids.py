"""Which ids a read has met, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_MOST_HELD: Final = 16_384


class MetIds:
    """Ids that were met: all of them up to some ten thousand, of more an even sample."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()
        self._mask = 0

    def add(self, ids: Collection[str]) -> int | None:
        """Take ids, each given once.

        Returns:
            How many of them were not met before; an estimate where only a sample is held, and None where none of them
            belongs to it.
        """
        mask = self._mask
        hashes = map(hash, ids)
        sampled = {number for number in hashes if not number & mask} if mask else set(hashes)
        met = len(sampled & self._hashes)
        self._hashes |= sampled
        while len(self._hashes) > _MOST_HELD:
            self._mask = self._mask * 2 + 1
            self._hashes = {number for number in self._hashes if not number & self._mask}
        if not sampled:
            return None if ids else 0
        return len(ids) - len(ids) * met // len(sampled)
