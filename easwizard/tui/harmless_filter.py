"""Takes out whatever could steer the terminal, as the last step before it: no widget, ours or Textual's, can forget.

Texts from outside are made visible long before (`case.untrusted`, `tui.safe_text`); nothing should arrive here.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class HarmlessFilter(LineFilter):
    """Only what is printed; what is not is a question mark for each column that it was counted as."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(harmless(text), style, control) for text, style, control in segments]


def harmless(text: str) -> str:
    """A line without control characters, directions and the like; spaces of every width stay."""
    if text.isprintable():
        return text
    kept = (c if c.isprintable() or unicodedata.category(c) == "Zs" else "?" * cell_len(c) for c in text)
    return "".join(kept)
