"""Compares the issuers that a server announces with those of a certificate, as texts from different writers.

The same name may come in either order, with or without escapes, and with its attribute types spelled in several
ways, so only the values are compared. What cannot be compared is said to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LISTED = 100
"""A list this long may have been cut where it was read."""
_TYPE = re.compile(r"^\s*[A-Za-z0-9.-]+\s*=")


def announces_any(announced: Sequence[str], issuers: Sequence[str]) -> bool | None:
    """Whether one of a certificate's issuers is among the announced ones; None where that cannot be told.

    An empty list means "any" (transport.md 2), so it tells nothing.
    """
    wanted = {_values(name) for name in issuers if name}
    if not announced or not wanted:
        return None
    if wanted & {_values(name) for name in announced}:
        return True
    complete = len(announced) < _MOST_LISTED and not any(_is_damaged(name) for name in announced)
    return False if complete else None


def _values(name: str) -> tuple[str, ...]:
    """The values of a distinguished name in one order; a comma inside a value parts it the same way in both texts."""
    pieces = re.split(r"[,+]", name.replace("\\", ""))
    values = (" ".join(_TYPE.sub("", piece).split()).casefold() for piece in pieces)
    return tuple(sorted(value for value in values if value))


def _is_damaged(name: str) -> bool:
    return "(unreadable" in name or "… (" in name
