"""What the simulator says of a plan: rows and paragraphs, each from a comparison alone. Holds no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.app import App
from textual.content import Content

from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.routing import Device, Route
from easwizard.reports.heat_map import ASCII_HEAT, HeatSigns, path_lines, rate, share, tone_of
from easwizard.tui.safe_text import joined, plain, shown
from easwizard.tui.stages.diagnosis_words import hanging, listed_line
from easwizard.tui.symbols import ASCII, Symbols, symbols
from easwizard.tui.widgets.heat_view import WHO, Place, Side, head_of
from easwizard.tui.widgets.map_view import STYLES
from easwizard.tui.widgets.row_list import Row, fit
from easwizard.workflow.simulate import Simulation, State
from easwizard.workflow.tomorrow import leading_nowhere_known, shown_findings, tomorrow, worst
from easwizard.workflow.way_back import Cost, met_at_once, way_back
from easwizard.workflow.what_if import Comparison, LeftOut, Prospect, Way

_DEVICES = (Device.BASIC, Device.CERTIFICATE)
_THEN = {
    Outcome.PROBLEM: "problem",
    Outcome.INCONCLUSIVE: "not known",
    Outcome.NO_PROBLEM_FOUND: "no problem",
}
_THEN_STYLES = {
    Outcome.PROBLEM: "$text-error",
    Outcome.INCONCLUSIVE: "$text-warning",
    Outcome.NO_PROBLEM_FOUND: "$text-success",
}
_THEN_WIDTH = 12
_TITLE_LEAST, _TITLE_GOOD, _TITLE_MOST = 16, 26, 44
"""Columns of a title; below the middle one the odds by name (J3) make way, which the heat map always has."""
_OUT = "not offered"


def key_of(number: int) -> str:
    """Of the row of a plan, by its place in the comparison; plans left out come after those that are offered."""
    return f"plan-{number}"


# The list of plans


def plan_rows(found: Comparison, signs: Symbols, width: int) -> list[Row]:
    """A heading, then a row for each plan: what old mailboxes are served after it, and the verdict then."""
    old_only = _any_old(found)
    cells, columns, title = _measured(found, rate, width, old_only=old_only)
    if title < _TITLE_GOOD:
        cells, columns, title = _measured(found, _share, width, old_only=old_only)
    head = "Old mailboxes, at worst" if old_only else "Served, at worst"
    heads = "".join(f"  {WHO[device]:<{columns[n]}}" for n, device in enumerate(_DEVICES))
    rows = [Row("head", plain(f"{fit(head, title + 3)}{heads}  then"), is_heading=True)]
    for number, (prospect, cell) in enumerate(zip(found.prospects, cells, strict=True)):
        texts = [plain(f"  {text:<{columns[n]}}", style) for n, (text, style) in enumerate(cell)]
        line = joined(_number(number), fit(prospect.alternative.title, title), *texts, _then(prospect, signs))
        rows.append(Row(key_of(number), line))
    for number, out in enumerate(found.left_out, start=len(found.prospects)):
        line = joined(_number(number), plain(f"{fit(out.title, title)}  {_OUT}: {out.why}", "dim"))
        rows.append(Row(key_of(number), line))
    return rows


def _measured(
    found: Comparison, worded: Callable[[Route], str], width: int, *, old_only: bool
) -> tuple[list[list[tuple[str, str]]], list[int], int]:
    """The cells by plan, the columns that each kind of phone takes, and those left for the title."""
    cells = [_cells(prospect, worded, old_only=old_only) for prospect in found.prospects]
    columns = [max(len(WHO[device]), *(len(c[n][0]) for c in cells)) for n, device in enumerate(_DEVICES)]
    left = width - 3 - sum(columns) - 4 - _THEN_WIDTH - 2
    return cells, columns, min(max(_TITLE_LEAST, left), _TITLE_MOST)


def _number(number: int) -> Content:
    return plain(f"{number + 1}  " if number < 9 else "   ", "bold")


def _any_old(found: Comparison) -> bool:
    states = [p.simulation.before for p in found.prospects if p.simulation is not None]
    return any(route.mailbox.product.is_legacy for state in states for route in state.routes)


def _share(route: Route) -> str:
    return share(route.odds)


def _cells(prospect: Prospect, worded: Callable[[Route], str], *, old_only: bool) -> list[tuple[str, str]]:
    """The share of each kind of phone with its style."""
    told = prospect.simulation
    if told is None:
        return [("-", "dim") for _ in _DEVICES]
    return [_cell(told.after, device, worded, old_only=old_only) for device in _DEVICES]


def _cell(state: State, device: Device, worded: Callable[[Route], str], *, old_only: bool) -> tuple[str, str]:
    route = worst(state, device, old_only=old_only)
    if route is None:
        return ("none left" if old_only and state.moved else "-", "dim")
    return worded(route), STYLES[tone_of(route.odds)]


def _then(prospect: Prospect, signs: Symbols) -> Content:
    if prospect.simulation is None:
        return plain(f"  {signs.bad} cannot be", "$text-error")
    sign = {Outcome.PROBLEM: signs.bad, Outcome.NO_PROBLEM_FOUND: signs.good}.get(prospect.verdict, "?")
    return plain(f"  {sign} {_THEN[prospect.verdict]}", _THEN_STYLES[prospect.verdict])


# The cell that is marked


def cell_title(place: Place | None, side: Side) -> str:
    """Whose requests the marked cell is about, and how many are served."""
    if place is None:
        return "No cell"
    rates = [rate(route) if route is not None else "none" for route in place.routes(side)]
    served = ", then ".join(rates)
    who = WHO[place.row.device]
    return f"{served}: {who} via {shown(place.row.namespace)}, mailbox {head_of(place.mailbox)}"


def cell_paths(place: Place | None, side: Side, width: int, app: App[object]) -> Content:
    """The ways behind the marked cell: how often each is taken, how it ends and what decides it."""
    if place is None:
        return plain("")
    signs = ASCII_HEAT if symbols(app) is ASCII else HeatSigns()
    blocks: list[Content] = []
    for title, route in zip(("Before", "After"), (place.before, place.after), strict=True):
        if side is Side.BOTH:
            blocks.append(plain(title, "bold"))
        if side is Side.BOTH or title.casefold() == side.value:
            blocks.append(_paths(route, signs, width))
    return Content("\n").join(blocks)


def _paths(route: Route | None, signs: HeatSigns, width: int) -> Content:
    if route is None:
        return plain("no such mailboxes then", "dim")
    lines = []
    for odds, ending, why in path_lines(route, signs):
        head = f"{odds.text}{ending.text:<10} "
        text = hanging(head, why.text.strip(), width)
        lines.append(joined(plain(odds.text, "dim"), plain(f"{ending.text:<10} ", STYLES[ending.tone]),
                            text[len(head):]))  # fmt: skip
    return Content("\n").join(lines)


# What follows


def findings(prospect: Prospect, side: Side, width: int, app: App[object]) -> Content:
    """The findings of today, or those of tomorrow: new ones marked `+`, gone ones `-`."""
    told = prospect.simulation
    if told is None:
        return plain("")
    if side is Side.BEFORE:
        listed = [_finding(" ", finding, width, app) for finding in shown_findings(told.before)]
        title = "Findings today" if told.changes else "Findings today, and as long as nothing is done"
        return _section(title, listed or [plain("  nothing that is known to be wrong", "dim")])
    change = tomorrow(told)
    listed = [_finding("+", f, width, app) for f in change.after if f.code in change.new]
    for words, left in (("gone", change.gone), ("no longer known to be there", change.unclear)):
        style = "$text-success" if left is change.gone else "$text-warning"
        listed += [plain(fit(f"- {words}: {finding.title}", width), style) for finding in left]
    listed += [_finding(" ", f, width, app) for f in change.after if f.code not in change.new]
    return _section(
        "Findings tomorrow (+ new, - gone)", listed or [plain("  nothing that is known to be wrong", "dim")]
    )


def _finding(mark: str, finding: Finding, width: int, app: App[object]) -> Content:
    return joined(plain(f"{mark} ", "bold"), listed_line(finding, symbols(app), width - 2))


def consequences(prospect: Prospect, width: int, *, airy: bool = False) -> Content:
    """What meets phones at once, the way back, the changes themselves, and what all of it rests on."""
    told, own = prospect.simulation, prospect.alternative
    parts: list[Content] = []
    if prospect.trouble:
        parts.append(hanging("", f"This plan cannot be made: {prospect.trouble}. e edits it.", width))
    if told is not None and told.changes:
        parts += _costs_of(told, width)
    if own.changes:
        source = f" ({own.source})" if own.source else ""
        lines = [hanging(f"{n:>3}. ", change, width) for n, change in enumerate(own.changes, start=1)]
        parts.append(_section(f"The changes, in this order{source}", lines))
    if prospect.notes:
        parts.append(_section("The numbers rest on", [hanging("  ", note, width) for note in prospect.notes]))
    return Content("\n\n" if airy else "\n").join(parts)


def _costs_of(told: Simulation, width: int) -> Iterator[Content]:
    before, after = told.before.inventory, told.after.inventory
    at_once = [_cost(cost, width) for cost in met_at_once(before, after)]
    unclear = leading_nowhere_known(before)
    if unclear or not any(name.role.faces_devices for name in before.namespaces):
        whose = ", ".join(unclear) or "the names that phones use"
        at_once.append(hanging("  ", f"not known for {whose}: where they lead is not known (J21)", width))
    none = [plain("  nothing: phones are not led to what it changes", "dim")]
    yield _section("Meets phones at once", at_once or none)
    back = [_cost(cost, width) for cost in way_back(before, after)]
    yield _section("The way back", back or [plain("  nothing is left behind that would be undone", "dim")])


def _cost(cost: Cost, width: int) -> Content:
    return hanging("  ", f"{', '.join(cost.about)}: {cost.what}", width, f"({cost.source})")


def _section(title: str, lines: Sequence[Content]) -> Content:
    return Content("\n").join([plain(title, "bold $primary"), *lines])


def left_out(out: LeftOut, width: int) -> Content:
    """Why a plan is not offered."""
    return Content("\n").join([
        hanging("", f"Not offered: {out.why}.", width),
        hanging("", "Stage 4 says what evidence would tell more; e plans any change by hand.", width),
    ])  # fmt: skip


def next_line(prospect: Prospect | None, planned: Sequence[str]) -> Content:
    """The next action, in one line."""
    told = prospect.simulation if prospect is not None else None
    if told is not None and met_at_once(told.before.inventory, told.after.inventory):
        return joined(plain("Meets phones at once (J21): ", "bold $text-warning"), "only inside the change window")
    if prospect is not None and prospect.alternative.changes and prospect.alternative.changes != tuple(planned):
        return joined(plain("p plans it ", "bold"), "for the cut-over and keeps it in the case; ", plain("e", "bold"),
                      " changes the plan")  # fmt: skip
    if prospect is not None and prospect.alternative.way is Way.PLANNED:
        return joined(plain("e ", "bold"), "changes the plan, line by line; ", plain("y", "bold"), " copies it")
    return joined(plain("down ", "bold"), "the next plan; ", plain("c", "bold"), " compares; ", plain("e", "bold"),
                  " plans changes of your own")  # fmt: skip
