"""The ActiveSync rows of one block of a log, column by column, in the order of the log."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.evidence.logs.alike import Alike


@dataclass(slots=True)
class Batch:
    """Columns of the same length. Numbers are those of the run's `Tables`."""

    seconds: list[bytes]
    """`yyyy-MM-ddTHH:mm:ss`, UTC."""
    alike: list[Alike]
    """What rows of the same spelling have in common."""
    written: list[int]
    """What a server wrote of the request, numbers of `Tables.written`."""
    took: list[bytes]
    """Whole ms as the log spells them, or anything else where it has none."""

    def __len__(self) -> int:
        return len(self.seconds)


def joined(first: Batch | None, second: Batch | None) -> Batch | None:
    """Two batches of one block behind each other."""
    if first is None or second is None:
        return first or second
    for name in Batch.__slots__:
        getattr(first, name).extend(getattr(second, name))
    return first
