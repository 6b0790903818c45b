"""What each field accepts, in one place for the wizard, the connector form and the commands.

Shapes follow Microsoft's pages on `passwordCredential`, tenant and application ids. A value is cleaned first; a
refusal is one sentence that says what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from entra_tui.model.environment import GRAPH_APP_ID
from entra_tui.model.secret import Secret
from entra_tui.model.text import clean_paste, harmless

_GUID: Final = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_DOMAIN: Final = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)
_SECRET_OF_TODAY: Final = re.compile(r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}")
_ZERO_GUID: Final = "00000000-0000-0000-0000-000000000000"
_SHORTEST_SECRET: Final = 16
_LONGEST_NAME: Final = 120

FIRST_PARTY_APPS: Final = {
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph Command Line Tools",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Microsoft Azure CLI",
    "1950a258-227b-4e31-a9cf-717495945fc2": "Microsoft Azure PowerShell",
    GRAPH_APP_ID: "Microsoft Graph",
}
"""Well-known application ids of Microsoft's own programs, which people paste by mistake."""


class Field(Enum):
    """The fields of the connector form, with the words that ASCERA uses for them."""

    NAME = "Name"
    TENANT_ID = "Tenant ID"
    CLIENT_ID = "Client ID"
    CLIENT_SECRET = "Client Secret"
    ENVIRONMENT = "Environment Type"


