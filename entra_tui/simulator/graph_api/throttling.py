"""How much an app may ask of Graph: the resource units of Microsoft's page on throttling limits.

An app has a budget for each tenant, by the tenant's size, in windows of ten seconds; writes have one of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from entra_tui.simulator.graph_api.errors import GraphRefusal

READ_WINDOW: Final = 10.0
WRITE_WINDOW: Final = 150.0
WRITE_LIMIT: Final = 3_000
_READ_LIMITS: Final = ((50, 3_500), (500, 5_000))
_LARGE_LIMIT: Final = 8_000
_SHOWN_FROM: Final = 0.8
_SHOWN_UP_TO: Final = 1.8
_SMALL_PAGE: Final = 20


def read_limit(users: int) -> int:
    """Resource units that an app may use in ten seconds in a tenant of this many users."""
    return next((limit for below, limit in _READ_LIMITS if users < below), _LARGE_LIMIT)


def cost_of(base: int, *, selected: bool, expanded: bool, top: int | None) -> int:
    """Resource units that a request costs; 1 at least."""
    small = top is not None and top < _SMALL_PAGE
    return max(1, base - (1 if selected else 0) + (1 if expanded else 0) - (1 if small else 0))


@dataclass(slots=True)
class _Window:
    start: float
    used: int = 0


class Budgets:
    """What each app used of its budgets in each tenant."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str, bool], _Window] = {}

    def charge(
        self, app_id: str, tenant_id: str, *, users: int, units: int, write: bool, now: float
    ) -> tuple[tuple[str, str], ...]:
        """Charge a request; a refused one counts too.

        Args:
            app_id: Who asks.
            tenant_id: In which tenant.
            users: How many users the tenant has.
            units: What the request costs.
            write: Whether it changes something.
            now: The moment, in monotonic seconds.

        Returns:
            Headers that tell how far the budget is used; none below four fifths.

        Raises:
            GraphRefusal: 429, with the seconds until the window ends.
        """
        headers: tuple[tuple[str, str], ...] = ()
        for is_write in (False, True) if write else (False,):
            length = WRITE_WINDOW if is_write else READ_WINDOW
            limit = WRITE_LIMIT if is_write else read_limit(users)
            window = self._windows.get((app_id, tenant_id, is_write))
            if window is None or now - window.start >= length:
                window = self._windows[app_id, tenant_id, is_write] = _Window(now)
            window.used += 1 if is_write else units
            share = window.used / limit
            if share >= _SHOWN_FROM:
                headers = (("x-ms-throttle-limit-percentage", f"{min(share, _SHOWN_UP_TO):.1f}"),)
            if window.used > limit:
                scope = "Write" if is_write else "Read"
                raise GraphRefusal(
                    429,
                    "TooManyRequests",
                    "Too many requests: the limit of this app in this tenant is exceeded.",
                    *headers,
                    ("Retry-After", str(max(1, math.ceil(window.start + length - now)))),
                    ("x-ms-throttle-scope", f"Tenant_Application/{scope}/{app_id}/{tenant_id}"),
                    ("x-ms-throttle-information", "WriteLimitExceeded" if is_write else "ResourceUnitLimitExceeded"),
                )
        return headers
