"""Signing keys of the login service and the tokens made with them (RS256, RFC 7515 to 7519).

A key pair is made when it is first needed and shared by every tenant of the process, since making one is slow.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

_CERTIFICATE_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_CERTIFICATE_LIFE: Final = timedelta(days=1_825)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair of the login service.

    Attributes:
        key_id: `kid` and `x5t`: the certificate's SHA-1 thumbprint, base64url.
        private: The private half.
        certificate: The certificate in DER form.
    """

    key_id: str
    private: rsa.RSAPrivateKey
    certificate: bytes

    def as_jwk(self, issuer: str) -> dict[str, object]:
        """The public half as the keys document lists it."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": _base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
            "e": _base64url(numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8, "big")),
            "x5c": [base64.b64encode(self.certificate).decode()],
            "issuer": issuer,
        }


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@functools.lru_cache(maxsize=32)
def signing_key(generation: int) -> SigningKey:
    """The key pair of a generation; each rotation moves to the next one."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "accounts.accesscontrol.windows.net")])
    start = _CERTIFICATE_START + timedelta(days=generation)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _CERTIFICATE_LIFE)
        .sign(private, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    return SigningKey(_base64url(hashlib.sha1(certificate, usedforsecurity=False).digest()), private, certificate)


def signed(key: SigningKey, claims: Mapping[str, object]) -> str:
    """A token with these claims in compact form."""
    return jwt.encode(dict(claims), key.private, algorithm="RS256", headers={"x5t": key.key_id, "kid": key.key_id})


def verified_claims(token: str, keys: tuple[SigningKey, ...]) -> dict[str, Any] | None:
    """The claims of a token that one of `keys` signed; None for any other text. Times and audience are not judged."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        key = next(key for key in keys if key.key_id == key_id)
        return jwt.decode(
            token,
            key.private.public_key(),
            algorithms=["RS256"],
            options={"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, StopIteration):
        return None
