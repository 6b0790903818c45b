"""`entra-tui list --remove`: a lookup list goes that no connector fills any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.named_list import find_list
from entra_tui.commands.removal import confirm_removal
from entra_tui.commands.session import open_session
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders


def remove_list(console: Console, folders: Folders, *, name: str, confirmed: bool, as_json: bool) -> ExitCode:
    """Remove a list whose connector was removed.

    Raises:
        UsageError: Nobody confirmed, and nobody is there to ask.
        Declined: A person was asked and said no.
        ConnectorSavedError: Its connector is saved.
        LockedError: Another running copy is synchronizing it; nothing is removed.
        StorageError: There is no such list, or something cannot be written.
    """
    with open_session(console, folders) as session:
        services = session.services
        one = find_list(services.list_overview(), name)
        services.refuse_saved(one.connector)
        called = f"'{harmless(one.name)}'"
        question = f"Remove the lookup list {called} with its {one.entries:,} entries and its history?"
        confirm_removal(console, question, what=f"the lookup list {called}", confirmed=confirmed)
        session.run(services.remove_orphan(one))
    if as_json:
        console.write_json({"removed": one.name})
    else:
        console.write(f"Removed the lookup list {called}.")
    return ExitCode.DONE
