"""Lines of a fixed width for the plain form."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

WIDTH = 80


def wrapped(label: str, text: str) -> Iterator[str]:
    """A labelled paragraph; commands inside text are never hyphenated."""
    yield from textwrap.wrap(
        text or "-",
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * min(len(label), 16),
        break_long_words=False,
        break_on_hyphens=False,
    )
