"""The lookup lists, read a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.commands.lists import REMOVED
from entra_tui.model.quantities import count, full_read_age
from entra_tui.storage.errors import StorageError

if TYPE_CHECKING:
    from entra_tui.model.entry import Entry, LookupList
    from entra_tui.plain.dialogue import Dialogue
    from entra_tui.plain.session import Session

_PAGE: Final = 20
_ACTIONS: Final = ("Read it", "Remove it")


def browse_lists(session: Session, dialogue: Dialogue) -> None:
    """Choose a list, search it, read it."""
    while True:
        lists = session.services.lists.overview()
        dialogue.say()
        dialogue.say("Lists > Lookup Lists")
        if not lists:
            dialogue.say("There is no lookup list yet; a connector brings its own.")
            return
        settings = session.services.settings.read()
        orphans = [each for each in lists if not settings.has_connector(each.connector)]
        options = [
            f"{each.name}: {each.entries:,} entries, {each.status.value}" + (f", {REMOVED}" if each in orphans else "")
            for each in lists
        ]
        position = dialogue.choose("A number, or b to go back", options)
        if position is None:
            return
        chosen = lists[position]
        action = dialogue.choose("A number, or b to go back", _ACTIONS) if chosen in orphans else 0
        try:
            if action == 0:
                _read(chosen, session, dialogue)
            elif action == 1 and dialogue.confirm(f"Remove '{chosen.name}' with its entries and its history"):
                session.run(session.services.remove_orphan(chosen))
                dialogue.say("Removed.")
        except StorageError as error:
            dialogue.say(error.sentence)


def _read(one: LookupList, session: Session, dialogue: Dialogue) -> None:
    search = dialogue.ask("Words to search for, or Enter for all")
    database = session.services.lists
    found = database.count(one.name, search=search)
    read_at = full_read_age(one, session.services.now())
    dialogue.say(f"{count(found, 'entry', 'entries')}. Last full read: {read_at}.")
    for offset in range(0, found, _PAGE):
        rows = database.rows(one.name, offset=offset, limit=_PAGE, search=search)
        for number, entry in enumerate(rows, start=offset + 1):
            dialogue.say(f"{number}. {_one_line(entry)}")
        last = offset + len(rows)
        if last >= found:
            return
        answer = dialogue.ask(f"{last:,} of {found:,}. Enter for more, a number for one in full, b to go back")
        while answer.isdecimal() and offset < int(answer) <= last:
            _tell(rows[int(answer) - offset - 1], dialogue)
            answer = dialogue.ask("Enter for more, a number for one in full, b to go back")
        if answer:
            return


def _one_line(entry: Entry) -> str:
    values = [entry.values.get(name) for name in ("displayName", "userPrincipalName", "mail")]
    return ", ".join(dict.fromkeys(str(value) for value in values if value)) or entry.id


def _tell(entry: Entry, dialogue: Dialogue) -> None:
    dialogue.say(f"id: {entry.id}")
    for name, value in entry.values.items():
        dialogue.say(f"{name}: {'' if value is None else value}")
