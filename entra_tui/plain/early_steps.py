"""Steps 1 to 3: the tenant, the app registration, the client secret."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from entra_tui.checks.ladder import climb
from entra_tui.checks.new_secret import sign_in_with_secret
from entra_tui.checks.registration_probe import probe_registration
from entra_tui.checks.tenant_survey import survey_tenant
from entra_tui.client_secrets import SECRET_VARIABLE, secret_from_variable
from entra_tui.graph.app_probe import AppPresence
from entra_tui.guidance import APP_FOUND, APP_UNKNOWN, GCC_NOTICE
from entra_tui.model.fields import FieldError, parse_client_id, parse_secret, parse_tenant
from entra_tui.model.finding import CheckId, CheckStatus
from entra_tui.onboarding import STEP_CHECKS, Step
from entra_tui.plain.finding_lines import say_finding, say_result
from entra_tui.plain.secret_questions import SECRET_QUESTION
from entra_tui.plain.walk import Left, Move, Walk

if TYPE_CHECKING:
    from entra_tui.checks.context import CheckContext
    from entra_tui.checks.tenant_survey import Candidate, Survey
    from entra_tui.model.secret import Secret

_BEFORE_SIGN_IN: Final = tuple(check for check in STEP_CHECKS[Step.SECRET] if check is not CheckId.SIGN_IN)


# ------------------------------------------------------------ step 1


def take_tenant(walk: Walk) -> bool:
    """Ask for a tenant ID or a domain name, and find the tenant's cloud; whether it was found."""
    dialogue, practice = walk.dialogue, walk.practice
    entered = walk.ask("Tenant ID or domain name", present=walk.draft.tenant or (practice.tenant if practice else ""))
    try:
        tenant = parse_tenant(entered)
    except FieldError as error:
        dialogue.say(f"Tenant: refused. {error.sentence}")
        return False
    environment = choose_environment(walk)
    walk.onboarding.enter_tenant(tenant)
    walk.onboarding.choose_environment(environment)
    dialogue.say("Tenant: asking the login service of each cloud.")
    services, chosen = walk.services, walk.environment
    survey = walk.session.run(survey_tenant(services.http, tenant, services.environments, chosen, services.catalogue))
    if survey.finding is not None:
        dialogue.say(f"Tenant: failed. {survey.finding.title}.")
        say_finding(survey.finding, dialogue)
        return False
    candidate = _choose(survey, walk)
    if candidate is None or candidate.environment is None:
        return False
    walk.onboarding.prove_tenant(candidate.document.tenant_id, candidate.environment.name, candidate.sentence)
    dialogue.say(f"Tenant: passed. {candidate.sentence} Its tenant ID is {walk.draft.tenant_id}.")
    if survey.gcc:
        dialogue.say(GCC_NOTICE)
    elif candidate.environment != chosen:
        dialogue.say(f"Environment Type was set to {candidate.environment.shown_label}, where the tenant lives.")
    return True


def choose_environment(walk: Walk) -> str:
    """The name of the environment that a person chooses by its number; Enter keeps the present one."""
    environments = walk.services.environments
    practice, draft = walk.practice, walk.draft
    present = practice.environment if practice and not draft.tenant else draft.environment
    walk.dialogue.say("Environment Type:")
    for number, environment in enumerate(environments, start=1):
        walk.dialogue.say(environment.shown_label, lead=f"{number}. ")
    names = [environment.name for environment in environments]
    while True:
        answer = walk.ask("Its number; Enter keeps it", present=str(names.index(present) + 1))
        if answer.isdecimal() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        walk.dialogue.say(f"Please enter a number from 1 to {len(names)}.")


def _choose(survey: Survey, walk: Walk) -> Candidate | None:
    if len(survey.candidates) == 1:
        return survey.candidates[0]
    walk.dialogue.say(f"'{walk.draft.tenant}' is a tenant in more than one cloud:")
    options = [f"{one.document.tenant_id}. {one.sentence}" for one in survey.candidates]
    position = walk.dialogue.choose("Which one is meant", options)
    return None if position is None else survey.candidates[position]


# ------------------------------------------------------------ step 2


