"""The login hosts' paths."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from entra_tui.simulator.login.device_code import device_code_answer
from entra_tui.simulator.login.discovery import instance_document, keys_document, openid_document
from entra_tui.simulator.login.errors import SignInRefusal, error_answer
from entra_tui.simulator.login.tokens import token_answer
from entra_tui.simulator.messages import JSON, Answer
from entra_tui.simulator.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.messages import IncomingRequest

_ROUTES: Final[tuple[tuple[str, re.Pattern[str], Traffic, Callable[..., dict[str, object]]], ...]] = (
    (
        "GET",
        re.compile(r"/common/discovery/instance"),
        Traffic.INSTANCE_DISCOVERY,
        lambda _, request: instance_document(request.site, request.query_values().get("authorization_endpoint", "")),
    ),
    (
        "GET",
        re.compile(r"/([^/]+)/v2\.0/\.well-known/openid-configuration"),
        Traffic.DISCOVERY,
        lambda cloud, request, tenant: openid_document(cloud, request.site, tenant, version_2=True),
    ),
    (
        "GET",
        re.compile(r"/([^/]+)/\.well-known/openid-configuration"),
        Traffic.DISCOVERY,
        lambda cloud, request, tenant: openid_document(cloud, request.site, tenant, version_2=False),
    ),
    (
        "GET",
        re.compile(r"/([^/]+)/discovery/(?:v2\.0/)?keys"),
        Traffic.KEYS,
        lambda cloud, request, tenant: keys_document(cloud, request.site, tenant),
    ),
    (
        "POST",
        re.compile(r"/([^/]+)/oauth2/v2\.0/token"),
        Traffic.TOKEN,
        lambda cloud, request, tenant: token_answer(cloud, request, tenant, version_2=True),
    ),
    (
        "POST",
        re.compile(r"/([^/]+)/oauth2/token"),
        Traffic.TOKEN,
        lambda cloud, request, tenant: token_answer(cloud, request, tenant, version_2=False),
    ),
    (
        "POST",
        re.compile(r"/([^/]+)/oauth2/(?:v2\.0/)?devicecode"),
        Traffic.DEVICE_CODE,
        device_code_answer,
    ),
)


def login_answer(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    """What a login host answers."""
    correlation_id = _correlation_id(cloud, request)
    trace_id = cloud.identifiers.guid()
    usual = (
        ("Cache-Control", "no-store, no-cache"),
        ("Pragma", "no-cache"),
        ("Expires", "-1"),
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
        ("X-Content-Type-Options", "nosniff"),
        ("x-ms-request-id", trace_id),
        ("client-request-id", correlation_id),
        ("x-ms-ests-server", "2.1.22241.5 - PRACTICE ProdSlices"),
    )
    try:
        answer = _routed(cloud, request)
    except SignInRefusal as refusal:
        origin = request.site.origin
        answer = error_answer(refusal, cloud.server_time(), trace_id, correlation_id, origin)
    return answer.with_headers(*usual)


def _routed(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    path = request.path.rstrip("/")
    allowed = False
    for method, pattern, traffic, handler in _ROUTES:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        allowed = True
        if method != request.method:
            continue
        cloud.note(traffic)
        right = functools.partial(handler, cloud, request, *match.groups())
        return cloud.faults.answer(traffic, request, cloud.server_time(), functools.partial(_json, right))
    return Answer(405 if allowed else 404, b"", (("Content-Type", "text/html; charset=utf-8"),))


def _json(document: Callable[[], dict[str, object]]) -> Answer:
    return Answer(200, json.dumps(document()).encode(), (("Content-Type", f"{JSON}; charset=utf-8"),))


def _correlation_id(cloud: PracticeCloud, request: IncomingRequest) -> str:
    try:
        return str(UUID(request.headers.get("client-request-id", "")))
    except ValueError:
        return cloud.identifiers.guid()
