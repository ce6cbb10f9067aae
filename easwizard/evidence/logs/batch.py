"""The ActiveSync rows of one block of a log, column by column, in the order of the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Batch:
    """Columns of the same length. Numbers are those of the run's `Tables`."""

    seconds: list[bytes]
    """`yyyy-MM-ddTHH:mm:ss`, UTC."""
    hours: list[bytes]
    """`yyyy-MM-ddTHH`."""
    targets: list[int]
    results: list[int]
    idents: list[int]
    agents: list[int]
    signs: list[int]
    took: list[bytes]
    """Whole ms as the log spells them, or anything else where it has none."""
    probes: list[bool]
    clients: list[bytes]
    """The address that asked, as the log has it."""

    def __len__(self) -> int:
        return len(self.seconds)
