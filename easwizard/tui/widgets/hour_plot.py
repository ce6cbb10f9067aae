"""Draws how one target fared hour by hour: bars of its requests, the failed part solid, the hour it began marked.

Solid against dotted tells the failed part, not only colour. Holds no widget; the bins are those of the reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.content import Content

from easwizard.reports.log_timeline import Bin, Line, Timeline
from easwizard.tui.safe_text import joined, plain

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LEAST_PART = 0.125
_WIDEST = 12
_BEGAN, _BEGAN_LEFT = " began", "began "


@dataclass(frozen=True)
class PlotSigns:
    """What bars are made of."""

    failed: str = _EIGHTHS
    """From nothing to a full cell."""
    good: str = "░"
    edge: str = "┤"
    side: str = "│"
    floor: str = "─"
    corner: str = "└"
    began: str = "▲"
    here: str = "^"


ASCII_PLOT = PlotSigns(" ..==##", ":", "|", "|", "-", "+", "^", "^")


@dataclass(frozen=True)
class Plot:
    """One line of a timeline, ready to draw."""

    told: Timeline
    line: Line
    here: datetime | None = None
    """An hour that is marked."""

    def number_of(self, hour: datetime) -> int:
        """The bin in which an hour is."""
        return int((hour - self.told.first) / timedelta(hours=self.told.hours))


def plot_lines(plot: Plot, signs: PlotSigns, width: int, height: int) -> Content:
    """The plot in so many columns and lines; the last three lines are the axis, its marks and its times."""
    bars, most = plot.line.bins, max((b.requests for b in plot.line.bins), default=0)
    label = f"{most:,}"
    left = len(label) + 1
    each = max(1, min(_WIDEST, (width - left - 1) // max(1, len(bars))))
    rows = max(1, height - 3)
    lines = [
        joined(
            plain(f"{label if row == rows - 1 else '0' if row == 0 else '':>{left - 1}} ", "dim"),
            plain(signs.edge if row in (0, rows - 1) else signs.side, "dim"),
            *_row(bars, most, row, rows, each, signs),
        )
        for row in reversed(range(rows))
    ]
    axis = f"{' ' * left}{signs.corner}{signs.floor * (len(bars) * each)}"
    return Content("\n").join(
        [*lines, plain(axis, "dim"), _marks(plot, left + 1, each, signs), _times(plot, left + 1, each)]
    )


def _row(bars: tuple[Bin, ...], most: int, row: int, rows: int, each: int, signs: PlotSigns) -> Iterator[Content]:
    """One line of all bars, neighbours of the same kind together."""
    text, style = "", ""
    for bar in bars:
        sign, its_style = _cell(bar, most, row, rows, signs)
        if its_style != style and text:
            yield plain(text, style)
            text = ""
        text, style = text + sign * each, its_style
    if text:
        yield plain(text, style)


def _cell(bar: Bin, most: int, row: int, rows: int, signs: PlotSigns) -> tuple[str, str]:
    scale = rows / most if most else 0.0
    failed, total = bar.failed * scale, bar.requests * scale
    if bar.failed:
        failed = max(failed, _LEAST_PART)
    if failed > row:
        part = min(1.0, failed - row)
        return signs.failed[max(1, round(part * (len(signs.failed) - 1)))], "$text-error"
    if total > row and (total >= row + 0.5 or row == 0):
        return signs.good, "$text-success"
    return " ", ""


def _marks(plot: Plot, left: int, each: int, signs: PlotSigns) -> Content:
    """Where it began, with the word for it, and the hour that is marked."""
    line, style = " " * left + _began(plot, each, signs), "bold $text-error"
    if plot.here is None:
        return plain(line, style)
    at = left + plot.number_of(plot.here) * each
    return joined(
        plain(line[:at].ljust(at), style), plain(signs.here * each, "bold"), plain(line[at + each :], style)
    )


def _began(plot: Plot, each: int, signs: PlotSigns) -> str:
    """The mark below its bar; its word stands where there is room."""
    if plot.line.began is None:
        return ""
    at = plot.number_of(plot.line.began.hour_utc) * each
    if at + len(_BEGAN) >= len(plot.line.bins) * each and at >= len(_BEGAN):
        return f"{_BEGAN_LEFT:>{at}}{signs.began}"
    return f"{'':{at}}{signs.began}{_BEGAN}"


def _times(plot: Plot, left: int, each: int) -> Content:
    first, last = f"{plot.told.first:%m-%d %H:00}", f"{plot.told.last:%m-%d %H:00}"
    room = len(plot.line.bins) * each - len(first) - len(last)
    if room < 1:
        return plain(f"{' ' * left}{first} to {last} UTC", "dim")
    unit = "1 hour" if plot.told.hours == 1 else f"{plot.told.hours} hours"
    middle = f"UTC, {unit} a bar"
    return plain(f"{' ' * left}{first}{middle if room > len(middle) + 1 else '':^{room}}{last}", "dim")
