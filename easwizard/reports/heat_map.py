"""The heat map of an estate: device and name by mailbox version and AD site, each cell the share of requests served.

A number only where everything it rests on is known; else a range, and `?` where nothing is. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from easwizard.case.untrusted import visible
from easwizard.exchange.routing import Device, Mailbox, Odds, Outcome, Path, Route
from easwizard.reports.map_parts import Line, Signs, Span, Tone, middle_cut

WIDTH = 80
_LONGEST = 253
_NAME_WIDTH = 30
"""Columns that the name of a row takes at most."""
WHO = {Device.BASIC: "password", Device.CERTIFICATE: "certificate"}


@dataclass(frozen=True)
class HeatSigns:
    """What a heat map is drawn with; `shades` go from nothing served to all served."""

    shades: str = "·░▒▓█"
    signs: Signs = field(default_factory=Signs)

    def shade(self, share: float) -> str:
        """All and nothing have shades of their own; whatever lies between is one of the middle ones.

        >>> [HeatSigns().shade(share) for share in (0, 0.01, 0.5, 0.99, 1)]
        ['·', '░', '▒', '▓', '█']
        """
        if share in (0, 1):
            return self.shades[-1] if share else self.shades[0]
        middle = self.shades[1:-1]
        return middle[min(int(share * len(middle)), len(middle) - 1)]


ASCII_HEAT = HeatSigns(
    shades=" .:+#",
    signs=Signs(arrow="->", tee="+", corner="+", bar="|", up="^", good="+", bad="x", quiet=".", cut="~"),
)


@dataclass(frozen=True)
class Grid:
    """The routes as a table: every drawing of the heat map begins here."""

    mailboxes: tuple[Mailbox, ...]
    """The columns."""
    rows: tuple[tuple[Device, str], ...]
    """Device and name."""
    cells: Mapping[tuple[Device, str, Mailbox], Route]

    def blocks(self, per_block: int) -> Iterator[tuple[Mailbox, ...]]:
        """The columns, as many as fit beside one another at a time."""
        for start in range(0, len(self.mailboxes), max(per_block, 1)):
            yield self.mailboxes[start : start + max(per_block, 1)]


def grid(routes: Sequence[Route]) -> Grid:
    """The routes by device and name, and by mailbox."""
    mailboxes = sorted({r.mailbox for r in routes}, key=lambda m: (m.product, m.site or ""))
    rows = dict.fromkeys((r.device, r.namespace) for r in routes)
    return Grid(tuple(mailboxes), tuple(rows), {(r.device, r.namespace, r.mailbox): r for r in routes})


def heat_map(routes: Sequence[Route], signs: HeatSigns | None = None, *, width: int = WIDTH) -> tuple[Line, ...]:
    """The whole matrix, a line each; more columns than fit go below one another. Empty where there is no route."""
    signs = signs or HeatSigns()
    table = grid(routes)
    cells = {key: _cell(route, signs) for key, route in table.cells.items()}
    name = max((min(len(visible(host, _LONGEST)), _NAME_WIDTH) for _, host in table.rows), default=0)
    label = len("certificate  ") + name
    heads = map(head, table.mailboxes)
    column = max((len(text) for text in (*(s.text for s in cells.values()), *heads)), default=0) + 2
    lines: list[Line] = []
    for block in table.blocks((width - label) // column):
        lines.append((Span(" " * label), *(Span(f"  {head(m):<{column - 2}}", Tone.QUIET) for m in block)))
        for device, host in table.rows:
            shown = middle_cut(visible(host, _LONGEST), name, signs.signs.cut)
            found = [cells.get((device, host, m), Span("")) for m in block]
            lines.append(
                (
                    Span(f"{WHO[device]:<13}", Tone.QUIET),
                    Span(f"{shown:<{name}}", Tone.NAME),
                    *(Span(f"  {span.text:<{column - 2}}", span.tone) for span in found),
                )
            )
    return tuple(lines)


def head(mailbox: Mailbox) -> str:
    """A column's heading."""
    return visible(f"{mailbox.product} {mailbox.site or 'unknown site'}", 40)


