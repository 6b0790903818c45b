"""Error bodies of Entra and Graph, read with suspicion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import AnswerFault, Refused, Unreadable
from entra_tui.graph.transient import Passing, passing_answer
from entra_tui.model.finding import Evidence
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from entra_tui.graph.answer import Answer

_AADSTS: Final = re.compile(r"\s*AADSTS(\d{3,9})\b:?\s*")
_DEEPEST: Final = 8
_LONGEST_CODE: Final = 100
_LARGEST_NUMBER: Final = 999_999_999
_REDIRECTS: Final = range(300, 400)
_ERROR: Final = 400
_LONGEST_ERROR: Final = 64 * 1024


def passing(answer: Answer) -> Passing | None:
    """What the table of `transient` says of an answer, its body included; None when waiting does not help."""
    if answer.status < _ERROR:
        return None
    codes, error = _named(answer)
    return passing_answer(answer.status, codes=codes, error=error, promised=answer.asks_to_return)


def sign_in_refusal(answer: Answer) -> Refused | Unreadable:
    """What a login host's error answer says.

    Follows the error body of entra-docs `reference-error-codes`: `error`, `error_description`, `error_codes`,
    `timestamp`, `trace_id`, `correlation_id`, `suberror`.
    """
    body = _error_object(answer)
    if isinstance(body, Unreadable):
        return body
    error = _text(body.get("error"), limit=_LONGEST_CODE)
    description = _text(body.get("error_description"))
    number = _entra_number(body)
    # The ids follow the sentence after one separator or another, depending on the year of the service.
    message = _AADSTS.sub("", re.split(r"\s*Trace ID:", description, maxsplit=1)[0], count=1).strip()
    return Refused(
        host=answer.host,
        status=answer.status,
        code=f"AADSTS{number}" if number else error or f"HTTP {answer.status}",
        error=error,
        message=message,
        suberror=_text(body.get("suberror")),
        transient=passing(answer) is not None,
        is_sign_in=True,
        evidence=Evidence(
            http_status=answer.status,
            correlation_id=_text(body.get("correlation_id")) or answer.evidence.correlation_id,
            request_id=_text(body.get("trace_id")) or answer.evidence.request_id,
            timestamp=_text(body.get("timestamp")) or answer.evidence.timestamp,
        ),
    )


def graph_refusal(answer: Answer) -> Refused | Unreadable:
    """What a Graph error answer says.

    Follows Graph docs `errors`: `error.code`, `error.message`, `error.innerError`; the deepest code is the most
    specific one. Both spellings of `innerError` occur.
    """
    body = _error_object(answer)
    if isinstance(body, Unreadable):
        return body
    error = _object(body.get("error"))
    code, message = "", _text(error.get("message"))
    request_id, correlation_id, date = "", "", ""
    for inner in _levels(error):
        code = _text(inner.get("code"), limit=_LONGEST_CODE) or code
        request_id = _text(inner.get("request-id")) or request_id
        correlation_id = _text(inner.get("client-request-id")) or correlation_id
        date = _text(inner.get("date")) or date
    return Refused(
        host=answer.host,
        status=answer.status,
        code=code or f"HTTP {answer.status}",
        message=message,
        location=answer.headers.get("location", ""),
        transient=passing(answer) is not None,
        evidence=Evidence(
            http_status=answer.status,
            correlation_id=correlation_id or answer.evidence.correlation_id,
            request_id=request_id or answer.evidence.request_id,
            timestamp=date or answer.evidence.timestamp,
        ),
    )


def _error_object(answer: Answer) -> Mapping[str, object] | Unreadable:
    try:
        return answer.json_object()
    except Unreadable as error:
        # What passes may come without JSON from the edge of the service itself; a 3xx never is the service's.
        if answer.status >= 500 or passing(answer) is not None:  # noqa: PLR2004
            return {}
        if answer.status in _REDIRECTS:
            return answer.unreadable(AnswerFault.REDIRECT, harmless(answer.headers.get("location", ""), limit=200))
        return error


def _named(answer: Answer) -> tuple[tuple[str, ...], str]:
    """The codes that an error body names, Entra's or Graph's, and OAuth's `error`."""
    if len(answer.body) > _LONGEST_ERROR:
        return (), ""
    try:
        body = answer.json_object()
    except Unreadable:
        return (), ""
    error = body.get("error")
    if isinstance(error, str):
        number = _entra_number(body)
        return (f"AADSTS{number}",) if number else (error,), error
    return tuple(_text(level.get("code"), limit=_LONGEST_CODE) for level in _levels(_object(error))), ""


def _levels(error: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Graph's error and the inner ones, the outermost first; both spellings of `innerError` occur."""
    for _ in range(_DEEPEST + 1):
        if not error:
            return
        yield error
        error = _object(error.get("innerError") or error.get("innererror"))


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object, *, limit: int = 2000) -> str:
    return harmless(value, limit=limit).strip() if isinstance(value, str) else ""


def _entra_number(body: Mapping[str, object]) -> int | None:
    return _number(body.get("error_codes")) or _number_in(_text(body.get("error_description")))


def _number(codes: object) -> int | None:
    first = codes[0] if isinstance(codes, list) and codes else None
    if not isinstance(first, int) or isinstance(first, bool) or not 0 < first <= _LARGEST_NUMBER:
        return None
    return first


def _number_in(description: str) -> int | None:
    match = _AADSTS.match(description)
    return int(match[1]) if match else None
