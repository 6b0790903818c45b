"""Which refusals are the secret's fault, and which may pass."""

from __future__ import annotations

import pytest

from entra_tui.graph.errors import NO_EVIDENCE, Refused
from entra_tui.graph.secret_verdicts import SecretVerdicts, refuses_secret
from entra_tui.model.environment import PUBLIC, USGOV
from entra_tui.model.secret import Secret
from entra_tui.model.secret_key import SecretKey
from entra_tui.simulator.clock import ManualClock

ONE, OTHER = Secret("Pl4~Q-planted.secret_value-0123456789abc"), Secret("Wr0~Q-mistyped.secret_value-0123456789ab")
KEY = SecretKey.of(PUBLIC, "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")


def refused(number: int, error: str = "invalid_client", *, transient: bool | None = False) -> Refused:
    return Refused(
        host="login.microsoftonline.com",
        status=401,
        code=f"AADSTS{number}",
        error=error,
        evidence=NO_EVIDENCE,
        transient=transient,
        is_sign_in=True,
    )


@pytest.mark.parametrize(
    ("refusal", "of_the_secret"),
    [
        (refused(7000215), True),
        (refused(7000222), True),
        (refused(7000216), True),
        (refused(70002), True),
        (refused(50012, ""), True),
        (refused(7000299), True),
        (refused(7000218), False),
        (refused(700027), False),
        (refused(7000229), False),
        (refused(700016, "unauthorized_client"), False),
        (refused(7000112, "unauthorized_client"), False),
        (refused(90033, "temporarily_unavailable", transient=True), False),
        (refused(7000215, transient=True), False),
    ],
)
def test_the_secrets_fault_is_told_from_the_apps(refusal: Refused, *, of_the_secret: bool) -> None:
    assert refuses_secret(refusal) is of_the_secret


def test_a_secret_that_signed_in_a_moment_ago_has_merely_not_spread() -> None:
    clock = ManualClock()
    verdicts = SecretVerdicts(clock)
    verdicts.accept(KEY, ONE)
    clock.advance(60)
    verdicts.refuse(KEY, ONE, refused(7000215))
    assert verdicts.refusal(KEY, ONE) is None
    clock.advance(60)
    verdicts.refuse(KEY, ONE, refused(7000215))
    assert verdicts.refusal(KEY, ONE) is not None
    verdicts.accept(KEY, ONE)
    assert verdicts.refusal(KEY, ONE) is None
    verdicts.refuse(KEY, ONE, refused(7000222))
    assert verdicts.refusal(KEY, ONE) is not None


def test_a_verdict_is_for_one_secret_of_one_app_at_one_host() -> None:
    verdicts = SecretVerdicts(ManualClock())
    first, second = refused(7000215), refused(7000222)
    verdicts.refuse(KEY, ONE, first)
    verdicts.refuse(KEY, OTHER, second)
    elsewhere = SecretKey.of(USGOV, KEY.tenant_id, KEY.client_id)
    assert verdicts.refusal(elsewhere, ONE) is None
    assert verdicts.latest_refusal(elsewhere) is None
    assert verdicts.latest_refusal(KEY) == (OTHER, second)
    verdicts.refuse(KEY, ONE, first)
    assert verdicts.latest_refusal(KEY) == (ONE, first)
    verdicts.withdraw(KEY, ONE)
    assert verdicts.latest_refusal(KEY) == (OTHER, second)
