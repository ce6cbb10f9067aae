"""`easwizard accept`: somebody decides to live with a finding until a day. Kept in the case; it stays visible."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from easwizard.cli.console import ExitCode, UsageError, complain, write

if TYPE_CHECKING:
    from easwizard.case.case import Case
    from easwizard.case.events import Event
    from easwizard.diagnosis.finding import Finding

_LONGEST = 2_000
"""Characters kept of a reason."""


def run(arguments: argparse.Namespace) -> int:
    """Write the decision into the case and say what it does; 0, or 2 where something does not fit."""
    from easwizard.cli.case_files import recorded

    now = datetime.now(UTC)
    _check_together(arguments)
    code = _code(arguments.code)
    case = recorded(arguments.case, now, lambda case: _events(case, code, arguments, now))
    _say(case, code, arguments, now)
    return ExitCode.NO_PROBLEM


def _check_together(arguments: argparse.Namespace) -> None:
    if arguments.withdraw:
        if arguments.reason is not None or arguments.until is not None:
            raise UsageError("--withdraw takes back what was accepted; it needs neither --reason nor --until")
        return
    if arguments.reason is None or not arguments.reason.strip():
        raise UsageError("--reason is missing: say why it is right to live with this finding")
    if arguments.until is None:
        raise UsageError("--until is missing: name the last day on which this holds, as YYYY-MM-DD")


def _code(text: str) -> str:
    from easwizard.diagnosis.problem import catalogue

    known = [entry.code for entry in catalogue()]
    code = text.strip().casefold()
    if code in known:
        return code
    near = get_close_matches(code, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "easwizard explain lists all"
    raise UsageError(f"{text[:80]!r} is no problem code; {hint}")


def _events(case: Case, code: str, arguments: argparse.Namespace, now: datetime) -> Iterator[Event]:
    from easwizard.case.events import AcceptanceWithdrawn, FindingAccepted
    from easwizard.case.mending import Acceptance
    from easwizard.case.untrusted import visible
    from easwizard.cli.case_files import last_day, user_name

    if arguments.withdraw:
        yield AcceptanceWithdrawn(code, _accepted_scope(case, code, arguments.scope))
        return
    until = last_day(arguments.until, now)
    scope = _scope(_finding(case, code, now), arguments.scope)
    reason = visible(arguments.reason.strip(), _LONGEST)
    yield FindingAccepted(Acceptance(code, scope, reason, until, user_name(), now))


def _accepted_scope(case: Case, code: str, scope: str) -> str:
    """The scope as it was accepted. Raises UsageError where there is nothing to take back."""
    scopes = [acceptance.scope for acceptance in case.accepted if acceptance.code == code]
    found = next((each for each in scopes if each.casefold() == scope.strip().casefold()), None)
    if found is None:
        told = ", ".join(each or "the whole finding" for each in scopes) or "nothing"
        raise UsageError(f"{code}: not accepted with this --scope; accepted is {told}")
    return found


def _finding(case: Case, code: str, now: datetime) -> Finding | None:
    """The finding as the case shows it; what is ruled out is none."""
    from easwizard.diagnosis.accepted import with_acceptances
    from easwizard.diagnosis.engine import diagnose
    from easwizard.diagnosis.verdicts import Verdict

    found = with_acceptances(diagnose(case), case.accepted, now.date()).finding(code)
    return found if found is not None and found.verdict is not Verdict.RULED_OUT else None


def _scope(finding: Finding | None, text: str) -> str:
    """One of the finding's subjects, as it is written there; a wrong one would never count. Raises UsageError."""
    from easwizard.case.untrusted import visible

    scope = visible(text.strip(), 200)
    if not scope or finding is None:
        return scope
    known = {subject.casefold(): subject for subject in finding.subjects}
    if scope.casefold() in known:
        return known[scope.casefold()]
    about = f"it is about {', '.join(finding.subjects)}" if finding.subjects else "it is about the whole estate"
    raise UsageError(f"--scope '{scope}' is nothing that {finding.code} is about; {about}")


def _say(case: Case, code: str, arguments: argparse.Namespace, now: datetime) -> None:
    from easwizard.reports.json_form import finding_form

    finding = _finding(case, code, now)
    if arguments.json:
        write(json.dumps(finding_form(finding) if finding else None, ensure_ascii=False, indent=2) + "\n")
    if finding is None:
        complain(f"note: {code} is not shown in this case now; what was said is kept for when it is")
        return
    if arguments.json:
        return
    state = "accepted" if finding.accepted is not None else "not accepted: it still counts"
    write(f"{code}: {state}\n")
    for line in finding.acceptance:
        write(f"  {line}\n")
