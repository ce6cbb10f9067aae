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
from easwizard.cli.keeping import kept, save_profile, with_profile
from easwizard.cli.talk import Talker
from easwizard.diagnosis.interview import AnswerError, check_answers, parse_answer
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.inventory import Role
from easwizard.exchange.routing import Mailbox
from easwizard.reports import json_form, markdown, plain
from easwizard.reports.model import Report, report_on
from easwizard.workflow.investigate import investigate
from easwizard.workflow.planning import SamplingManners, is_address

EXIT_OF = {
    Outcome.PROBLEM: ExitCode.PROBLEM,
    Outcome.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Outcome.NO_PROBLEM_FOUND: ExitCode.NO_PROBLEM,
}
_FORMS = {".json": json_form.render, ".md": markdown.render, ".txt": plain.render}


class Interrupted(KeyboardInterrupt):
    """The admin ended the run; what was seen until then is not lost."""

    def __init__(self, report: Report) -> None:
        super().__init__("interrupted")
        self.report = report


def run(arguments: argparse.Namespace) -> int:
    """Check and print; the exit code is the contract's."""
    if arguments.plan:
        return _show_plan(arguments)
    report_file = _report_file(arguments.report)
    try:
        report = examine(arguments, os.environ)
        code = EXIT_OF[report.outcome]
    except Interrupted as interruption:
        complain("interrupted; what was seen until then follows. Nothing was changed anywhere")
        report, code = interruption.report, ExitCode.INTERRUPTED
    if report_file is not None:
        _save(report, report_file)
    write(json_form.render(report) if arguments.json else plain.render(report))
    return code


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
    if arguments.no_network:
        with kept(arguments.save, case) as session:
            return report_on(session.case, datetime.now(UTC))
    held = equipment(arguments, case, environment, _proxy(arguments))
    case, talker, probing = replace(case, device_certificate=held.device_certificate), Talker(), prober(held)
    with kept(arguments.save, case) as session:
        try:
            # The session has everything too, but in the order of arrival.
            case = asyncio.run(investigate(case, probing, manners, session.keeping(talker), talker.announce))
        except KeyboardInterrupt:
            raise Interrupted(report_on(session.case, datetime.now(UTC))) from None
    return report_on(case, datetime.now(UTC))


def _understood(arguments: argparse.Namespace) -> tuple[Case, SamplingManners]:
    """The case before anything was looked at, and how the admin wants it looked at."""
    _check_numbers(arguments)
    case = _case(arguments)
    _check_together(arguments, case)
    return _with_imports(case, arguments.imports), _manners(arguments)


def _with_imports(case: Case, texts: list[str]) -> Case:
    """The case with what the files say. Raises UsageError for a file that cannot be used, before anything is sent."""
    if not texts:
        return case
    from easwizard.case.events import happened
    from easwizard.evidence.import_files import import_file
    from easwizard.workflow.importing import NotImported, events_of_import, read_imports

    try:
        evidence = read_imports([import_file(text) for text in texts])
    except NotImported as error:
        raise UsageError(f"--import {error}") from error
    for event in events_of_import(case, evidence):
        case = happened(case, event)
    return case


def _case(arguments: argparse.Namespace) -> Case:
    targets = tuple(dict.fromkeys(target(text) for text in arguments.names))
    resolvers = tuple(resolver(text) for text in arguments.resolver)
    if not resolvers and not arguments.no_network and any(not is_address(t.host) for t in targets):
        resolvers = system_resolvers()
    case = Case(
        vantage=Vantage(socket.gethostname(), resolvers),
        targets=targets,
        accounts=_accounts(arguments),
        members=tuple(dict.fromkeys(member(text, targets) for text in arguments.connect_to)),
    )
    return _answered(case, arguments.answer)


def _accounts(arguments: argparse.Namespace) -> tuple[Account, ...]:
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


def _check_numbers(arguments: argparse.Namespace) -> None:
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


def _manners(arguments: argparse.Namespace) -> SamplingManners:
    seconds, careful = pace(arguments.pace)
    return SamplingManners(
        samples=arguments.samples,
        pace_seconds=seconds,
        careful=careful,
        refusals=arguments.refusals,
        autodiscover_post=arguments.autodiscover_post,
        through_proxy=_proxy(arguments) is not None,
    )


def _report_file(name: str | None) -> Path | None:
    """Checked before anything is sent, so that a long run does not end in a wrong file name."""
    if name is None:
        return None
    path = Path(name)
    if path.suffix not in _FORMS:
        raise UsageError(f"--report '{name}': the ending must be one of {', '.join(_FORMS)}")
    if not path.parent.is_dir():
        raise UsageError(f"--report '{name}': the folder {path.parent} does not exist")
    return path


def _save(report: Report, path: Path) -> None:
    try:
        path.write_text(_FORMS[path.suffix](report), encoding="utf-8")
    except OSError as error:
        complain(f"the report could not be written to {path}: {error.strerror}")
