from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.answer import Answer
from entra_tui.graph.errors import AnswerFault, Refused, Unreadable
from entra_tui.graph.refusals import graph_refusal, sign_in_refusal
from tests.facts import load_facts

if TYPE_CHECKING:
    from collections.abc import Callable

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "error_description",
                    "error_codes",
                    "code",
                    "message",
                    "innerError",
                    "innererror",
                    "request-id",
                    "client-request-id",
                    "date",
                    "suberror",
                    "trace_id",
                    "timestamp",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


def _answer(status: int, body: bytes | str | Any, **headers: str) -> Answer:  # noqa: ANN401 - any JSON
    content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("login.microsoftonline.com", status, httpx.Headers(named), content)


def _refused(outcome: Refused | Unreadable) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


@pytest.mark.parametrize("separator", [" ", "\r\n"])
def test_a_sign_in_error_is_read_whole(separator: str) -> None:
    description = separator.join(
        [
            "AADSTS7000215: Wrong secret.",
            "Trace ID: t-1",
            "Correlation ID: c-1",
            "Timestamp: 2026-11-23 09:00:00Z",
        ]
    )
    refused = _refused(
        sign_in_refusal(
            _answer(
                401,
                {
                    "error": "invalid_client",
                    "error_description": description,
                    "error_codes": [7000215],
                    "timestamp": "2026-11-23 09:00:00Z",
                    "trace_id": "t-1",
                    "correlation_id": "c-1",
                    "suberror": "bad",
                },
            )
        )
    )
    assert (refused.code, refused.error, refused.status) == ("AADSTS7000215", "invalid_client", 401)
    assert (refused.message, refused.suberror) == ("Wrong secret.", "bad")
    evidence = refused.evidence
    assert (evidence.http_status, evidence.correlation_id, evidence.request_id) == (401, "c-1", "t-1")
    assert evidence.timestamp == "2026-11-23 09:00:00Z"
    assert "Wrong secret" not in str(refused)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": "invalid_client", "error_description": "AADSTS90002: No."}, "AADSTS90002"),
        ({"error": "invalid_client", "error_codes": []}, "invalid_client"),
        ({"error": "invalid_client", "error_codes": ["7000215"]}, "invalid_client"),
        ({"error": "invalid_client", "error_codes": [True]}, "invalid_client"),
        ({"error": "invalid_client", "error_codes": [-5]}, "invalid_client"),
        ({"error": "invalid_client", "error_codes": [10**30]}, "invalid_client"),
        ({"error": "invalid_client", "error_codes": {"0": 1}}, "invalid_client"),
        ({"error": {"code": "odd"}}, "HTTP 400"),
        ({"error": "x" * 5000}, "x" * 99 + "…"),
        ({"error": "esc\x1b[31m"}, "esc\N{REPLACEMENT CHARACTER}[31m"),
        ({}, "HTTP 400"),
    ],
)
def test_a_sign_in_error_with_odd_members_still_has_a_code(body: object, code: str) -> None:
    assert _refused(sign_in_refusal(_answer(400, body))).code == code


@pytest.mark.parametrize("spelling", ["innerError", "innererror"])
def test_graphs_error_is_read_in_both_spellings_down_to_the_deepest_code(spelling: str) -> None:
    inner = {"code": "deeper", "request-id": "r-1", "client-request-id": "c-1", "date": "2026-11-23T09:00:00"}
    body = {"error": {"code": "top", "message": "No.", spelling: {**inner, spelling: {"code": "deepest"}}}}
    refused = _refused(graph_refusal(_answer(403, body, location="https://graph.microsoft.com/x")))
    assert (refused.code, refused.message, refused.location) == ("deepest", "No.", "https://graph.microsoft.com/x")
    evidence = refused.evidence
    assert (evidence.request_id, evidence.correlation_id, evidence.timestamp) == ("r-1", "c-1", "2026-11-23T09:00:00")


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "", "message": ""}},
        {"error": {"code": None}},
        {"error": {"code": 403}},
        {"error": "text"},
        {"error": ["list"]},
        {"error": {"innerError": "text"}},
        {},
    ],
)
def test_an_empty_code_falls_back_to_the_status(body: object) -> None:
    assert _refused(graph_refusal(_answer(403, body))).code == "HTTP 403"


