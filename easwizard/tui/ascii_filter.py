"""Draws everything in ASCII on terminals that know no more: lines, arrows and marks become what resembles them.

The last step before the terminal, so that no widget, ours or Textual's, can forget it.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("─━═┄┈╌▔▁▀▄╴╶╸╺", "-"),
        **dict.fromkeys("│┃║┆┊╎▏▎▍▌▐▕▊▋▉", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋", "+"),
        **dict.fromkeys("█▓▒▇▆▅", "#"),
        **dict.fromkeys("░▃▂", "."),
        **dict.fromkeys("→▶▸►›❯", ">"),
        **dict.fromkeys("←◀◂‹", "<"),
        **dict.fromkeys("↑▲▴", "^"),
        **dict.fromkeys("↓▼▾", "v"),
        **dict.fromkeys("✓✔", "+"),
        **dict.fromkeys("✗✘×", "x"),
        **dict.fromkeys("·•●○◦", "."),
        "⏎": "<",
        "…": "~",
        "–": "-",
        "—": "-",
        "’": "'",
        "“": '"',
        "”": '"',
        "\u00a0": " ",
    }
)


class AsciiFilter(LineFilter):
    """Every character as one of ASCII, as wide as it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]


def in_ascii(text: str) -> str:
    """A line in ASCII; what resembles nothing is a question mark as wide as it was."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else "?" * cell_len(c) for c in text.translate(_ALIKE))
