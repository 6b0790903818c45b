"""The wizard's state machine without a terminal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import DEFAULT_NAME, Connector, SecretStore
from entra_tui.model.permission import Feature
from entra_tui.model.secret import Secret
from entra_tui.onboarding import SKIPPABLE, Draft, Onboarding, Standing, Step, TransitionError

if TYPE_CHECKING:
    from collections.abc import Callable

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SECRET = Secret("abc8Q~not-a-real-secret-0123456789abcde")
OTHER = Secret("xyz8Q~another-secret-that-is-not-real-1")
STEPS = list(Step)


def proven_up_to(last: Step, **draft: object) -> Onboarding:
    """An onboarding in which everything up to `last` was proven."""
    onboarding = Onboarding(Draft(**draft))  # type: ignore[arg-type]
    onboarding.enter_tenant(TENANT)
    onboarding.enter_client_id(CLIENT)
    onboarding.enter_secret(SECRET)
    for step in STEPS[: last.number]:
        if step is Step.TENANT:
            onboarding.prove_tenant(TENANT, "public", "Found in Azure Public Cloud.")
        else:
            onboarding.prove(step, f"{step.title} holds.")
    return onboarding


def proven(onboarding: Onboarding) -> set[Step]:
    return {step for step in Step if onboarding.draft.standing(step) is Standing.PROVEN}


# ---------------------------------------------------------------- order


def test_the_steps_are_numbered_from_one_and_named() -> None:
    assert [step.number for step in Step] == [1, 2, 3, 4, 5, 6, 7]
    assert [step.title for step in Step] == [
        "Tenant",
        "App registration",
        "Client secret",
        "Permissions",
        "Admin consent",
        "Connector",
        "Synchronize",
    ]


def test_a_fresh_onboarding_is_at_the_first_step_and_knows_nothing() -> None:
    onboarding = Onboarding()
    assert onboarding.draft == Draft()
    assert onboarding.draft.is_blank
    assert onboarding.draft.name == DEFAULT_NAME
    assert onboarding.secret is None
    assert onboarding.returns_to is None


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_needs_all_before_it(step: Step) -> None:
    onboarding = Onboarding()
    assert onboarding.missing_for(step) is Step.TENANT
    with pytest.raises(TransitionError, match=rf"^Step {step.number} needs step 1, Tenant, first\.$"):
        onboarding.go(step)
    assert onboarding.draft.step is Step.TENANT


@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_proven_step_is_left_for_the_next(step: Step) -> None:
    onboarding = proven_up_to(step)
    onboarding.go(step)
    assert onboarding.forward() is STEPS[step.number]
    assert onboarding.draft.step is STEPS[step.number]


@pytest.mark.parametrize("step", STEPS[:-1])
def test_an_open_step_is_not_left(step: Step) -> None:
    onboarding = proven_up_to(step)
    onboarding.go(step)
    onboarding.disprove(step)
    with pytest.raises(TransitionError, match=f"needs step {step.number}, {step.title}"):
        onboarding.forward()
    assert onboarding.draft.step is step


def test_the_last_step_has_no_next() -> None:
    onboarding = proven_up_to(Step.SYNCHRONIZE)
    onboarding.go(Step.SYNCHRONIZE)
    with pytest.raises(TransitionError, match="last step"):
        onboarding.forward()


def test_back_goes_one_step_and_keeps_everything() -> None:
    onboarding = proven_up_to(Step.PERMISSIONS)
    onboarding.go(Step.CONSENT)
    before = onboarding.draft
    seen = [onboarding.back() for _ in range(6)]
    assert seen == [*reversed(STEPS[:4]), Step.TENANT, Step.TENANT]
    assert onboarding.draft.to_mapping() | {"step": before.step.value} == before.to_mapping()
    assert onboarding.secret == SECRET


# ---------------------------------------------------------------- skipping


@pytest.mark.parametrize("step", [step for step in STEPS if step in SKIPPABLE])
def test_a_step_may_be_left_unproven_on_purpose(step: Step) -> None:
    onboarding = proven_up_to(STEPS[step.number - 2])
    onboarding.go(step)
    assert onboarding.skip() is STEPS[step.number]
    assert onboarding.draft.standing(step) is Standing.SKIPPED


@pytest.mark.parametrize("step", [step for step in STEPS if step not in SKIPPABLE])
def test_the_other_steps_cannot_be_skipped(step: Step) -> None:
    onboarding = proven_up_to(STEPS[max(0, step.number - 2)])
    if step is not Step.TENANT:
        onboarding.go(step)
    with pytest.raises(TransitionError, match=rf"^Step {step.number}, {step.title}, cannot be skipped\.$"):
        onboarding.skip()
    assert onboarding.draft.step is step


def test_skipping_a_proven_step_leaves_it_proven() -> None:
    onboarding = proven_up_to(Step.REGISTRATION)
    onboarding.go(Step.REGISTRATION)
    assert onboarding.skip() is Step.SECRET
    assert onboarding.draft.standing(Step.REGISTRATION) is Standing.PROVEN


# ---------------------------------------------------------------- what takes a proof back


@pytest.mark.parametrize(
    ("enter", "left"),
    [
        (lambda onboarding: onboarding.enter_tenant("contoso.com"), set()),
        (lambda onboarding: onboarding.choose_environment("usgov"), set()),
        (lambda onboarding: onboarding.enter_client_id(TENANT), {Step.TENANT}),
        (lambda onboarding: onboarding.enter_secret(OTHER), {Step.TENANT, Step.REGISTRATION}),
        (
            lambda onboarding: onboarding.choose_features(frozenset({Feature.GROUPS}), least_privilege=False),
            {Step.TENANT, Step.REGISTRATION, Step.SECRET},
        ),
        (
            lambda onboarding: onboarding.choose_features(frozenset(), least_privilege=True),
            {Step.TENANT, Step.REGISTRATION, Step.SECRET},
        ),
        (lambda onboarding: onboarding.enter_expiry(date(2027, 5, 31)), set(Step)),
        (lambda onboarding: onboarding.disprove(Step.SECRET), set(Step) - {Step.SECRET}),
    ],
    ids=["tenant", "environment", "client", "secret", "features", "least-privilege", "expiry", "disprove"],
)
def test_another_value_takes_back_what_was_proven_with_the_old_one(
    enter: Callable[[Onboarding], None], left: set[Step]
) -> None:
    onboarding = proven_up_to(Step.SYNCHRONIZE)
    assert proven(onboarding) == set(Step)
    enter(onboarding)
    assert proven(onboarding) == left
    assert set(onboarding.draft.proofs) == left


def test_the_same_values_again_take_nothing_back() -> None:
    onboarding = proven_up_to(Step.SYNCHRONIZE)
    onboarding.enter_tenant(TENANT)
    onboarding.choose_environment("public")
    onboarding.enter_client_id(CLIENT)
    onboarding.enter_secret(Secret(SECRET.reveal()))
    onboarding.choose_features(frozenset(), least_privilege=False)
    assert proven(onboarding) == set(Step)


def test_another_tenant_forgets_the_guid_of_the_old_one() -> None:
    onboarding = proven_up_to(Step.TENANT)
    onboarding.enter_tenant("contoso.com")
    assert onboarding.draft.tenant_id == ""


def test_users_are_always_read() -> None:
    onboarding = Onboarding()
    onboarding.choose_features(frozenset({Feature.GROUPS}), least_privilege=False)
    assert onboarding.draft.features == {Feature.USERS, Feature.GROUPS}


def test_the_tenant_brings_its_cloud_along() -> None:
    onboarding = Onboarding()
    onboarding.enter_tenant("contoso.us")
    onboarding.prove_tenant(TENANT, "usgov", "Found in Azure US Government.")
    assert (onboarding.draft.tenant_id, onboarding.draft.environment) == (TENANT, "usgov")
    assert onboarding.draft.proofs[Step.TENANT] == "Found in Azure US Government."
    assert onboarding.forward() is Step.REGISTRATION


def test_consent_proves_that_the_permissions_were_added() -> None:
    onboarding = proven_up_to(Step.SECRET)
    onboarding.go(Step.PERMISSIONS)
    onboarding.skip()
    onboarding.prove(Step.CONSENT, "All granted.")
    assert onboarding.draft.standing(Step.PERMISSIONS) is Standing.PROVEN


# ---------------------------------------------------------------- saving the connector


def _connector(name: str = "Contoso") -> Connector:
    return Connector(name, TENANT, CLIENT, "usgov", SecretStore.FILE)


def test_a_saved_connector_that_passed_the_ladder_proves_every_step_up_to_it() -> None:
    onboarding = proven_up_to(Step.SECRET)
    onboarding.go(Step.PERMISSIONS)
    onboarding.skip()
    onboarding.skip()
    onboarding.record_saved(_connector(), OTHER, checked=True)
    draft = onboarding.draft
    assert proven(onboarding) == set(STEPS[:6])
    assert draft.saved
    assert (draft.name, draft.environment, draft.secret_store) == ("Contoso", "usgov", SecretStore.FILE)
    assert onboarding.secret == OTHER
    assert onboarding.forward() is Step.SYNCHRONIZE


def test_a_connector_that_was_saved_all_the_same_is_marked_so() -> None:
    onboarding = proven_up_to(Step.CONSENT)
    onboarding.go(Step.CONNECTOR)
    onboarding.record_saved(_connector(), SECRET, checked=False)
    assert onboarding.draft.standing(Step.CONNECTOR) is Standing.SKIPPED
    assert "without passing the checks" in onboarding.draft.proofs[Step.CONNECTOR]
    assert onboarding.forward() is Step.SYNCHRONIZE


def test_the_draft_describes_the_connector() -> None:
    draft = proven_up_to(Step.TENANT, name="Contoso", least_privilege=True).draft
    connector = draft.connector()
    assert (connector.name, connector.tenant_id, connector.client_id) == ("Contoso", TENANT, CLIENT)
    assert connector.least_privilege


# ---------------------------------------------------------------- going on after an interruption


@pytest.mark.parametrize("step", [Step.PERMISSIONS, Step.CONSENT, Step.CONNECTOR])
def test_an_interrupted_onboarding_asks_for_the_secret_and_returns(step: Step) -> None:
    left = proven_up_to(STEPS[step.number - 2])
    left.go(step)
    again = Onboarding(Draft.from_mapping(left.draft.to_mapping()))
    assert again.draft.step is Step.SECRET
    assert again.returns_to is step
    assert again.secret is None
    assert again.draft.standing(Step.SECRET) is Standing.OPEN
    assert proven(again) == set(STEPS[: step.number - 1]) - {Step.SECRET}
    again.enter_secret(SECRET)
    again.prove(Step.SECRET, "A token was issued.")
    assert again.forward() is step
    assert again.returns_to is None


@pytest.mark.parametrize("step", [Step.TENANT, Step.REGISTRATION, Step.SECRET, Step.SYNCHRONIZE])
def test_steps_that_need_no_secret_are_gone_on_with_as_they_are(step: Step) -> None:
    left = proven_up_to(STEPS[max(0, step.number - 2)])
    if step is not Step.TENANT:
        left.go(step)
    again = Onboarding(Draft.from_mapping(left.draft.to_mapping()))
    assert again.draft == left.draft
    assert again.returns_to is None


def test_another_interruption_before_the_secret_still_returns_to_where_it_was() -> None:
    left = proven_up_to(Step.PERMISSIONS)
    left.go(Step.CONSENT)
    saved: list[Draft] = []
    Onboarding(left.draft, save=saved.append)
    once_more = Onboarding(saved[-1])
    assert once_more.returns_to is Step.CONSENT
    once_more.enter_secret(SECRET)
    once_more.prove(Step.SECRET, "A token was issued.")
    assert once_more.forward() is Step.CONSENT


def test_another_client_id_meanwhile_takes_the_way_through_all_steps() -> None:
    left = proven_up_to(Step.CONSENT)
    left.go(Step.CONNECTOR)
    again = Onboarding(left.draft)
    again.back()
    again.enter_client_id(TENANT)
    again.prove(Step.REGISTRATION, "Found.")
    assert again.forward() is Step.SECRET
    again.enter_secret(OTHER)
    again.prove(Step.SECRET, "A token was issued.")
    assert again.forward() is Step.PERMISSIONS


# ---------------------------------------------------------------- what is saved


def test_each_transition_is_saved_at_once_and_never_with_the_secret() -> None:
    saved: list[Draft] = []
    onboarding = Onboarding(save=saved.append)
    transitions: list[Callable[[], object]] = [
        lambda: onboarding.enter_tenant("contoso.com"),
        lambda: onboarding.choose_environment("usgov"),
        lambda: onboarding.prove_tenant(TENANT, "public", "Found."),
        onboarding.forward,
        lambda: onboarding.enter_client_id(CLIENT),
        onboarding.skip,
        lambda: onboarding.enter_secret(SECRET),
        lambda: onboarding.enter_expiry(date(2027, 5, 31)),
        lambda: onboarding.prove(Step.SECRET, "A token was issued."),
        onboarding.forward,
        lambda: onboarding.choose_features(frozenset({Feature.GROUPS}), least_privilege=True),
        onboarding.skip,
        onboarding.back,
        lambda: onboarding.go(Step.CONSENT),
        lambda: onboarding.disprove(Step.PERMISSIONS),
        lambda: onboarding.prove(Step.CONSENT, "All granted."),
        onboarding.forward,
        lambda: onboarding.record_saved(_connector(), SECRET, checked=True),
        onboarding.forward,
        lambda: onboarding.prove(Step.SYNCHRONIZE, "Synchronized."),
    ]
    for transition in transitions:
        before = len(saved)
        transition()
        assert len(saved) > before
        assert saved[-1] == onboarding.draft
        assert SECRET.reveal() not in repr(saved[-1]) + repr(saved[-1].to_mapping())


def test_a_refused_transition_saves_nothing() -> None:
    saved: list[Draft] = []
    onboarding = Onboarding(save=saved.append)
    for refused in (onboarding.forward, onboarding.skip, lambda: onboarding.go(Step.CONNECTOR)):
        with pytest.raises(TransitionError):
            refused()
    assert saved == []


# ---------------------------------------------------------------- how old the secret is


def test_a_secret_is_new_until_it_has_settled() -> None:
    onboarding = proven_up_to(Step.SECRET)
    assert onboarding.secret_may_be_new
    onboarding.settle_secret()
    onboarding.enter_secret(SECRET)
    assert not onboarding.secret_may_be_new


@pytest.mark.parametrize(
    "change",
    [lambda onboarding: onboarding.enter_secret(OTHER), lambda onboarding: onboarding.enter_client_id(TENANT)],
    ids=["another secret", "another app"],
)
def test_another_secret_or_app_is_waited_for_anew(change: Callable[[Onboarding], None]) -> None:
    onboarding = proven_up_to(Step.SECRET)
    onboarding.settle_secret()
    change(onboarding)
    assert onboarding.secret_may_be_new


def test_without_a_secret_nothing_settles() -> None:
    onboarding = Onboarding()
    onboarding.settle_secret()
    onboarding.enter_secret(SECRET)
    assert onboarding.secret_may_be_new
