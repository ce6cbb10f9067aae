"""What the logs say, as plain text: coverage first, then targets, hours, tables. For reports and `easwizard logs`."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.log_counts import LogCounts
from easwizard.case.untrusted import visible
from easwizard.reports.lines import WIDTH, Paragraph
from easwizard.reports.log_coverage import coverage_notes
from easwizard.reports.log_table import LogTable, text_lines
from easwizard.reports.log_tables import log_tables
from easwizard.reports.log_timeline import began_words, legend, signs, timeline

_PICKS = {
    "request": "the target is drawn anew for each request",
    "user": "each user keeps to one target",
}
_LONGEST = 1_000
_COVERAGE, _TARGETS = "What was read", "Targets"
Rows = Iterator[str | Paragraph]


def log_rows(counts: LogCounts, width: int = WIDTH, *, ascii_only: bool = False) -> Rows:
    """Everything that is told of logs, in rows to lay out."""
    yield from coverage_rows(counts, width)
    yield from told_rows(counts, width, ascii_only=ascii_only)


def coverage_rows(counts: LogCounts, width: int = WIDTH) -> Rows:
    """Only what was read: it comes first, and alone where there is nothing else."""
    yield from _tables([t for t in log_tables(counts) if t.title == _COVERAGE], width)
    for note in coverage_notes(counts):
        yield Paragraph("  note: ", visible(note, _LONGEST))


def told_rows(counts: LogCounts, width: int = WIDTH, *, ascii_only: bool = False) -> Rows:
    """All but the coverage."""
    tables = [t for t in log_tables(counts) if t.title != _COVERAGE]
    yield from _tables([t for t in tables if t.title == _TARGETS], width)
    for told in pick_words(counts):
        yield Paragraph("  ", told)
    yield from _hours(counts, ascii_only=ascii_only)
    yield from _tables([t for t in tables if t.title != _TARGETS], width)


def pick_words(counts: LogCounts) -> Iterator[str]:
    """Whether targets stick to users, where the numbers tell."""
    for sign in counts.picks:
        if sign.pick:
            users = sign.users
            yield (
                f"By {sign.named_by.value}: {_PICKS[sign.pick]} ({users.all_good} users met only good answers, "
                f"{users.mixed} both, {users.all_bad} only failures)."
            )


def _hours(counts: LogCounts, *, ascii_only: bool) -> Rows:
    told = timeline(counts)
    if told is None:
        return
    yield ""
    yield "Failures by the hour"
    for text in legend(told):
        yield f"  {text}"
    edge = "|" if ascii_only else "▕"
    for line in told.lines:
        yield f"  {visible(line.target, 60)} ({line.named_by.value})"
        yield f"    {signs(line, ascii_only=ascii_only)}{edge}"
        began = began_words(line)
        if began:
            yield Paragraph("    ", began)


def _tables(tables: list[LogTable], width: int) -> Rows:
    for table in tables:
        yield ""
        yield table.title
        yield from text_lines(table, width)
        if table.note:
            yield Paragraph("  ", table.note)
