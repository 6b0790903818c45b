"""Microsoft Graph PowerShell (`Microsoft.Graph.Applications`)."""

from __future__ import annotations

from typing import Final

from entra_tui.handover.instructions import Instruction, Language, Target, Task
from entra_tui.handover.quoting import odata_text, powershell_word
from entra_tui.model.environment import CHINA, GRAPH_APP_ID, PUBLIC, USGOV, USGOV_DOD

_TOOL: Final = "Microsoft Graph PowerShell"
_ENVIRONMENTS: Final = {PUBLIC.name: "Global", USGOV.name: "USGov", USGOV_DOD.name: "USGovDoD", CHINA.name: "China"}
_WRITE: Final = ("Application.ReadWrite.All",)
_SCOPES: Final = {
    Task.REGISTER: _WRITE,
    Task.SECRET: _WRITE,
    Task.PERMISSIONS: _WRITE,
    Task.CONSENT: ("Application.Read.All", "AppRoleAssignment.ReadWrite.All"),
}


def graph_powershell(task: Task, target: Target) -> Instruction:
    """How to do `task` with Microsoft Graph PowerShell, or why it cannot."""
    name = _ENVIRONMENTS.get(target.environment.name)
    if name is None:
        text = (
            "# Microsoft Graph PowerShell does not know this environment by itself;\n"
            "# name its hosts with Add-MgEnvironment first, or use the portal."
        )
        return Instruction(_TOOL, Language.POWERSHELL, text)
    lines = []
    if target.environment.name == CHINA.name:
        lines += [
            "# Its own app does not exist in this cloud: register one for it first, and name",
            "# it after -ClientId.",
            "$signInApp = Read-Host 'Client ID of the app that signs you in'",
        ]
    scopes = ", ".join(powershell_word(scope) for scope in _SCOPES[task])
    client = "-ClientId $signInApp " if target.environment.name == CHINA.name else ""
    lines += [
        f"Connect-MgGraph -Environment {name} {client}`",
        f"  -TenantId {powershell_word(target.tenant)} `",
        f"  -Scopes {scopes}",
        _COMMANDS[task](target),
    ]
    return Instruction(_TOOL, Language.POWERSHELL, "\n".join(lines))


def _found(command: str, app_id: str) -> str:
    """`command` with a filter by app ID, on a line of its own."""
    return f"{command} `\n  -Filter {powershell_word(f'appId eq {odata_text(app_id)}')}\n"


def _register(target: Target) -> str:
    return (
        f"$app = New-MgApplication -DisplayName {powershell_word(target.app_name)} `\n"
        "  -SignInAudience 'AzureADMyOrg'\n"
        "New-MgServicePrincipal -AppId $app.AppId | Out-Null\n"
        '"Application (client) ID: $($app.AppId)"'
    )


def _secret(target: Target) -> str:
    return (
        f"{_found('$app = Get-MgApplication', target.app)}"
        "$new = @{\n"
        f"  displayName = {powershell_word(target.secret_description)}\n"
        "  endDateTime = (Get-Date).AddMonths(6)\n"
        "}\n"
        "$secret = Add-MgApplicationPassword -ApplicationId $app.Id `\n"
        "  -PasswordCredential $new\n"
        "# It is shown once, and stays in the scroll-back.\n"
        "$secret.SecretText"
    )


def _roles(target: Target) -> str:
    return ",\n  ".join(powershell_word(permission.app_role_id) for permission in target.permissions)


def _permissions(target: Target) -> str:
    return (
        f"{_found('$app = Get-MgApplication', target.app)}"
        f"$roles = @(\n  {_roles(target)}\n)\n"
        "$access = @($roles | ForEach-Object { @{ id = $_; type = 'Role' } })\n"
        "# This replaces every permission that the app asks for at present.\n"
        "Update-MgApplication -ApplicationId $app.Id -RequiredResourceAccess @(\n"
        f"  @{{\n    resourceAppId = {powershell_word(GRAPH_APP_ID)}\n    resourceAccess = $access\n  }}\n"
        ")"
    )


def _consent(target: Target) -> str:
    return (
        "# Takes a Privileged Role Administrator or a Global Administrator.\n"
        f"{_found('$app = Get-MgServicePrincipal', target.app)}"
        f"{_found('$graph = Get-MgServicePrincipal', GRAPH_APP_ID)}"
        f"foreach ($role in @(\n  {_roles(target)}\n)) {{\n"
        "  New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id `\n"
        "    -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId $role | Out-Null\n"
        "}\n"
        "Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id"
    )


_COMMANDS: Final = {
    Task.REGISTER: _register,
    Task.SECRET: _secret,
    Task.PERMISSIONS: _permissions,
    Task.CONSENT: _consent,
}
