"""A practice tenant with a client in front of it, as the tests of this folder use them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx

from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport

if TYPE_CHECKING:
    from entra_tui.simulator.faults import Fault

GUIDE = ("User.Read.All", "Group.Read.All", "Directory.Read.All")


@dataclass
class Practice:
    """A world, its clock, and a client that reaches it by Microsoft's host names."""

    cloud: PracticeCloud
    clock: ManualClock
    http: httpx.AsyncClient

    @property
    def login(self) -> str:
        return self.cloud.tenant.spec.environment.authority

    @property
    def graph(self) -> str:
        return self.cloud.tenant.spec.environment.graph

    async def ask_token(self, **form: str) -> httpx.Response:
        inputs = self.cloud.inputs
        usual = {
            "client_id": inputs.client_id,
            "client_secret": inputs.secret.reveal(),
            "grant_type": "client_credentials",
            "scope": f"{self.graph}/.default",
        }
        tenant = form.pop("tenant", inputs.tenant)
        host = form.pop("host", self.login)
        return await self.http.post(f"{host}/{tenant}/oauth2/v2.0/token", data=usual | form)

    async def sign_in(self) -> None:
        answer = await self.ask_token()
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def sign_in_person(self, role: str, *scopes: str) -> None:
        """Sign in with a device code as somebody who holds `role`, through Microsoft's own public client."""
        client_id = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
        place = f"{self.login}/{self.cloud.tenant.spec.tenant_id}/oauth2/v2.0"
        scope = " ".join(f"{self.graph}/{name}" for name in scopes or ("User.Read",))
        begun = await self.http.post(f"{place}/devicecode", data={"client_id": client_id, "scope": scope})
        self.cloud.approve_device_sign_in(role)
        answer = await self.http.post(
            f"{place}/token",
            data={
                "client_id": client_id,
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                "device_code": begun.json()["device_code"],
            },
        )
        answer.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """GET a path below version 1.0, or a whole link."""
        url = path if path.startswith("https://") else f"{self.graph}/v1.0/{path}"
        return await self.http.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.http.request(method, f"{self.graph}/v1.0/{path}", json=body)

    async def read_all(self, path: str, **headers: str) -> tuple[list[dict[str, Any]], str | None]:
        """Every object of a collection or a delta round, and the delta link."""
        rows: list[dict[str, Any]] = []
        link: str | None = path
        page: dict[str, Any] = {}
        while link:
            answer = await self.get(link, **headers)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            rows += page["value"]
            link = page.get("@odata.nextLink")
        return rows, page.get("@odata.deltaLink")


def practice(
    scenario: str = "healthy",
    *,
    users: int | None = 30,
    granted: tuple[str, ...] | None = None,
    faults: tuple[Fault, ...] | None = None,
    premium: bool = False,
    graph_delay: float = 0.0,
) -> Practice:
    """A practice tenant on a clock that the test moves."""
    found = find_scenario(scenario)
    if granted is not None:
        first = replace(found.applications[0], granted=granted)
        found = replace(found, applications=(first, *found.applications[1:]))
    if faults is not None:
        found = replace(found, faults=faults)
    if premium:
        found = replace(found, users=replace(found.users, premium=True))
    if graph_delay:
        found = replace(found, graph_delay=graph_delay)
    clock = ManualClock()
    cloud = PracticeCloud(found, users=users, clock=clock)
    return Practice(cloud, clock, httpx.AsyncClient(transport=PracticeTransport(cloud)))