class FieldError(ValueError):
    """A field's value is refused.

    Attributes:
        field: Which field.
        code: Ours, such as `secret-id-pasted`; names the finding that explains it.
        sentence: What is wrong and what to do.
    """

    def __init__(self, field: Field, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.code = code
        self.sentence = sentence


def parse_guid(text: str) -> str | None:
    """`text` as a lower-case GUID with hyphens; None when it is not one. Braces, quotes, blanks may stand around."""
    value = clean_paste(text).value.lower().removeprefix("urn:uuid:")
    if not _GUID.fullmatch(value):
        return None
    digits = value.replace("-", "")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def parse_tenant(text: str) -> str:
    """A tenant ID, or a domain name that leads to one.

    Returns:
        A lower-case GUID, or a lower-case domain name in its ASCII form.

    Raises:
        FieldError: Empty, the all-zero GUID, or neither a GUID nor a domain name. The sentence never repeats the
            value, since what was pasted may be the secret.
    """
    value = clean_paste(text).value
    if not value:
        raise FieldError(
            Field.TENANT_ID,
            "tenant-empty",
            "Enter the tenant ID: Microsoft Entra ID > Overview > Tenant ID.",
        )
    guid = parse_guid(value)
    if guid == _ZERO_GUID:
        raise FieldError(
            Field.TENANT_ID,
            "tenant-zero",
            "This is the all-zero placeholder; copy the real Tenant ID from Microsoft Entra ID > Overview.",
        )
    if guid is not None:
        return guid
    domain = _ascii_domain(value)
    if domain is None:
        if looks_like_secret(value):
            raise FieldError(
                Field.TENANT_ID,
                "tenant-is-secret",
                "This looks like a client secret; enter the Tenant ID from Microsoft Entra ID > Overview.",
            )
        raise FieldError(
            Field.TENANT_ID,
            "tenant-malformed",
            "This is neither a GUID nor a domain name; copy the Tenant ID from Microsoft Entra ID > Overview, "
            "or enter a domain such as contoso.onmicrosoft.com.",
        )
    return domain


def _ascii_domain(value: str) -> str | None:
    try:
        domain = value.rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return domain if _DOMAIN.fullmatch(domain) else None


def parse_tenant_id(text: str) -> str:
    """A tenant ID for the connector form: a GUID only.

    Raises:
        FieldError: Not a GUID.
    """
    value = parse_tenant(text)
    if parse_guid(value) is None:
        raise FieldError(
            Field.TENANT_ID,
            "tenant-is-domain",
            f"The connector needs the GUID, not the domain name '{harmless(value, limit=60)}'; "
            "copy the Tenant ID from Microsoft Entra ID > Overview.",
        )
    return value


def parse_client_id(text: str, *, tenant_id: str = "") -> str:
    """An Application (client) ID.

    Args:
        text: As pasted.
        tenant_id: The tenant ID next to it, to notice one value pasted twice.

    Raises:
        FieldError: Empty, not a GUID, the tenant ID, or the id of one of Microsoft's own programs.
    """
    value = clean_paste(text).value
    if not value:
        raise FieldError(
            Field.CLIENT_ID,
            "client-empty",
            "Enter the Application (client) ID from the app registration's Overview page.",
        )
    guid = parse_guid(value)
    if guid is None:
        if looks_like_secret(value):
            raise FieldError(
                Field.CLIENT_ID,
                "client-is-secret",
                "This looks like a client secret; enter the Application (client) ID from the app's Overview page.",
            )
        raise FieldError(
            Field.CLIENT_ID,
            "client-malformed",
            "This is not a GUID; copy the Application (client) ID from the app registration's Overview page.",
        )
    if guid == _ZERO_GUID:
        raise FieldError(
            Field.CLIENT_ID,
            "client-zero",
            "This is the all-zero placeholder; copy the Application (client) ID from the app's Overview page.",
        )
    if tenant_id and guid == parse_guid(tenant_id):
        raise FieldError(
            Field.CLIENT_ID,
            "client-is-tenant",
            "This is the tenant ID again; copy the Application (client) ID, the first GUID on the app's Overview page.",
        )
    if guid in FIRST_PARTY_APPS:
        raise FieldError(
            Field.CLIENT_ID,
            "client-first-party",
            f"This is the ID of {FIRST_PARTY_APPS[guid]}, a program of Microsoft's; enter your own app's client ID.",
        )
    return guid


def parse_secret(text: str, *, tenant_id: str = "", client_id: str = "") -> Secret:
    """A client secret's value.

    Only what cannot be a value is refused: nothing, blanks inside, under 16 characters, a GUID. Microsoft
    publishes no grammar, so an unusual shape is `looks_like_secret` False, not an error.

    Args:
        text: As pasted.
        tenant_id: The tenant ID of the same form.
        client_id: The client ID of the same form.

    Raises:
        FieldError: As above. The sentence never holds the value.
    """
    value = clean_paste(text, unwrap=False).value
    if value[:1] == value[-1:] and value[:1] in {'"', "'"} and looks_like_secret(value[1:-1]):
        value = value[1:-1]
    if not value:
        raise FieldError(
            Field.CLIENT_SECRET,
            "secret-empty",
            "Enter the client secret: Certificates & secrets > Client secrets > the Value column.",
        )
    guid = parse_guid(value)
    if guid is not None:
        if guid in {
            parse_guid(tenant_id) if tenant_id else None,
            parse_guid(client_id) if client_id else None,
        }:
            raise FieldError(
                Field.CLIENT_SECRET,
                "secret-is-other-field",
                "This is the tenant ID or the client ID again; copy the secret's Value column.",
            )
        raise FieldError(
            Field.CLIENT_SECRET,
            "secret-id-pasted",
            "This is the Secret ID, not the secret; copy the Value column. If the value is no longer shown, "
            "create a new client secret.",
        )
    if any(character.isspace() for character in value):
        raise FieldError(
            Field.CLIENT_SECRET,
            "secret-with-blanks",
            "A client secret has no blanks inside; copy the Value column again with its copy button.",
        )
    if len(value) < _SHORTEST_SECRET:
        raise FieldError(
            Field.CLIENT_SECRET,
            "secret-too-short",
            f"{len(value)} characters are too few for a client secret; copy the whole Value column.",
        )
    if not value.isprintable() or len(value) > 256:  # noqa: PLR2004
        raise FieldError(
            Field.CLIENT_SECRET,
            "secret-malformed",
            "This cannot be a client secret; copy the Value column with its copy button.",
        )
    return Secret(value)


def looks_like_secret(text: str) -> bool:
    """Whether `text` has the shape of the secrets that Entra makes today (`abc8Q~...`)."""
    return _SECRET_OF_TODAY.fullmatch(text) is not None


def parse_name(text: str) -> str:
    """A connector's name: one line, 1 to 120 characters, nothing invisible.

    Raises:
        FieldError: Empty, too long, with control characters, or a client secret in the wrong field.
    """
    value = " ".join(clean_paste(text, unwrap=False).value.split())
    if not value:
        raise FieldError(Field.NAME, "name-empty", "Give the connector a name.")
    if looks_like_secret(value):
        raise FieldError(
            Field.NAME, "name-is-secret", "This looks like a client secret; give the connector a name of its own."
        )
    if len(value) > _LONGEST_NAME:
        raise FieldError(
            Field.NAME,
            "name-too-long",
            f"A name has at most {_LONGEST_NAME} characters; this one has {len(value)}.",
        )
    if "\N{REPLACEMENT CHARACTER}" in harmless(value):
        raise FieldError(
            Field.NAME, "name-malformed", "The name holds characters that cannot be shown; type it by hand."
        )
    return value


@dataclass(frozen=True, slots=True)
class SecretShape:
    """What may be said about a secret without showing it.

    Attributes:
        length: Its number of characters.
        usual: Whether it has the shape of today's secrets.
    """

    length: int
    usual: bool

    @classmethod
    def of(cls, text: str) -> SecretShape:
        """The shape of what stands in the field."""
        value = clean_paste(text, unwrap=False).value
        return cls(len(value), looks_like_secret(value))
