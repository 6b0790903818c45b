"""The portal's clicks, as a text for somebody who sits in front of it."""

from __future__ import annotations

from typing import Final

from entra_tui.handover.instructions import Instruction, Language, Target, Task

_TOOL: Final = "Portal, click by click"


def portal_clicks(task: Task, target: Target) -> Instruction:
    """How to do `task` in the Azure portal of the target's cloud."""
    lines = _STEPS[task](target)
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate((_opening(target), *lines), start=1))
    return Instruction(_TOOL, Language.WORDS, numbered)


def _opening(target: Target) -> str:
    return f"Open {target.environment.portal} and switch to the directory {target.tenant}."


def _app(target: Target) -> str:
    known = f", client ID {target.client_id}" if target.client_id else ""
    return f"Microsoft Entra ID > App registrations > {target.app_name}{known}."


def _register(target: Target) -> tuple[str, ...]:
    return (
        "Microsoft Entra ID > App registrations > New registration.",
        f"Name: {target.app_name}. Accounts in this organizational directory only. Redirect URI: leave it blank.",
        "Register, then send back the Application (client) ID from the Overview page.",
    )


def _secret(target: Target) -> tuple[str, ...]:
    return (
        _app(target),
        "Certificates & secrets > Client secrets > New client secret.",
        f"Description: {target.secret_description}. Expires: per your security policy.",
        "Add, then copy the Value at once (not the Secret ID): it is shown only this time.",
        "Hand the Value over through a password manager, never by mail.",
    )


def _permissions(target: Target) -> tuple[str, ...]:
    names = ", ".join(permission.value for permission in target.permissions)
    return (
        _app(target),
        "API permissions > Add a permission > Microsoft Graph > Application permissions (not Delegated).",
        f"Choose {names}, then Add permissions.",
    )


def _consent(target: Target) -> tuple[str, ...]:
    return (
        _app(target),
        "API permissions > Grant admin consent, as Privileged Role or Global Administrator, and confirm.",
        "Each permission then shows Granted in the column Status.",
    )


_STEPS: Final = {
    Task.REGISTER: _register,
    Task.SECRET: _secret,
    Task.PERMISSIONS: _permissions,
    Task.CONSENT: _consent,
}
