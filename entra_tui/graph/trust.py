"""Which certificates are trusted: the operating system's, and those of `SSL_CERT_FILE`."""

from __future__ import annotations

import contextlib
import os
import ssl
from pathlib import Path

import truststore

# Where OpenSSL was told to look when it was built, and where the systems keep it.
_SYSTEM_FILES: tuple[str, ...] = (
    ssl.get_default_verify_paths().openssl_cafile,
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class TrustError(Exception):
    """`SSL_CERT_FILE` or a proxy's variable cannot be used; the text says why and what to do."""


def trust_context() -> ssl.SSLContext:
    """A client TLS context that trusts what the system trusts.

    `SSL_CERT_FILE`, where set, is trusted as well, on every system.

    Raises:
        TrustError: The file is missing or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    extra = os.environ.get("SSL_CERT_FILE")
    if extra:
        path = Path(extra)
        if not path.is_file():
            raise TrustError(f"SSL_CERT_FILE names {path}, which is no file; correct the variable or unset it.")
        try:
            context.load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError) as error:
            raise TrustError(f"SSL_CERT_FILE names {path}, which holds no readable PEM certificate.") from error
        _trust_system_file(context)
    return context


def _trust_system_file(context: truststore.SSLContext) -> None:
    # Where OpenSSL is the system's trust, it reads SSL_CERT_FILE in place of the system's own file. A proxy often opens
    # TLS for some hosts only, so both are needed.
    for file in _SYSTEM_FILES:
        if Path(file).is_file():
            with contextlib.suppress(ssl.SSLError, OSError):
                context.load_verify_locations(cafile=file)
                return
