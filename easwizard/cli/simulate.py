"""`easwizard simulate`: an imported inventory before and after planned changes. It sends and changes nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from easwizard.case.case import UNKNOWN, Case, Vantage
from easwizard.case.untrusted import visible
from easwizard.cli.check import EXIT_OF
from easwizard.cli.console import UsageError, complain, write
from easwizard.cli.inputs import target
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.in_front import QUESTION as IN_FRONT
from easwizard.diagnosis.interview import AnswerError, parse_answer
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.evidence.gathering import Evidence, read_evidence
from easwizard.evidence.import_files import import_file
from easwizard.exchange.changes import ChangeError
from easwizard.exchange.routing import Device
from easwizard.reports.estate_map import as_text
from easwizard.reports.heat_map import ASCII_HEAT, HeatSigns, heat_map, path_lines, titles
from easwizard.reports.json_form import finding_form, route_form
from easwizard.reports.lines import WIDTH, wrapped
from easwizard.workflow.facing_names import with_names
from easwizard.workflow.simulate import VANTAGE, Simulation, State, simulate, with_unread, without_version
from easwizard.workflow.way_back import Cost, met_at_once, way_back

FORMAT = "easwizard-simulation"
VERSION = 1
_LONGEST = 1000
"""Characters of one line of text from files."""
_HEADLINE = {
    Outcome.PROBLEM: "A PROBLEM",
    Outcome.INCONCLUSIVE: "NOT KNOWN: too little is known, or something fails that nothing explains",
    Outcome.NO_PROBLEM_FOUND: "NO PROBLEM",
}
_HOLDS_WITHOUT = (
    "certificate rows hold where nothing in front ends TLS; say so with --answer tls-in-front=nothing (J14)"
)


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print; the exit code is that of the estate after the changes."""
    evidence = _evidence(arguments.files)
    in_front = _in_front(arguments.answer)
    inventory, unread = with_unread(evidence.inventory)
    named = with_names(inventory, tuple(dict.fromkeys(target(text) for text in arguments.name)), arguments.change)
    try:
        told = simulate(named.inventory, arguments.change, in_front)
    except ChangeError as error:
        raise UsageError(f"--change {error}") from None
    truncated = [what for reading in evidence.readings for what in reading.incomplete]
    outcome = told.after.verdict
    if truncated and outcome is Outcome.NO_PROBLEM_FOUND:
        outcome = Outcome.INCONCLUSIVE
    notes = (*named.assumed, *_notes(told, in_front, unread, truncated))
    if arguments.json:
        write(json.dumps(_document(told, outcome, notes), ensure_ascii=False, indent=2) + "\n")
    else:
        write("".join(f"{line}\n" for line in _lines(told, outcome, notes)))
    return EXIT_OF[outcome]


def _notes(told: Simulation, in_front: str, unread: Sequence[str], truncated: Sequence[str]) -> Iterator[str]:
    """What the numbers do not hold without."""
    if in_front == UNKNOWN and any(route.device is Device.CERTIFICATE for route in told.after.routes):
        yield _HOLDS_WITHOUT
    if unread:
        yield f"the virtual directories of {', '.join(unread)} were not read: one on each counts as unknown"
    unknown = without_version(told.after.inventory)
    if unknown:
        yield f"the version of {', '.join(unknown)} is not known, so that nothing here counts them"
    for what in truncated:
        yield f"a list is incomplete, so that the numbers may leave something out: {visible(what, _LONGEST)}"


def _in_front(answers: Sequence[str]) -> str:
    """What ends TLS in front. Other answers are about what phones meet today, which a plan makes history."""
    told = UNKNOWN
    for text in answers:
        try:
            question, told = parse_answer(Case(Vantage(VANTAGE)), text)
        except AnswerError as error:
            raise UsageError(f"--answer: {error}") from None
        if question != IN_FRONT:
            raise UsageError(f"--answer {question}: a simulation takes {IN_FRONT} only")
    return told


def _evidence(files: Sequence[str]) -> Evidence:
    """What the files say together; what could not be understood of them goes to stderr."""
    evidence = read_evidence([import_file(text) for text in files])
    useless = [r for r in evidence.readings if not (r.claims or r.objects or r.iis or r.observations or r.findings)]
    for reading in evidence.readings:
        for trouble in reading.troubles if reading not in useless else ():
            complain(visible(f"{trouble.where}: {trouble.what}", _LONGEST))
    if useless:
        whys = (f"{r.file}: {r.troubles[0].what if r.troubles else 'nothing in it is of use here'}" for r in useless)
        raise UsageError("; ".join(whys))
    for conflict in evidence.conflicts:
        told = " or ".join(value.value for value in conflict.values)
        complain(visible(f"{conflict.about}: {conflict.property} is {told}; {conflict.rule}", _LONGEST))
    return evidence


