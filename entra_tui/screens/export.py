"""A lookup list written to a file: which format, which file, and where it is in the end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from textual import work
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from entra_tui.export.formats import CSV, FORMATS
from entra_tui.export.lists import ExportStoppedError, write_list_file
from entra_tui.model.quantities import count
from entra_tui.model.text import harmless
from entra_tui.screens.frame import Frame
from entra_tui.screens.named_file import named_file
from entra_tui.storage.errors import StorageError
from entra_tui.widgets.button import Button
from entra_tui.widgets.field import PasteInput
from entra_tui.widgets.symbols import symbols
from entra_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from entra_tui.export.formats import ExportFormat
    from entra_tui.model.entry import LookupList
    from entra_tui.services import Services


class ExportScreen(Frame):
    """Writes one list to a file.

    Args:
        services: What to work with.
        wanted: The list.
        simulated: Whether it is filled from a simulated tenant.
    """

    heading = "Export"
    help_text = """Writes every entry of the list with all its columns, whatever is searched or filtered. The file can
be read by you alone. It is written aside and put in its place when it is whole, so nobody ever sees half of it.

Excel writes a workbook in which every value is text: leading zeros, phone numbers and umlauts stay as they are. A text
is cut at 32,767 characters, the most that a cell holds. In CSV a single quote stands before each = + - @ that could
begin a cell, so no spreadsheet runs a formula. JSON and JSON Lines have every value as it is.

The same from a script: entra-tui export 'Users - <connector name>' --format excel -o users.xlsx"""
    AUTO_FOCUS = "#export"
    DEFAULT_CSS = """
    ExportScreen Label { width: 9; height: 1; color: $text-muted; }
    ExportScreen:ansi Label { text-style: dim; }
    ExportScreen #formats, ExportScreen #target { height: 1; }
    ExportScreen .format { min-width: 4; width: auto; padding: 0 1; background: $background; }
    ExportScreen .format.-chosen { text-style: bold; color: $text-accent; }
    ExportScreen #words { margin: 0 0 1 9; height: auto; }
    ExportScreen #file { width: 1fr; }
    ExportScreen #replace { display: none; }
    ExportScreen #result { height: auto; margin: 1 0 0 0; }
    """

    def __init__(self, services: Services, wanted: LookupList, *, simulated: bool) -> None:
        self._wanted = wanted
        self._simulated = simulated
        self._form = CSV
        self._replacing: Path | None = None
        self._left = Event()
        super().__init__(services)

    def compose_body(self) -> Iterable[Widget]:
        yield Vertical(
            Static(
                f"Writes {'all ' if self._wanted.entries > 1 else ''}{count(self._wanted.entries, 'entry', 'entries')}"
                f" of {harmless(self._wanted.name)}.",
                classes="lead",
                markup=False,
            ),
            Horizontal(
                Label("Format", markup=False),
                *(Button(form.label, id=f"format-{form.name}", classes="format") for form in FORMATS.values()),
                id="formats",
            ),
            Static("", id="words", classes="quiet", markup=False),
            Horizontal(
                Label("File", markup=False),
                PasteInput(str(default_file(self._wanted.name, self._form)), id="file"),
                id="target",
            ),
            Horizontal(
                Button("Export", id="export", variant="primary"),
                Button("Replace the file", id="replace", variant="error"),
                classes="actions",
            ),
            Static("", id="result", markup=False),
            id="body",
        )

    def is_simulated(self) -> bool:
        return self._simulated

    def on_mount(self) -> None:
        self.query_one(TitleBar).rename(f"entra-tui  Export {harmless(self._wanted.name)}")
        self._mark_format()

    def on_unmount(self) -> None:
        """What is half written is thrown away."""
        self._left.set()

    # ------------------------------------------------------------ what a person does

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Choose a format, or write."""
        event.stop()
        name = event.button.id or ""
        if name in {"export", "replace"}:
            self._begin()
        else:
            self._choose(FORMATS[name.removeprefix("format-")])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write to the file that was named."""
        event.stop()
        self._begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another file may be there already, or not."""
        event.stop()
        self._ask_to_replace(None)

    def _choose(self, form: ExportFormat) -> None:
        field = self.query_one("#file", Input)
        if Path(field.value).suffix == f".{self._form.ending}":
            field.value = str(Path(field.value).with_suffix(f".{form.ending}"))
        self._form = form
        self._mark_format()

    def _begin(self) -> None:
        try:
            named = named_file(self.query_one("#file", Input).value)
        except StorageError as error:
            self._say(f"{symbols().failed} {error.sentence}")
            return
        if named.is_there and named.path != self._replacing:
            self._ask_to_replace(named.path)
        else:
            self.write(named.path)

    def _ask_to_replace(self, path: Path | None) -> None:
        self._replacing = path
        # Two buttons, since one whose label grows keeps its width.
        self.query_one("#replace").display = path is not None
        self.query_one("#export").display = path is None
        if path is not None:
            self.query_one("#replace").focus()
        self._say(f"{symbols().warning} {harmless(path.name)} is there already." if path else "")

    # ------------------------------------------------------------ writing

    @work(group="write", exclusive=True)
    async def write(self, path: Path) -> None:
        """Write the list, and say where it is."""
        self._ask_to_replace(None)
        button = self.query_one("#export", Button)
        button.disabled = True
        self._say(f"Writing {count(self._wanted.entries, 'entry', 'entries')}")
        try:
            written = await asyncio.to_thread(
                write_list_file,
                self.services.lists,
                self._wanted,
                self._form,
                path,
                going_on=lambda: not self._left.is_set(),
            )
        except ExportStoppedError:
            return
        except StorageError as error:
            self._say(f"{symbols().failed} {harmless(error.sentence)}")
        else:
            self._say(
                f"{symbols().passed} Wrote {count(written, 'entry', 'entries')} to\n  {harmless(str(path))}\n"
                "Only you can read that file."
            )
        finally:
            button.disabled = False
        button.focus()

    # ------------------------------------------------------------ drawing

    def _say(self, text: str) -> None:
        self.query_one("#result", Static).update(text)

    def _mark_format(self) -> None:
        for form in FORMATS.values():
            button = self.query_one(f"#format-{form.name}", Button)
            chosen = form is self._form
            button.label = f"{symbols().selected if chosen else ' '}{form.label}"
            button.set_class(chosen, "-chosen")
        self.query_one("#words", Static).update(self._form.note)


def default_file(list_name: str, form: ExportFormat) -> Path:
    """A file named after the list, in the current folder or, where that cannot be written, in the downloads."""
    places = (Path(), Path.home() / "Downloads")
    folder = next((place for place in places if place.is_dir() and os.access(place, os.W_OK)), Path.home())
    kept = "".join(letter if letter.isalnum() or letter in " .-_" else "-" for letter in list_name)
    return (folder / f"{kept.strip()[:100]}.{form.ending}").absolute()
