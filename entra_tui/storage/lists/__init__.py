"""The lookup lists: one SQLite file that readers always find whole.

`ListDatabase` is the way in. The rows of a list are in a table of its own, made anew by each full read beside the
present ones and put in their place by a transaction; a delta changes the present ones in a transaction.
"""

from entra_tui.storage.lists.catalog import ListRecord
from entra_tui.storage.lists.database import ListDatabase
from entra_tui.storage.lists.delta_preview import DeltaPreview
from entra_tui.storage.lists.edits import ChangeKind
from entra_tui.storage.lists.history import RowChange, Run, RunMode, RunOutcome, RunReport
from entra_tui.storage.lists.membership_table import MEMBER_COUNT, MemberChanges
from entra_tui.storage.lists.reading import EntryFilter
from entra_tui.storage.lists.stage import NO_MEMBERS, Checkpoint, Stage
from entra_tui.storage.lists.stored_row import StoredRow, stored_rows

__all__ = [
    "MEMBER_COUNT",
    "NO_MEMBERS",
    "ChangeKind",
    "Checkpoint",
    "DeltaPreview",
    "EntryFilter",
    "ListDatabase",
    "ListRecord",
    "MemberChanges",
    "RowChange",
    "Run",
    "RunMode",
    "RunOutcome",
    "RunReport",
    "Stage",
    "StoredRow",
    "stored_rows",
]
