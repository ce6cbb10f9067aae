"""What the logs say, in Markdown: the coverage first, then targets, the line of hours, and tables of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.log_counts import LogCounts
from easwizard.case.untrusted import visible
from easwizard.reports.log_coverage import coverage_notes
from easwizard.reports.log_table import LogTable
from easwizard.reports.log_tables import log_tables
from easwizard.reports.log_text import pick_words
from easwizard.reports.log_timeline import began_words, legend, signs, timeline
from easwizard.reports.markdown_text import block, cell, plain


def log_lines(counts: LogCounts) -> Iterator[str]:
    """Everything below the heading of the part."""
    coverage, *others = log_tables(counts) or (None,)
    if coverage is not None:
        yield from _table(coverage)
        yield ""
    yield from (f"- {plain(note)}" for note in (*coverage_notes(counts), *pick_words(counts)))
    yield from _hours(counts)
    for table in others:
        yield ""
        yield f"### {plain(table.title)}"
        yield ""
        yield from _table(table)
        if table.note:
            yield ""
            yield plain(table.note)


def _hours(counts: LogCounts) -> Iterator[str]:
    told = timeline(counts)
    if told is None:
        return
    lines = [*legend(told)]
    for line in told.lines:
        lines += ["", f"{visible(line.target, 60)} ({line.named_by.value})", f"{signs(line)}|"]
        began = began_words(line)
        lines += [began] if began else []
    yield from ("", "### Failures by the hour", "")
    yield from block("\n".join(lines), "text")


def _table(table: LogTable) -> Iterator[str]:
    yield _row(table.heads)
    yield _row(["---"] * len(table.heads))
    for row in table.rows:
        yield _row([cell(each) for each in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
