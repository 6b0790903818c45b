"""Who issued a certificate that was not trusted: asked only after the verification failed."""

from __future__ import annotations

import contextlib
import ssl
from typing import TYPE_CHECKING, Any, Final

import httpx

from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = 5.0
_LONGEST: Final = 80


class _Seen(Exception):
    """The handshake is done; nothing more is wanted."""


async def issuer_of(url: str) -> str:
    """The issuer's name in the certificate that the host of `url`, or a proxy in between, presents; else empty.

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
        async with httpx.AsyncClient(verify=anything, timeout=_SECONDS) as http:
            await http.head(httpx.URL(url).join("/"), extensions={"trace": look})
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
