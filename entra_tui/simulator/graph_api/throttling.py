"""How much an app may ask of Graph: the resource units of Microsoft's page on throttling limits.

An app has a budget in each tenant, by the tenant's size, and one over all tenants; a tenant has one for the writes of
all apps. Every budget is counted in windows of its own; the first that is used up refuses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

from entra_tui.simulator.graph_api.errors import GraphRefusal

READ_WINDOW: Final = 10.0
_READ_LIMITS: Final = ((50, 3_500), (500, 5_000))
_LARGE_LIMIT: Final = 8_000
_SHOWN_FROM: Final = 0.8
_SHOWN_UP_TO: Final = 1.8
_SMALL_PAGE: Final = 20


class Scope(Enum):
    """Whose requests a budget counts together, as `x-ms-throttle-scope` names it."""

    APP_IN_TENANT = "Tenant_Application"
    APP = "Application"
    TENANT = "Tenant"


@dataclass(frozen=True, slots=True)
class Budget:
    """One limit.

    Attributes:
        scope: Whose requests count together.
        write: Whether it counts writes, and not resource units.
        most: How many in one window.
        seconds: How long a window is.
    """

    scope: Scope
    write: bool
    most: int
    seconds: float


APP_READS: Final = Budget(Scope.APP, write=False, most=150_000, seconds=20)
WRITES: Final = (
    Budget(Scope.APP_IN_TENANT, write=True, most=3_000, seconds=150),
    Budget(Scope.APP, write=True, most=70_000, seconds=300),
    Budget(Scope.TENANT, write=True, most=18_000, seconds=300),
)
PERSONAL_WRITES: Final = Budget(Scope.APP_IN_TENANT, write=True, most=60, seconds=60)
"""For app registrations that take personal Microsoft accounts."""


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
    """What each app and each tenant used of its budgets."""

    def __init__(self) -> None:
        self._windows: dict[tuple[Scope, bool, float, str, str], _Window] = {}

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
            Headers that tell how far the fullest budget is used; none below four fifths.

        Raises:
            GraphRefusal: 429, with the seconds until the window ends.
        """
        reads = Budget(Scope.APP_IN_TENANT, write=False, most=read_limit(users), seconds=READ_WINDOW)
        budgets = (reads, APP_READS, *(WRITES if write else ()))
        shares = [self._take(budget, app_id, tenant_id, 1 if budget.write else units, now) for budget in budgets]
        return _shown(max(shares))

    def charge_personal_write(self, app_id: str, tenant_id: str, now: float) -> None:
        """Charge a write to an app registration that takes personal accounts, beside its usual charge.

        Raises:
            GraphRefusal: 429, as `charge` does.
        """
        self._take(PERSONAL_WRITES, app_id, tenant_id, 1, now)

    def _take(self, budget: Budget, app_id: str, tenant_id: str, amount: int, now: float) -> float:
        app = "" if budget.scope is Scope.TENANT else app_id
        tenant = "" if budget.scope is Scope.APP else tenant_id
        key = (budget.scope, budget.write, budget.seconds, app, tenant)
        window = self._windows.get(key)
        if window is None or now - window.start >= budget.seconds:
            window = self._windows[key] = _Window(now)
        window.used += amount
        share = window.used / budget.most
        if window.used > budget.most:
            kind = "Write" if budget.write else "Read"
            raise GraphRefusal(
                429,
                "TooManyRequests",
                "Too many requests: a limit is exceeded. Please retry again later.",
                *_shown(share),
                ("Retry-After", str(max(1, math.ceil(window.start + budget.seconds - now)))),
                ("x-ms-throttle-scope", f"{budget.scope.value}/{kind}/{app_id}/{tenant_id}"),
                ("x-ms-throttle-information", "WriteLimitExceeded" if budget.write else "ResourceUnitLimitExceeded"),
            )
        return share


def _shown(share: float) -> tuple[tuple[str, str], ...]:
    if share < _SHOWN_FROM:
        return ()
    return (("x-ms-throttle-limit-percentage", f"{min(share, _SHOWN_UP_TO):.1f}"),)
