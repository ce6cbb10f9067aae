"""What the checklist says: its decision, a row for each gate, and one gate in full. Holds no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby

from textual.content import Content

from easwizard.case.case import Case
from easwizard.case.mending import GateState
from easwizard.checklist.decision import Checklist, Decision, GateStatus, Teller
from easwizard.checklist.freshness import in_words
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens.checklist_leads import lead
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.symbols import ASCII, Symbols
from easwizard.tui.widgets.row_list import Row, cut, fit

_HEADLINES = {
    Decision.GO: "GO: every gate holds or is waived",
    Decision.NO_GO: "NO-GO: do not move the names",
    Decision.UNDECIDED: "UNDECIDED: not everything is known",
}
_STYLES: Mapping[GateState, str] = {
    GateState.PASS: "$text-success",
    GateState.FAIL: "bold $text-error",
    GateState.UNKNOWN: "",
    GateState.WAIVED: "$text-accent",
    GateState.STALE: "bold $text-warning",
}
_DECISION_STYLES = {
    Decision.GO: "bold $text-success",
    Decision.NO_GO: "bold $text-error",
    Decision.UNDECIDED: "bold $text-warning",
}
_WORST_FIRST = (GateState.FAIL, GateState.STALE, GateState.UNKNOWN, GateState.WAIVED, GateState.PASS)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TELLERS = {Teller.PROGRAM: "seen", Teller.PERSON: "told"}
_BY = {Teller.PROGRAM: "by the program", Teller.PERSON: "by a person"}
_STATE_WIDTH, _OWNER_WIDTH, _TITLE_LEAST = 7, 10, 24
_LABEL_WIDTH = 10


def sign(state: GateState, signs: Symbols) -> str:
    """One column; never alone, its word stands beside it."""
    waived, stale = ("w", "~") if signs is ASCII else ("○", "~")
    return {
        GateState.PASS: signs.good,
        GateState.FAIL: signs.bad,
        GateState.UNKNOWN: "?",
        GateState.WAIVED: waived,
        GateState.STALE: stale,
    }[state]


# The decision


def headline(found: Checklist, signs: Symbols, width: int) -> Content:
    """E.g. `✗ NO-GO: do not move the names   8 pass, 3 fail, 34 unknown`, in one line."""
    mark = {Decision.GO: signs.good, Decision.NO_GO: signs.bad}.get(found.decision, "?")
    counted = Counter(gate.state for gate in found.gates)
    head = plain(f"{mark} {_HEADLINES[found.decision]}", _DECISION_STYLES[found.decision])
    return cut(joined(head, "  ", _counts(counted)), width)


def reasons(found: Checklist, signs: Symbols, width: int, lines: int) -> Content:
    """What stands against going, the most pressing first, in so many lines; with nothing against it, how long."""
    against = found.reasons()
    if not against:
        return Content("\n").join([cut(line, width) for line in _standing(found)][:lines])
    pressing = [gate for gate in against if gate.state is not GateState.UNKNOWN]
    shown = pressing if len(pressing) <= lines - 1 else pressing[: lines - 1]
    told = [cut(_reason(gate, signs), width) for gate in shown]
    left = Counter(gate.state for gate in against if gate not in shown)
    if left:
        more = "  and more: " if shown else "  "
        told.append(cut(joined(more, _counts(left), "; ", plain("n", "bold"), " goes to the next"), width))
    return Content("\n").join(told)


def _counts(counted: Mapping[GateState, int]) -> str:
    return ", ".join(f"{counted[state]} {state.value}" for state in _WORST_FIRST if counted[state])


def _reason(gate: GateStatus, signs: Symbols) -> Content:
    head = plain(f"{sign(gate.state, signs)} {gate.state.value.upper()} ", _STYLES[gate.state])
    return joined(head, plain(gate.entry.words.title, "bold"), f": {gate.why}")


def _standing(found: Checklist) -> Iterator[Content]:
    """How long a go stands, and what was waived for it."""
    ends = [(gate.until, gate.id) for gate in found.gates if gate.until is not None and gate.state is GateState.PASS]
    if ends:
        end, first = min(ends)
        title = "".join(gate.entry.words.title for gate in found.gates if gate.id == first)
        yield joined("It stands until ", plain(both_clocks(end, found.at), "bold"), f": {title}")
    for gate in found.gates:
        if gate.state is GateState.WAIVED and gate.waiver is not None:
            yield plain(f"waived until {gate.waiver.until}: {gate.entry.words.title}: {gate.waiver.reason}")


# The list


def key_of(gate: GateStatus) -> str:
    return gate.id


def rows(found: Checklist, signs: Symbols, width: int, *, only_open: bool = False) -> list[Row]:
    """Every gate below its topic, or only those that stand against going."""
    shown = found.reasons() if only_open else found.gates
    listed: list[Row] = []
    for topic, gates in groupby((g for g in found.gates if g in shown), key=lambda gate: gate.entry.gate.topic):
        listed.append(Row(f"topic {topic}", plain(topic.value), is_heading=True))
        listed += [Row(key_of(gate), _line(gate, found.at, signs, width)) for gate in gates]
    if not listed:
        listed.append(Row("none", plain("Nothing stands against going. a shows all gates."), is_heading=True))
    if found.left_out and not only_open:
        words = f"{len(found.left_out)} left out: no phone signs in with a certificate here"
        listed.append(Row("left out", plain(words, "dim"), is_heading=True))
    return listed


def _line(gate: GateStatus, now: datetime, signs: Symbols, width: int) -> Content:
    word = gate.state.value.upper() if gate.state in (GateState.FAIL, GateState.STALE) else gate.state.value
    head = f"{sign(gate.state, signs)} {word:<{_STATE_WIDTH}} "
    tail = "  ".join(part for part in (_short(gate, now), _owner(gate)) if part)
    if len(head) + _TITLE_LEAST + len(tail) + 2 > width:
        tail = _owner(gate) if len(head) + _TITLE_LEAST + len(_owner(gate)) + 2 <= width else ""
    title = fit(gate.entry.words.title, max(8, width - len(head) - (len(tail) + 2 if tail else 0)))
    style = "bold" if gate.state in (GateState.FAIL, GateState.STALE) else ""
    return joined(plain(head, _STYLES[gate.state]), plain(title, style), plain(f"  {tail}" if tail else "", "dim"))


def _short(gate: GateStatus, now: datetime) -> str:
    """How fresh it is, in a few columns."""
    if gate.state is GateState.WAIVED and gate.waiver is not None:
        return f"until {_day(gate.waiver.until, now)}"
    if gate.until is not None:
        return f"{'until' if gate.state is GateState.PASS else 'ended'} {_clock(gate.until, now)}"
    return f"{_TELLERS[gate.told_by]} {_clock(gate.at, now)}" if gate.told_by is not None and gate.at else ""


def _day(day: date | None, now: datetime) -> str:
    """A day in a few columns, with the year where it is another one."""
    if day is None:
        return "never"
    return f"{day.day} {_MONTHS[day.month - 1]}" if day.year == now.year else day.isoformat()


def _owner(gate: GateStatus) -> str:
    return fit(gate.owner, min(_OWNER_WIDTH, len(gate.owner))) if gate.owner else ""


def _clock(at: datetime, now: datetime) -> str:
    """The time of day in UTC, or the day where it is another one."""
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return _day(at.date(), now)


def moment(at: datetime, now: datetime) -> str:
    """E.g. `15:02 UTC`, with the day where it is another one."""
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M} UTC"


# One gate in full


def detail(gate: GateStatus, found: Checklist, width: int) -> Content:
    """What is known of it and since when, why it matters, how to check it by hand and what the program can tell."""
    words = gate.entry.words
    blocks = [_labelled("Now", f"{gate.state.value.upper()}: {gate.why}", width)]
    if gate.told_by is not None:
        blocks.append(_labelled("When", freshness(gate, found.at), width))
    if gate.owner:
        blocks.append(_labelled("Owner", gate.owner, width))
    if gate.note and gate.note not in gate.why:
        blocks.append(_labelled("Note", gate.note, width))
    if gate.evidence and gate.evidence not in gate.why:
        blocks.append(_labelled("Evidence", gate.evidence, width))
    blocks += [
        _labelled("Why", words.why, width, f"({gate.entry.gate.source})"),
        _labelled("By hand", words.by_hand, width),
        *_commands(gate, width),
        _labelled("By itself", words.by_itself or "The program cannot tell this: a person does.", width),
        _labelled("Counts", f"{in_words(gate.entry.gate.lasts)} once somebody has told it; {gate.id}", width),
    ]
    return Content("\n").join(blocks)


def freshness(gate: GateStatus, now: datetime) -> str:
    """When what it rests on was seen or told, and until when that counts."""
    if gate.told_by is None:
        return "nothing was seen or told yet"
    since = both_clocks(gate.at, now) if gate.at is not None else "at a time that nobody noted"
    if gate.waiver is not None and gate.state is GateState.WAIVED:
        return f"waived {since}, until the end of {gate.waiver.until} (UTC)"
    text = f"{_TELLERS[gate.told_by]} {since} {_BY[gate.told_by]}"
    if gate.until is None:
        return text
    return f"{text}, {'fresh until' if gate.until >= now else 'was fresh until'} {both_clocks(gate.until, now)}"


def both_clocks(at: datetime, now: datetime) -> str:
    """The moment in UTC, and beside it by the clock of this machine where that shows another time."""
    local = at.astimezone()
    return f"{moment(at, now)} ({local:%H:%M} here)" if local.utcoffset() else moment(at, now)


def _commands(gate: GateStatus, width: int) -> Iterator[Content]:
    for one in gate.entry.words.commands:
        yield plain(f"{'':<{_LABEL_WIDTH}}{one.shell} (c copies)", "dim")
        yield command(one.text, width, " " * _LABEL_WIDTH)


def _labelled(label: str, text: str, width: int, source: str = "") -> Content:
    return hanging(f"{label:<{_LABEL_WIDTH}}", text, width, source)


def next_line(case: Case, found: Checklist, gate: GateStatus | None) -> Content:
    """The next action about the marked gate, in one line."""
    if gate is None or found.decision is Decision.GO:
        return joined(plain("e ", "bold"), "saves the checklist to print and sign")
    next_one = lead(case, gate)
    return joined(plain(f"{next_one.key}  ", "bold"), next_one.words)
