"""Which certificates are trusted: the operating system's, and those of `SSL_CERT_FILE`."""

from __future__ import annotations

import contextlib
import os
import re
import ssl
import sys
from pathlib import Path
from typing import Final

_ASKS_THE_SYSTEM: Final = sys.platform in {"win32", "darwin"}
if _ASKS_THE_SYSTEM:
    import truststore

_OPENSSL: Final = ssl.get_default_verify_paths()
# Where OpenSSL was told to look when it was built, and where the systems keep it.
_SYSTEM_FILES: tuple[str, ...] = (
    _OPENSSL.openssl_cafile,
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.[0-9]+", re.IGNORECASE)


class TrustError(Exception):
    """`SSL_CERT_FILE` or a proxy's variable cannot be used; the text says why and what to do."""


def trust_context() -> ssl.SSLContext:
    """A client TLS context that trusts what the system trusts.

    `SSL_CERT_FILE`, where set, is trusted as well, on every system.

    Raises:
        TrustError: The file is missing or holds no certificate.
    """
    # OpenSSL keeps what it read; truststore, where it has no system to ask, reads everything for each connection anew.
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if _ASKS_THE_SYSTEM else _openssl_context()
    extra = os.environ.get("SSL_CERT_FILE")
    if extra:
        path = Path(extra)
        if not path.is_file():
            raise TrustError(f"SSL_CERT_FILE names {path}, which is no file; correct the variable or unset it.")
        try:
            context.load_verify_locations(cafile=path)
        except (ssl.SSLError, OSError) as error:
            raise TrustError(f"SSL_CERT_FILE names {path}, which holds no readable PEM certificate.") from error
    if extra or not (_ASKS_THE_SYSTEM or _folder_will_do()):
        _trust_system_file(context)
    return context


def _openssl_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if folders := _folders():
        # A certificate in a folder is read when it is looked for.
        context.load_verify_locations(capath=folders)
    return context


def _folders() -> str:
    return os.environ.get(_OPENSSL.openssl_capath_env) or _OPENSSL.openssl_capath


def _folder_will_do() -> bool:
    """Whether OpenSSL, left alone, reads no file but finds certificates in folders, by the names that it gives."""
    if Path(_OPENSSL.openssl_cafile).is_file():
        return False
    with contextlib.suppress(OSError):
        return any(_HASHED.fullmatch(file.name) for folder in _folders().split(":") for file in Path(folder).iterdir())
    return False


def _trust_system_file(context: ssl.SSLContext) -> None:
    # Where OpenSSL is the system's trust, it reads SSL_CERT_FILE in place of the system's own file. A proxy often opens
    # TLS for some hosts only, so both are needed.
    for file in _SYSTEM_FILES:
        if Path(file).is_file():
            with contextlib.suppress(ssl.SSLError, OSError):
                context.load_verify_locations(cafile=file)
                return
