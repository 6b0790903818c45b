"""The practice tenant as an ASGI application: every host of Microsoft's that is simulated, told apart by `Host`."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from entra_tui.simulator.graph_api.service import VERSION, graph_answer
from entra_tui.simulator.login.service import login_answer
from entra_tui.simulator.messages import Answer, Delivery, IncomingRequest
from entra_tui.simulator.sites import Service, site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.sites import Site

ABORT: Final = "entra_tui.abort"
"""ASGI extension: a function that breaks the client's connection at once."""

_CHUNK: Final = 16_384
_METHODS: Final = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]


def create_app(cloud: PracticeCloud) -> Starlette:
    """The application that serves a practice tenant.

    A request to one of Microsoft's hosts is answered as that host would. Any other host is a server of our own: login
    and Graph on one origin, told apart by path, with that origin wherever Microsoft's would stand.
    """
    return Starlette(routes=[Route("/{path:path}", _Endpoint(cloud), methods=_METHODS)])


class _Endpoint:
    def __init__(self, cloud: PracticeCloud) -> None:
        self._cloud = cloud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = self._cloud.clock.monotonic()
        request = Request(scope, receive)
        site = site_of(request.headers.get("host", ""), scope.get("scheme", "https"))
        incoming = IncomingRequest(
            method=request.method,
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=dict(request.headers),
            body=await request.body(),
            site=site,
        )
        answer = answer_to(self._cloud, incoming)
        await _deliver(self._cloud, answer, arrived, send, scope.get("extensions", {}).get(ABORT))


def answer_to(cloud: PracticeCloud, request: IncomingRequest) -> Answer:
    """What the host that was asked answers."""
    cloud.catch_up()
    serve = graph_answer if _is_graph(request.site, request.path) else login_answer
    answer = serve(cloud, request)
    return answer.with_headers(("Date", format_datetime(cloud.server_time().replace(microsecond=0), usegmt=True)))


def _is_graph(site: Site, path: str) -> bool:
    if site.service is Service.BOTH:
        return path.lstrip("/").partition("/")[0].lower() in {VERSION, "beta"}
    return site.service is Service.GRAPH


async def _deliver(
    cloud: PracticeCloud, answer: Answer, arrived: float, send: Send, abort: Callable[[], None] | None
) -> None:
    line = cloud.scenario.line
    latency = answer.delay + line.latency
    if line.jitter:
        latency += line.jitter * (cloud.identifiers.number() % 2_001 / 1_000 - 1)
    # What it took to make the answer is part of the latency.
    latency -= cloud.clock.monotonic() - arrived
    if latency > 0:
        await cloud.clock.sleep(latency)
    if answer.delivery is Delivery.CUT_BEFORE_ANSWER and abort is not None:
        abort()
        return
    length = [] if answer.status == 204 else [("Content-Length", str(len(answer.body)))]  # noqa: PLR2004
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in [*answer.headers, *length]]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    cut = answer.delivery is Delivery.CUT_IN_BODY and abort is not None
    body = answer.body[: len(answer.body) // 2] if cut else answer.body
    size = _CHUNK if line.bytes_per_second is None else max(512, min(_CHUNK, line.bytes_per_second // 4))
    for start in range(0, len(body), size):
        chunk = body[start : start + size]
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if line.bytes_per_second:
            await cloud.clock.sleep(len(chunk) / line.bytes_per_second)
    if cut and abort is not None:
        abort()
        return
    await send({"type": "http.response.body", "body": b"", "more_body": False})
