"""A script with the same libraries as the program: `... asking TENANT (nothing | check | sync)`.

It loads httpx and MSAL, signs in as Microsoft's documents show, and makes the requests of `entra-tui check`, or those
of `entra-tui sync` where nothing changed; or it stops before the first one.
"""

from __future__ import annotations

import os
import sys

import httpx
import msal

from tests.benchmarks.baselines.tenant import SECRET, Tenant, tenant_from_arguments

_COLUMNS = (
    "id,userPrincipalName,displayName,mail,givenName,surname,jobTitle,department,companyName,employeeId,accountEnabled,"
    "userType,createdDateTime"
)
ASKED = {
    "check": (
        "organization?$select=id,displayName,verifiedDomains",
        "users?$top=1&$select=id",
        "groups?$top=1&$select=id",
        "applications(appId='{client_id}')?$select=passwordCredentials,requiredResourceAccess",
    ),
    "sync": (
        "organization?$select=id,displayName,verifiedDomains",
        f"users/delta?$deltatoken=latest&$select={_COLUMNS}",
        "users/$count",
    ),
}


def sign_in(tenant: Tenant) -> str:
    """A token."""
    application = msal.ConfidentialClientApplication(
        tenant.client_id,
        authority=f"{tenant.authority}/{tenant.tenant_id}",
        client_credential=os.environ[SECRET],
        instance_discovery=False,
        verify=tenant.ca_file,
    )
    answer = application.acquire_token_for_client(scopes=[f"{tenant.graph}/.default"])
    return str(answer["access_token"])


def main() -> None:
    """Ask."""
    tenant, purpose = tenant_from_arguments(), sys.argv[2]
    if purpose == "nothing":
        return
    with httpx.Client(verify=tenant.ca_file, timeout=60) as http:
        if purpose == "check":
            # Whether the hosts can be reached is seen before anybody signs in.
            http.get(f"{tenant.authority}/{tenant.tenant_id}/v2.0/.well-known/openid-configuration").raise_for_status()
            http.get(f"{tenant.graph}/v1.0/organization?$select=id")
        headers = {"Authorization": f"Bearer {sign_in(tenant)}", "ConsistencyLevel": "eventual"}
        for asked in ASKED[purpose]:
            url = f"{tenant.graph}/v1.0/{asked.format(client_id=tenant.client_id)}"
            http.get(url, headers=headers).raise_for_status()


if __name__ == "__main__":
    main()