def take_registration(walk: Walk) -> bool:
    """Ask for the client ID, and look whether the app is there; whether it is.

    Raises:
        Left: The service does not tell yet, so that the step is left unproven.
    """
    dialogue, practice = walk.dialogue, walk.practice
    present = walk.draft.client_id or (practice.client_id if practice else "")
    entered = walk.ask("Application (client) ID", present=present)
    try:
        client_id = parse_client_id(entered, tenant_id=walk.draft.tenant_id)
    except FieldError as error:
        dialogue.say(f"App: refused. {error.sentence}")
        return False
    walk.onboarding.enter_client_id(client_id)
    services = walk.services
    registration = walk.session.run(
        probe_registration(services.http, walk.draft.tenant_id, client_id, walk.environment, services.catalogue)
    )
    if registration.finding is not None:
        dialogue.say(f"App: failed. {registration.finding.title}.")
        say_finding(registration.finding, dialogue)
        return False
    if registration.presence is AppPresence.FOUND:
        walk.onboarding.prove(Step.REGISTRATION, APP_FOUND)
        dialogue.say(f"App: passed. {APP_FOUND}")
        return True
    dialogue.say(f"App: not proven yet. {APP_UNKNOWN}")
    raise Left(Move.SKIP)


# ------------------------------------------------------------ step 3


def take_secret(walk: Walk) -> bool:
    """Ask for the secret's value unseen, and sign in with it; whether that went well."""
    dialogue = walk.dialogue
    if walk.onboarding.returns_to is not None:
        there = walk.onboarding.returns_to
        dialogue.say(f"The secret was not kept. Enter it again to go on at step {there.number}, {there.title}.")
    try:
        secret = _ask_secret(walk)
    except FieldError as error:
        dialogue.say(f"Client secret: refused. {error.sentence}")
        return False
    day = _ask_expiry(walk)
    walk.onboarding.enter_secret(secret)
    walk.onboarding.enter_expiry(day)
    context = walk.services.check_context(walk.inputs())
    try:
        return walk.session.run(_sign_in(walk, context))
    except KeyboardInterrupt:
        dialogue.say("Sign-in: stopped.")
        return False


def _ask_secret(walk: Walk) -> Secret:
    practice = walk.practice
    known = walk.onboarding.secret or (practice.secret if practice else secret_from_variable())
    if walk.onboarding.secret is not None:
        walk.dialogue.say("Enter keeps the present client secret.")
    elif practice is not None:
        walk.dialogue.say("Enter takes the client secret of the practice tenant.")
    elif known is not None:
        walk.dialogue.say(f"Enter takes the client secret of {SECRET_VARIABLE}.")
    if not walk.environment.built_in:
        walk.dialogue.say(f"It is sent to {walk.environment.login_host} ({walk.environment.label}).")
    while walk.means(entered := walk.dialogue.ask_hidden(SECRET_QUESTION)):
        continue
    text = entered or (known.reveal() if known is not None else "")
    secret = parse_secret(text, tenant_id=walk.draft.tenant_id, client_id=walk.draft.client_id)
    walk.dialogue.say(f"{len(secret)} characters entered.")
    return secret


def _ask_expiry(walk: Walk) -> date | None:
    present = walk.draft.secret_expires
    while True:
        entered = walk.ask(
            "Day on which it ends, as YYYY-MM-DD, or Enter for none" if present is None else "Day on which it ends",
            present="" if present is None else present.isoformat(),
        )
        try:
            return date.fromisoformat(entered) if entered else None
        except ValueError:
            walk.dialogue.say("Enter the day as YYYY-MM-DD, such as 2027-05-31.")


async def _sign_in(walk: Walk, context: CheckContext) -> bool:
    dialogue = walk.dialogue
    async for result in climb(context, _BEFORE_SIGN_IN):
        if result.status is not CheckStatus.SKIPPED:
            say_result(result, dialogue)
        if result.status is CheckStatus.FAILED:
            return False
    async for attempt in sign_in_with_secret(context, may_be_new=walk.onboarding.secret_may_be_new):
        result = attempt.result
        if attempt.settles:
            walk.onboarding.settle_secret()
        if attempt.next_in is None:
            say_result(result, dialogue)
            if result.status is CheckStatus.PASSED:
                walk.onboarding.prove(Step.SECRET, result.summary)
            return result.status is CheckStatus.PASSED
        if attempt.number == 1 and result.finding is not None:
            say_result(result, dialogue)
            dialogue.say("A new secret may still be spreading. Enter or Ctrl+C stops the tries.")
        dialogue.say(f"Sign-in: refused. Try {attempt.number + 1} of {attempt.of} in {attempt.next_in:.0f} seconds.")
        if await dialogue.wait(context.http.clock, attempt.next_in):
            dialogue.say("Sign-in: stopped.")
            return False
    return False
