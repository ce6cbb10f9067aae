"""`easwizard check --verify CASE`: looks again at what the open steps of the case's plans need, and only at that.

What is seen goes into the case, with who looked and when. The exit code is that of `check` for the case as it stands
then: where nothing had to be looked at, that of what the case knows already. Exit 0 would say that all is well, which
nobody has seen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.events import AccountsNamed, CertificateChosen, Event, VantageChosen
from easwizard.case.untrusted import visible
from easwizard.cli.case_files import user_name
from easwizard.cli.check import EXIT_OF, accounts, check_numbers, manners, system_resolvers
from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.cli.equipment import equipment, prober
from easwizard.cli.inputs import resolver
from easwizard.cli.keeping import going_on, report_file, save_report
from easwizard.cli.talk import Talker
from easwizard.reports import json_form, plain
from easwizard.reports.lines import WIDTH, Paragraph, laid_out
from easwizard.reports.model import report_on
from easwizard.reports.times import both
from easwizard.workflow.mending import Standing, StepStanding
from easwizard.workflow.planning import is_address
from easwizard.workflow.session import Session
from easwizard.workflow.verifying import Looked, Wanted, compared, look_again, standings, told, wanted

_LONGEST = 2_000
_NOT_WITH = {
    "names": "names: they are those of the case",
    "save": "--save: what is seen goes into the case itself",
    "imports": "--import: bring files in the wizard, where copies are kept beside the case",
    "answer": "--answer: answers are given in the wizard",
    "connect_to": "--connect-to: machines are those of the case",
    "plan": "--plan",
    "profile": "--profile: names and resolvers are those of the case",
    "save_profile": "--save-profile",
    "proxy": "--proxy",
}
_NOTHING = (
    "nothing to verify: no step of any plan of this case was told as done. Steps are told in the wizard, stage 6 "
    "(d). Nothing was looked at; the report and the exit code are those of what the case knows already"
)
_OUT_OF_REACH = (
    "nothing here can be seen by looking: the open steps wait for a file, an output or a person, as said below. "
    "The report and the exit code are those of what the case knows already"
)


def run(arguments: argparse.Namespace) -> int:
    """Look, write it into the case, print before and after of each step, then the report; the code is `check`'s."""
    _check_together(arguments)
    report_path = report_file(arguments.report)
    with going_on(arguments.verify) as session:
        seen, code = _verified(arguments, session)
        report = report_on(session.case, datetime.now(UTC))
    if report_path is not None:
        save_report(report, report_path)
    if arguments.json:
        form = {**json_form.document(report), "verified": [looked_form(each) for each in seen]}
        write(json.dumps(form, ensure_ascii=True, indent=2) + "\n")
    else:
        write("\n".join([*steps_in_words(seen), "", plain.render(report)]))
    return code if code is not None else EXIT_OF[report.outcome]


def _check_together(arguments: argparse.Namespace) -> None:
    check_numbers(arguments)
    wrong = [words for name, words in _NOT_WITH.items() if getattr(arguments, name)]
    if wrong:
        raise UsageError(f"--verify does not go with {wrong[0]}")
    if arguments.redact not in (None, "none"):
        raise UsageError(
            "--verify shows your own plan and is never redacted; easwizard report redacts the case (J27)"
        )


def _verified(arguments: argparse.Namespace, session: Session) -> tuple[tuple[Looked, ...], ExitCode | None]:
    """Every open step before and after; with the code 130 where the admin ended the look."""
    events = _told_now(arguments, session.case)
    if events:
        session.record(*events)
    now = datetime.now(UTC)
    before, asked, code = standings(session.case, now), wanted(session.case, now), None
    if not before:
        complain(_NOTHING)
        return (), None
    if not asked.of(session.case).targets:
        complain(_OUT_OF_REACH)
    elif not arguments.no_network:
        code = _look(arguments, session, asked)
    after = standings(session.case, datetime.now(UTC))
    records = told(after, user_name())
    if records:
        session.record(*records)
    return compared(before, after), code


