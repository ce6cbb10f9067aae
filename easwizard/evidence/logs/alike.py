"""Rows that are alike: what repeats of a row, as it is spelled, is understood once.

Most of a row says who asked which server for what and how that ended; only the time, the duration and some numbers
are its own. So most rows are never cut into columns: two slices and one look-up tell everything that repeats.
"""

from __future__ import annotations

from typing import NamedTuple


class Alike(NamedTuple):
    """What rows of one kind have in common, by the numbers of the run's tables."""

    target: int
    """The target that the row names, or the log's own address."""
    result: int
    ident: int
    agent: int
    probe: bool
    client: bytes
    proxies: bool = False
    """Whether `Log=` of such a row may name another target."""
    traits: tuple[bool, bool] = (False, False)
    """Of an IIS row: whether it came to the back end's port, and whether its stem is that of a proxied request."""


MOST_ALIKE = 80_000
"""Spellings that are remembered."""
IRREGULAR = None
"""Stands for a spelling that must be looked at column by column."""
