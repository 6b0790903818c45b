"""Checks that are repeated until something has spread: consent, a new secret; and the wizard's first questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from entra_tui.checks.catalogue import load_catalogue
from entra_tui.checks.consent_watch import Look, watch_consent
from entra_tui.checks.new_secret import SignInTry, sign_in_with_secret
from entra_tui.checks.registration_probe import Registration, probe_registration
from entra_tui.checks.rungs.input import check_input
from entra_tui.checks.rungs.tenant import check_tenant
from entra_tui.checks.tenant_survey import Survey, survey_tenant
from entra_tui.graph.app_probe import AppPresence
from entra_tui.model.environment import BUILT_IN, CHINA, PUBLIC, USGOV, Environment
from entra_tui.model.finding import CheckStatus
from entra_tui.model.permission import GrantState
from entra_tui.simulator.clock import ManualClock
from tests.checks.climbing import Replies, context, healthy, inputs, no_such_tenant
from tests.graph.microsoft import (
    CLIENT,
    GUIDE_ROLES,
    TENANT,
    Reply,
    Script,
    client,
    discovery_path,
    openid,
    sign_in_error,
    token,
    token_path,
)

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext

_BAD_SECRET = sign_in_error(7000215, "invalid_client", status=401)
_DEVICE_CODE = f"/{TENANT}/oauth2/v2.0/devicecode"


async def _ready(*answers: Reply) -> tuple[CheckContext, Script]:
    run, script = context(inputs(), {**healthy(), token_path(): list(answers)})
    for check in (check_input, check_tenant):
        assert (await check(run)).status is CheckStatus.PASSED
    return run, script


async def _watch(*answers: Reply, looks: int = 40) -> tuple[list[Look], Script, ManualClock]:
    run, script = await _ready(*answers)
    assert isinstance(run.http.clock, ManualClock)
    seen: list[Look] = []
    async for look in watch_consent(run):
        seen.append(look)
        if look.next_in is not None:
            await run.http.clock.sleep(look.next_in)
        if len(seen) == looks:
            break
    return seen, script, run.http.clock


async def test_permissions_turn_green_one_by_one_each_in_a_fresh_token() -> None:
    seen, script, _ = await _watch(*(token(GUIDE_ROLES[:count]) for count in range(4)))
    granted = [sum(grant.state is GrantState.GRANTED for grant in look.grants) for look in seen]
    assert granted == [0, 1, 2, 3]
    assert [look.number for look in seen] == [1, 2, 3, 4]
    assert [look.result.status is CheckStatus.PASSED for look in seen] == [False, False, False, True]
    assert seen[-1].next_in is None
    assert len(script.asked(token_path())) == 4


async def test_the_watch_asks_no_more_than_fifteen_times_in_any_five_minutes() -> None:
    clock_times: list[float] = []
    run, _ = await _ready(token([]))
    async for look in watch_consent(run):
        clock_times.append(run.http.clock.monotonic())
        assert look.next_in is not None
        await run.http.clock.sleep(look.next_in)
        if len(clock_times) == 60:
            break
    for begin in clock_times:
        assert sum(begin <= moment < begin + 300 for moment in clock_times) <= 15


async def test_the_watch_ends_where_waiting_cannot_help() -> None:
    seen, _, _ = await _watch(token([]), sign_in_error(7000222, "invalid_client", status=401))
    assert [look.next_in is None for look in seen] == [False, True]
    assert seen[-1].grants == ()
    assert seen[-1].result.finding is not None
    assert seen[-1].result.finding.code == "AADSTS7000222"


async def test_a_token_that_shows_no_permissions_is_not_said_to_lack_them() -> None:
    seen, _, _ = await _watch(token(text="opaque-and-no-jwt-0123456789"))
    assert [(look.grants, look.next_in, look.result.status) for look in seen] == [((), None, CheckStatus.SKIPPED)]


async def _tries(*answers: Reply, may_be_new: bool = True) -> tuple[list[SignInTry], Script]:
    run, script = await _ready(*answers)
    return [one async for one in sign_in_with_secret(run, may_be_new=may_be_new)], script


async def test_a_new_secret_is_tried_until_it_has_spread() -> None:
    tries, script = await _tries(_BAD_SECRET, _BAD_SECRET, token())
    assert [one.result.status for one in tries] == [CheckStatus.FAILED, CheckStatus.FAILED, CheckStatus.PASSED]
    assert [one.next_in for one in tries] == [5.0, 10.0, None]
    assert [one.settles for one in tries] == [False, False, True]
    assert len(script.asked(token_path())) == 3


async def test_a_wrong_secret_is_not_tried_for_ever() -> None:
    tries, _ = await _tries(_BAD_SECRET)
    assert len(tries) == tries[0].of == 5
    assert tries[-1].next_in is None
    assert [one.settles for one in tries] == [False] * 4 + [True]
    assert sum(one.next_in or 0 for one in tries) <= 90


async def test_a_wrong_secret_that_is_known_to_be_old_is_tried_once() -> None:
    tries, script = await _tries(_BAD_SECRET, may_be_new=False)
    assert [(one.of, one.next_in, one.settles) for one in tries] == [(1, None, True)]
    assert len(script.asked(token_path())) == 1


@pytest.mark.parametrize(
    "answer", [sign_in_error(7000222, "invalid_client", status=401), sign_in_error(53003, "invalid_grant")]
)
async def test_what_no_wait_can_heal_is_tried_once(answer: httpx.Response) -> None:
    tries, script = await _tries(answer)
    assert [(one.next_in, one.settles) for one in tries] == [(None, False)]
    assert len(script.asked(token_path())) == 1


# ---------------------------------------------------------------- which tenant, which app


async def _survey(replies: Replies, chosen: Environment = PUBLIC) -> Survey:
    http, _ = client(replies)
    return await survey_tenant(http, TENANT, BUILT_IN, chosen, load_catalogue())


async def test_a_tenant_is_found_in_its_cloud() -> None:
    survey = await _survey({"*": openid(USGOV)})
    assert [candidate.environment for candidate in survey.candidates] == [USGOV]
    assert USGOV.label in survey.candidates[0].sentence
    assert survey.finding is None


async def test_one_name_in_two_clouds_must_be_chosen_between() -> None:
    survey = await _survey({"*": openid(), f"{CHINA.login_host}{discovery_path()}": openid(CHINA)})
    assert [candidate.environment for candidate in survey.candidates] == [PUBLIC, CHINA]
    assert not survey.gcc


async def test_gcc_is_said() -> None:
    assert (await _survey({"*": openid(tenant_region_sub_scope="GCC")}, USGOV)).gcc


async def test_no_tenant_anywhere_is_a_finding() -> None:
    survey = await _survey({"*": no_such_tenant()})
    assert survey.candidates == ()
    assert survey.finding is not None
    assert survey.finding.code == "AADSTS90002"


async def test_a_tenant_of_an_unknown_cloud_is_a_finding() -> None:
    survey = await _survey({"*": openid(msgraph_host="graph.elsewhere.test")})
    assert survey.finding is not None
    assert survey.finding.code == "environment-unknown"
    assert "graph.elsewhere.test" in survey.finding.cause


async def _probe(answer: Reply) -> Registration:
    http, _ = client({discovery_path(): openid(), _DEVICE_CODE: answer})
    return await probe_registration(http, TENANT, CLIENT, PUBLIC, load_catalogue())


async def test_an_app_that_is_there_is_found() -> None:
    assert await _probe(httpx.Response(200, json={"user_code": "A"})) == Registration(AppPresence.FOUND)


async def test_an_app_of_another_tenant_is_a_finding() -> None:
    registration = await _probe(sign_in_error(700016, "unauthorized_client"))
    assert registration.finding is not None
    assert registration.finding.code == "AADSTS700016"


async def test_an_answer_that_tells_nothing_is_no_finding() -> None:
    assert await _probe(sign_in_error(53003, "invalid_grant")) == Registration(AppPresence.UNKNOWN)
