"""What the logs say, on the page: the coverage, the failures hour by hour as a drawing, and the tables."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from easwizard.case.log_counts import LogCounts
from easwizard.reports.html.markup import Child, each, tag
from easwizard.reports.html.parts import section, table
from easwizard.reports.html.svg import COLUMN, LINE, box, drawing, label, number
from easwizard.reports.log_coverage import coverage_notes
from easwizard.reports.log_table import LogTable
from easwizard.reports.log_tables import log_tables
from easwizard.reports.log_text import pick_words
from easwizard.reports.log_timeline import Line, Timeline, began_words, legend, timeline

_HIGH = 44.0
"""Units of a bar of 100 %."""
_WIDE, _NARROW = 880.0, 344.0


def log_part(counts: LogCounts) -> Element:
    """The part of the page; in it text stays text, whatever a log holds."""
    coverage, *others = log_tables(counts) or (None,)
    notes = each("li", (*coverage_notes(counts), *pick_words(counts)))
    told = timeline(counts)
    children: list[Child] = [
        _table(coverage) if coverage is not None else None,
        tag("ul", *notes) if notes else None,
        _figure(told) if told is not None else None,
    ]
    for other in others:
        children += [tag("h4", other.title), _table(other)]
    return section("logs", "What the logs say", *children)


def _table(told: LogTable) -> Element:
    return table(told.note or f"One row for each {told.heads[0]}.", told.heads, told.rows)


def _figure(told: Timeline) -> Element:
    words = " ".join(legend(told))
    drawings = (_drawn(told, _WIDE, "map wide", words), _drawn(told, _NARROW, "map narrow", words))
    width = "each hour" if told.hours == 1 else f"every {told.hours} hours"
    span = f"{told.first:%Y-%m-%d %H:00} to {told.last:%Y-%m-%d %H:00} UTC"
    caption = f"Share of requests that failed, {width}, {span}. Passwords are left out; no frame: nothing was asked."
    return tag("figure", *drawings, tag("figcaption", caption))


def _drawn(told: Timeline, width: float, class_: str, words: str) -> Element:
    children: list[Child] = []
    y = 1.0
    for line in told.lines:
        drawn, y = _line(told, line, y, width)
        children += drawn
    described = "\n".join(
        [words, *(f"{line.target}: {began_words(line) or 'no hour stands out'}" for line in told.lines)]
    )
    return drawing(width + 2, y, class_, "Failures by the hour", described, children)


def _line(told: Timeline, line: Line, y: float, width: float) -> tuple[list[Element], float]:
    room = int(width / COLUMN) - 1
    drawn = [label(1, y + 14, f"{line.target} ({line.named_by.value})", room, "name")]
    began = began_words(line)
    if began:
        drawn.append(label(1, y + 14 + LINE, began, room, "bad"))
        y += LINE
    top = y + 22
    drawn += _bars(line, top, width)
    if line.began is not None:
        hours = (line.began.hour_utc - told.first).total_seconds() / 3600
        at = 1 + width / len(line.bins) * (hours // told.hours)
        drawn.append(tag("line", x1=number(at), x2=number(at), y1=number(top - 4), y2=number(top + _HIGH + 4),
                         class_="tick"))  # fmt: skip
    return drawn, top + _HIGH + 18


def _bars(line: Line, top: float, width: float) -> Iterator[Element]:
    """A frame for each stretch in which anything was asked, filled from below as far as requests failed."""
    each_wide = width / len(line.bins)
    for place, bin_ in enumerate(line.bins):
        if bin_.share is None:
            continue
        x = 1 + place * each_wide
        wide = max(each_wide - (1 if each_wide > 4 else 0), 0.5)
        yield box(x, top, wide, _HIGH, "track")
        if bin_.share:
            yield box(x, top + _HIGH * (1 - bin_.share), wide, _HIGH * bin_.share, "failed")
