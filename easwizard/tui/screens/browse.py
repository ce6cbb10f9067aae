"""Chooses files on this machine, by keys: folders first, hidden ones last, nothing left out. Opens no file."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static

from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.widgets.row_list import Row, RowList, fit

_MOST_SHOWN = 3_000
_UP = "up"


@dataclass(frozen=True)
class Entry:
    """Something in a folder."""

    path: Path
    is_folder: bool
    size: int | None = None

    @property
    def name(self) -> str:
        return self.path.name or str(self.path)


@dataclass(frozen=True)
class Listing:
    """What a folder holds, or why that is not known. Without a folder: the drives."""

    folder: Path | None
    entries: tuple[Entry, ...] = ()
    trouble: str = ""
    left_out: int = 0


class BrowseScreen(ModalScreen[tuple[Path, ...] | None]):
    """Returns the files, or None when left."""

    DEFAULT_CSS = """
    BrowseScreen { align: center middle; }
    BrowseScreen > Vertical { width: 100%; max-width: 100; height: 100%; background: $surface; border: round $primary;
                              padding: 0 1; }
    BrowseScreen .heading, BrowseScreen #said { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("enter", "choose", "Open or bring", show=True),
        Binding("space", "mark", "Mark", tooltip="Mark several files, then Enter"),
        Binding("left,backspace", "up", "Up", tooltip="To the folder above"),
        Binding("right", "choose", show=False),
        Binding("tilde", "home", "Home", key_display="~"),
    ]
    HELP = """
# Browse

`Enter` opens a folder or brings a file, `Backspace` goes up, `~` goes home. `Space` marks several files; `Enter` then
brings them all. On Windows the drives stand above the root of each. Files are only read.
"""

    def __init__(self, folder: Path | None = None) -> None:
        """Begins where this program was started, unless told otherwise."""
        super().__init__()
        self._start = folder or Path()
        self._listing = Listing(self._start)
        self._marked: set[Path] = set()

    @property
    def folder(self) -> Path | None:
        """The one that is shown; None for the list of drives."""
        return self._listing.folder

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(id="folder", classes="heading")
            yield RowList(id="entries")
            yield Static(id="said")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#entries").focus()
        self._open(self._start)

    @work(group="listing", exclusive=True)
    async def _open(self, folder: Path | None, mark: Path | None = None) -> None:
        self._listing = await asyncio.to_thread(listing, folder)
        if not self.query("#said"):
            return  # left meanwhile
        self._draw()
        rows = self.query_one("#entries", RowList)
        number = next((n for n, e in enumerate(self._listing.entries) if e.path == mark), None)
        rows.mark(_UP if number is None else str(number))
        rows.scroll_to_highlight()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        shown = privacy(self.app).shown
        where = "This machine's drives" if self.folder is None else str(self.folder)
        self.query_one("#folder", Static).update(plain(shown(where)))
        rows = self.query_one("#entries", RowList)
        width = max(20, self.query_one("#folder").size.width - 1)
        up = [Row(_UP, plain("  ..", "bold"))] if self.folder is not None else []
        entries = [Row(str(n), self._row(e, width)) for n, e in enumerate(self._listing.entries)]
        rows.put([*up, *entries])
        self.query_one("#said", Static).update(self._said())

    def _said(self) -> Content:
        if self._listing.trouble:
            return plain(self._listing.trouble, "$text-error")
        if self._marked:
            count = len(self._marked)
            return plain(
                f"{count} file{'s' if count > 1 else ''} marked: Enter brings {'them' if count > 1 else 'it'}", "bold"
            )
        if self._listing.left_out:
            return plain(f"{self._listing.left_out} more are not shown: give the path instead (a)", "$text-warning")
        return plain("Enter opens a folder or brings a file; what a file is shows by its content.", "dim")

    def _row(self, entry: Entry, width: int) -> Content:
        name = privacy(self.app).shown(entry.name)
        sign = "* " if entry.path in self._marked else "  "
        size = "" if entry.size is None else _size(entry.size)
        text = fit(f"{name}{os.sep}" if entry.is_folder else name, max(8, width - 14))
        style = "bold" if entry.is_folder else "dim" if entry.name.startswith(".") else ""
        return joined(plain(sign, "bold $text-success"), plain(text, style), plain(f"{size:>10}", "dim"))

    @property
    def _entry(self) -> Entry | None:
        key = self.query_one("#entries", RowList).key or ""
        return self._listing.entries[int(key)] if key.isdigit() and int(key) < len(self._listing.entries) else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        entry = self._entry
        if entry is None:
            self.action_up()
        elif entry.is_folder:
            self._open(entry.path)
        else:
            self.dismiss(tuple(sorted(self._marked)) if self._marked else (entry.path,))

    def action_mark(self) -> None:
        entry = self._entry
        if entry is not None and not entry.is_folder:
            self._marked ^= {entry.path}
            self._draw()
            self.query_one("#entries", RowList).action_cursor_down()

    def action_up(self) -> None:
        if self.folder is None:
            return
        above = self.folder.parent
        self._open(None if above == self.folder and os.name == "nt" else above, mark=self.folder)

    def action_home(self) -> None:
        self._open(Path.home())


def listing(folder: Path | None) -> Listing:
    """What is in a folder, folders first, hidden ones last; the drives where there is none. Never raises."""
    if folder is None:
        return Listing(None, tuple(Entry(drive, is_folder=True) for drive in _drives()))
    try:
        folder = folder.resolve()
        with os.scandir(folder) as found:
            entries = sorted((_entry(one) for one in found), key=_order)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Listing(folder, trouble=f"it cannot be looked into: {why}")
    return Listing(folder, tuple(entries[:_MOST_SHOWN]), left_out=max(0, len(entries) - _MOST_SHOWN))


def _entry(found: os.DirEntry[str]) -> Entry:
    """What cannot be asked, as the target of a broken link, is shown without a size."""
    try:
        told = found.stat()
    except OSError:
        return Entry(Path(found.path), is_folder=False)
    is_folder = stat.S_ISDIR(told.st_mode)
    return Entry(Path(found.path), is_folder, None if is_folder else told.st_size)


def _order(entry: Entry) -> tuple[bool, bool, str]:
    return entry.name.startswith("."), not entry.is_folder, entry.name.casefold()


def _drives() -> Iterator[Path]:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        drive = Path(f"{letter}:\\")
        if drive.exists():
            yield drive


def _size(size: int) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000  # type: ignore[assignment]
    return f"{size:.1f} GB"
