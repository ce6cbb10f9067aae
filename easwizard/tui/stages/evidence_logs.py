"""What stage 4 says of logs: a row for all of them, one for each of the first, their coverage. Holds no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from textual.content import Content

from easwizard.case.log_counts import FileCoverage, LogCounts
from easwizard.reports.log_coverage import KINDS
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens import logs_words
from easwizard.tui.screens.logs_pages import percent
from easwizard.tui.screens.logs_tables import file_state, short_name
from easwizard.tui.stages.diagnosis_words import hanging
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.row_list import Row, fit
from easwizard.workflow.log_reading import path_of, paths_of

ALL = "logs"
"""The key of the row of all; those of single logs begin with it."""
MOST_ROWS = 12
"""Logs that have a row of their own; a busy day is hundreds of files."""


def rows(counts: LogCounts | None, signs: Symbols, width: int, hidden: bool) -> Iterator[Row]:
    """The rows of logs; none where there are none."""
    if counts is None:
        return
    style, sign = ("$text-warning", "!") if _is_odd(counts) else ("$text-success", signs.good)
    files = len(counts.coverage)
    state = "partial; " if counts.partial else ""
    tail = f"{state}{counts.used:,} rows used; l shows them"
    yield Row(ALL, _row(sign, style, f"Logs: {files:,} file{'' if files == 1 else 's'}", tail, width))
    for number, file in enumerate(counts.coverage[:MOST_ROWS]):
        yield Row(f"{ALL}-{number}", _file_row(file, _name(number, file, hidden), signs, width))
    if files > MOST_ROWS:
        yield Row(f"{ALL}-more", plain(fit(f"    and {files - MOST_ROWS:,} more logs: l, then 7, lists them", width)))


def _is_odd(counts: LogCounts) -> bool:
    return counts.partial or not counts.used or any(file.problem for file in counts.coverage)


def _file_row(file: FileCoverage, name: str, signs: Symbols, width: int) -> Content:
    state = file_state(file, signs)
    style = "$text-success" if file.complete and not file.problem else "$text-warning"
    kind = KINDS[file.kind] if file.kind is not None else "no log"
    rejected = sum(file.rejected.values())
    tail = f"{kind}; {file.used:,} used" + (f", {rejected:,} rejected" if rejected else "")
    return _row(f"  {state[0]}", style, name, tail if state[0] == signs.good else f"{state[2:]}; {tail}", width)


def _row(sign: str, style: str, name: str, tail: str, width: int) -> Content:
    named = max(12, (width - 2) * 5 // 12 - len(sign) + 1)
    rest = max(8, width - len(sign) - named - 2)
    return joined(plain(f"{sign} ", style), plain(fit(name, named)), " ", plain(fit(tail, rest)))


def _name(number: int, file: FileCoverage, hidden: bool) -> str:
    return f"log {number + 1}" if hidden else short_name(file.file)


def _number(key: str) -> int | None:
    number = key.removeprefix(f"{ALL}-")
    return int(number) if number != key and number.isdigit() else None


def file_of(key: str, counts: LogCounts) -> FileCoverage | None:
    """The log of a row; None for the row of all of them."""
    number = _number(key)
    return counts.coverage[number] if number is not None and number < len(counts.coverage) else None


def name_of(key: str, counts: LogCounts, hidden: bool) -> str:
    """What a row's log is called."""
    file, number = file_of(key, counts), _number(key)
    return _name(number or 0, file, hidden) if file is not None else "the logs"


def marked(key: str, counts: LogCounts, hidden: bool) -> tuple[Sequence[str], str] | None:
    """The paths that a row stands for, and what it is called; members of one archive go together."""
    if not key.startswith(ALL):
        return None
    file = file_of(key, counts)
    if file is None:
        return paths_of(counts), "all logs"
    return (path_of(file.file),), name_of(key, counts, hidden)


def account(key: str, counts: LogCounts, width: int, hidden: bool) -> tuple[str, Content]:
    """The title and the short account of a row."""
    file = file_of(key, counts)
    if file is None:
        return "What the logs say", _of_all(counts, width)
    lines = file_lines(file, width, hidden)
    keys = plain("l  all of them     x  take it away", "dim")
    return name_of(key, counts, hidden), Content("\n").join([*lines, keys])


def file_lines(file: FileCoverage, width: int, hidden: bool) -> list[Content]:
    """What was read of a log."""
    return logs_words.file_lines(replace(file, file="(names hidden)", problem="") if hidden else file, width)


def _of_all(counts: LogCounts, width: int) -> Content:
    rejected = sum(sum(file.rejected.values()) for file in counts.coverage)
    probes = sum(file.probe_rows for file in counts.coverage)
    lines = [hanging("Read  ", f"{logs_words.summary(counts)}; {probes:,} probe rows, {rejected:,} rejected", width)]
    if counts.partial:
        lines.append(hanging("But   ", "ended half-way: the counts are of what was read until then", width))
    if not counts.used:
        lines.append(hanging("But   ", "no ActiveSync request is in them: that is no sign of health", width))
    for number, target in enumerate(counts.targets[:3]):
        share = f"{target.failed:,} of {target.requests:,} failed, {percent(target.failed, target.requests)}"
        lines.append(
            hanging("Told  " if number == 0 else "      ", f"{target.host} ({target.named_by}): {share}", width)
        )
    lines.append(plain("Kept  paths and SHA-256 only, no copies", "dim"))
    return Content("\n").join([*lines, plain("l  tables, hours, rows     x  take all of them away", "dim")])
