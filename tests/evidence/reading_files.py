"""Shared by the tests of readers: where the files lie, and short ways to read one."""

from __future__ import annotations

from pathlib import Path

from easwizard.evidence.gathering import Evidence, read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.reading import Reading
from easwizard.exchange.inventory import VirtualDirectory

DATA = Path(__file__).parent / "data"
CMDLETS = DATA / "cmdlets"
MADE = DATA / "made"


def read(content: str | bytes | Path, server: str | None = None, name: str = "paste") -> Evidence:
    """What one file or paste comes to."""
    return read_evidence([ImportFile(name, content, server)])


def reading(content: str | bytes | Path, server: str | None = None) -> Reading:
    return read(content, server).readings[0]


def only_vdir(evidence: Evidence) -> VirtualDirectory:
    """The one vdir of an inventory that has one."""
    (vdir,) = evidence.inventory.vdirs
    return vdir


def troubles(evidence: Evidence) -> str:
    """All troubles in one text."""
    return "\n".join(f"{t.where}: {t.what}" for reading in evidence.readings for t in reading.troubles)
