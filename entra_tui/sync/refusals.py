"""What Graph's refusals mean to a synchronization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.graph.errors import AnswerFault, Refused, Unreachable, Unreadable
from entra_tui.sync.events import RestartReason

if TYPE_CHECKING:
    from entra_tui.graph.errors import RequestFailed

_GONE: Final = 410
_BAD_LINK: Final = frozenset({400, 404, _GONE})
_NO_SUCH_PATH: Final = frozenset({404, 405})
_CLIENT_ERRORS: Final = range(400, 500)
_EXPIRED_PAGE: Final = frozenset({"directory_expiredpagetoken"})
# Graph docs `delta-query-overview`: a 40X with a code such as these; the case differs between services.
_EXPIRED_DELTA: Final = frozenset({"syncstatenotfound", "syncstateinvalid", "syncstateexpired", "resyncrequired"})

_OF_FAULTS: Final = {AnswerFault.LOOP: RestartReason.DELTA_LOOP, AnswerFault.EMPTY: RestartReason.DELTA_EMPTY}
_OF_STATUSES: Final = {
    **dict.fromkeys((404, 405, 501), RestartReason.DELTA_NOT_OFFERED),
    # A query that is not known, a column that is not, a missing permission: a full read tells them apart.
    **dict.fromkeys((400, 403), RestartReason.DELTA_REFUSED),
}


def is_page_expired(error: RequestFailed) -> bool:
    """Whether a link to a next page is too old."""
    return isinstance(error, Refused) and not error.is_sign_in and error.code.lower() in _EXPIRED_PAGE


def is_delta_expired(error: RequestFailed) -> bool:
    """Whether a delta link is too old, so that everything is to be read again."""
    if not isinstance(error, Refused) or error.is_sign_in:
        return False
    return error.status == _GONE or (error.status in _CLIENT_ERRORS and error.code.lower() in _EXPIRED_DELTA)


def why_no_delta(error: RequestFailed) -> RestartReason | None:
    """Why a delta query led nowhere, so that everything is read; None for what a full read would meet as well."""
    if isinstance(error, Unreadable):
        # A service that does not have the path at all says so in words of its own.
        no_path = error.evidence.http_status in _NO_SUCH_PATH
        return RestartReason.DELTA_NOT_OFFERED if no_path else _OF_FAULTS.get(error.fault, RestartReason.DELTA_FAILED)
    if not isinstance(error, Refused) or error.is_sign_in:
        return None
    if is_delta_expired(error):
        return RestartReason.DELTA_EXPIRED
    if error.transient:
        return RestartReason.DELTA_FAILED
    return _OF_STATUSES.get(error.status)


def why_link_is_given_up(error: RequestFailed) -> RestartReason | None:
    """As `why_no_delta`, of a delta link that was stored: what refuses it says nothing of a fresh query."""
    reason = why_no_delta(error)
    if reason is not RestartReason.DELTA_EXPIRED and is_link_lost(error):
        return RestartReason.CHECKPOINT_LOST
    return RestartReason.DELTA_FAILED if reason is None and is_link_failing(error) else reason


def is_link_lost(error: RequestFailed) -> bool:
    """Whether a link that was kept for long is not known any more."""
    return isinstance(error, Refused) and not error.is_sign_in and error.status in _BAD_LINK


def is_link_failing(error: RequestFailed) -> bool:
    """Whether a link that was kept for long brings errors, where another one may not."""
    if isinstance(error, Unreadable):
        return True
    return isinstance(error, Refused | Unreachable) and error.transient and not error.is_sign_in
