"""A table of what logs say, for every form of a report alike: text cells under heads, with a note where it is cut."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.case.untrusted import visible
from easwizard.reports.lines import WIDTH

_LONGEST = 300
_NARROWEST = 10
_WRAPPED = 24
"""Columns that a text at the end of a row keeps; longer ones go on in the next line."""


@dataclass(frozen=True)
class LogTable:
    """A table; cells are as the logs say it, and each form makes them harmless in its own way."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def text_lines(table: LogTable, width: int = WIDTH, indent: str = "  ") -> Iterator[str]:
    """The table in columns of a fixed-width font: numbers to the right, the last text wrapped, others cut."""
    cells = [table.heads, *(tuple(visible(cell, _LONGEST) for cell in row) for row in table.rows)]
    right = [bool(table.rows) and all(_is_number(row[i]) for row in table.rows) for i in range(len(table.heads))]
    natural = [max(len(row[i]) for row in cells) for i in range(len(table.heads))]
    wraps = not right[-1] and natural[-1] > _WRAPPED
    if wraps:
        natural[-1] = max(_WRAPPED, min(natural[-1], width - len(indent) - sum(natural[:-1]) - 2 * len(natural) + 2))
    widths = _fitting(natural, width - len(indent))
    for row in cells:
        first, *more = textwrap.wrap(row[-1], widths[-1]) if wraps and row[-1] else [row[-1]]
        line = "  ".join(_cell(*each) for each in zip((*row[:-1], first), widths, right, strict=True))
        yield f"{indent}{line}".rstrip()
        yield from (f"{indent}{' ' * (sum(widths[:-1]) + 2 * len(widths) - 2)}{part}" for part in more)


def _fitting(widths: list[int], room: int) -> list[int]:
    """The widest columns give way until the table fits; none below what still can be read."""
    room -= 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _cell(text: str, width: int, right: bool) -> str:
    if len(text) > width:
        text = f"{text[: (width - 1) // 2]}~{text[len(text) - width // 2 :]}"
    return text.rjust(width) if right else text.ljust(width)


def _is_number(text: str) -> bool:
    return text in ("", "-") or text.rstrip(" %").replace(".", "").isdigit()


def sums_note(shown: Sequence[object], total: int, what: str) -> str:
    """Says that there are more; empty where there are not."""
    return f"The first {len(shown)} of {total} {what}." if total > len(shown) else ""
