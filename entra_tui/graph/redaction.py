"""Secrets and tokens out of everything that is kept or shown."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from entra_tui.model.secret import Secret

MASK: Final = "[masked]"

_SECRET_NAMES: Final = (
    "client_secret|client_assertion|assertion|password|passphrase|access_token|refresh_token|id_token|device_code"
    "|secretText|code_verifier"
)
# One of these stands in each of the names.
_IN_SECRET_NAMES: Final = (
    "client_secret",
    "assertion",
    "password",
    "passphrase",
    "_token",
    "device_code",
    "secrettext",
    "code_verifier",
)


class _Pattern(NamedTuple):
    """What is masked wherever it stands.

    Attributes:
        regex: The pattern.
        replacement: What takes its place.
        hints: Of these, one is in the text, whatever its case, where the pattern matches: seen far sooner.
    """

    regex: re.Pattern[str]
    replacement: str
    hints: tuple[str, ...]


_PATTERNS: Final = (
    _Pattern(re.compile(rf"(?i)\b({_SECRET_NAMES})=[^&\s\"']+"), rf"\1={MASK}", _IN_SECRET_NAMES),
    _Pattern(
        re.compile(rf"(?i)(\"(?:{_SECRET_NAMES})\"\s*:\s*)\"(?:[^\"\\]|\\.)*\"?"), rf'\1"{MASK}"', _IN_SECRET_NAMES
    ),
    _Pattern(re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}"), rf"\1 {MASK}", ("bearer", "basic")),
    _Pattern(re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}"), MASK, ("eyj",)),
    _Pattern(
        re.compile(r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9](?:Q~|Q%7[eE])[A-Za-z0-9_~.-]{31,34}"),
        MASK,
        ("q~", "q%7"),
    ),
)
_SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SHORTEST_LEARNED: Final = 6
_LONGEST_PATTERN: Final = 64


class Redactor:
    """Masks by pattern (tokens, today's client secrets, named form and JSON members) and by exact value."""

    def __init__(self) -> None:
        self._known: list[str] = []

    def learn(self, secret: Secret) -> None:
        """From now on mask this very value too: in clear, and as URLs, JSON, HTML, Base64 and hexadecimal write it."""
        clear = secret.reveal()
        if len(clear) >= _SHORTEST_LEARNED:
            self._known = sorted({*self._known, *_writings(clear)}, key=len, reverse=True)

    @property
    def longest(self) -> int:
        """Characters of the longest text that is masked as one: how much the end of a cut text may give away."""
        return max(_LONGEST_PATTERN, len(self._known[0]) if self._known else 0)

    def text(self, text: str) -> str:
        """`text` with every secret masked."""
        for known in self._known:
            text = text.replace(known, MASK)
        lowered = _lowered(text)
        for pattern in _PATTERNS:
            for hint in pattern.hints:
                if hint in lowered:
                    text = pattern.regex.sub(pattern.replacement, text)
                    break
        return text

    def headers(self, headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Header names and values, with those masked that carry credentials."""
        return tuple(
            (name, MASK if name.lower() in _SECRET_HEADERS else self.text(value)) for name, value in headers.items()
        )


def _lowered(text: str) -> str:
    """`text` in lower case, with an `i`, `k` or `s` for every letter that a pattern takes for one."""
    return text.lower() if text.isascii() else text.casefold().replace("\u0131", "i").replace("\u0307", "")


def _writings(clear: str) -> Iterator[str]:
    raw = clear.encode("utf-8", "surrogatepass")
    yield clear
    yield raw.decode("utf-8", "replace")
    yield from (json.dumps(clear)[1:-1], json.dumps(clear, ensure_ascii=False)[1:-1], repr(clear)[1:-1])
    yield from (html.escape(clear), html.escape(clear, quote=False), raw.hex(), raw.hex().upper())
    every_byte = "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in raw)  # noqa: PLR2004
    for encoded in (quote(raw, safe=""), quote_plus(raw), quote(raw), every_byte):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
        yield quote(encoded, safe="")
    # Base64 of a text that holds the secret, such as `id:secret`: each of the three ways in which its bytes may fall,
    # less the characters at both ends that depend on the neighbours.
    for skipped, lead in ((0, 0), (1, 2), (2, 3)):
        end = -((len(raw) + skipped) % 3 != 0) or None
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * skipped + raw).decode().rstrip("=")[lead:end]
