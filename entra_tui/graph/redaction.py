"""Secrets and tokens out of everything that is kept or shown."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.model.secret import Secret

MASK: Final = "[masked]"

_SECRET_NAMES: Final = (
    "client_secret|client_assertion|assertion|password|passphrase|access_token|refresh_token|id_token|device_code"
    "|secretText|code_verifier"
)
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(rf"(?i)\b({_SECRET_NAMES})=[^&\s\"']+"), rf"\1={MASK}"),
    (re.compile(rf"(?i)(\"(?:{_SECRET_NAMES})\"\s*:\s*)\"(?:[^\"\\]|\\.)*\"?"), rf'\1"{MASK}"'),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}"), MASK),
    (re.compile(r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9](?:Q~|Q%7[eE])[A-Za-z0-9_~.-]{31,34}"), MASK),
)
_SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SHORTEST_LEARNED: Final = 6


class Redactor:
    """Masks by pattern (tokens, today's client secrets, named form and JSON members) and by exact value."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def learn(self, secret: Secret) -> None:
        """From now on mask this very value too, in clear, URL-encoded, JSON and Base64 form."""
        clear = secret.reveal()
        if len(clear) < _SHORTEST_LEARNED:
            return
        forms = {
            clear,
            quote(clear, safe=""),
            quote_plus(clear),
            json.dumps(clear)[1:-1],
            base64.b64encode(clear.encode()).decode().rstrip("="),
        }
        self._known = sorted({*self._known, *forms}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` with every secret masked."""
        for known in self._known:
            text = text.replace(known, MASK)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def headers(self, headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Header names and values, with those masked that carry credentials."""
        return tuple(
            (name, MASK if name.lower() in _SECRET_HEADERS else self.text(value)) for name, value in headers.items()
        )
