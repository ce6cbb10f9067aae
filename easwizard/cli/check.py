"""`easwizard check`: looks at the named namespaces, diagnoses, and prints the report. No screen."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
from easwizard.case.requests import Resolver
from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.cli.equipment import certificate_label, deadlines, equipment, prober
from easwizard.cli.inputs import mailbox, member, pace, proxy, resolver, target
from easwizard.cli.keeping import kept, report_file, save_profile, save_report, with_profile
from easwizard.cli.talk import Talker
from easwizard.diagnosis.interview import AnswerError, check_answers, parse_answer
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.inventory import Role
from easwizard.exchange.routing import Mailbox
from easwizard.reports import json_form, plain
from easwizard.reports.model import Report, report_on
from easwizard.workflow.investigate import investigate
from easwizard.workflow.planning import SamplingManners, is_address

EXIT_OF = {
    Outcome.PROBLEM: ExitCode.PROBLEM,
    Outcome.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Outcome.NO_PROBLEM_FOUND: ExitCode.NO_PROBLEM,
}


class Interrupted(KeyboardInterrupt):
    """The admin ended the run; what was seen until then is not lost."""

    def __init__(self, report: Report) -> None:
        super().__init__("interrupted")
        self.report = report


def run(arguments: argparse.Namespace) -> int:
    """Check and print; the exit code is the contract's."""
    if arguments.verify is not None:
        from easwizard.cli import verify

        return verify.run(arguments)
    if arguments.plan:
        return _show_plan(arguments)
    report_path = report_file(arguments.report)
    try:
        report = examine(arguments, os.environ)
        code = EXIT_OF[report.outcome]
    except Interrupted as interruption:
        complain("interrupted; what was seen until then follows. Nothing was changed anywhere")
        report, code = interruption.report, ExitCode.INTERRUPTED
    if report_path is not None and report_path.suffix.casefold() == ".zip":
        from easwizard.cli.packing import pack_of_check

        code = code if pack_of_check(report, report_path, arguments) else ExitCode.USAGE
        report_path = None
    if arguments.redact not in (None, "none"):
        return _redacted(report, arguments, report_path) or code
    if report_path is not None:
        save_report(report, report_path)
    write(json_form.render(report) if arguments.json else plain.render(report))
    return code


def _redacted(report: Report, arguments: argparse.Namespace, report_path: Path | None) -> int:
    """Print and write the report redacted; 2 where a name would survive, and then nothing is written of it."""
    from easwizard.case.redaction.leaks import LeakFound
    from easwizard.reports.forms import form_of
    from easwizard.reports.redacted import checked, redacted_report, replaced

    shown, made = redacted_report(report, arguments.redact)
    complain(replaced(made))
    try:
        printed = checked(json_form.render(shown) if arguments.json else plain.render(shown), "the report", made)
        form = form_of(report_path.suffix) if report_path is not None else None
        if report_path is not None and form is not None:
            checked(form.render(shown), f"the report {report_path}", made)
            save_report(shown, report_path)
    except LeakFound as error:
        complain(str(error))
        return ExitCode.USAGE
    write(printed)
    return 0


def _show_plan(arguments: argparse.Namespace) -> ExitCode:
    """Print what a check would send; no secret is asked for, since nothing is sent."""
    if arguments.report or arguments.save:
        raise UsageError("--plan prints to stdout and writes neither --report nor --save")
    from easwizard.cli.plan import render, render_json
    from easwizard.workflow.preview import preview

    arguments = with_profile(arguments)
    case, manners = _understood(arguments)
    save_profile(arguments, case)
    label = certificate_label(arguments)
    if label is not None:
        case = replace(case, device_certificate=DeviceCertificate(label))
    plan = preview(case, manners, deadlines(arguments), _proxy(arguments))
    write(render_json(plan) if arguments.json else render(plan))
    return ExitCode.NO_PROBLEM


