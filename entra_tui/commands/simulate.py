"""`entra-tui simulate`: the practice tenant as an HTTPS server on this machine."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.commands.errors import UsageError
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.session import run_interruptible
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.server import ServerError, serve

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.commands.console import Console
    from entra_tui.simulator.server import Endpoints
    from entra_tui.simulator.specification import Scenario
    from entra_tui.storage.folders import Folders

USUAL_SCENARIO: Final = "healthy"
_CA_FOLDER: Final = "practice-tenant"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to serve.

    Attributes:
        host: An address of this machine.
        port: TCP port; 0 for any that is free.
        allow_other_machines: Whether other machines may reach it.
    """

    host: str
    port: int
    allow_other_machines: bool


def simulate(
    console: Console,
    folders: Folders,
    place: Place,
    *,
    scenario: str | None,
    users: int | None,
    as_json: bool,
) -> ExitCode:
    """Serve a practice tenant until SIGINT or SIGTERM; then it is DONE.

    Args:
        console: Where to tell the endpoints, and each request.
        folders: The certificate authority is kept under `folders.state`, so that trust in it lasts.
        place: Where to serve.
        scenario: Name of a scenario, or the path of a file with one; None for `healthy`.
        users: How many users the tenant has; None for as many as the scenario says.
        as_json: Whether the endpoints are told as one line of JSON.

    Raises:
        ScenarioError: There is no such scenario.
        UsageError: The address cannot be used.
        StorageError: A folder cannot be made.
    """
    found = find_scenario(scenario or USUAL_SCENARIO)
    cloud = PracticeCloud(found, users=users)
    folders.ensure()

    def tell(endpoints: Endpoints) -> None:
        if as_json:
            console.write_json(_endpoints_object(endpoints), one_line=True)
        else:
            _write_endpoints(endpoints, found, folders.config, console)

    with asyncio.Runner() as runner:
        try:
            run_interruptible(
                runner,
                serve(
                    cloud,
                    folder=folders.state / _CA_FOLDER,
                    host=place.host,
                    port=place.port,
                    allow_other_machines=place.allow_other_machines,
                    on_ready=tell,
                    on_request=console.narrate,
                ),
            )
        except ServerError as error:
            raise UsageError(str(error)) from error
    return ExitCode.DONE


def _endpoints_object(endpoints: Endpoints) -> dict[str, object]:
    # The secret of a practice tenant opens nothing else.
    return {
        "authority": endpoints.authority,
        "graph": endpoints.graph,
        "tenant_id": endpoints.tenant_id,
        "client_id": endpoints.client_id,
        "client_secret": endpoints.client_secret.reveal(),
        "ca_file": str(endpoints.ca_file),
    }


def _write_endpoints(endpoints: Endpoints, scenario: Scenario, config: Path, console: Console) -> None:
    """The values, then what to do with them, ready to be copied."""
    secret = endpoints.client_secret.reveal()
    console.write(f"Practice tenant '{scenario.name}': {scenario.title}.")
    console.write(f"""
  Authority      {endpoints.authority}
  Graph          {endpoints.graph}
  Tenant ID      {endpoints.tenant_id}
  Client ID      {endpoints.client_id}
  Client Secret  {secret}
  CA file        {endpoints.ca_file}

Add the environment to {config / "config.toml"}:

[environments.practice]
label = "Practice tenant"
authority = "{endpoints.authority}"
graph = "{endpoints.graph}"
portal = "{endpoints.authority}"

Then, in another terminal:

export SSL_CERT_FILE={shlex.quote(str(endpoints.ca_file))}
export ENTRA_TUI_CLIENT_SECRET={shlex.quote(secret)}
entra-tui connector add Practice --tenant-id {shlex.quote(endpoints.tenant_id)} \\
  --client-id {shlex.quote(endpoints.client_id)} --environment practice --secret-store none
entra-tui check Practice
entra-tui sync Practice

Serving; Ctrl+C ends it. Each request is told on stderr.""")
