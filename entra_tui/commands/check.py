"""`entra-tui check`: climb the verification ladder and say what holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.checks.context import Inputs
from entra_tui.checks.ladder import climb
from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.finding_json import report_object
from entra_tui.commands.finding_text import write_result, write_verdict
from entra_tui.commands.secret_entry import ask_secret, entered_secret, name_login_host, secret_for
from entra_tui.commands.session import open_session
from entra_tui.commands.wait_text import describe_wait
from entra_tui.model.finding import is_healthy

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.commands.session import Session
    from entra_tui.model.connector import Connector
    from entra_tui.model.finding import CheckResult
    from entra_tui.services import Services
    from entra_tui.storage.folders import Folders
    from entra_tui.storage.settings import Settings


def check(
    console: Console,
    folders: Folders,
    *,
    name: str | None,
    tenant: str | None,
    client_id: str | None,
    environment: str | None,
    secret_from_stdin: bool,
    as_json: bool,
) -> ExitCode:
    """Check a saved connector, or three values that are not saved.

    Args:
        console: Where to read and write.
        folders: Where things are kept.
        name: A connector's name; None for the only one, or where the values are given instead.
        tenant: Tenant ID or domain name.
        client_id: Application (client) ID.
        environment: Name of an environment; None means the public cloud.
        secret_from_stdin: Whether the client secret is on standard input.
        as_json: Whether the report is JSON.

    Returns:
        DONE when everything holds, FAILED otherwise.

    Raises:
        UsageError: It is not clear what to check, or there is no secret.
        StorageError: Something stored cannot be read; there is no such connector or environment.
    """
    with open_session(console, folders) as session:
        if tenant is None and client_id is None and environment is None:
            inputs = saved_inputs(_choose(session.services.settings.read(), name), console, session, secret_from_stdin)
        elif name is not None or tenant is None or client_id is None:
            raise UsageError("Name a saved connector, or give --tenant-id, --client-id and --environment instead.")
        else:
            chosen = session.services.settings.environment(environment or "public")
            secret = entered_secret(console, from_stdin=secret_from_stdin) or ask_secret(
                console, what_for="this check", environment=chosen
            )
            inputs = Inputs(tenant, client_id, secret, chosen)
        if not as_json:
            name_login_host(inputs.environment, session.services, console)
        results = session.run(_climb(inputs, console, session.services, as_json=as_json))
    if as_json:
        console.write_json(report_object(results))
    else:
        write_verdict(results, console)
    return ExitCode.DONE if is_healthy(results) else ExitCode.FAILED


def _choose(settings: Settings, name: str | None) -> Connector:
    if name is not None:
        return settings.find_connector(name)
    if len(settings.connectors) == 1:
        return settings.connectors[0]
    if not settings.connectors:
        raise UsageError(
            "There is no connector yet; add one with `entra-tui connector add`, or give --tenant-id and --client-id."
        )
    known = ", ".join(f"'{connector.name}'" for connector in settings.connectors)
    raise UsageError(f"There are several connectors; name one of {known}.")


def saved_inputs(connector: Connector, console: Console, session: Session, secret_from_stdin: bool) -> Inputs:
    """What the ladder checks of a saved connector, its secret from where `secret_for` finds it."""
    secret = secret_for(connector, console, session, from_stdin=secret_from_stdin)
    return session.services.inputs_of(connector, secret)


async def _climb(inputs: Inputs, console: Console, services: Services, *, as_json: bool) -> list[CheckResult]:
    context = services.check_context(inputs, on_wait=lambda wait: console.narrate(describe_wait(wait)))
    results: list[CheckResult] = []
    async for result in climb(context):
        results.append(result)
        if not as_json:
            write_result(result, console)
    return results
