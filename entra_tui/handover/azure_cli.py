"""Azure CLI (`az`) in bash."""

from __future__ import annotations

from typing import Final

from entra_tui.handover.instructions import Instruction, Language, Target, Task
from entra_tui.handover.quoting import posix_word
from entra_tui.model.environment import CHINA, GRAPH_APP_ID, PUBLIC, USGOV

_TOOL: Final = "Azure CLI (bash)"
_CLOUDS: Final = {PUBLIC.name: "AzureCloud", USGOV.name: "AzureUSGovernment", CHINA.name: "AzureChinaCloud"}


def azure_cli(task: Task, target: Target) -> Instruction:
    """How to do `task` with `az`, or why it cannot."""
    cloud = _CLOUDS.get(target.environment.name)
    if cloud is None:
        text = (
            "# The Azure CLI has no built-in cloud for this environment, and would speak\n"
            "# with another Graph host. Use the portal or Microsoft Graph PowerShell."
        )
        return Instruction(_TOOL, Language.BASH, text)
    if task is Task.CONSENT and target.environment.name != PUBLIC.name:
        text = (
            "# `az ad app permission admin-consent` works in the public cloud only, and\n"
            "# refuses in this one. Use the portal or Microsoft Graph PowerShell instead."
        )
        return Instruction(_TOOL, Language.BASH, text)
    sign_in = f"az cloud set --name {cloud}\naz login --tenant {posix_word(target.tenant)} --allow-no-subscriptions"
    return Instruction(_TOOL, Language.BASH, f"{sign_in}\n{_COMMANDS[task](target)}")


def _register(target: Target) -> str:
    return (
        f"client_id=$(az ad app create --display-name {posix_word(target.app_name)} \\\n"
        "  --sign-in-audience AzureADMyOrg --query appId --output tsv)\n"
        'az ad sp create --id "$client_id" --output none\n'
        'echo "Application (client) ID: $client_id"'
    )


def _secret(target: Target) -> str:
    return (
        "# --append keeps the secrets that are in use. The new one is printed once, and\n"
        "# stays in the scroll-back.\n"
        f"az ad app credential reset --id {posix_word(target.app)} \\\n"
        f"  --append --years 1 --display-name {posix_word(target.secret_description)} \\\n"
        "  --query password --output tsv"
    )


def _permissions(target: Target) -> str:
    roles = " \\\n  ".join(posix_word(f"{permission.app_role_id}=Role") for permission in target.permissions)
    return (
        "# Role means application permission; Scope would be a delegated one.\n"
        f"az ad app permission add --id {posix_word(target.app)} \\\n"
        f"  --api {GRAPH_APP_ID} --api-permissions \\\n  {roles}"
    )


def _consent(target: Target) -> str:
    return (
        "# Takes a Privileged Role Administrator or a Global Administrator.\n"
        f"az ad app permission admin-consent --id {posix_word(target.app)}"
    )


_COMMANDS: Final = {
    Task.REGISTER: _register,
    Task.SECRET: _secret,
    Task.PERMISSIONS: _permissions,
    Task.CONSENT: _consent,
}
