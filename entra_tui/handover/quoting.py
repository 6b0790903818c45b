"""One value as one word of a shell, whatever characters it holds."""

from __future__ import annotations

import shlex
from typing import Final

_POWERSHELL_QUOTES: Final = "'\u2018\u2019\u201a\u201b"


def posix_word(value: str) -> str:
    """`value` as one word for bash and other POSIX shells."""
    return shlex.quote(value)


def powershell_word(value: str) -> str:
    """`value` as one verbatim string for PowerShell.

    Between single quotes PowerShell expands nothing; only a single quote ends the string, and it takes the
    typographic ones for single quotes too, so each is doubled.
    """
    doubled = "".join(character * 2 if character in _POWERSHELL_QUOTES else character for character in value)
    return f"'{doubled}'"


def odata_text(value: str) -> str:
    """`value` as a string literal of an OData filter."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
