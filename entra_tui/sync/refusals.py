"""What Graph's refusals mean to a synchronization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import Refused, Unreadable
from entra_tui.sync.pages import EndlessDelta

if TYPE_CHECKING:
    from entra_tui.graph.errors import RequestFailed

_GONE: Final = 410
_INTERNAL_ERROR: Final = 500
_BAD_LINK: Final = frozenset({400, 404, _GONE})
_NOT_OFFERED: Final = frozenset({400, 403, 404, 405, 501})
_NO_SUCH_PATH: Final = frozenset({404, 405})
_CLIENT_ERRORS: Final = range(400, 500)
_EXPIRED_PAGE: Final = frozenset({"directory_expiredpagetoken"})
# Graph docs `delta-query-overview`: a 40X with a code such as these; the case differs between services.
_EXPIRED_DELTA: Final = frozenset({"syncstatenotfound", "syncstateinvalid", "syncstateexpired", "resyncrequired"})


def is_page_expired(error: RequestFailed) -> bool:
    """Whether a link to a next page is too old."""
    return isinstance(error, Refused) and error.code.lower() in _EXPIRED_PAGE


def is_delta_expired(error: RequestFailed) -> bool:
    """Whether a delta link is too old, so that everything is to be read again."""
    if not isinstance(error, Refused):
        return False
    return error.status == _GONE or (error.status in _CLIENT_ERRORS and error.code.lower() in _EXPIRED_DELTA)


def is_delta_not_offered(error: RequestFailed) -> bool:
    """Whether a delta query is refused as such. A missing permission looks the same; a full read tells them apart."""
    if isinstance(error, Unreadable):
        # A service that does not have the path at all says so in words of its own.
        return error.evidence.http_status in _NO_SUCH_PATH
    return isinstance(error, Refused) and error.status in _NOT_OFFERED


def is_no_delta(error: RequestFailed) -> bool:
    """Whether a service answers a delta query without knowing what one is: with an error of its own, or no links."""
    if isinstance(error, Refused):
        return error.status == _INTERNAL_ERROR and not error.code.startswith("AADSTS")
    return isinstance(error, EndlessDelta)


def is_link_unknown(error: RequestFailed) -> bool:
    """Whether a link that was kept for long is not known any more."""
    return isinstance(error, Refused) and error.status in _BAD_LINK
