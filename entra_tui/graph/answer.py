"""An HTTP answer, whole, and what its headers and its body say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from entra_tui.graph.errors import AnswerFault, Unreadable
from entra_tui.graph.retry import retry_after
from entra_tui.model.finding import Evidence
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import httpx


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole.

    Attributes:
        host: Who answered, with the port if there is one.
        status: HTTP status.
        headers: Case-insensitive.
        body: Decoded from its transfer and content encoding.
        certificate_issuer: Who issued the certificate of whoever answered; empty without TLS.
    """

    host: str
    status: int
    headers: httpx.Headers
    body: bytes
    certificate_issuer: str = ""

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8-sig", errors="replace")

    @property
    def evidence(self) -> Evidence:
        """Ids and time from the headers."""
        return Evidence(
            http_status=self.status,
            correlation_id=_header(self.headers, "client-request-id"),
            request_id=_header(self.headers, "request-id") or _header(self.headers, "x-ms-request-id"),
            timestamp=_header(self.headers, "date"),
        )

    def retry_after(self, now: datetime) -> float | None:
        """Seconds that the answer asks to wait; None where it does not. `now` counts where it tells no time itself."""
        return retry_after(self.headers.get("retry-after"), now, sent=self.headers.get("date"))

    @property
    def asks_to_return(self) -> bool:
        """Whether the answer asks to come back (`Retry-After`), at once or in a form that nobody can read."""
        return bool(self.headers.get("retry-after", "").strip())

    def json_object(self) -> Mapping[str, object]:
        """The body as a JSON object.

        Raises:
            Unreadable: It is a page of HTML, no JSON, or JSON of another kind.
        """
        start = self.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
            raise self.unreadable(AnswerFault.HTML, "a web page came instead of data")
        try:
            document: object = _loads(self.body)
        except (ValueError, RecursionError):
            raise self.unreadable(AnswerFault.NOT_JSON, f"{len(self.body)} bytes that are no JSON") from None
        if not isinstance(document, dict):
            raise self.unreadable(AnswerFault.SHAPE, f"{type(document).__name__} instead of an object")
        return document

    def unreadable(self, fault: AnswerFault, detail: str) -> Unreadable:
        """An exception to raise about this answer."""
        return Unreadable(fault, host=self.host, detail=detail, evidence=self.evidence)


def _loads(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        # Python's own reads more than the standard has: other encodings, half a surrogate pair.
        return json.loads(body)


def _header(headers: httpx.Headers, name: str) -> str | None:
    value = headers.get(name)
    return harmless(value, limit=100) if value else None