def _cell(route: Route, signs: HeatSigns) -> Span:
    exact = route.odds.exact
    mark = signs.shade(exact) if exact is not None else signs.signs.doubt
    return Span(f"{mark} {rate(route)}", tone_of(route.odds))


def rate(route: Route) -> str:
    """The share of requests served, in words; how it would be if drawn by name where that differs (J3)."""
    text = share(route.odds)
    by_name = share(route.by_name) if route.by_name is not None else text
    return text if by_name == text else f"{text} ({by_name} by name)"


def share(odds: Odds) -> str:
    """`50 %`, `25 to 75 %`, or `?` where nothing is known; what is not quite all or nothing is never shown as that.

    >>> share(Odds(0.5, 0.5)), share(Odds(0.25, 0.75)), share(Odds(0, 1)), share(Odds(0.999, 0.999))
    ('50 %', '25 to 75 %', '?', '99.9 %')
    """
    if odds.exact is not None:
        return f"{_number(odds.exact)} %"
    if odds.low <= 0 and odds.high >= 1:
        return "?"
    return f"{_number(odds.low)} to {_number(odds.high)} %"


def _number(fraction: float) -> str:
    rounded = f"{fraction * 100:.0f}"
    return f"{fraction * 100:.1f}" if rounded in ("0", "100") and fraction not in (0, 1) else rounded


def tone_of(odds: Odds) -> Tone:
    """Good only where all is known to be served, bad wherever some is known not to be."""
    if odds.high < 1:
        return Tone.BAD
    return Tone.GOOD if odds.exact is not None else Tone.DOUBT


def titles(routes: Sequence[Route]) -> tuple[tuple[str, Route], ...]:
    """Whose requests the routes are about; routes of one name whose ways end alike are told once, by the first."""
    alike: dict[tuple[Device, str, tuple[Line, ...]], list[Route]] = {}
    for route in routes:
        alike.setdefault((route.device, route.namespace, path_lines(route)), []).append(route)
    return tuple((_title(same), same[0]) for same in alike.values())


def _title(same: Sequence[Route]) -> str:
    boxes = ", ".join(head(route.mailbox) for route in same)
    return (
        f"{rate(same[0])}: {WHO[same[0].device]} through {visible(same[0].namespace, _LONGEST)}, mailbox on {boxes}"
    )


def path_lines(route: Route, signs: HeatSigns | None = None) -> tuple[Line, ...]:
    """The paths behind a cell: what decides each, how often, and how it ends; those that end alike are one line."""
    signs = signs or HeatSigns()
    ends: dict[tuple[str, Outcome], float] = {}
    for path in route.paths:
        ends[_end(path)] = ends.get(_end(path), 0.0) + path.probability
    return tuple(_path_line(why, outcome, odds, signs) for (why, outcome), odds in _ordered(ends))


def _end(path: Path) -> tuple[str, Outcome]:
    """The hop where a path ends, by what it says; a path that ends well says so of its last hop."""
    return path.hops[-1].why if path.hops else "", path.outcome


def _ordered(ends: dict[tuple[str, Outcome], float]) -> Iterator[tuple[tuple[str, Outcome], float]]:
    """What goes wrong first, then what is not known, then what works; of alike the most frequent first."""
    rank = {Outcome.OK: 2, Outcome.UNKNOWN: 1}
    yield from sorted(ends.items(), key=lambda item: (rank.get(item[0][1], 0), -item[1], item[0][0]))


def _path_line(why: str, outcome: Outcome, odds: float, signs: HeatSigns) -> Line:
    tone = {Outcome.OK: Tone.GOOD, Outcome.UNKNOWN: Tone.DOUBT}.get(outcome, Tone.BAD)
    return (
        Span(f"{share(Odds(odds, odds)):>7} ", Tone.QUIET),
        Span(f"{signs.signs.of(tone)} {outcome.value}", tone),
        Span(f"  {visible(why, _LONGEST * 2)}"),
    )


def as_lines(routes: Sequence[Route]) -> tuple[str, ...]:
    """The heat map and what is behind its cells as words, for readers who do not see a drawing of it."""
    lines = [*heat_map(routes)]
    for title, route in titles(routes):
        lines += [(Span(title),), *path_lines(route)]
    return tuple("".join(span.text for span in line).rstrip() for line in lines)
