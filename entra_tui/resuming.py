"""The onboarding that was left, for whoever opens the program again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from entra_tui.storage.errors import StorageError

if TYPE_CHECKING:
    from entra_tui.onboarding import Draft
    from entra_tui.services import Services


def unfinished_draft(services: Services) -> Draft | None:
    """The draft to go on with; None where there is none, or none that is of use.

    Raises:
        StorageError: It cannot be read.
    """
    raw = services.drafts.read()
    if raw is None:
        return None
    from entra_tui.onboarding import Draft  # noqa: PLC0415 - loaded where there is one

    try:
        draft = Draft.from_mapping(raw)
        services.settings.environment(draft.environment)
    except (ValueError, StorageError):
        # A draft that another release wrote, or whose environment is gone, is no use to anybody.
        with suppress(StorageError):
            services.drafts.clear()
        return None
    return None if draft.is_blank else draft
