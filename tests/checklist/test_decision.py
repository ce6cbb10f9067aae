"""How a gate's state follows from what is seen and what is said, and the decision from the states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.mending import GateRecord, GateState
from easwizard.checklist.decision import Decision, GateStatus, Teller, checklist, decide
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY, HOUR, WEEK, Kind, Rest, in_words
from easwizard.checklist.gate import Entry, Gate, Look, Sight, Topic
from easwizard.checklist.words import Words
from tests.checklist.estates import NOW

PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN
WAIVED, STALE = GateState.WAIVED, GateState.STALE
ID = "gate/made-up"


def sees(state: GateState, at: datetime | None = NOW, kind: Kind = Kind.LOOK) -> Look:
    sight = Sight(state, f"seen to {state}", (Rest(kind, at),))
    return lambda _: sight


def record(state: GateState, at: datetime = NOW, until: date | None = None, note: str = "a note") -> GateRecord:
    return GateRecord(ID, at, state, "anna", note, "ticket 7", until)


def judged(look: Look | None, *records: GateRecord, now: datetime = NOW) -> GateStatus:
    entry = Entry(ID, Gate(Topic.NETWORK, "7", lasts=DAY, look=look), Words("t", "w", "h", (), ""))
    (status,) = checklist(Evidence(Case(Vantage(""), gates=records), now), [entry]).gates
    return status


@pytest.mark.parametrize(
    ("look", "said", "state", "teller"),
    [
        (None, None, UNKNOWN, None),
        (None, PASS, PASS, Teller.PERSON),
        (None, FAIL, FAIL, Teller.PERSON),
        (None, UNKNOWN, UNKNOWN, None),
        (PASS, None, PASS, Teller.PROGRAM),
        (FAIL, None, FAIL, Teller.PROGRAM),
        (UNKNOWN, None, UNKNOWN, None),
        (UNKNOWN, PASS, PASS, Teller.PERSON),
        (FAIL, PASS, FAIL, Teller.PROGRAM),
        (PASS, FAIL, FAIL, Teller.PERSON),
        (PASS, UNKNOWN, PASS, Teller.PROGRAM),
    ],
)
def test_the_worse_of_what_is_seen_and_said_counts(
    look: GateState | None, said: GateState | None, state: GateState, teller: Teller | None
) -> None:
    records = [record(said)] if said is not None else []
    status = judged(sees(look) if look is not None else None, *records)
    assert (status.state, status.told_by) == (state, teller)


def test_a_pass_that_somebody_gave_against_a_failing_look_is_told() -> None:
    status = judged(sees(FAIL), record(PASS))
    assert "somebody said" in status.why
    assert "until a new look" in status.why
    assert status.note == "a note"


@pytest.mark.parametrize(
    ("kind", "age", "state"),
    [
        (Kind.LOOK, HOUR, PASS),
        (Kind.LOOK, HOUR + timedelta(seconds=1), STALE),
        (Kind.INVENTORY, DAY, PASS),
        (Kind.INVENTORY, DAY + timedelta(seconds=1), STALE),
        (Kind.LOG, WEEK, PASS),
        (Kind.LOG, WEEK + timedelta(seconds=1), STALE),
        (Kind.ANSWER, 100 * WEEK, PASS),
    ],
)
def test_what_was_seen_counts_as_long_as_j29_says(kind: Kind, age: timedelta, state: GateState) -> None:
    assert judged(sees(PASS, NOW - age, kind)).state is state


def test_what_nobody_dated_or_dated_ahead_does_not_count() -> None:
    undated = judged(sees(PASS, None, Kind.INVENTORY))
    assert undated.state is STALE
    assert "nobody noted when" in undated.why
    ahead = judged(None, record(PASS, NOW + DAY))
    assert ahead.state is STALE
    assert "one of the clocks is wrong" in ahead.why
    assert judged(None, record(PASS, NOW + timedelta(minutes=1))).state is PASS


def test_an_old_word_is_stale_and_a_fresh_look_makes_up_for_it() -> None:
    old = record(PASS, NOW - 2 * DAY)
    assert judged(None, old).state is STALE
    assert judged(sees(PASS), old).state is PASS
    assert judged(sees(PASS, NOW - DAY), record(PASS)).state is PASS
    assert judged(sees(FAIL, NOW - WEEK)).state is FAIL, "a failure does not go away by waiting"


def test_the_newest_record_counts() -> None:
    assert judged(None, record(FAIL), record(PASS)).state is PASS
    assert judged(None, record(PASS), record(UNKNOWN)).state is UNKNOWN


# Waivers


def test_a_waiver_holds_through_its_last_day_and_says_what_it_waives() -> None:
    waiver = record(WAIVED, until=NOW.date(), note="not needed here")
    last_moment = NOW.replace(hour=23, minute=59)
    status = judged(sees(FAIL), waiver, now=last_moment)
    assert status.state is WAIVED
    assert "not needed here" in status.why
    assert "without it: fail, seen to fail" in status.why
    over = judged(sees(FAIL), waiver, now=NOW + DAY)
    assert over.state is FAIL
    assert f"the waiver ended on {NOW.date()}" in over.why
    assert over.waiver is not None
    assert not over.waiver.holds


def test_after_a_waiver_what_was_said_before_counts_again() -> None:
    records = (record(FAIL), record(WAIVED, until=NOW.date()))
    assert judged(None, *records).state is WAIVED
    assert judged(None, *records, now=NOW + DAY).state is FAIL


def test_a_word_after_a_waiver_ends_it() -> None:
    assert judged(None, record(WAIVED, until=NOW.date()), record(FAIL)).state is FAIL


@pytest.mark.parametrize("waiver", [record(WAIVED), record(WAIVED, until=NOW.date(), note=" ")])
def test_a_waiver_without_an_end_or_a_reason_never_holds(waiver: GateRecord) -> None:
    assert judged(sees(FAIL), waiver).state is FAIL
    assert judged(None, waiver).state is UNKNOWN


def test_a_waived_gate_that_passes_says_so() -> None:
    assert judged(sees(PASS), record(WAIVED, until=NOW.date())).state is PASS


# The decision


@pytest.mark.parametrize(
    ("states", "decision"),
    [
        ([PASS, WAIVED], Decision.GO),
        ([PASS, UNKNOWN], Decision.UNDECIDED),
        ([PASS, STALE], Decision.UNDECIDED),
        ([PASS, FAIL, UNKNOWN, STALE, WAIVED], Decision.NO_GO),
        ([], Decision.UNDECIDED),
    ],
)
def test_the_decision(states: list[GateState], decision: Decision) -> None:
    assert decide(states) is decision


def test_a_rule_that_fails_is_no_pass_and_hides_nothing() -> None:
    def broken(_: Evidence) -> Sight:
        raise KeyError("x")

    status = judged(broken)
    assert status.state is UNKNOWN
    assert "please report it" in status.why
    assert judged(broken, record(PASS)).state is PASS


def test_the_owner_named_last_stays() -> None:
    assert judged(None, replace(record(PASS), owner="bert"), replace(record(FAIL), owner="")).owner == "bert"


@pytest.mark.parametrize(
    ("span", "words"),
    [(timedelta(minutes=90), "90 min"), (HOUR, "1 h"), (timedelta(hours=26), "26 h"), (8 * DAY, "8 days")],
)
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert in_words(span) == words
