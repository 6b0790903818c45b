"""Microsoft's own Python clients, unmodified, against the HTTPS server.

What each is made to do: `azure-identity` gets a token for an app, and is refused with a wrong secret. `msgraph-sdk`
reads the organization, all users through its PageIterator, the guests by a filter with their count, one user,
users/delta with changes, all groups, a group's members through its PageIterator, groups/delta, directory roles, an app
registration by its alternate key; it registers an app with secret, service principal and grant, waits when it is
throttled, and gets Graph's error as its own exception.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from entra_tui.simulator.faults import Fault, FaultKind
from entra_tui.simulator.traffic import Traffic
from tests.simulator.practice import GUIDE
from tests.simulator.serving import own_trust, serving, strict

REASON = "the dependency group `clients` is not installed"
identity = pytest.importorskip("azure.identity", reason=REASON)
azure_core = pytest.importorskip("azure.core.exceptions", reason=REASON)
msgraph = pytest.importorskip("msgraph", reason=REASON)
kiota = pytest.importorskip("kiota_authentication_azure.azure_identity_authentication_provider", reason=REASON)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.server import Endpoints

# What these libraries warn about is theirs.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("own_trust")]
WRITER = (*GUIDE, "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All")
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"

__all__ = ["own_trust"]


@pytest.fixture(autouse=True)
def _leftovers() -> Iterator[None]:
    """Collect the sockets that these libraries leave open while their warnings still count as theirs."""
    yield
    gc.collect()


@dataclass
class Sdk:
    """The SDK's client, with what it talks to."""

    client: Any
    cloud: PracticeCloud
    http: httpx.AsyncClient


def _credential(endpoints: Endpoints, secret: str | None = None) -> Any:  # noqa: ANN401 - a type of the optional group
    return identity.ClientSecretCredential(
        endpoints.tenant_id,
        endpoints.client_id,
        secret or endpoints.client_secret.reveal(),
        authority=endpoints.authority,
        disable_instance_discovery=True,
        connection_verify=str(endpoints.ca_file),
    )


def _sdk(endpoints: Endpoints, cloud: PracticeCloud) -> Sdk:
    from msgraph.graph_request_adapter import GraphRequestAdapter  # noqa: PLC0415
    from msgraph_core import GraphClientFactory  # noqa: PLC0415

    host = httpx.URL(endpoints.graph).host
    provider = kiota.AzureIdentityAuthenticationProvider(
        _credential(endpoints), scopes=[f"{endpoints.graph}/.default"], allowed_hosts=[host]
    )
    http = GraphClientFactory.create_with_default_middleware(client=httpx.AsyncClient(verify=strict(endpoints)))
    adapter = GraphRequestAdapter(provider, client=http)
    adapter.base_url = f"{endpoints.graph}/v1.0"
    return Sdk(msgraph.GraphServiceClient(request_adapter=adapter), cloud, http)


def _options(builder: type[Any], headers: dict[str, str] | None = None, **parameters: object) -> Any:  # noqa: ANN401
    from kiota_abstractions.base_request_configuration import RequestConfiguration  # noqa: PLC0415

    query = next(value for name, value in vars(builder).items() if name.endswith("QueryParameters"))
    configuration = RequestConfiguration(query_parameters=query(**parameters))
    for name, value in (headers or {}).items():
        configuration.headers.add(name, value)
    return configuration


async def test_azure_identity_gets_a_token_and_a_refusal(tmp_path: Path) -> None:
    async with serving("healthy", tmp_path) as (endpoints, _):
        token = _in_thread(_credential(endpoints).get_token, f"{endpoints.graph}/.default")
        assert (await token).token.count(".") == 2
        refused = _in_thread(_credential(endpoints, "wrn8Q~nothing").get_token, f"{endpoints.graph}/.default")
        with pytest.raises(azure_core.ClientAuthenticationError, match="AADSTS7000215"):
            await refused


async def _in_thread(function: Any, *arguments: object) -> Any:  # noqa: ANN401 - passes on whatever it is given
    import asyncio  # noqa: PLC0415

    return await asyncio.to_thread(function, *arguments)


def _everybody(cloud: PracticeCloud) -> list[str]:
    return [cloud.tenant.users.id_at(place) for place in range(cloud.tenant.users.end)]


async def _all_ids(sdk: Sdk, first: Any) -> list[str]:  # noqa: ANN401 - a type of the optional group
    """Ids on this page and all that follow, by the SDK's own iterator."""
    from msgraph_core.tasks.page_iterator import PageIterator  # noqa: PLC0415

    seen: list[str] = []

    def take(thing: Any) -> bool:  # noqa: ANN401 - a type of the optional group
        seen.append(thing.id)
        return True

    await PageIterator(first, sdk.client.request_adapter).iterate(take)
    return seen


