"""What was read of each file, in the words of the report (logs.md 5.7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from easwizard.case.log_counts import FileCoverage, LogKind
from easwizard.case.untrusted import visible
from easwizard.evidence.logs.finding_files import Source
from easwizard.evidence.logs.iis_kind import IisTraits
from easwizard.evidence.logs.pieces import PieceRead
from easwizard.evidence.logs.tables import Place


def coverage_of(source: Source, parts: list[PieceRead], sha256: str = "") -> FileCoverage:
    """One file from its pieces."""
    rejected: Counter[str] = Counter()
    for part in parts:
        rejected.update(part.rejected)
    firsts = [part.span.first for part in parts if part.span.first]
    return FileCoverage(
        file=visible(source.name),
        kind=_kind(parts),
        rows=sum(part.rows for part in parts),
        used=sum(part.span.used for part in parts),
        probe_rows=sum(part.span.probes for part in parts),
        rejected=dict(sorted(rejected.items())),
        first_utc=moment(min(firsts)) if firsts else None,
        last_utc=moment(max(part.span.last for part in parts)) if firsts else None,
        layouts=len(set().union(*(part.layouts for part in parts))),
        size=source.size,
        complete=all(part.complete for part in parts),
        problem=next((part.problem for part in parts if part.problem), ""),
        sha256=sha256,
    )


def unread(source: Source, why: str) -> FileCoverage:
    """A file of which nothing could be read."""
    return FileCoverage(visible(source.name), None, size=source.size, complete=False, problem=why)


def kinds_of_places(read: Iterable[list[PieceRead]]) -> dict[Place, set[LogKind]]:
    """Which kinds of logs tell of each target, by the pieces of each log."""
    found: dict[Place, set[LogKind]] = {}
    for parts in read:
        for place in frozenset().union(*(part.span.places for part in parts)):
            found.setdefault(place, set()).add(_kind(parts))
    return found


def moment(seconds: bytes) -> datetime:
    """A time of a log, which is UTC, from its first characters on: a day, an hour or a second."""
    return datetime.fromisoformat(seconds[:19].decode("ascii")).replace(tzinfo=UTC)


def _kind(parts: list[PieceRead]) -> LogKind:
    traits = IisTraits()
    for part in parts:
        if part.traits is not None:
            traits.add(part.traits)
    return parts[0].kind if parts[0].traits is None else traits.kind()