def _look(arguments: argparse.Namespace, session: Session, asked: Wanted) -> ExitCode | None:
    """Everything that is seen is in the session at once. Raises UsageError for what is missing, before it is sent."""
    case = _with_vantage(arguments, session, asked)
    needed = case if asked.signs_in else replace(case, accounts=())
    held = equipment(arguments, needed, os.environ, None)
    case = replace(needed, device_certificate=held.device_certificate)
    if held.device_certificate is not None and held.device_certificate != session.case.device_certificate:
        session.record(CertificateChosen(held.device_certificate))
    talker = Talker()
    try:
        asyncio.run(
            look_again(case, prober(held), manners(arguments), asked, session.keeping(talker), talker.announce)
        )
    except KeyboardInterrupt:
        complain("interrupted; what was seen until then is in the case and follows. Nothing was changed anywhere")
        return ExitCode.INTERRUPTED
    return None


def _told_now(arguments: argparse.Namespace, case: Case) -> list[Event]:
    """Test accounts that were named here for the first time."""
    named: dict[str, Account] = {account.label: account for account in case.accounts}
    named |= {account.label: account for account in accounts(arguments)}
    new = tuple(named.values())
    return [AccountsNamed(new)] if new != case.accounts else []


def _with_vantage(arguments: argparse.Namespace, session: Session, asked: Wanted) -> Case:
    """The case as it is looked at from this machine (J7)."""
    case, here = session.case, socket.gethostname()
    given = tuple(resolver(text) for text in arguments.resolver)
    known = case.vantage.resolvers if case.vantage.host == here else ()
    by_name = any(not is_address(target.host) for target in asked.of(case).targets)
    resolvers = given or known or (system_resolvers() if by_name else ())
    if (here, resolvers) != (case.vantage.host, case.vantage.resolvers):
        return session.record(VantageChosen(Vantage(here, resolvers)))
    return case


# What is said of it


def steps_in_words(seen: Sequence[Looked]) -> list[str]:
    """Each step before and after, below its plan."""
    return [visible(line, _LONGEST) for line in laid_out(_rows(seen), WIDTH)]


def _rows(seen: Sequence[Looked]) -> Iterator[str | Paragraph]:
    yield "STEPS, before and after looking" if seen else "STEPS: none is open"
    plan = ""
    for each in seen:
        if each.plan.key != plan:
            plan = each.plan.key
            yield ""
            yield Paragraph("", f"{each.plan.title} ({plan})")
        about = f" ({each.step.subject})" if each.step.subject else ""
        yield Paragraph(f"  {_SIGN[each.after.standing]} ", f"{each.step.title}{about}")
        course = f"{each.before.standing} -> {_now(each.after)}" if each.is_news else f"still {_now(each.after)}"
        yield Paragraph("      ", course)
        if each.after.why:
            yield Paragraph("      ", each.after.why.splitlines()[0])
        if each.after.standing is Standing.FAILED:
            way = each.step.undo or "; ".join(order.line for order in each.step.undo_orders)
            yield Paragraph("      ", f"undo: {way}" if way else "undo: the way back of the whole plan, in stage 6")


_SIGN = {
    Standing.VERIFIED: "[ok]",
    Standing.FAILED: "[x] ",
    Standing.TOO_EARLY: "[..]",
    Standing.WAITING: "[..]",
    Standing.CANNOT_BE_SEEN: "[?] ",
    Standing.DONE: "[ ] ",
    Standing.TO_DO: "[ ] ",
    Standing.HELD: "[-] ",
    Standing.UNDONE: "[-] ",
}


def _now(each: StepStanding) -> str:
    until = f" until {both(each.until)}" if each.until is not None else ""
    return f"{each.standing.value}{until}"


def looked_form(each: Looked) -> dict[str, Any]:
    """One step as JSON: an additive key of the report."""
    return {
        "plan": each.plan.key,
        "step": each.step.id,
        "subject": each.step.subject or None,
        "title": each.step.title,
        "before": each.before.standing.value,
        "after": each.after.standing.value,
        "why": each.after.why or None,
        "until_utc": json_form.utc(each.after.until) if each.after.until is not None else None,
    }
