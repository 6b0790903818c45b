"""The one type that carries a client secret."""

from __future__ import annotations

from typing import Final

_MASK: Final = "********"


class Secret:
    """A client secret (or a passphrase) that shows itself to nobody who does not ask.

    `repr`, `str`, formatting and pickling give a mask; JSON refuses it. Only `reveal` gives the text, and its
    callers are few: the token request, the keyring, the encrypted file.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret in clear. Never log, show or store what this returns."""
        return self._text

    @property
    def hint(self) -> str:
        """The first three characters, as `passwordCredential.hint` of Microsoft Graph gives them."""
        return self._text[:3]

    def __len__(self) -> int:
        return len(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # noqa: PLC0415 - the first screen compares no secrets

        return hmac.compare_digest(
            self._text.encode(errors="surrogatepass"), other._text.encode(errors="surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        return Secret, (_MASK,)
