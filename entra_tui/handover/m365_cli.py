"""CLI for Microsoft 365 (`m365`) in bash."""

from __future__ import annotations

from typing import Final

from entra_tui.handover.instructions import Instruction, Language, Target, Task
from entra_tui.handover.quoting import posix_word
from entra_tui.model.environment import CHINA, PUBLIC, USGOV, USGOV_DOD

_TOOL: Final = "CLI for Microsoft 365 (bash)"
_CLOUDS: Final = {PUBLIC.name: "Public", USGOV.name: "USGovHigh", USGOV_DOD.name: "USGovDoD", CHINA.name: "China"}


def m365_cli(task: Task, target: Target) -> Instruction:
    """How to do `task` with `m365`, or why it cannot."""
    cloud = _CLOUDS.get(target.environment.name)
    if cloud is None:
        text = "# CLI for Microsoft 365 does not know this environment; use the portal."
        return Instruction(_TOOL, Language.BASH, text)
    if task is Task.SECRET:
        text = (
            "# CLI for Microsoft 365 makes a secret only while it registers an app\n"
            "# (`m365 entra app add --withSecret`), not for one that exists. Use the portal\n"
            "# or one of the other tools."
        )
        return Instruction(_TOOL, Language.BASH, text)
    sign_in = (
        "# `m365 setup` must have been run once: it signs in through an app of your own.\n"
        f"m365 login --authType browser --cloud {cloud} \\\n  --tenant {posix_word(target.tenant)}"
    )
    return Instruction(_TOOL, Language.BASH, f"{sign_in}\n{_COMMANDS[task](target)}")


def _register(target: Target) -> str:
    return (
        f"client_id=$(m365 entra app add --name {posix_word(target.app_name)} \\\n"
        "  --query appId --output text)\n"
        "# Only with an enterprise application can the registered app sign in.\n"
        'm365 entra enterpriseapp add --appId "$client_id" --output none\n'
        'echo "Application (client) ID: $client_id"'
    )


def _names(target: Target) -> str:
    # A backslash at a line's end joins the lines, within double quotes too.
    return " \\\n".join(f"$graph/{permission.value}" for permission in target.permissions)


def _permissions(target: Target) -> str:
    return (
        f"graph={posix_word(target.environment.graph)}\n"
        f"m365 entra app permission add --appId {posix_word(target.app)} \\\n"
        f'  --applicationPermissions "{_names(target)}"'
    )


def _consent(target: Target) -> str:
    return (
        "# Adds what is missing and grants it. Takes a Privileged Role Administrator or\n"
        "# a Global Administrator.\n"
        f"{_permissions(target)} --grantAdminConsent"
    )


_COMMANDS: Final = {Task.REGISTER: _register, Task.PERMISSIONS: _permissions, Task.CONSENT: _consent}
