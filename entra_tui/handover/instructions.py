"""What is handed over, and what it is filled with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from entra_tui.model.connector import APP_NAME, SECRET_DESCRIPTION
from entra_tui.model.permission import GUIDE_SET

if TYPE_CHECKING:
    from entra_tui.model.environment import Environment
    from entra_tui.model.permission import Permission


class Task(Enum):
    """What a colleague can do in the person's place; steps 2 to 5 of the set-up."""

    REGISTER = "register"
    SECRET = "secret"
    PERMISSIONS = "permissions"
    CONSENT = "consent"


class Language(Enum):
    """What an instruction is written in."""

    WORDS = "words"
    BASH = "bash"
    POWERSHELL = "powershell"


@dataclass(frozen=True, slots=True)
class Target:
    """The tenant and app that an instruction is filled with.

    Attributes:
        environment: The cloud.
        tenant: Tenant ID, or a domain name while the ID is not known.
        client_id: Application (client) ID; empty while there is none.
        permissions: The application permissions that are needed.
        app_name: What the app is called.
        secret_description: What its secret is called.
    """

    environment: Environment
    tenant: str
    client_id: str = ""
    permissions: tuple[Permission, ...] = GUIDE_SET
    app_name: str = APP_NAME
    secret_description: str = SECRET_DESCRIPTION

    @property
    def app(self) -> str:
        """The client ID, or words that stand where it belongs."""
        return self.client_id or "the Application (client) ID"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One tool's way of doing a task.

    Attributes:
        tool: Name of the tool.
        language: What `text` is written in.
        text: Ready to send or to run.
    """

    tool: str
    language: Language
    text: str
