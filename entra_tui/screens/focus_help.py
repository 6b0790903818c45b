"""What the help says first: what the field, button or list is for that has the focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.widgets import Button, Input, OptionList, Select

from entra_tui.widgets.choice import Choice
from entra_tui.widgets.entry_table import EntryTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Topic:
    """One part of a screen in words.

    Attributes:
        name: What the screen calls it.
        text: What it is for, and how to work it.
    """

    name: str
    text: str


_PASTE: Final = "Line breaks, blanks, quotes and braces are taken off a paste."
_SECRET: Final = "F4 shows or hides it; nothing copies it out of the field."
_FIELDS: Final[Mapping[str, Topic]] = {
    "tenant": Topic(
        "Tenant ID",
        f"The Directory (tenant) ID, from Microsoft Entra ID > Overview, in any usual writing. {_PASTE}",
    ),
    "client": Topic(
        "Application (client) ID",
        f"From the Overview page of the app registration; not the Object ID beside it. {_PASTE}",
    ),
    "secret": Topic("Client secret", f"The Value of the client secret, not the Secret ID, which is a GUID. {_SECRET}"),
    "expires": Topic(
        "Expires on", "The day on which the client secret ends, such as 2027-05-31. It may be left empty."
    ),
    "passphrase": Topic("Passphrase", f"It opens the encrypted file with the client secrets. {_SECRET}"),
    "again": Topic("The same again", f"The passphrase once more, so that a slip does not lock the file. {_SECRET}"),
    "name": Topic("Name", "The connector's name. Its lookup list is named after it: 'Users - <name>'."),
    "environment": Topic("Environment", "The Microsoft cloud of the tenant. GCC belongs to the Azure Public Cloud."),
    "store": Topic("Keep the secret", "Where the client secret is kept on this machine. Nowhere: it is asked for."),
    "connector": Topic("What to check", "A saved connector, or values that are typed below."),
    "search": Topic("Search", "Every word must stand in display name, user principal name or mail. Down: the entries."),
    "file": Topic("File", "Where to write. A file that is there already is replaced only after you say so."),
    "anonymous": Topic(
        "Replace tenant ID, domains and client ID", "Space or Enter turns it on. Links lead nowhere then."
    ),
    "groups": Topic(
        "Groups", "Space or Enter turns it on: the tenant's groups are read too, into a list of their own."
    ),
    "roles": Topic("Directory roles", "Space or Enter turns it on: who holds which role is read too."),
    "least": Topic("Least privilege", "Space or Enter turns it on: only what the features use is asked for."),
}
_BUTTONS: Final[Mapping[str, str]] = {
    "primary": "Does what is next: checks this step against Microsoft, stops a check, or goes on.",
    "skip": "Goes on without a proof. The step stays open, and can be checked later.",
    "back": "The step before. What was entered stays.",
    "save": "Runs every check on what is in the form, and saves the connector when they hold.",
    "anyway": "Saves the connector although a check fails. Troubleshoot tells later what is wrong.",
    "cancel": "Ends this; nothing is saved or changed.",
    "create": "A new connector: its type, then the form.",
    "set-up": "Seven steps through the whole guide, each proven live.",
    "synchronize": "Reads the tenant and brings the list up to date. It changes only when everything was read.",
    "history": "Every synchronization of the list, and what each one changed.",
    "export": "Writes every entry of the list to the file.",
    "replace": "Writes over the file that is there.",
    "write": "Writes the file, for you alone to read.",
    "again": "Runs the checks again from the one under the cursor on.",
    "all": "Runs every check again.",
    "report": "One file for support, without secrets and names.",
    "requests": "The requests behind this check, secrets masked.",
    "accept": "Takes what was entered, and goes on.",
    "same": "Sends the secret that was refused once more: Microsoft may not have heard of a new one yet.",
    "refuse": "Goes on without; what needs it is not done.",
    "evidence": "One file that shows who set this up, when, and that it works.",
    "start": "Reads the tenant and brings the lists up to date.",
    "pause": "Holds the synchronization before the next page.",
    "resume": "Goes on where it was held.",
    "keep": "Changes nothing.",
    "confirm": "Applies the result: these entries are removed from the list.",
}
_LISTS: Final[Mapping[str, Topic]] = {
    "rungs": Topic("The checks", "Up and Down choose a check; what it said stands beside or below. Enter opens it."),
    "menu": Topic("Which trouble", "Up and Down choose a trouble to look for, Enter begins the checks."),
    "connectors": Topic("Connectors", "Up and Down choose a connector, Enter synchronizes it, Delete removes it."),
    "lists": Topic("Lookup lists", "Up and Down choose a list, Enter opens it."),
    "exchanges": Topic("Requests", "Up and Down choose a request, Enter shows it in full."),
}
_TABLES: Final[Mapping[str, Topic]] = {
    "runs": Topic("Synchronizations", "Up, Down, PgUp, PgDn, Home and End choose one, Enter shows what it changed."),
    "changes": Topic("Changes", "Up, Down, PgUp, PgDn, Home and End choose an entry, Enter shows what changed in it."),
}
_FIELD: Final = Topic("This field", "Type or paste; Enter goes on.")
_MENU: Final = Topic("This list", "Up and Down choose a line, Enter opens it.")
_TABLE: Final = Topic("Entries", "Up, Down, PgUp, PgDn, Home and End choose an entry, Enter shows it in full.")
_OTHER_BUTTON: Final = "Enter presses it."
_TEXT: Final = Topic("This text", "Up, Down, PgUp and PgDn scroll it.")


def words_for(button: Button) -> str:
    """What a button does."""
    return _BUTTONS.get(button.id or "", _OTHER_BUTTON)


def topic_of(widget: Widget | None) -> Topic | None:
    """What to say of the widget that has the focus; None where none has it."""
    if widget is None:
        return None
    name = widget.id or ""
    match widget:
        case Button():
            return Topic(str(widget.label).strip(), words_for(widget))
        case Input() | Select() | Choice():
            return _FIELDS.get(name, _FIELD)
        case OptionList():
            return _LISTS.get(name, _MENU)
        case EntryTable():
            return _TABLES.get(name, _TABLE)
        case _:
            return _TEXT