def examine(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Report:
    """Everything between the words of the command line and the report.

    Raises UsageError for wrong input, and Interrupted with what was seen when the admin ends the run.
    """
    arguments = with_profile(arguments)
    case, manners = _understood(arguments)
    save_profile(arguments, case)
    evidence = _apart(arguments.imports)[1]
    if arguments.no_network:
        with kept(arguments.save, case, evidence) as session:
            return report_on(session.case, datetime.now(UTC))
    held = equipment(arguments, case, environment, _proxy(arguments))
    case, talker, probing = replace(case, device_certificate=held.device_certificate), Talker(), prober(held)
    with kept(arguments.save, case, evidence) as session:
        try:
            # The session has everything too, but in the order of arrival.
            case = asyncio.run(investigate(case, probing, manners, session.keeping(talker), talker.announce))
        except KeyboardInterrupt:
            raise Interrupted(report_on(session.case, datetime.now(UTC))) from None
    return report_on(case, datetime.now(UTC))


def _understood(arguments: argparse.Namespace) -> tuple[Case, SamplingManners]:
    """The case before anything was looked at, and how the admin wants it looked at."""
    check_numbers(arguments)
    case = _case(arguments)
    _check_together(arguments, case)
    return _with_imports(case, arguments.imports), manners(arguments)


def _with_imports(case: Case, texts: list[str]) -> Case:
    """The case with what the files say. Raises UsageError for a file that cannot be used, before anything is sent."""
    if not texts:
        return case
    logs, texts = _apart(texts)
    case = _with_logs(case, logs)
    from easwizard.case.events import happened
    from easwizard.evidence.import_files import import_file
    from easwizard.workflow.bringing import Outcome, Stock, events_of, with_file

    stock = Stock()
    for text in texts:
        stock, verdict = with_file(stock, import_file(text), None, datetime.now(UTC))
        if verdict.outcome is Outcome.ALREADY:
            complain(f"note: {verdict.file.name}: {verdict.words}")
        elif verdict.outcome is not Outcome.ADDED:
            raise UsageError(f"--import {verdict.file.name}: {verdict.words}")
    for event in events_of(case, Stock(), stock):
        case = happened(case, event)
    return case


def _apart(texts: list[str]) -> tuple[list[str], list[str]]:
    """What `--import` names, as logs and as other evidence."""
    if not texts:
        return [], []
    from easwizard.workflow.log_files import apart

    return apart(texts)


def _with_logs(case: Case, names: list[str]) -> Case:
    """The case with what the logs say. Ctrl-C while they are read ends the command before anything is sent."""
    if not names:
        return case
    from easwizard.case.events import happened
    from easwizard.cli.log_reading import read
    from easwizard.workflow.log_files import event_of_logs

    reading, interrupted = read(names)
    if interrupted:
        raise KeyboardInterrupt
    return happened(case, event_of_logs(reading.counts))


def _case(arguments: argparse.Namespace) -> Case:
    targets = tuple(dict.fromkeys(target(text) for text in arguments.names))
    resolvers = tuple(resolver(text) for text in arguments.resolver)
    if not resolvers and not arguments.no_network and any(not is_address(t.host) for t in targets):
        resolvers = system_resolvers()
    case = Case(
        vantage=Vantage(socket.gethostname(), resolvers),
        targets=targets,
        accounts=accounts(arguments),
        members=tuple(dict.fromkeys(member(text, targets) for text in arguments.connect_to)),
    )
    return _answered(case, arguments.answer)


def accounts(arguments: argparse.Namespace) -> tuple[Account, ...]:
    """The test accounts of `--user` and `--mailbox`. Raises UsageError."""
    if len(arguments.mailbox) not in (0, len(arguments.user)):
        raise UsageError("--user and --mailbox go in pairs: give one --mailbox for each --user, in the same order")
    if len(set(arguments.user)) < len(arguments.user):
        raise UsageError("the same --user is given twice")
    boxes: list[Mailbox | None] = [mailbox(text) for text in arguments.mailbox]
    boxes = boxes or [None] * len(arguments.user)
    return tuple(Account(user, box) for user, box in zip(arguments.user, boxes, strict=True))


def _answered(case: Case, texts: list[str]) -> Case:
    try:
        for text in texts:
            question, value = parse_answer(case, text)
            case = case.with_answer(question, value)
        for warning in check_answers(case.answers):
            complain(f"note: {warning}")
    except AnswerError as error:
        raise UsageError(f"--answer: {error}") from error
    return case


def system_resolvers() -> tuple[Resolver, ...]:
    """The DNS servers of this machine. Raises UsageError where they cannot be found."""
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError) as error:
        raise UsageError("this machine's DNS servers cannot be found; name one with --resolver LABEL=IP") from error
    addresses = [str(address) for address in found.nameservers if isinstance(address, str)]
    return tuple(
        Resolver("system" if number == 1 else f"system-{number}", address, found.port)
        for number, address in enumerate(addresses, start=1)
    )


def check_numbers(arguments: argparse.Namespace) -> None:
    """Numbers within their limits. Raises UsageError."""
    if arguments.samples is not None and not 1 <= arguments.samples <= 100:
        raise UsageError("--samples goes from 1 to 100")
    if not 1 <= arguments.refusals <= 10:
        raise UsageError("--refusals goes from 1 to 10; mind the account's lock-out threshold")
    if arguments.timeout is not None and not 0 < arguments.timeout <= 600:
        raise UsageError("--timeout goes from above 0 to 600 seconds")
    if arguments.client_key and not arguments.client_cert:
        raise UsageError("--client-key needs --client-cert")


def _check_together(arguments: argparse.Namespace, case: Case) -> None:
    """Words that do not go together, or miss another one."""
    if not case.targets and not arguments.no_network and not arguments.imports:
        raise UsageError("a namespace is required: easwizard check [ROLE=]HOST[:PORT]...")
    if arguments.plan and arguments.no_network:
        raise UsageError("--plan shows what would be sent and --no-network sends nothing: give one of them")
    if arguments.proxy is not None:
        if arguments.user or arguments.client_cert:
            raise UsageError("--proxy is for looking only: leave out --user and --client-cert, or the proxy")
        if arguments.connect_to:
            raise UsageError("--proxy chooses the address itself, so --connect-to does not go with it")
    if arguments.autodiscover_post:
        if not any("@" in account.label for account in case.accounts):
            raise UsageError("--autodiscover-post needs a --user that is an e-mail address")
        if not case.with_role(Role.AUTODISCOVER):
            raise UsageError("--autodiscover-post needs a namespace autodiscover=HOST")


def _proxy(arguments: argparse.Namespace) -> str | None:
    return proxy(arguments.proxy) if arguments.proxy is not None else None


def manners(arguments: argparse.Namespace) -> SamplingManners:
    """How to sign in, as the words say. Raises UsageError."""
    seconds, careful = pace(arguments.pace)
    return SamplingManners(
        samples=arguments.samples,
        pace_seconds=seconds,
        careful=careful,
        refusals=arguments.refusals,
        autodiscover_post=arguments.autodiscover_post,
        through_proxy=_proxy(arguments) is not None,
    )
