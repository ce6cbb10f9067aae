"""Paragraphs and lines of the plain form, and how they are laid out in a width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 80
_DEEPEST = 16
"""Columns that the later lines of a paragraph are indented at most."""
_NARROWEST = 24
"""Columns that a text keeps beside its label."""


@dataclass(frozen=True)
class Paragraph:
    """A text that may be wrapped, after its label. Whatever stands as a plain string is one line as it is."""

    label: str
    text: str


def wrapped(label: str, text: str, width: int = WIDTH) -> Iterator[str]:
    """A labelled paragraph; commands inside text are never hyphenated."""
    deepest = max(min(len(label), _DEEPEST, width - _NARROWEST), 0)
    yield from textwrap.wrap(
        text or "-",
        width,
        initial_indent=label,
        subsequent_indent=" " * deepest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def laid_out(rows: Iterable[str | Paragraph], width: int = WIDTH) -> Iterator[str]:
    """The lines of some rows in a width; strings are never wrapped."""
    for row in rows:
        if isinstance(row, Paragraph):
            yield from wrapped(row.label, row.text, width)
        else:
            yield row
