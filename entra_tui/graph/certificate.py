"""Who issued the certificate that a host, or a proxy in between, presented."""

from __future__ import annotations

import contextlib
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import httpx

from entra_tui.graph.proxy import NetworkTransport
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = 5.0
_LONGEST: Final = 80
_ISSUERS: Final[dict[bytes, str]] = {}
"""Of the certificates that were met, a few: a synchronization has thousands of answers over one connection."""


def issuer_in(response: httpx.Response) -> str:
    """The issuer's name in the certificate over whose connection `response` came; empty without TLS.

    A transport that has no connection may name it in the response's extension `certificate_issuer`.
    """
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if tls is None:
        return str(response.extensions.get("certificate_issuer", ""))
    certificate = tls.getpeercert(binary_form=True) or b""
    if certificate not in _ISSUERS:
        # Where the system's own library verifies, as on macOS and Windows, Python's only has the bytes.
        verified = tls.getpeercert()
        _ISSUERS[certificate] = _issuer_of_fields(verified["issuer"]) if verified else _issuer(certificate)
    return _ISSUERS[certificate]


def _issuer_of_fields(names: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    fields = {name: value for part in names for name, value in part}
    return harmless(fields.get("commonName") or fields.get("organizationName", ""), limit=_LONGEST)


class _Seen(Exception):
    """The handshake is done; nothing more is wanted."""


async def issuer_of(url: str) -> str:
    """The issuer's name in the certificate that the host of `url`, or a proxy in between, presents; else empty.

    Asked only after the verification failed, since then no answer comes to look at.
    Opens a connection of its own, by the same proxy, that trusts anything, and closes it after the handshake: no
    request goes over it.
    """
    seen: list[bytes] = []

    async def look(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.complete"):
            stream = info["return_value"]
            certificate = stream.get_extra_info("ssl_object").getpeercert(binary_form=True)
            await stream.aclose()
            if certificate:
                seen.append(certificate)
            raise _Seen

    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(_Seen, httpx.HTTPError, httpx.InvalidURL, ValueError):
        async with httpx.AsyncClient(transport=NetworkTransport(anything), timeout=_SECONDS, trust_env=False) as http:
            await http.head(httpx.URL(url).join("/"), extensions={"trace": look})
    return _issuer(seen[-1]) if seen else ""


@lru_cache(maxsize=32)
def _issuer(certificate: bytes) -> str:
    from cryptography import x509  # noqa: PLC0415 - a tenth of a second that a trusted certificate saves
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - the same

    try:
        issuer = x509.load_der_x509_certificate(certificate).issuer
        names = [
            attribute.value
            for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
            for attribute in issuer.get_attributes_for_oid(oid)
        ]
    except ValueError:
        return ""
    return harmless(str(names[0]), limit=_LONGEST) if names else ""
