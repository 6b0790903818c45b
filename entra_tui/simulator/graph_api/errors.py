"""Graph's refusals and the envelope they come in (Microsoft Graph docs, `errors`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from entra_tui.simulator.messages import JSON, Answer

if TYPE_CHECKING:
    from datetime import datetime


class GraphRefusal(Exception):
    """A request that Graph refuses.

    Attributes:
        status: HTTP status.
        code: The envelope's `code`.
        message: The envelope's `message`.
        headers: Headers beyond the usual ones.
    """

    def __init__(self, status: int, code: str, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def error_answer(refusal: GraphRefusal, now: datetime, request_id: str, client_request_id: str) -> Answer:
    """The answer that tells a refusal."""
    body = {
        "error": {
            "code": refusal.code,
            "message": refusal.message,
            "innerError": {
                "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_request_id,
            },
        }
    }
    return Answer(refusal.status, json.dumps(body).encode(), (("Content-Type", JSON), *refusal.headers))


def not_found(key: str) -> GraphRefusal:
    """A directory object that is not there."""
    return GraphRefusal(
        404,
        "Request_ResourceNotFound",
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present.",
    )


def denied() -> GraphRefusal:
    """A caller without the permission for this."""
    return GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def bad_request(message: str) -> GraphRefusal:
    """A request that the directory cannot read."""
    return GraphRefusal(400, "Request_BadRequest", message)


def unsupported_query(message: str) -> GraphRefusal:
    """A query that the directory knows but does not serve like this."""
    return GraphRefusal(400, "Request_UnsupportedQuery", message)


def not_offered() -> GraphRefusal:
    """What Graph knows and does not serve."""
    return GraphRefusal(501, "NotImplemented", "This operation target is not yet supported.")


def unknown_segment(segment: str) -> GraphRefusal:
    """A path that leads nowhere."""
    return GraphRefusal(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
