"""A list of rows that is changed in place: the mark stays where it is, and only rows that differ are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


@dataclass(frozen=True)
class Row:
    """One row; a heading cannot be marked."""

    key: str
    content: Content
    is_heading: bool = False


class RowList(OptionList):
    """Rows by key."""

    DEFAULT_CSS = """
    RowList {
        height: 1fr; border: none; padding: 0; background: transparent; scrollbar-size-vertical: 1;
        overflow-x: hidden; text-wrap: nowrap; text-overflow: ellipsis;
    }
    RowList:focus { border: none; background-tint: transparent; }
    RowList > .option-list--option { padding: 0; }
    RowList > .option-list--option-disabled { color: $text-muted; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, markup=False)
        self._rows: tuple[Row, ...] = ()

    @property
    def key(self) -> str | None:
        """Of the row that is marked."""
        place = self.highlighted
        return self._rows[place].key if place is not None and place < len(self._rows) else None

    def put(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        before, self._rows = self._rows, tuple(rows)
        if [(row.key, row.is_heading) for row in before] != [(row.key, row.is_heading) for row in rows]:
            self._put_all(before)
            return
        for number, (old, new) in enumerate(zip(before, rows, strict=True)):
            if old.content != new.content:
                self.replace_option_prompt_at_index(number, new.content)

    def _put_all(self, before: tuple[Row, ...]) -> None:
        place, y = self.highlighted, self.scroll_y
        key = before[place].key if place is not None and place < len(before) else None
        self.set_options([Option(row.content, disabled=row.is_heading) for row in self._rows])
        self.mark(key, place or 0)
        self.scroll_to(y=y, animate=False)

    def has(self, key: str) -> bool:
        return any(row.key == key for row in self._rows)

    def mark(self, key: str | None, otherwise: int = 0) -> None:
        """Mark the row of that key; where it is gone, the one that is in its place now."""
        can_be = [number for number, row in enumerate(self._rows) if not row.is_heading]
        if not can_be:
            return
        by_key = next((n for n in can_be if self._rows[n].key == key), None)
        self.highlighted = by_key if by_key is not None else min(can_be, key=lambda n: abs(n - otherwise))

    @property
    def row_width(self) -> int:
        """Columns for a row, with room kept for the scroll bar."""
        return max(20, self.container_size.width - 1)


def fit(text: str, width: int) -> str:
    """The text in exactly so many columns, cut with an ellipsis where it is longer."""
    if cell_len(text) > width:
        return set_cell_size(text, max(0, width - 1)) + "…"[: max(0, min(1, width))]
    return set_cell_size(text, width)


def cut(content: Content, width: int) -> Content:
    """The content in at most so many columns."""
    return content.truncate(width, ellipsis=True)
