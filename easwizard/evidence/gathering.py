"""Reads everything the admin brought: one call from files to an inventory, with what contradicts and what lacks.

Opens the files given and nothing else; no network, no clock, no screen.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from easwizard.evidence.detect import read_file
from easwizard.evidence.holes import Hole, holes_of
from easwizard.evidence.iis_together import claims_together
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.merging import Conflict, merge
from easwizard.evidence.reading import Reading, Trouble
from easwizard.exchange.inventory import Inventory

FileProgress = Callable[[ImportFile, int, int], None]
"""Told the file, the bytes taken of it and the objects seen in it."""


@dataclass(frozen=True)
class Evidence:
    """What was brought, read and put together."""

    inventory: Inventory
    readings: tuple[Reading, ...]
    """One for each file, in the order given."""
    conflicts: tuple[Conflict, ...] = ()
    holes: tuple[Hole, ...] = ()

    @property
    def findings(self) -> tuple[str, ...]:
        """Problem codes that files themselves state."""
        return tuple(dict.fromkeys(code for reading in self.readings for code in reading.findings))


def read_evidence(files: Sequence[ImportFile], progress: FileProgress | None = None) -> Evidence:
    """Read files and pastes and put them together. What cannot be read is a trouble of its reading."""
    return gathered([_read(file, progress) for file in files])


def gathered(readings: Sequence[Reading]) -> Evidence:
    """Readings put together; one that is left out later is put together anew without it."""
    merged = merge(readings, claims_together(readings))
    return Evidence(merged.inventory, tuple(readings), merged.conflicts, holes_of(merged.inventory))


def _read(file: ImportFile, progress: FileProgress | None) -> Reading:
    tell = None if progress is None else functools.partial(progress, file)
    try:
        return read_file(file, tell)
    except Exception as error:  # a mistake of a reader costs this file, and is said; the others are still read
        what = f"a reader failed on it ({type(error).__name__}), which is a mistake of this program: nothing was used"
        return Reading(file.name, "unreadable", troubles=(Trouble(file.name, what),))
