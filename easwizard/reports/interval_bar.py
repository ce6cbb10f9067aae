"""A share with its interval, drawn from 0 to 100 %: what was seen and how sure that is; below it, what was predicted.

Pure text; the screens and the reports draw the same bar.
"""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.diagnosis.shares import percent


@dataclass(frozen=True)
class BarSigns:
    """What a bar is drawn with, each one column wide."""

    left: str = "├"
    right: str = "┤"
    line: str = "─"
    fill: str = "▓"
    seen: str = "│"
    up: str = "▲"


ASCII_BAR = BarSigns(left="|", right="|", line="-", fill="#", seen="|", up="^")
_SHORTEST = 5


def interval_bar(
    width: int, interval: tuple[float, float], seen: float | None = None, signs: BarSigns | None = None
) -> str:
    """A bar of exactly `width` columns, at least 5; shares are fractions of 1.

    >>> interval_bar(13, (0.25, 0.75), 0.5)
    '├──▓▓▓│▓▓▓──┤'
    """
    signs = signs or BarSigns()
    inner = max(width, _SHORTEST) - 2
    low, high = (_cell(share, inner) for share in interval)
    cells = [signs.fill if low <= place <= high else signs.line for place in range(inner)]
    if seen is not None:
        cells[_cell(seen, inner)] = signs.seen
    return f"{signs.left}{''.join(cells)}{signs.right}"


def predicted_mark(width: int, predicted: float, words: str = "", signs: BarSigns | None = None) -> str:
    """The line below a bar of that width: an arrow at the predicted share, its words on the side with more room."""
    signs = signs or BarSigns()
    at = 1 + _cell(predicted, max(width, _SHORTEST) - 2)
    said = f"predicted {percent(predicted)}{words}"
    if at + 2 + len(said) <= width:
        return f"{' ' * at}{signs.up} {said}"
    return f"{said} {signs.up}".rjust(at + 1)


def _cell(share: float, cells: int) -> int:
    """The cell of a share; 0 is the first one, 1 the last."""
    return round(min(max(share, 0.0), 1.0) * (cells - 1))
