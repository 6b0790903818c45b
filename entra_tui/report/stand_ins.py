"""Values that stand in for a client secret, and make the same check say the same."""

from __future__ import annotations

from typing import Final

from entra_tui.model.fields import FieldError, parse_client_id, parse_secret, parse_tenant
from entra_tui.model.secret import Secret

SECRET: Final = "rep8Q~stands.in.for.the.client.secret0"
_SECRET_ID: Final = "5ec7e71d-0000-4000-8000-000000000000"
_WITH_BLANKS: Final = "stands in for a secret"


def secret_stand_in(secret: Secret, *, tenant: str, client_id: str) -> Secret:
    """Something that the check of the inputs judges as it judges `secret`, and that holds nothing of it."""
    try:
        parse_secret(secret.reveal(), tenant_id=tenant, client_id=client_id)
    except FieldError as error:
        return secret_of_kind(error.code, length=len(secret.reveal().strip()), client_id=client_id)
    return Secret(SECRET)


def secret_of_kind(code: str, *, length: int, client_id: str) -> Secret:
    """A stand-in that is refused with `code`; an unknown code, or none, gives one that is accepted."""
    return Secret(
        {
            "secret-empty": "",
            "secret-is-other-field": client_id,
            "secret-id-pasted": _SECRET_ID,
            "secret-with-blanks": _WITH_BLANKS,
            "secret-too-short": "x" * min(length, 15),
            "secret-malformed": "\x07" * 20,
        }.get(code, SECRET)
    )


def kind_of_secret(secret: Secret, *, tenant: str, client_id: str) -> str:
    """The code with which `secret` is refused; empty where it is accepted."""
    try:
        parse_secret(secret.reveal(), tenant_id=tenant, client_id=client_id)
    except FieldError as error:
        return error.code
    return ""


def tenant_stand_in(text: str) -> str:
    """`text`, unless a client secret stands in the field for the tenant."""
    try:
        parse_tenant(text)
    except FieldError as error:
        return SECRET if error.code == "tenant-is-secret" else text
    return text


def client_stand_in(text: str) -> str:
    """`text`, unless a client secret stands in the field for the client ID."""
    try:
        parse_client_id(text)
    except FieldError as error:
        return SECRET if error.code == "client-is-secret" else text
    return text