async def test_msgraph_reads_the_directory(tmp_path: Path) -> None:
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder  # noqa: PLC0415

    async with serving("healthy", tmp_path, users=250) as (endpoints, cloud):
        sdk = _sdk(endpoints, cloud)
        users, everybody = cloud.tenant.users, _everybody(cloud)
        organization = (await sdk.client.organization.get()).value[0]
        assert organization.id == endpoints.tenant_id
        first = await sdk.client.users.get(_options(UsersRequestBuilder, top=40, select=["id", "displayName"]))
        assert await _all_ids(sdk, first) == everybody
        eventual = {"ConsistencyLevel": "eventual"}
        guests = await sdk.client.users.get(
            _options(UsersRequestBuilder, eventual, filter="userType eq 'Guest'", count=True, top=1)
        )
        known = [users.last_known(place) for place in range(users.end)]
        assert guests.odata_count == len([user for user in known if user["userType"] == "Guest"])
        person = await sdk.client.users.by_user_id(everybody[0]).get()
        assert person.display_name == known[0]["displayName"]
        groups = (await sdk.client.groups.get()).value
        assert [group.id for group in groups] == [group.id for group in cloud.tenant.groups.all()]
        members = await sdk.client.groups.by_group_id(groups[0].id).members.get()
        assert {type(member).__name__ for member in members.value} == {"User"}
        assert await _all_ids(sdk, members) == everybody
        roles = (await sdk.client.directory_roles.get()).value
        assert "Global Administrator" in [role.display_name for role in roles]
        await sdk.http.aclose()


async def test_msgraph_follows_delta(tmp_path: Path) -> None:
    async with serving("healthy", tmp_path, users=250) as (endpoints, cloud):
        sdk = _sdk(endpoints, cloud)
        page = await sdk.client.users.delta.get()
        known: set[str] = set()
        while page.odata_next_link:
            known |= {user.id for user in page.value}
            page = await sdk.client.users.delta.with_url(page.odata_next_link).get()
        known |= {user.id for user in page.value}
        assert known == set(_everybody(cloud))
        new = cloud.create_user(displayName="Somebody new")
        gone = cloud.delete_users(1)[0]
        changes = (await sdk.client.users.delta.with_url(page.odata_delta_link).get()).value
        removed = {user.id for user in changes if "@removed" in user.additional_data}
        assert removed == {gone}
        assert {user.id for user in changes} - removed == {new}
        groups = await sdk.client.groups.delta.get()
        staff = groups.value[0]
        assert staff.id == cloud.tenant.groups.all()[0].id
        # A deleted user stays a member until it is gone for good.
        assert {str(member["id"]) for member in staff.additional_data["members@delta"]} == known
        await sdk.http.aclose()


async def test_msgraph_registers_an_app_and_grants(tmp_path: Path) -> None:
    from msgraph.generated.applications.item.add_password.add_password_post_request_body import (  # noqa: PLC0415
        AddPasswordPostRequestBody,
    )
    from msgraph.generated.models.app_role_assignment import AppRoleAssignment  # noqa: PLC0415
    from msgraph.generated.models.application import Application  # noqa: PLC0415
    from msgraph.generated.models.password_credential import PasswordCredential  # noqa: PLC0415
    from msgraph.generated.models.service_principal import ServicePrincipal  # noqa: PLC0415

    async with serving("healthy", tmp_path, granted=WRITER) as (endpoints, cloud):
        sdk = _sdk(endpoints, cloud)
        own = await sdk.client.applications_with_app_id(endpoints.client_id).get()
        assert own.password_credentials[0].hint == endpoints.client_secret.hint
        made = await sdk.client.applications.post(Application(display_name="Second", sign_in_audience="AzureADMyOrg"))
        body = AddPasswordPostRequestBody(password_credential=PasswordCredential(display_name="x"))
        secret = await sdk.client.applications.by_application_id(made.id).add_password.post(body)
        principal = await sdk.client.service_principals.post(ServicePrincipal(app_id=made.app_id))
        graph = await sdk.client.service_principals_with_app_id("00000003-0000-0000-c000-000000000000").get()
        grant = AppRoleAssignment(principal_id=principal.id, resource_id=graph.id, app_role_id=USER_READ_ALL)
        holder = sdk.client.service_principals.by_service_principal_id(principal.id)
        await holder.app_role_assignments.post(grant)
        held = (await holder.app_role_assignments.get()).value
        assert [str(entry.app_role_id) for entry in held] == [USER_READ_ALL]
        assert len(secret.secret_text) == 40
        await sdk.http.aclose()


async def test_msgraph_waits_when_throttled_and_knows_graphs_errors(tmp_path: Path) -> None:
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError  # noqa: PLC0415

    throttled = Fault(FaultKind.THROTTLED, Traffic.ORGANIZATION, seconds=1)
    async with serving("healthy", tmp_path, faults=(throttled,)) as (endpoints, cloud):
        sdk = _sdk(endpoints, cloud)
        assert (await sdk.client.organization.get()).value
        with pytest.raises(ODataError) as caught:
            await sdk.client.users.by_user_id("nobody").get()
        assert caught.value.error.code == "Request_ResourceNotFound"
        await sdk.http.aclose()
