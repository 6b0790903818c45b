"""Lengths of time in a person's words."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3600


def duration(seconds: float) -> str:
    """A length of time, such as `0.4 s`, `12 s`, `3 min 20 s` or `2 h 05 min`."""
    if round(seconds, 1) < 10:  # noqa: PLR2004 - below ten a tenth matters
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def countdown(seconds: float) -> str:
    """A length of time that is counted down: whole seconds, never 0 before the end."""
    return f"{max(1, round(seconds))} s" if seconds < _MINUTE else duration(seconds)


def short_duration(seconds: float) -> str:
    """A length of time in nine cells at most, such as `0.4 s`, `12 s`, `3:20 min` or `2:05 h`."""
    whole = round(seconds)
    if whole < _MINUTE:
        return duration(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02} min"
    return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02} h"
