"""The checklist as plain text: the decision and its reasons first, then every gate; and a form to print and tick.

Own words are ASCII, so that it prints anywhere. Commands stay whole on the screen, to be copied; paper breaks them.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from easwizard.case.mending import GateState
from easwizard.case.untrusted import visible
from easwizard.checklist.decision import Checklist, Decision, GateStatus, Teller
from easwizard.checklist.freshness import in_words
from easwizard.reports.lines import WIDTH, wrapped

_HEADLINE = {
    Decision.GO: "GO: every gate holds or is waived",
    Decision.NO_GO: "NO-GO: do not move the names",
    Decision.UNDECIDED: "UNDECIDED: nothing fails, and not everything is known",
}
_SIGN = {
    GateState.PASS: "[+]",
    GateState.FAIL: "[x]",
    GateState.UNKNOWN: "[?]",
    GateState.WAIVED: "[w]",
    GateState.STALE: "[~]",
}
_TELLER = {Teller.PROGRAM: "seen by the program", Teller.PERSON: "told by a person"}
_LONGEST = 600
"""Characters shown of one text."""


def render(checklist: Checklist, changes: Sequence[str] = ()) -> str:
    """For the screen, ending in a newline."""
    return "\n".join(_lines(checklist, changes)) + "\n"


def render_printable(checklist: Checklist, changes: Sequence[str] = ()) -> str:
    """For paper: the same, with boxes to tick and how to check each gate by hand."""
    return "\n".join(_page(checklist, changes)) + "\n"


def _head(checklist: Checklist, changes: Sequence[str]) -> Iterator[str]:
    yield _HEADLINE[checklist.decision]
    counted = Counter(gate.state for gate in checklist.gates)
    counts = ", ".join(f"{counted[state]} {state.value}" for state in GateState if counted[state])
    yield from wrapped("", f"{checklist.at:%Y-%m-%d %H:%M} UTC   {len(checklist.gates)} gates: {counts}")
    for number, change in enumerate(changes, start=1):
        if number == 1:
            yield from ("", "Planned changes, in this order")
        yield from wrapped(f"  {number}. ", visible(change, _LONGEST))


def _lines(checklist: Checklist, changes: Sequence[str]) -> Iterator[str]:
    yield from _head(checklist, changes)
    pressing = [g for g in checklist.reasons() if g.state is not GateState.UNKNOWN]
    if pressing:
        yield from ("", "What stands against it")
    for gate in pressing:
        yield from _state(gate)
        yield from wrapped("      to do: ", gate.entry.words.by_hand)
        for command in gate.entry.words.commands:
            yield f"      [{command.shell}] {command.text}"
    unknown = len(checklist.reasons()) - len(pressing)
    if unknown:
        yield from ("", f"{unknown} gates are not known yet, marked {_SIGN[GateState.UNKNOWN]} below")
    for topic, gates in groupby(checklist.gates, key=lambda gate: gate.entry.gate.topic):
        yield from ("", topic.value)
        for gate in gates:
            if gate in pressing:
                yield from wrapped(f"  {_SIGN[gate.state]} {gate.state.value.upper():<7} ", f"{gate.id} (above)")
            else:
                yield from _state(gate)
    yield from _left_out(checklist)
    if checklist.decision is not Decision.GO:
        yield ""
        yield from wrapped("", "--print adds how to check each gate by hand; --gate ID=pass --note TEXT tells one")


def _state(gate: GateStatus) -> Iterator[str]:
    """What a gate is, in which state and why; who owns it and since when."""
    yield from wrapped(f"  {_SIGN[gate.state]} {gate.state.value.upper():<7} ", gate.entry.words.title)
    yield from wrapped("      ", f"{gate.id}: {visible(gate.why, _LONGEST)}")
    if gate.evidence and gate.evidence not in gate.why:
        yield from wrapped("      evidence: ", visible(gate.evidence, _LONGEST))
    about = [_TELLER[gate.told_by]] if gate.told_by is not None else []
    about += [f"{gate.at:%Y-%m-%d %H:%M} UTC"] if gate.at is not None else []
    about += [f"owner {visible(gate.owner, 60)}"] if gate.owner else []
    if about:
        yield from wrapped("      ", ", ".join(about))


def _left_out(checklist: Checklist) -> Iterator[str]:
    if checklist.left_out:
        names = ", ".join(entry.id for entry in checklist.left_out)
        yield ""
        yield from wrapped("Left out, since no phone signs in with a certificate here: ", names)


# Paper


def _page(checklist: Checklist, changes: Sequence[str]) -> Iterator[str]:
    for line in _head(checklist, changes):
        yield from [line] if len(line) <= WIDTH else _folded("     ", line.strip())
    reasons = checklist.reasons()
    if reasons:
        yield from ("", "What stands against it")
    for gate in reasons:
        yield from _folded(f"  [ ] {gate.state.value.upper():<7} ", f"{gate.id}: {visible(gate.why, _LONGEST)}")
    for topic, gates in groupby(checklist.gates, key=lambda gate: gate.entry.gate.topic):
        yield from ("", "=" * WIDTH, topic.value.upper())
        for gate in gates:
            yield ""
            yield from _box(gate)
    yield from _left_out(checklist)
    yield from ("", "=" * WIDTH, "", "Decision: [ ] go   [ ] no-go      by ____________________  at ________________")


def _box(gate: GateStatus) -> Iterator[str]:
    tick = "[x]" if gate.state is GateState.PASS else "[ ]"
    words = gate.entry.words
    yield from _folded(f"{tick} ", words.title)
    yield from _folded("    now       ", f"{gate.state.value.upper()}: {visible(gate.why, _LONGEST)}")
    yield from _folded("    why       ", f"{words.why} ({gate.entry.gate.source})")
    yield from _folded("    by hand   ", words.by_hand)
    for command in words.commands:
        yield from _folded("              ", f"[{command.shell}] {command.text}")
    if words.by_itself:
        yield from _folded("    itself    ", words.by_itself)
    yield from _folded("    counts    ", f"{in_words(gate.entry.gate.lasts)} once somebody has told it; {gate.id}")
    owner = visible(gate.owner, 20) or "_" * 16
    yield from _folded("    ", f"owner {owner}  when ______________  evidence ____________________")


def _folded(label: str, text: str) -> Iterator[str]:
    """A labelled paragraph that is never wider than the page, whatever is in it."""
    yield from textwrap.wrap(
        text or "-",
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * min(len(label), 14),
        break_long_words=True,
        break_on_hyphens=False,
    )
