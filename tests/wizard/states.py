"""Every screen and state of the wizard, home and connectors that a picture is taken of, and the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.onboarding import Step
from entra_tui.screens.connectors import ConnectorsScreen, ConnectorTypeScreen
from entra_tui.screens.create_connector import CreateConnectorScreen
from entra_tui.screens.help import HelpScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.removal import RemoveScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from textual.screen import Screen

    from tests.wizard.walk import Walk


async def home(walk: Walk) -> None:
    await walk.until_seen("Set up a connector")


async def home_with_draft(walk: Walk) -> None:
    await walk.to(Step.REGISTRATION)
    await walk.press("escape")
    await walk.until(lambda: walk.step is Step.TENANT)
    await walk.press("escape")
    await walk.until_seen("Go on at step 1")


async def home_with_connectors(walk: Walk) -> None:
    await walk.connect()
    await _open(walk, "Connectors", ConnectorsScreen)
    await walk.press("escape")
    await walk.until_seen("1 connector")


async def tenant(walk: Walk) -> None:
    await walk.open_wizard()


async def tenant_proven(walk: Walk) -> None:
    await walk.open_wizard()
    await walk.tenant()


async def tenant_refused(walk: Walk) -> None:
    await walk.open_wizard()
    await walk.tenant("not a tenant")


def at(step: Step) -> Callable[[Walk], Awaitable[None]]:
    """The step as it is when one comes to it."""

    async def go(walk: Walk) -> None:
        await walk.to(step)
        await walk.rest()

    return go


async def registration_proven(walk: Walk) -> None:
    await walk.to(Step.REGISTRATION)
    await walk.client()


async def secret_proven(walk: Walk) -> None:
    await walk.to(Step.SECRET)
    await walk.secret()


async def secret_id(walk: Walk) -> None:
    await walk.to(Step.SECRET)
    await walk.secret("c8d2417f-95ab-4e60-b3f1-2a7d6c90e845")


async def consent_half_way(walk: Walk) -> None:
    await walk.to(Step.PERMISSIONS)
    await walk.rest()
    for permission in ("User.Read.All", "Group.Read.All"):
        walk.cloud.grant_consent(walk.inputs.client_id, permission)
    walk.hold_time()
    await walk.skip()
    await walk.until_seen("2 of 3 granted")
    await walk.until_seen("the next in 5 s")


async def connector_failing(walk: Walk) -> None:
    await walk.to(Step.CONNECTOR)
    await walk.save()


async def connector_proven(walk: Walk) -> None:
    await walk.to(Step.CONNECTOR)
    await walk.save()


async def synchronized(walk: Walk) -> None:
    await walk.to(Step.SYNCHRONIZE)
    await walk.synchronize()
    await walk.until(lambda: walk.focused_id == "primary")


async def connectors_empty(walk: Walk) -> None:
    await _open(walk, "Connectors", ConnectorsScreen)


async def connectors(walk: Walk) -> None:
    await walk.connect()
    await walk.connect("Fabrikam")
    await _open(walk, "Connectors", ConnectorsScreen)


async def connector_type(walk: Walk) -> None:
    await connectors_empty(walk)
    await walk.press("enter")
    await _shows(walk, ConnectorTypeScreen)


async def create_form(walk: Walk) -> None:
    await connector_type(walk)
    await walk.press("enter")
    await _shows(walk, CreateConnectorScreen)
    await walk.until(lambda: walk.focused_id == "name")


async def create_form_refused(walk: Walk) -> None:
    await create_form(walk)
    await walk.refill("")
    await walk.press("enter")
    await walk.until_seen("Give the connector a name.")


async def remove(walk: Walk) -> None:
    await connectors(walk)
    await walk.press("delete")
    await _shows(walk, RemoveScreen)


async def help_page(walk: Walk) -> None:
    await walk.open_wizard()
    await walk.press("f1")
    await _shows(walk, HelpScreen)


async def plain_page(walk: Walk) -> None:
    await walk.to(Step.CONSENT)
    await walk.rest()
    await walk.press("f3")
    await _shows(walk, PlainPage)


async def _open(walk: Walk, label: str, screen: type[Screen[None]]) -> None:
    await walk.choose(label)
    await _shows(walk, screen)


async def _shows(walk: Walk, screen: type[Screen[None] | Screen[str | None] | Screen[bool]]) -> None:
    await walk.until(lambda: isinstance(walk.app.screen, screen) and walk.app.screen.is_current, screen.__name__)


STATES: Final[Mapping[str, tuple[str, Callable[[Walk], Awaitable[None]]]]] = {
    "home": ("healthy", home),
    "home-draft": ("healthy", home_with_draft),
    "home-connectors": ("healthy", home_with_connectors),
    "tenant": ("healthy", tenant),
    "tenant-proven": ("domain-name", tenant_proven),
    "tenant-failing": ("unknown-tenant", tenant_proven),
    "tenant-refused": ("healthy", tenant_refused),
    "registration": ("healthy", at(Step.REGISTRATION)),
    "registration-proven": ("healthy", registration_proven),
    "registration-failing": ("unknown-application", registration_proven),
    "secret": ("healthy", at(Step.SECRET)),
    "secret-proven": ("healthy", secret_proven),
    "secret-failing": ("expired-secret", secret_proven),
    "secret-id": ("healthy", secret_id),
    "permissions-proven": ("healthy", at(Step.PERMISSIONS)),
    "permissions-missing": ("delegated-by-mistake", at(Step.PERMISSIONS)),
    "consent-half-way": ("delegated-by-mistake", consent_half_way),
    "consent-proven": ("healthy", at(Step.CONSENT)),
    "connector": ("healthy", at(Step.CONNECTOR)),
    "connector-proven": ("healthy", connector_proven),
    "connector-failing": ("read-denied", connector_failing),
    "synchronize": ("healthy", at(Step.SYNCHRONIZE)),
    "synchronized": ("healthy", synchronized),
    "connectors-empty": ("healthy", connectors_empty),
    "connectors": ("healthy", connectors),
    "connector-type": ("healthy", connector_type),
    "create-form": ("healthy", create_form),
    "create-form-refused": ("healthy", create_form_refused),
    "remove": ("healthy", remove),
    "help": ("healthy", help_page),
    "plain-page": ("healthy", plain_page),
}
"""Name, scenario, and the way to it."""
