"""Who issued a certificate that was not trusted: asked only after the verification failed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final

import httpx

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = 5.0
_LONGEST: Final = 80


async def issuer_of(url: str) -> str:
    """The issuer's name in the certificate that the host of `url`, or a proxy in between, presents; else empty.

    Opens a connection of its own, by the same proxy, that trusts anything; `HEAD /` without any credentials is all
    that goes over it.
    """
    seen: list[bytes] = []

    async def look(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("start_tls.complete"):
            tunnel = info["return_value"].get_extra_info("ssl_object")
            certificate = tunnel.getpeercert(binary_form=True) if tunnel is not None else None
            if certificate:
                seen.append(certificate)

    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    try:
        async with httpx.AsyncClient(verify=anything, timeout=_SECONDS, follow_redirects=False) as http:
            await http.head(httpx.URL(url).join("/"), extensions={"trace": look})
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        # The handshake may have told already; what came after it does not matter.
        pass
    return _issuer(seen[-1]) if seen else ""


def _issuer(certificate: bytes) -> str:
    from cryptography import x509  # noqa: PLC0415 - needed only where a certificate is not trusted
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
