"""A table of any length: only the lines on the screen are drawn, and where there is little room columns go.

Cells are plain text, made harmless here. Arrow keys mark a line, Enter chooses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from easwizard.case.untrusted import visible
from easwizard.tui.widgets.row_list import fit

_MEASURED = 400
"""Lines that say how wide a column is to be; the others take what there is."""
_LONGEST = 400
_GAP = 2


@dataclass(frozen=True)
class Column:
    """One column."""

    title: str
    right: bool = False
    least: int = 4
    most: int = 60
    rank: int = 0
    """Columns of the highest rank go first where there is no room; those of rank 0 stay."""


@dataclass(frozen=True)
class Line:
    """One line."""

    key: str
    cells: tuple[str, ...]
    tone: str = ""
    """`bad`, `dim` or empty; a cell says the same in words."""


class LineTable(ScrollView, can_focus=True):
    """Lines under fixed heads."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--head",
        "line-table--marked",
        "line-table--blurred",
        "line-table--bad",
        "line-table--dim",
    }
    DEFAULT_CSS = """
    LineTable { height: 1fr; scrollbar-size: 1 1; overflow-x: hidden; }
    LineTable > .line-table--head { color: $text-muted; text-style: bold; }
    LineTable > .line-table--marked { background: $primary; color: $text; text-style: bold; }
    LineTable > .line-table--blurred { background: $primary-muted; color: $text; }
    LineTable > .line-table--bad { color: $text-error; }
    LineTable > .line-table--dim { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(0)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "choose", show=False),
    ]
    marked: reactive[int] = reactive(0, init=False)

    @dataclass
    class Marked(Message):
        """Another line is marked."""

        line: Line | None

    @dataclass
    class Chosen(Message):
        """Enter, or a click on the marked line."""

        line: Line

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()
        self._lines: list[Line] = []
        self._widths: tuple[int, ...] = ()
        """Columns for each; 0 for one that has no room."""
        self._nothing = ""

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    @property
    def line(self) -> Line | None:
        """The marked line."""
        return self._lines[self.marked] if self.marked < len(self._lines) else None

    def put(self, columns: Sequence[Column], lines: Sequence[Line], nothing: str = "") -> None:
        """Show these lines; the mark stays on its key where that is still there.

        `nothing` is what an empty table says.
        """
        key = self.line.key if self.line is not None and self._columns == tuple(columns) else None
        self._columns, self._lines, self._nothing = tuple(columns), [_harmless(line) for line in lines], nothing
        place = next((n for n, line in enumerate(self._lines) if line.key == key), 0)
        self.set_reactive(LineTable.marked, place)
        self._laid_out()
        if key is None:
            self.scroll_home(animate=False)
        self._show_marked()

    def extend(self, lines: Sequence[Line]) -> None:
        """More lines below."""
        self._lines += [_harmless(line) for line in lines]
        self._laid_out()

    def _laid_out(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._lines) + 1)
        self._widths = _widths(self._columns, self._lines, self._room)
        self.refresh()

    @property
    def _room(self) -> int:
        return max(20, self.container_size.width - 1)

    def on_resize(self) -> None:
        self._laid_out()
        self._show_marked()

    # Drawing

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        if y == 0:
            style = base + self.get_component_rich_style("line-table--head", partial=True)
            return self._strip([column.title for column in self._columns], style, width)
        number = self.scroll_offset.y + y - 1
        if number >= len(self._lines):
            text = self._nothing if not self._lines and y == 1 else ""
            style = base + self.get_component_rich_style("line-table--dim", partial=True)
            return Strip([Segment(fit(text, width), style)])
        line = self._lines[number]
        return self._strip(line.cells, base + self._style_of(number, line), width)

    def _style_of(self, number: int, line: Line) -> Style:
        if number == self.marked:
            name = "marked" if self.has_focus else "blurred"
        elif line.tone in ("bad", "dim"):
            name = line.tone
        else:
            return Style.null()
        return self.get_component_rich_style(f"line-table--{name}", partial=True)

    def _strip(self, cells: Sequence[str], style: Style, width: int) -> Strip:
        shown = [
            _aligned(cell, wide, column.right)
            for cell, wide, column in zip(cells, self._widths, self._columns, strict=False)
            if wide
        ]
        return Strip([Segment(fit((" " * _GAP).join(shown), width), style)])

    # Moving

    def validate_marked(self, number: int) -> int:
        return max(0, min(number, len(self._lines) - 1))

    def watch_marked(self) -> None:
        self.refresh()
        self._show_marked()
        self.post_message(self.Marked(self.line))

    def _show_marked(self) -> None:
        shown = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.marked < top:
            self.scroll_to(y=self.marked, animate=False, force=True)
        elif self.marked >= top + shown:
            self.scroll_to(y=self.marked - shown + 1, animate=False, force=True)

    def mark_key(self, key: str) -> None:
        """Mark the line of that key, if there is one."""
        self.marked = next((n for n, line in enumerate(self._lines) if line.key == key), self.marked)

    def action_mark(self, by: int) -> None:
        self.marked += by

    def action_page(self, by: int) -> None:
        self.marked += by * max(1, self.size.height - 2)

    def action_edge(self, end: int) -> None:
        self.marked = len(self._lines) - 1 if end else 0

    def action_choose(self) -> None:
        if self.line is not None:
            self.post_message(self.Chosen(self.line))

    def on_click(self, event: Click) -> None:
        number = self.scroll_offset.y + event.y - 1
        if event.y < 1 or number >= len(self._lines):
            return
        if number == self.marked:
            self.action_choose()
        self.marked = number

    # Taking along

    def as_text(self) -> str:
        """The whole table, cells apart by tabs."""
        heads = "\t".join(column.title for column in self._columns)
        return "\n".join([heads, *("\t".join(line.cells) for line in self._lines)]) + "\n"

    def line_as_text(self) -> str:
        """The marked line, each cell under its head."""
        if self.line is None:
            return ""
        pairs = zip(self._columns, self.line.cells, strict=False)
        return "".join(f"{column.title}: {cell}\n" for column, cell in pairs if cell)


def _harmless(line: Line) -> Line:
    if all(cell.isprintable() for cell in line.cells):
        return line
    return Line(line.key, tuple(visible(cell, _LONGEST) for cell in line.cells), line.tone)


def _aligned(cell: str, width: int, right: bool) -> str:
    room = width - cell_len(cell)
    return " " * room + cell if right and room > 0 else fit(cell, width)


def _widths(columns: Sequence[Column], lines: Sequence[Line], room: int) -> tuple[int, ...]:
    """As wide as what stands in them; where that is too much, the least needed go, then the widest give way."""
    measured = lines[:_MEASURED]
    wanted = [
        min(max([cell_len(c.title), c.least, *(cell_len(line.cells[n]) for line in measured)]), c.most)
        for n, c in enumerate(columns)
    ]
    for rank in sorted({column.rank for column in columns if column.rank}, reverse=True):
        if _total([min(w, max(c.least, 12)) for w, c in zip(wanted, columns, strict=True)]) <= room:
            break
        wanted = [0 if c.rank == rank else w for w, c in zip(wanted, columns, strict=True)]
    while _total(wanted) > room:
        widest = max(range(len(wanted)), key=lambda n: wanted[n] - columns[n].least if wanted[n] else -1)
        if wanted[widest] <= columns[widest].least:
            break
        wanted[widest] -= 1
    return tuple(wanted)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (sum(w > 0 for w in widths) - 1)
