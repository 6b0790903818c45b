"""Moments in a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def moment(when: datetime) -> str:
    """An aware moment as this machine's clock shows it, such as `2026-11-23 08:41`."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")
