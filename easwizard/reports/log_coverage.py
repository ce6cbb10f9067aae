"""What was read of the logs, before anything is said of what is in them (logs.md 5.7): nothing counted, no health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from easwizard.case.log_counts import FileCoverage, LogCounts, LogKind
from easwizard.evidence.logs.rejections import WORDS
from easwizard.reports.log_table import LogTable

KINDS = {
    LogKind.FRONT_END: "IIS, front end",
    LogKind.BACK_END: "IIS, back end",
    LogKind.LEGACY: "IIS, old server",
    LogKind.HTTP_PROXY: "HttpProxy",
    LogKind.HTTP_ERR: "HTTPERR",
}
_MOST_FILES = 8
_HEADS = ("kind", "files", "rows", "ActiveSync", "probes", "rejected")


def coverage_table(counts: LogCounts) -> LogTable:
    """One row for each kind of log; the files themselves stand in the JSON form."""
    kinds = [kind for kind in LogKind if any(file.kind is kind for file in counts.coverage)]
    rows = [_row(KINDS[kind], [file for file in counts.coverage if file.kind is kind]) for kind in kinds]
    return LogTable("What was read", _HEADS, tuple(rows))


def _row(name: str, files: Sequence[FileCoverage]) -> tuple[str, ...]:
    rejected = sum(sum(file.rejected.values()) for file in files)
    return (
        name,
        str(len(files)),
        str(sum(file.rows for file in files)),
        str(sum(file.used for file in files)),
        str(sum(file.probe_rows for file in files)),
        str(rejected),
    )


def _times(counts: LogCounts) -> Iterator[str]:
    """From when to when, for each kind of log."""
    for kind in LogKind:
        files = [file for file in counts.coverage if file.kind is kind]
        firsts = [file.first_utc for file in files if file.first_utc is not None]
        lasts = [file.last_utc for file in files if file.last_utc is not None]
        if firsts and lasts:
            yield f"{KINDS[kind]}: ActiveSync from {min(firsts):%Y-%m-%d %H:%M} to {max(lasts):%Y-%m-%d %H:%M} UTC."


def coverage_notes(counts: LogCounts) -> Iterator[str]:
    """What must be known to read the numbers."""
    if not counts.used:
        yield "No ActiveSync request is in what was read, so that nothing here says that any worked or failed."
    yield from _times(counts)
    if counts.partial:
        yield "Reading was stopped before its end: everything counts only what was read until then."
    if counts.several_vantages:
        yield "Logs of several hops were read: one request may stand in each of them, under another target."
    yield from _rejected(counts)
    yield from _files(counts)
    for capped in counts.capped:
        yield (
            f"More different {capped.what} were met than are kept: {capped.kept} are listed, "
            f"{capped.dropped_requests} requests of others are in the totals only."
        )


def _rejected(counts: LogCounts) -> Iterator[str]:
    reasons: Counter[str] = Counter()
    for file in counts.coverage:
        reasons.update(file.rejected)
    for reason, times in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        yield f"{times} rows rejected: {WORDS.get(reason, reason)}."


def _files(counts: LogCounts) -> Iterator[str]:
    broken = [file for file in counts.coverage if file.problem]
    for file in broken[:_MOST_FILES]:
        yield f"{file.file}: {file.problem}."
    if len(broken) > _MOST_FILES:
        yield f"and {len(broken) - _MOST_FILES} more files that could not be read wholly."
