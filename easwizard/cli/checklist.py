"""`easwizard checklist`: the gates of a cut-over, what is known of each, and whether the names may move.

It looks at nothing itself: what probes saw and files said is in the case. What is told here is kept in the case.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from easwizard.cli.console import ExitCode, UsageError, write

if TYPE_CHECKING:
    from easwizard.case.case import Case
    from easwizard.case.events import Event
    from easwizard.case.mending import GateRecord, GateState

_LONGEST = 2_000
"""Characters kept of one text."""


def run(arguments: argparse.Namespace) -> int:
    """Record what was told, print the checklist; 0 go, 1 no-go, 3 undecided."""
    from easwizard.checklist.decision import Decision
    from easwizard.reports.checklist_form import render_json
    from easwizard.reports.checklist_text import render, render_printable
    from easwizard.workflow.gating import checklist_of

    now = datetime.now(UTC)
    case = _case(arguments, now)
    found = checklist_of(case, now)
    if arguments.json:
        write(render_json(found, case.changes))
    else:
        write((render_printable if arguments.printable else render)(found, case.changes))
    codes = {Decision.GO: ExitCode.NO_PROBLEM, Decision.NO_GO: ExitCode.PROBLEM}
    return codes.get(found.decision, ExitCode.INCONCLUSIVE)


def _case(arguments: argparse.Namespace, now: datetime) -> Case:
    """The case, with what this command tells of it. Without a file it is empty."""
    from easwizard.case.case import Case, Vantage
    from easwizard.cli.case_files import read, recorded

    _check_together(arguments)
    if not (arguments.gate or arguments.waive or arguments.change):
        return read(arguments.case) if arguments.case is not None else Case(Vantage(""))
    if arguments.case is None:
        raise UsageError("--gate, --waive and --change are kept in a case: name one, CASE.eascase")
    return recorded(arguments.case, now, lambda case: _events(case, arguments, now))


def _check_together(arguments: argparse.Namespace) -> None:
    about = [name for name in ("note", "owner", "evidence") if getattr(arguments, name) is not None]
    if about and not (arguments.gate or arguments.waive):
        raise UsageError(f"--{about[0]} belongs to --gate or --waive")
    if bool(arguments.waive) != (arguments.reason is not None) or bool(arguments.waive) != (
        arguments.until is not None
    ):
        raise UsageError("a waiver needs --waive ID, --reason TEXT and --until DATE together")
    if arguments.waive and not arguments.gate and (arguments.note or arguments.evidence):
        raise UsageError("--note and --evidence belong to --gate; a waiver has its --reason")
    if arguments.waive and not arguments.reason.strip():
        raise UsageError("--reason is empty: say why it is right to go without this gate")
    if arguments.json and arguments.printable:
        raise UsageError("--json and --print are two forms: give one of them")


def _events(case: Case, arguments: argparse.Namespace, now: datetime) -> Iterator[Event]:
    from easwizard.case.events import ChangesPlanned, GateTold
    from easwizard.cli.case_files import user_name
    from easwizard.workflow.gating import with_owner

    if arguments.change:
        yield ChangesPlanned(_planned(case, arguments.change))
    for record in [*_told(arguments, now), *_waived(arguments, now)]:
        yield GateTold(with_owner(case, record, user_name()))


def _planned(case: Case, changes: list[str]) -> tuple[str, ...]:
    """The planned changes as they are now, all of them; nothing but `none` plans none any more."""
    from easwizard.exchange.changes import ChangeError
    from easwizard.workflow.gating import planned_estate

    if changes == ["none"]:
        return ()
    if not case.inventory.vdirs:
        raise UsageError("--change: no inventory is in this case; import one first")
    try:
        planned_estate(case, tuple(changes))
    except ChangeError as error:
        raise UsageError(f"--change {error}") from None
    return tuple(changes)


def _told(arguments: argparse.Namespace, now: datetime) -> Iterator[GateRecord]:
    from easwizard.case.mending import GateState

    states = {state.value: state for state in (GateState.PASS, GateState.FAIL, GateState.UNKNOWN)}
    for text in arguments.gate:
        gate, equals, value = text.partition("=")
        if not equals or value not in states:
            raise UsageError(f"--gate {text[:80]!r} is not ID=pass, ID=fail or ID=unknown")
        yield _record(arguments, gate, now, states[value])


def _waived(arguments: argparse.Namespace, now: datetime) -> Iterator[GateRecord]:
    from dataclasses import replace

    from easwizard.case.mending import GateState
    from easwizard.cli.case_files import last_day

    for gate in arguments.waive:
        record = _record(arguments, gate, now, GateState.WAIVED)
        yield replace(record, note=_kept(arguments.reason), waived_until=last_day(arguments.until, now))


def _record(arguments: argparse.Namespace, gate: str, now: datetime, state: GateState) -> GateRecord:
    from easwizard.case.mending import GateRecord
    from easwizard.workflow.gating import UnknownGate, gate_id

    try:
        known = gate_id(gate)
    except UnknownGate as error:
        raise UsageError(str(error)) from None
    return GateRecord(
        gate=known,
        at=now,
        state=state,
        owner=_kept(arguments.owner),
        note=_kept(arguments.note),
        evidence=_kept(arguments.evidence),
    )


def _kept(text: str | None) -> str:
    from easwizard.case.untrusted import visible

    return visible((text or "").strip(), _LONGEST)
