"""What passes by waiting and what does not: the one table.

The client asks it whether to send a request again, and the error catalogue what to say of it. Follows Graph's pages
`errors` and `throttling`, Entra's `reference-error-codes`, and RFC 9110.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from entra_tui.graph.retry import WaitReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class NetworkFault(Enum):
    """Why no answer came."""

    NAME = "name-not-resolved"
    REFUSED = "connection-refused"
    TIMEOUT = "timed-out"
    CERTIFICATE = "certificate-not-trusted"
    TLS = "tls-failed"
    CUT = "connection-cut"
    PROXY = "proxy-refused"
    ADDRESS = "address-malformed"


@dataclass(frozen=True, slots=True)
class Passing:
    """A fault that passes.

    Attributes:
        reason: Why there is a wait.
        at_least: Seconds before which another try makes it worse.
    """

    reason: WaitReason
    at_least: float = 0.0


_THROTTLED: Final = Passing(WaitReason.THROTTLED)
_SERVER_ERROR: Final = Passing(WaitReason.SERVER_ERROR)
_NO_ANSWER: Final = Passing(WaitReason.NO_ANSWER)

_STATUSES: Final[Mapping[int, Passing]] = {
    429: _THROTTLED,
    **dict.fromkeys((408, 423, 425, 499), _SERVER_ERROR),
    **dict.fromkeys(range(500, 600), _SERVER_ERROR),
}
_CODES: Final[Mapping[str, Passing]] = {
    "toomanyrequests": _THROTTLED,
    "aadsts90055": _THROTTLED,
    # Entra takes a loop of like sign-ins for a fault of the program; each one more prolongs it.
    "aadsts50196": Passing(WaitReason.THROTTLED, at_least=60.0),
    **dict.fromkeys(
        (
            *("serviceunavailable", "servicenotavailable", "gatewaytimeout"),
            *("aadsts50000", "aadsts50033", "aadsts90006", "aadsts90024", "aadsts90033", "aadsts90090"),
        ),
        _SERVER_ERROR,
    ),
}
# With another status, such as 403, it tells of something that a person has to change.
_CODES_OF_STATUS: Final[Mapping[tuple[str, int], Passing]] = {("unknownerror", 404): _SERVER_ERROR}
_OAUTH_ERRORS: Final[Mapping[str, Passing]] = {"temporarily_unavailable": _SERVER_ERROR}
# A 501 that names its reason is a decision; one that does not may come from any gateway.
_LASTING_CODES: Final = frozenset({"notimplemented"})
_CLIENT_ERRORS: Final = range(400, 500)
# Another token, another password, another link: the same request again would not do.
_ASK_OTHERWISE: Final = frozenset({401, 407, 410})

_FAULTS: Final = frozenset({NetworkFault.CUT, NetworkFault.TIMEOUT, NetworkFault.REFUSED, NetworkFault.NAME})


def passing_answer(
    status: int | None, *, codes: Iterable[str] = (), error: str = "", promised: bool = False
) -> Passing | None:
    """Whether what an error answer says passes; None when it does not.

    Args:
        status: HTTP status; None where it is not known.
        codes: `AADSTS...` or Graph codes that the body names, in any case.
        error: OAuth's `error` member.
        promised: Whether the answer says when to come back (`Retry-After`).
    """
    named = [code.lower() for code in codes]
    if not promised and not _LASTING_CODES.isdisjoint(named):
        return None
    for code in named:
        if found := _CODES.get(code) or _CODES_OF_STATUS.get((code, status or 0)):
            return found
    if found := _OAUTH_ERRORS.get(error) or _STATUSES.get(status or 0):
        return found
    return _THROTTLED if promised and status in _CLIENT_ERRORS and status not in _ASK_OTHERWISE else None


def passing_fault(
    fault: NetworkFault, *, status: int | None = None, promised: bool = False, heard_before: bool = False
) -> Passing | None:
    """Whether a fault of the network passes; None when it does not.

    Args:
        fault: What happened.
        status: What a proxy answered in place of a tunnel; None where it did not.
        promised: Whether the proxy said when to come back.
        heard_before: Whether the same host answered earlier in this run, so that its TLS is known to work.
    """
    match fault:
        case NetworkFault.PROXY:
            passes = status is not None and passing_answer(status, promised=promised) is not None
        case NetworkFault.TLS:
            passes = heard_before
        case _:
            passes = fault in _FAULTS
    return _NO_ANSWER if passes else None


def passes(code: str, status: int | None, error: str = "") -> bool:
    """The same verdict where no more than this is known of an error.

    Args:
        code: `AADSTS...`, a Graph code, or the value of a `NetworkFault`.
        status: HTTP status; None when there was no answer.
        error: OAuth's `error` member.
    """
    fault = next((fault for fault in NetworkFault if fault.value == code), None)
    if fault is not None:
        return passing_fault(fault, status=status) is not None
    return passing_answer(status, codes=(code,), error=error) is not None
