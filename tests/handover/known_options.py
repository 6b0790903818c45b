"""The options that each command has, as the tools' own references list them; only those that are used here.

Azure CLI 2.x: `az ad app`, `az ad sp`, `az cloud`, `az login`. CLI for Microsoft 365 11: `entra app`,
`entra enterpriseapp`, `login`. Microsoft Graph PowerShell 2.x: Authentication and Applications.
"""

from __future__ import annotations

from typing import Final

SHELL: Final = {
    "az cloud set": {"--name"},
    "az login": {"--tenant", "--allow-no-subscriptions"},
    "az ad app create": {"--display-name", "--sign-in-audience"},
    "az ad sp create": {"--id"},
    "az ad app credential reset": {"--id", "--append", "--years", "--display-name"},
    "az ad app permission add": {"--id", "--api", "--api-permissions"},
    "az ad app permission admin-consent": {"--id"},
    "m365 login": {"--authType", "--cloud", "--tenant"},
    "m365 entra app add": {"--name"},
    "m365 entra enterpriseapp add": {"--appId"},
    "m365 entra app permission add": {"--appId", "--applicationPermissions", "--grantAdminConsent"},
}
EVERYWHERE: Final = {"--query", "--output"}

POWERSHELL: Final = {
    "Connect-MgGraph": {"-Environment", "-TenantId", "-ClientId", "-Scopes"},
    "New-MgApplication": {"-DisplayName", "-SignInAudience"},
    "New-MgServicePrincipal": {"-AppId"},
    "Get-MgApplication": {"-Filter"},
    "Add-MgApplicationPassword": {"-ApplicationId", "-PasswordCredential"},
    "Update-MgApplication": {"-ApplicationId", "-RequiredResourceAccess"},
    "Get-MgServicePrincipal": {"-Filter"},
    "New-MgServicePrincipalAppRoleAssignment": {"-ServicePrincipalId", "-PrincipalId", "-ResourceId", "-AppRoleId"},
    "Get-MgServicePrincipalAppRoleAssignment": {"-ServicePrincipalId"},
    "Read-Host": set(),
    "Out-Null": set(),
    "ForEach-Object": set(),
    "Get-Date": set(),
}
