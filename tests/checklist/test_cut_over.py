"""The article's cut-over over several days: kept on disk, with a waiver, a stale gate, a no-go and, mended, a go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from easwizard.case.case import Case
from easwizard.case.events import ChangesPlanned, Event, GateTold, Observed
from easwizard.case.mending import GateRecord, GateState
from easwizard.checklist.decision import Checklist, Decision
from easwizard.checklist.gate import Mode, catalogue
from easwizard.reports.checklist_text import render
from easwizard.storage.case_file import CaseFile, read_case, write_case
from easwizard.workflow.gating import checklist_of
from tests.checklist.estates import NOW, answers, certificates, cut_over_case, plan, proxies, resolved
from tests.exchange.estates import LEGACY_GENERIC

WAIVED, STALE, MENDED = "gate/kb3140410", "gate/no-redirect", ("gate/legacy-leg", "gate/planned-cutover")
TOMORROW = NOW + timedelta(days=1)


def kept(file: Path, *events: Event) -> Case:
    """The case after these events, read again from disk."""
    with CaseFile.open(file) as opened:
        opened.append(events)
    return read_case(file)


def seen(moment: datetime) -> list[Event]:
    """Everything that a check of this moment sees of the estate, but for the answers to phones."""
    looks = (*certificates(), proxies(), resolved(LEGACY_GENERIC, "127.0.0.1"))
    return [Observed(replace(look, at=moment)) for look in looks]


def said(moment: datetime) -> list[Event]:
    """What people say of every gate that the program does not tell by itself, and of what it could not see here."""
    unseen = ("gate/dns-from-new-servers", "gate/leg-from-new-servers", "gate/certificates-proven")
    told = [e.id for e in catalogue() if e.mode is Mode.MANUAL or e.id in (*unseen, "gate/autodiscover-answer")]
    return [GateTold(GateRecord(gate, moment, GateState.PASS, "anna", "done", "ticket 7")) for gate in told]


def states(found: Checklist) -> dict[GateState, set[str]]:
    return {state: {gate.id for gate in found.gates if gate.state is state} for state in GateState}


def test_a_checklist_of_several_days_ends_no_go_and_then_go(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, cut_over_case(*answers(NOW), read_at=TOMORROW))
    waiver = GateRecord(
        WAIVED, NOW, GateState.WAIVED, "bert", "the old servers go next week", waived_until=date(2026, 3, 20)
    )
    kept(file, GateTold(waiver))

    first = checklist_of(kept(file, *said(TOMORROW), *seen(TOMORROW)), TOMORROW)
    assert first.decision is Decision.NO_GO
    by_state = states(first)
    assert by_state[GateState.FAIL] == {*MENDED, "gate/legacy-names"}
    assert by_state[GateState.WAIVED] == {WAIVED}
    assert by_state[GateState.STALE] == {STALE}
    assert by_state[GateState.UNKNOWN] == {"gate/proxy-directory"}
    reasons = {gate.id: gate.why for gate in first.reasons()}
    assert "50 %" in reasons["gate/legacy-leg"]
    assert "it is 24 h old and counts for 1 h" in reasons[STALE]
    assert set(list(reasons)[:3]) == by_state[GateState.FAIL], "failures stand first"
    text = render(first)
    assert text.startswith("NO-GO")
    assert "the old servers go next week" in " ".join(text.split())

    mended = checklist_of(kept(file, ChangesPlanned(plan(aligned=True))), TOMORROW)
    assert mended.decision is Decision.UNDECIDED
    assert [gate.id for gate in mended.reasons()] == [STALE]

    fresh = [Observed(look) for look in answers(TOMORROW)]
    last = checklist_of(kept(file, *fresh), TOMORROW)
    assert last.decision is Decision.GO, [(gate.id, gate.why) for gate in last.reasons()]
    assert states(last)[GateState.WAIVED] == {WAIVED}

    later = checklist_of(read_case(file), TOMORROW + timedelta(days=20))
    assert later.decision is Decision.UNDECIDED
    gate = later.gate(WAIVED)
    assert gate is not None
    assert gate.state is GateState.UNKNOWN
    assert "the waiver ended on 2026-03-20" in gate.why
