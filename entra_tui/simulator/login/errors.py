"""Sign-in refusals and the envelope they come in.

The envelope's members follow Microsoft's page on AADSTS codes; the texts behind the numbers are in `errors.toml`.
"""

from __future__ import annotations

import functools
import json
import tomllib
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from entra_tui.simulator.messages import JSON, Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignInError:
    """What is told about one AADSTS number.

    Attributes:
        status: HTTP status.
        error: OAuth `error`.
        text: The text with places for details.
        suberror: `suberror`; empty for none.
    """

    status: int
    error: str
    text: str
    suberror: str = ""


@functools.cache
def sign_in_errors() -> Mapping[int, SignInError]:
    """Every sign-in error that can be answered, by its AADSTS number."""
    source = resources.files("entra_tui.simulator.login").joinpath("errors.toml").read_text("utf-8")
    return MappingProxyType({int(code): SignInError(**row) for code, row in tomllib.loads(source).items()})


class SignInRefusal(Exception):
    """A request that the login service refuses.

    Attributes:
        code: The AADSTS number.
        details: What the text names, such as `client_id`.
        error: OAuth `error`, where it is not the number's usual one.
        headers: Headers beyond the usual ones.
        claims: The `claims` member; empty for none.
    """

    def __init__(
        self,
        code: int,
        *,
        error: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        claims: str = "",
        **details: str,
    ) -> None:
        super().__init__(f"AADSTS{code}")
        self.code = code
        self.details = details
        self.error = error
        self.headers = headers
        self.claims = claims


class _Unnamed(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def error_answer(refusal: SignInRefusal, now: datetime, trace_id: str, correlation_id: str, origin: str) -> Answer:
    """The answer that tells a refusal, with every member of the envelope."""
    known = sign_in_errors()[refusal.code]
    timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
    text = known.text.format_map(_Unnamed(refusal.details))
    body: dict[str, object] = {
        "error": refusal.error or known.error,
        "error_description": f"AADSTS{refusal.code}: {text} Trace ID: {trace_id} "
        f"Correlation ID: {correlation_id} Timestamp: {timestamp}",
        "error_codes": [refusal.code],
        "timestamp": timestamp,
        "trace_id": trace_id,
        "correlation_id": correlation_id,
        "error_uri": f"{origin}/error?code={refusal.code}",
    }
    if known.suberror:
        body["suberror"] = known.suberror
    if refusal.claims:
        body["claims"] = refusal.claims
    content_type = ("Content-Type", f"{JSON}; charset=utf-8")
    return Answer(known.status, json.dumps(body).encode(), (content_type, *refusal.headers))
