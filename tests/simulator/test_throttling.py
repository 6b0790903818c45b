"""Graph's budgets: whose requests count together, how much, for how long, and what a refusal says."""

from __future__ import annotations

import pytest

from entra_tui.simulator.graph_api.errors import GraphRefusal
from entra_tui.simulator.graph_api.throttling import Budgets, read_limit
from tests.simulator.practice import practice

LARGE = 10_000


def _charge(budgets: Budgets, times: int, *, app: str, tenant: str, write: bool, units: int = 1) -> None:
    for _ in range(times):
        budgets.charge(app, tenant, users=LARGE, units=units, write=write, now=0.0)


def _refusal(budgets: Budgets, *, app: str, tenant: str, write: bool, units: int = 1, now: float = 0.0) -> GraphRefusal:
    with pytest.raises(GraphRefusal) as caught:
        budgets.charge(app, tenant, users=LARGE, units=units, write=write, now=now)
    return caught.value


@pytest.mark.parametrize(("users", "limit"), [(0, 3_500), (49, 3_500), (50, 5_000), (499, 5_000), (500, 8_000)])
def test_the_read_budget_is_that_of_the_tenants_size(users: int, limit: int) -> None:
    assert read_limit(users) == limit


def test_an_app_has_a_budget_over_all_tenants() -> None:
    budgets = Budgets()
    for number in range(15):
        budgets.charge("a", f"t{number}", users=LARGE, units=8_000, write=False, now=0.0)
    for number in range(15, 30):
        budgets.charge("a", f"t{number}", users=LARGE, units=2_000, write=False, now=0.0)

    refusal = _refusal(budgets, app="a", tenant="t30", write=False, now=12.5)

    headers = dict(refusal.headers)
    assert refusal.status == 429
    assert headers["x-ms-throttle-scope"] == "Application/Read/a/t30"
    assert headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert headers["x-ms-throttle-limit-percentage"] == "1.0"
    assert headers["Retry-After"] == "8"
    budgets.charge("b", "t30", users=LARGE, units=1, write=False, now=12.5)
    budgets.charge("a", "t30", users=LARGE, units=1, write=False, now=20.0)


def test_an_app_may_write_so_often_in_one_tenant() -> None:
    budgets = Budgets()
    _charge(budgets, 3_000, app="a", tenant="t", write=True)

    refusal = _refusal(budgets, app="a", tenant="t", write=True, now=100.0)

    headers = dict(refusal.headers)
    assert headers["x-ms-throttle-scope"] == "Tenant_Application/Write/a/t"
    assert headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert headers["Retry-After"] == "50"


def test_a_tenant_takes_so_many_writes_from_all_apps() -> None:
    budgets = Budgets()
    for number in range(6):
        _charge(budgets, 3_000, app=f"a{number}", tenant="t", write=True)

    refusal = _refusal(budgets, app="a6", tenant="t", write=True)

    assert dict(refusal.headers)["x-ms-throttle-scope"] == "Tenant/Write/a6/t"
    assert dict(refusal.headers)["Retry-After"] == "300"
    budgets.charge("a6", "elsewhere", users=LARGE, units=1, write=True, now=0.0)


async def test_registrations_for_personal_accounts_may_be_written_sixty_times_a_minute() -> None:
    world = practice()
    await world.sign_in_person("Global Administrator", "Application.ReadWrite.All")
    made = (await world.send("POST", "applications", {"displayName": "x"})).json()
    for number in range(59):
        answer = await world.send("PATCH", f"applications/{made['id']}", {"displayName": f"x{number}"})
        assert answer.status_code == 204

    refused = await world.send("PATCH", f"applications/{made['id']}", {"displayName": "y"})
    other = await world.send("POST", "applications", {"displayName": "z", "signInAudience": "AzureADMyOrg"})
    world.clock.advance(60)
    later = await world.send("PATCH", f"applications/{made['id']}", {"displayName": "y"})

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert refused.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert (other.status_code, later.status_code) == (201, 204)
