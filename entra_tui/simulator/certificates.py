"""The practice tenant's own certificate authority, kept in a folder so that trust in it lasts across restarts."""

from __future__ import annotations

import contextlib
import os
import ssl
from typing import TYPE_CHECKING, Final

import trustme

from entra_tui.simulator.sites import MICROSOFT_SITES

if TYPE_CHECKING:
    from pathlib import Path

CERTIFICATE_FILE: Final = "practice-tenant-ca.pem"
KEY_FILE: Final = "practice-tenant-ca.key"
_OWN_NAMES: Final = ("localhost", "127.0.0.1", "::1")


def certificate_authority(folder: Path) -> trustme.CA:
    """The authority kept in a folder; made at the first call. Its key is readable by the owner alone.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if certificate.is_file() and key.is_file():
        with contextlib.suppress(ValueError):
            return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = _new_authority("Practice tenant of entra-tui")
    key.unlink(missing_ok=True)
    descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(authority.private_key_pem.bytes())
    certificate.write_bytes(authority.cert_pem.bytes())
    return authority


def untrusted_authority() -> trustme.CA:
    """An authority that nobody trusts, as a company's proxy has one."""
    return _new_authority("Company proxy")


def server_context(authority: trustme.CA, *further: str) -> ssl.SSLContext:
    """TLS for a server that is this machine, every host of Microsoft's that is simulated, and `further` names."""
    names = dict.fromkeys((*_OWN_NAMES, *sorted(MICROSOFT_SITES), *further))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*names, common_name="Practice tenant").configure_cert(context)
    return context


def _new_authority(name: str) -> trustme.CA:
    return trustme.CA(organization_name=name, organization_unit_name="For practice only", key_type=trustme.KeyType.RSA)
