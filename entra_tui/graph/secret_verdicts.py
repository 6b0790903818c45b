"""What Entra said of the client secrets that were used since the program began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entra_tui.graph.errors import Refused
    from entra_tui.model.clock import Clock
    from entra_tui.model.secret import Secret
    from entra_tui.model.secret_key import SecretKey

# No current secret of the app equals what was sent; said of a new one, too, until it has spread.
_UNKNOWN_SECRET: Final = "AADSTS7000215"
# For so long, as `checks.new_secret` waits, a replica may not know a secret that another one takes.
_SPREADING_SECONDS: Final = 75.0
_OF_THE_SECRET: Final = frozenset({_UNKNOWN_SECRET, "AADSTS7000222", "AADSTS7000216", "AADSTS70002", "AADSTS50012"})
_INVALID_CLIENT: Final = "invalid_client"
# OAuth's general refusal of an app, where Entra means something else than the secret: an app for persons, another kind
# of credential, an app that is not in the tenant, or is disabled.
_OF_THE_APP: Final = frozenset(
    {
        "AADSTS7000218",
        "AADSTS700025",
        "AADSTS700027",
        "AADSTS700023",
        "AADSTS7000229",
        "AADSTS7000112",
        "AADSTS700016",
        "AADSTS650052",
    }
)


def refuses_secret(refusal: Refused) -> bool:
    """Whether a refused sign-in is the secret's fault, so that the same one need not be sent again."""
    if refusal.transient:
        return False
    return refusal.code in _OF_THE_SECRET or (refusal.error == _INVALID_CLIENT and refusal.code not in _OF_THE_APP)


class SecretVerdicts:
    """Which secrets signed in, and which were refused.

    Args:
        clock: Tells how long ago a secret signed in.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accepted: dict[tuple[SecretKey, Secret], float] = {}
        self._refused: dict[tuple[SecretKey, Secret], Refused] = {}

    def accept(self, key: SecretKey, secret: Secret) -> None:
        """A token was issued for it."""
        self._accepted[key, secret] = self._clock.monotonic()
        self._refused.pop((key, secret), None)

    def refuse(self, key: SecretKey, secret: Secret, refusal: Refused) -> None:
        """A sign-in was refused; it counts where it is the secret's fault.

        A secret that signed in a moment ago is not unknown: a replica has not heard of it yet.
        """
        if not refuses_secret(refusal):
            return
        accepted_at = self._accepted.get((key, secret))
        if (
            refusal.code == _UNKNOWN_SECRET
            and accepted_at is not None
            and self._clock.monotonic() - accepted_at <= _SPREADING_SECONDS
        ):
            return
        self._accepted.pop((key, secret), None)
        self._refused.pop((key, secret), None)
        self._refused[key, secret] = refusal

    def latest_refusal(self, key: SecretKey) -> tuple[Secret, Refused] | None:
        """The secret under this key that was refused last, and with what; None where none stands refused."""
        return next(((one[1], said) for one, said in reversed(self._refused.items()) if one[0] == key), None)

    @staticmethod
    def may_spread(refusal: Refused) -> bool:
        """Whether the same secret may be taken a minute later, because it was made a moment ago."""
        return refusal.code == _UNKNOWN_SECRET

    def refusal(self, key: SecretKey, secret: Secret) -> Refused | None:
        """With what this secret was refused last; None where it was not, or signed in since."""
        return self._refused.get((key, secret))

    def withdraw(self, key: SecretKey, secret: Secret) -> None:
        """Give it another chance: a person entered it anew."""
        self._refused.pop((key, secret), None)
