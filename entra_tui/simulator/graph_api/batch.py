"""`/$batch`: up to twenty requests in one (Graph's page on JSON batching)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from entra_tui.simulator.graph_api.errors import GraphRefusal
from entra_tui.simulator.messages import JSON, Answer, IncomingRequest

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_REQUESTS: Final = 20
_METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_BATCHES: Final = frozenset({"$batch", "%24batch"})
_FAILED: Final = 400


def batch_answer(request: IncomingRequest, serve: Callable[[IncomingRequest], Answer]) -> Answer:
    """The answers to a batch; the outer status is 200 even when every inner one fails.

    Args:
        request: The batch.
        serve: Answers one request.

    Raises:
        GraphRefusal: The batch itself is malformed.
    """
    entries = _entries(request)
    statuses: dict[str, int] = {}
    responses: list[dict[str, Any]] = []
    for entry in entries:
        failed = [name for name in entry.get("dependsOn", ()) if statuses.get(name, _FAILED) >= _FAILED]
        response = _failed_dependency(entry) if failed else _one(request, entry, serve)
        statuses[entry["id"]] = response["status"]
        responses.append(response)
    body = json.dumps({"responses": responses}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Answer(200, body, (("Content-Type", f"{JSON};odata.metadata=minimal;charset=utf-8"),))


def _invalid(message: str) -> GraphRefusal:
    return GraphRefusal(400, "BadRequest", f"Invalid batch payload format. {message}".strip())


def _entries(request: IncomingRequest) -> list[dict[str, Any]]:
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise _invalid("") from error
    entries = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise _invalid("")
    if len(entries) > MOST_REQUESTS:
        raise _invalid(f"Number of batch request steps exceeds the maximum value of {MOST_REQUESTS}.")
    seen: set[str] = set()
    for entry in entries:
        _check(entry, seen)
        seen.add(entry["id"])
    return entries


def _check(entry: object, seen: set[str]) -> None:
    if not isinstance(entry, dict):
        raise _invalid("")
    if not isinstance(entry.get("id"), str) or entry["id"] in seen:
        raise _invalid("Every request needs an id of its own.")
    if str(entry.get("method")).upper() not in _METHODS or not isinstance(entry.get("url"), str):
        raise _invalid(f"Request {entry['id']} needs a method and a url.")
    if entry["url"].partition("?")[0].strip("/").lower() in _BATCHES:
        # OData leaves no batch within a batch; Graph's own page says nothing about it.
        raise _invalid(f"Request {entry['id']} is a batch itself.")
    if any(name not in seen for name in entry.get("dependsOn", ())):
        raise _invalid(f"Request {entry['id']} depends on one that does not come before it.")
    headers = {str(name).lower() for name in entry.get("headers") or {}}
    if "body" in entry and "content-type" not in headers:
        raise _invalid(f"Request {entry['id']} has a body and no Content-Type header.")


def _failed_dependency(entry: dict[str, Any]) -> dict[str, Any]:
    error = {"code": "FailedDependency", "message": "A request that this one depends on failed."}
    return {"id": entry["id"], "status": 424, "headers": {}, "body": {"error": error}}


def _one(request: IncomingRequest, entry: dict[str, Any], serve: Callable[[IncomingRequest], Answer]) -> dict[str, Any]:
    path, _, query = entry["url"].partition("?")
    own = {str(name).lower(): str(value) for name, value in (entry.get("headers") or {}).items()}
    inherited = {name: request.headers[name] for name in ("authorization", "host") if name in request.headers}
    version = request.path.lstrip("/").partition("/")[0]
    inner = IncomingRequest(
        method=entry["method"].upper(),
        path=f"/{version}/{path.lstrip('/')}",
        query=query,
        headers=inherited | own,
        body=json.dumps(entry["body"]).encode() if "body" in entry else b"",
        site=request.site,
    )
    answer = serve(inner)
    response: dict[str, Any] = {"id": entry["id"], "status": answer.status, "headers": dict(answer.headers)}
    if answer.body:
        try:
            response["body"] = json.loads(answer.body)
        except ValueError:
            # What is no JSON comes as a text.
            response["body"] = answer.body.decode("utf-8", "replace")
    return response
