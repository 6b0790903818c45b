"""`/organization` (Graph resource `organization`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.graph_api.call import Operation, json_answer
from entra_tui.simulator.graph_api.permissions import ORGANIZATION_READ, ORGANIZATION_READ_PERSON
from entra_tui.simulator.graph_api.resources import Resource, parse_select
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from entra_tui.simulator.graph_api.call import GraphCall
    from entra_tui.simulator.messages import Answer


def _organization(call: GraphCall) -> Answer:
    call.allow_options("$select", "$top", "$count")
    spec = call.tenant.spec
    capabilities = "Email, OfficeCommunicationsOnline"
    domains = [
        {"capabilities": capabilities, "isDefault": True, "isInitial": False, "name": spec.domain, "type": "Managed"},
        {
            "capabilities": capabilities,
            "isDefault": False,
            "isInitial": True,
            "name": spec.initial_domain,
            "type": "Managed",
        },
    ]
    properties: dict[str, object] = {
        "id": spec.tenant_id,
        "displayName": spec.name,
        "tenantType": "AAD",
        "countryLetterCode": spec.country,
        "country": spec.country,
        "createdDateTime": "2018-02-14T10:30:00Z",
        "preferredLanguage": "en",
        "technicalNotificationMails": [f"it@{spec.domain}"],
        "verifiedDomains": domains,
    }
    selection = parse_select(call.options.get("$select"), Resource.ORGANIZATION)
    fragment = f"organization({','.join(selection.names)})" if selection.chosen else "organization"
    return json_answer({"@odata.context": call.context(fragment), "value": [selection.shaped(properties)]})


OPERATIONS = (
    Operation(
        "GET", "/organization", Traffic.ORGANIZATION, 1, ORGANIZATION_READ, ORGANIZATION_READ_PERSON, _organization
    ),
)