def _document(told: Simulation, outcome: Outcome, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "changes": list(told.changes),
        "before": _state_form(told.before),
        "after": _state_form(told.after),
        "verdict": outcome.value,
        "met_at_once": [_cost_form(cost) for cost in met_at_once(told.before.inventory, told.after.inventory)],
        "way_back": [_cost_form(cost) for cost in way_back(told.before.inventory, told.after.inventory)],
        "notes": list(notes),
    }


def _state_form(state: State) -> dict[str, Any]:
    return {
        "routes": [route_form(route) for route in state.routes],
        "findings": [finding_form(finding) for finding in state.diagnosis.findings],
    }


def _cost_form(cost: Cost) -> dict[str, Any]:
    return {"about": list(cost.about), "what": cost.what, "source": cost.source}


def _lines(told: Simulation, outcome: Outcome, notes: Sequence[str]) -> Iterator[str]:
    yield f"{_HEADLINE[outcome]}{' after the changes' if told.changes else ' as it is'}"
    for note in notes:
        yield from wrapped("note: ", note)
    if not told.changes:
        yield from _state("Doing nothing", told.after)
        yield from _findings(told.after)
        return
    yield ""
    yield "Changes, in this order"
    for number, change in enumerate(told.changes, start=1):
        yield f"  {number}. {visible(change, _LONGEST)}"
    yield from _state("Before", told.before)
    yield from _codes("  ", _shown(told.before))
    yield from _state("After", told.after)
    yield from _findings(told.after, _asserted(told.before))
    yield from _gone(told)
    yield from _costs("While it is done", met_at_once(told.before.inventory, told.after.inventory))
    yield from _costs("The way back", way_back(told.before.inventory, told.after.inventory))


def _signs() -> HeatSigns:
    """Signs that the terminal has: shades that it lacks would all become the sign of what is not known."""
    signs = HeatSigns()
    drawn = signs.shades + signs.signs.good + signs.signs.bad
    try:
        drawn.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return ASCII_HEAT
    return signs


def _state(title: str, state: State) -> Iterator[str]:
    """The heat map, and the paths behind each cell that is not wholly good."""
    signs = _signs()
    yield ""
    yield f"{title}: requests served, by the mailbox"
    if not state.routes:
        yield "  no route is known: no name that phones use, or no virtual directory"
    for line in as_text(heat_map(state.routes, signs, width=WIDTH - 2)).splitlines():
        yield f"  {line}"
    for title, route in titles([r for r in state.routes if r.odds.exact != 1]):
        yield from wrapped("  ", title)
        for odds, ending, why in path_lines(route, signs):
            yield from wrapped(f"    {odds.text}{ending.text}  ", why.text.strip())


def _findings(state: State, earlier: Collection[str] | None = None) -> Iterator[str]:
    """Each finding with its reason; a `+` marks one that the changes bring."""
    for finding in _shown(state):
        is_new = earlier is not None and finding.verdict.asserts and finding.code not in earlier
        label = f"  {'+' if is_new else ' '} {finding.verdict.value.upper()} {finding.severity.value} "
        yield from wrapped(label, visible(f"{finding.code}: {finding.summary}", _LONGEST))


def _codes(indent: str, findings: Sequence[Finding]) -> Iterator[str]:
    for verdict in Verdict:
        codes = [finding.code for finding in findings if finding.verdict is verdict]
        if codes:
            yield from wrapped(f"{indent}{verdict.value.upper()} ", ", ".join(codes))


def _shown(state: State) -> list[Finding]:
    return [finding for finding in state.diagnosis.findings if finding.verdict is not Verdict.RULED_OUT]


def _asserted(state: State) -> frozenset[str]:
    return frozenset(finding.code for finding in _shown(state) if finding.verdict.asserts)


def _gone(told: Simulation) -> Iterator[str]:
    """What the changes end; where odds are open, what is no longer shown need not be gone."""
    left = _asserted(told.before) - {finding.code for finding in _shown(told.after)}
    ruled_out = {f.code for f in told.after.diagnosis.findings if f.verdict is Verdict.RULED_OUT}
    is_sure = all(route.odds.exact is not None for route in told.after.routes)
    gone = {code for code in left if is_sure or code in ruled_out}
    for words, codes in (("gone", gone), ("no longer known to be there", left - gone)):
        if codes:
            yield from wrapped(f"  - {words}: ", ", ".join(sorted(codes)))


def _costs(title: str, costs: Sequence[Cost]) -> Iterator[str]:
    if costs:
        yield ""
        yield title
        for cost in costs:
            yield from wrapped("  - ", str(cost))
