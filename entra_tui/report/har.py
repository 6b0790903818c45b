"""Exchanges as an HTTP Archive (HAR 1.2), and back.

`FORMAT.md` documents the members that begin with `_entraTui`, which HAR leaves to whoever writes one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from entra_tui import __version__
from entra_tui.graph.trace import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entra_tui.report.members import Members

_EXTENSION: Final = "_entraTui"
_HTTP: Final = "HTTP/1.1"
_UNKNOWN: Final = -1
_MOST_ENTRIES: Final = 500
_MOST_HEADERS: Final = 100


def to_har(exchanges: Iterable[Exchange], *, plain_hosts: frozenset[str]) -> dict[str, Any]:
    """The log.

    Args:
        exchanges: Oldest first.
        plain_hosts: Hosts that are asked over http, without TLS.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "entra-tui", "version": __version__},
            "entries": [_entry(exchange, plain_hosts) for exchange in exchanges],
        }
    }


def _entry(exchange: Exchange, plain_hosts: frozenset[str]) -> dict[str, Any]:
    scheme = "http" if exchange.host in plain_hosts else "https"
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"{scheme}://{exchange.host}{exchange.path}",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(exchange.request_headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True)
        ],
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }
    if exchange.request_body:
        request["postData"] = {
            "mimeType": _header(exchange.request_headers, "content-type"),
            "params": [],
            "text": exchange.request_body,
        }
    status = exchange.status or 0
    return {
        "startedDateTime": exchange.started.isoformat().replace("+00:00", "Z"),
        "time": round(exchange.milliseconds, 3),
        "request": request,
        "response": {
            "status": status,
            "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
            "httpVersion": _HTTP,
            "cookies": [],
            "headers": _headers(exchange.response_headers),
            "content": {
                "size": exchange.response_bytes,
                "mimeType": _header(exchange.response_headers, "content-type"),
                "text": exchange.response_body,
            },
            "redirectURL": "",
            "headersSize": _UNKNOWN,
            "bodySize": _UNKNOWN,
        },
        "cache": {},
        "timings": {"send": 0, "wait": round(exchange.milliseconds, 3), "receive": 0},
        _EXTENSION: {
            "number": exchange.number,
            "attempt": exchange.attempt,
            "failure": exchange.failure,
            "failureDetail": exchange.failure_detail,
            "certificateIssuer": exchange.certificate_issuer,
        },
    }


def _headers(headers: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _header(headers: tuple[tuple[str, str], ...], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def from_har(har: Members) -> tuple[Exchange, ...]:
    """The exchanges of a log that `to_har` wrote.

    Raises:
        ReportError: A member is missing or of another kind.
    """
    log = har.members("log")
    return tuple(_exchange(entry) for entry in log.list_of_members("entries", most=_MOST_ENTRIES))


def _exchange(entry: Members) -> Exchange:
    request, response, extension = entry.members("request"), entry.members("response"), entry.members(_EXTENSION)
    content = response.members("content")
    url = request.address("url")
    status = response.integer("status", most=599)
    return Exchange(
        number=extension.integer("number"),
        started=entry.moment("startedDateTime"),
        method=request.text("method", longest=20),
        host=url.netloc,
        path=f"{url.path}?{url.query}" if url.query else url.path,
        attempt=extension.integer("attempt"),
        milliseconds=entry.number("time", most=1e9),
        status=status or None,
        failure=extension.text("failure"),
        request_headers=_named(request),
        request_body=request.members("postData").text("text") if request.has("postData") else "",
        response_headers=_named(response),
        response_body=content.text("text"),
        response_bytes=content.integer("size", most=1 << 31),
        failure_detail=extension.text("failureDetail"),
        # Not there in a report of a version that did not look at it.
        certificate_issuer=extension.text("certificateIssuer") if extension.has("certificateIssuer") else "",
    )


def _named(message: Members) -> tuple[tuple[str, str], ...]:
    return tuple(
        (header.text("name", longest=200), header.text("value"))
        for header in message.list_of_members("headers", most=_MOST_HEADERS)
    )


def moment(value: datetime) -> str:
    """A moment as the file writes it."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