def test_ids_of_the_headers_stand_in_for_those_of_the_body() -> None:
    answer = _answer(403, {}, request_id="r-2", client_request_id="c-2", date="Mon, 23 Nov 2026 09:00:00 GMT")
    evidence = _refused(graph_refusal(answer)).evidence
    assert (evidence.request_id, evidence.correlation_id) == ("r-2", "c-2")
    assert evidence.timestamp == "Mon, 23 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize("read", [sign_in_refusal, graph_refusal])
@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (403, "<!DOCTYPE html><html>Blocked by the proxy</html>", AnswerFault.HTML),
        (400, "\r\n <HTML><body>Blocked</body></HTML>", AnswerFault.HTML),
        (404, b"\xef\xbb\xbf<?xml version='1.0'?><e/>", AnswerFault.HTML),
        (403, b"", AnswerFault.NOT_JSON),
        (403, b"\x00\x01\xff\xfe" * 100, AnswerFault.NOT_JSON),
        (400, '{"error": {"code": "cut', AnswerFault.NOT_JSON),
        (400, "[" * 100_000, AnswerFault.NOT_JSON),
        (400, "[]", AnswerFault.SHAPE),
        (400, '"text"', AnswerFault.SHAPE),
        (302, b"", AnswerFault.REDIRECT),
        (307, "<html>Moved</html>", AnswerFault.REDIRECT),
    ],
)
def test_what_is_no_error_of_microsofts_is_unreadable(
    read: Callable[[Answer], Refused | Unreadable], status: int, body: bytes | str, fault: AnswerFault
) -> None:
    outcome = read(_answer(status, body))
    assert isinstance(outcome, Unreadable)
    assert outcome.fault is fault
    assert outcome.evidence.http_status == status


@pytest.mark.parametrize("read", [sign_in_refusal, graph_refusal])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("body", ["Too many requests", "<html>Bad Gateway</html>", b""])
def test_a_busy_service_may_answer_without_json(
    read: Callable[[Answer], Refused | Unreadable], status: int, body: bytes | str
) -> None:
    assert _refused(read(_answer(status, body))).code == f"HTTP {status}"


@pytest.mark.parametrize("read", [sign_in_refusal, graph_refusal])
@pytest.mark.parametrize(
    ("status", "headers"), [(408, {}), (423, {}), (499, {}), (501, {}), (403, {"retry_after": "2"})]
)
def test_what_passes_is_no_web_page_of_a_proxys(
    read: Callable[[Answer], Refused | Unreadable], status: int, headers: dict[str, str]
) -> None:
    refused = _refused(read(_answer(status, "<html>Later</html>", **headers)))
    assert (refused.code, refused.transient) == (f"HTTP {status}", True)


def test_who_refused_is_known_without_a_number() -> None:
    body = {"error": "invalid_client"}
    assert _refused(sign_in_refusal(_answer(400, body))).is_sign_in
    assert not _refused(graph_refusal(_answer(400, body))).is_sign_in


@given(st.sampled_from([400, 401, 403, 404, 410, 429, 503]), _JSON | st.binary())
def test_no_body_at_all_breaks_the_reading(status: int, body: object) -> None:
    for read in (sign_in_refusal, graph_refusal):
        outcome = read(_answer(status, body))
        assert outcome.evidence.http_status == status
        if isinstance(outcome, Refused):
            assert outcome.code
            assert (outcome.code + outcome.message).replace("\u200c", "").isprintable()


def test_every_number_of_the_facts_is_read_from_its_own_shape() -> None:
    for entry in load_facts("errors.toml")["aadsts"]:
        if not entry["code"]:
            continue
        description = f"AADSTS{entry['code']}: {entry['shape']} Trace ID: t Correlation ID: c Timestamp: now"
        body = {"error": entry["oauth_error"], "error_description": description}
        refused = _refused(sign_in_refusal(_answer(entry["http_status"] or 400, body)))
        assert refused.code == f"AADSTS{entry['code']}"
