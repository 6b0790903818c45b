"""The practice tenant as an HTTPS server on this machine, with a certificate authority of its own.

Cut connections and cut bodies are real: the socket is closed. Any program that speaks to Microsoft can be pointed
here, through a custom environment or by resolving Microsoft's host names to this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from entra_tui.simulator.app import ABORT, create_app
from entra_tui.simulator.certificates import (
    CERTIFICATE_FILE,
    certificate_authority,
    server_context,
    untrusted_authority,
)
from entra_tui.simulator.faults import FaultKind
from entra_tui.simulator.sites import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from entra_tui.model.secret import Secret
    from entra_tui.simulator.cloud import PracticeCloud
    from entra_tui.simulator.fault_board import FaultBoard

DEFAULT_PORT: Final = 8443


class ServerError(Exception):
    """The server cannot start; its text is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What a person needs to point a program at the server.

    Attributes:
        authority: Origin of the login service.
        graph: Origin of Graph; the same as `authority`.
        tenant_id: What goes into the field for the tenant.
        client_id: What goes into the field for the client ID.
        client_secret: What goes into the field for the client secret.
        ca_file: The certificate to trust, for `SSL_CERT_FILE`.
    """

    authority: str
    graph: str
    tenant_id: str
    client_id: str
    client_secret: Secret
    ca_file: Path


async def serve(
    cloud: PracticeCloud,
    *,
    folder: Path,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    allow_other_machines: bool = False,
    on_ready: Callable[[Endpoints], None] | None = None,
    on_request: Callable[[str], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve a practice tenant over HTTPS until SIGINT, SIGTERM or `stop`.

    Args:
        cloud: What is served.
        folder: Where the certificate authority is kept.
        host: Address of this machine to listen on; only a loopback address unless `allow_other_machines`.
        port: TCP port; 0 for any free one.
        allow_other_machines: Whether other machines may reach the server.
        on_ready: Told the endpoints once the server accepts connections.
        on_request: Told each request in one line, without secrets and bodies.
        stop: Ends the server when it is set.

    Raises:
        ServerError: The address is not allowed or not free, or the folder cannot be written.
    """
    listener = _listen(host, port, allow_other_machines=allow_other_machines)
    try:
        authority = certificate_authority(folder)
    except OSError as error:
        listener.close()
        raise ServerError(f"The certificate cannot be kept in {folder}: {error.strerror}.") from error
    untrusted = any(fault.kind is FaultKind.CERTIFICATE_UNTRUSTED for fault in cloud.scenario.faults)
    config = uvicorn.Config(
        _logged(create_app(cloud), on_request),
        http=functools.partial(_Protocol, cloud.faults),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    config.load()
    config.ssl = server_context(untrusted_authority() if untrusted else authority, _name_of(host))
    bound = listener.getsockname()[1]
    origin = f"https://{f'[{host}]' if ':' in host else host}:{bound}"
    inputs = cloud.inputs
    endpoints = Endpoints(
        origin, origin, inputs.tenant, inputs.client_id, inputs.secret, (folder / CERTIFICATE_FILE).resolve()
    )
    server = _Server(config, endpoints, on_ready)
    with _stopping(server):
        watcher = asyncio.create_task(_watch(stop, server)) if stop is not None else None
        try:
            await server.serve(sockets=[listener])
        finally:
            if watcher is not None:
                watcher.cancel()
            listener.close()


def _name_of(host: str) -> str:
    return "localhost" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104


def _listen(host: str, port: int, *, allow_other_machines: bool) -> socket.socket:
    if not allow_other_machines and not _is_loopback(host):
        raise ServerError(f"{host} can be reached from other machines; choose 127.0.0.1, or allow it explicitly.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise ServerError(f"{host} port {port} cannot be used: {error.strerror}; choose another port.") from error
    # Connections inherit it. asyncio sets it only on sockets that name their protocol; without it, the body of each
    # answer waits 40 ms for the acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _watch(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True


@contextlib.contextmanager
def _stopping(server: uvicorn.Server) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    installed: list[signal.Signals] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not in the main thread, or on Windows: whoever runs the loop stops it.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, setattr, server, "should_exit", True)
            installed.append(number)
    try:
        yield
    finally:
        for number in installed:
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, and says when it is ready."""

    def __init__(
        self, config: uvicorn.Config, endpoints: Endpoints, on_ready: Callable[[Endpoints], None] | None
    ) -> None:
        super().__init__(config)
        self._endpoints = endpoints
        self._on_ready = on_ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell the endpoints."""
        await super().startup(sockets)
        if self._on_ready is not None and not self.should_exit:
            self._on_ready(self._endpoints)


class _Protocol(H11Protocol):
    """Refuses connections as faults want it, and hands the application a way to break one."""

    def __init__(self, faults: FaultBoard, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own
        super().__init__(*args, **kwargs)
        self._faults = faults

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, and let the application have its end."""
        super().connection_made(transport)
        if self._faults.connection_fault(Service.BOTH) not in {None, FaultKind.CERTIFICATE_UNTRUSTED}:
            transport.abort()
            return
        app: Any = self.app

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.abort
            await app(scope, receive, send)

        self.app = run

    def shutdown(self) -> None:
        """End an idle connection at once: a client that keeps it would make TLS wait for its farewell."""
        # There is no cycle before the first request, whatever its type says.
        idle = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]
        if idle and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()


def _logged(app: ASGIApp, on_request: Callable[[str], None] | None) -> ASGIApp:
    if on_request is None:
        return app

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        status = "cut"

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        await app(scope, receive, note)
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        on_request(f"{scope['method']} {host}{_shown_target(scope)} {status}")

    return run


_SHOWN_OPTIONS: Final = frozenset({"$select", "$top", "$count", "$filter", "$orderby", "$search", "api-version"})


def _shown_target(scope: Scope) -> str:
    """Path and query, with the values of options that may hold something private left out."""
    parts = []
    for part in scope["query_string"].decode("latin-1").split("&"):
        name = part.partition("=")[0]
        parts.append(part if name.replace("%24", "$") in _SHOWN_OPTIONS else f"{name}=..." if name else "")
    query = "&".join(part for part in parts if part)
    path = "".join(character if character.isprintable() else "?" for character in scope["path"])
    return f"{path}?{query}" if query else path
