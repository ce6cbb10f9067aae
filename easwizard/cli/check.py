"""`easwizard check`: looks at the named namespaces, diagnoses, and prints the report. No screen."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.requests import Resolver
from easwizard.cli.console import ExitCode, UsageError, complain, secret, write
from easwizard.cli.inputs import mailbox, pace, resolver, target
from easwizard.cli.talk import Talker
from easwizard.diagnosis.interview import AnswerError, check_answers, parse_answer
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.routing import Mailbox
from easwizard.reports import json_form, plain
from easwizard.reports.model import Report, report_on
from easwizard.workflow.investigate import investigate
from easwizard.workflow.planning import SamplingManners, is_address

if TYPE_CHECKING:
    from easwizard.probes.client_certificate import ClientCertificate
    from easwizard.probes.prober import Prober

EXIT_OF = {
    Outcome.PROBLEM: ExitCode.PROBLEM,
    Outcome.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    Outcome.NO_PROBLEM_FOUND: ExitCode.NO_PROBLEM,
}
_FORMS = {".json": json_form.render, ".txt": plain.render}


class Interrupted(KeyboardInterrupt):
    """The admin ended the run; what was seen until then is not lost."""

    def __init__(self, report: Report) -> None:
        super().__init__("interrupted")
        self.report = report


def run(arguments: argparse.Namespace) -> int:
    """Check and print; the exit code is the contract's."""
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


def examine(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Report:
    """Everything between the words of the command line and the report.

    Raises UsageError for wrong input, and Interrupted with what was seen when the admin ends the run.
    """
    case = _case(arguments)
    equipment = _equipment(arguments, case, environment)
    case, talker, prober = _with_certificate(case, equipment), Talker(), _prober(equipment)
    try:
        case = asyncio.run(investigate(case, prober, _manners(arguments), talker, talker.announce))
    except KeyboardInterrupt:
        raise Interrupted(report_on(case.with_observations(talker.observations), datetime.now(UTC))) from None
    return report_on(case, datetime.now(UTC))


@dataclass(frozen=True)
class Equipment:
    """What probing needs beside the case: files that were read and secrets that were asked for."""

    vantage: str
    ca_file: Path | None
    passwords: Mapping[str, tuple[str, str]]
    certificate: ClientCertificate | None
    certificate_label: str | None
    timeout: float | None

    def __repr__(self) -> str:
        return "Equipment(...)"


def _case(arguments: argparse.Namespace) -> Case:
    targets = tuple(dict.fromkeys(target(text) for text in arguments.names))
    resolvers = tuple(resolver(text) for text in arguments.resolver)
    if not resolvers and any(not is_address(t.host) for t in targets):
        resolvers = _system_resolvers()
    case = Case(
        vantage=Vantage(socket.gethostname(), resolvers),
        targets=targets,
        accounts=_accounts(arguments),
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


def _system_resolvers() -> tuple[Resolver, ...]:
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


def _equipment(arguments: argparse.Namespace, case: Case, environment: Mapping[str, str]) -> Equipment:
    _check_numbers(arguments)
    certificate = _certificate(arguments, environment)
    passwords = {
        account.label: (
            account.label,
            secret(
                "EASWIZARD_PASSWORD" if number == 1 else f"EASWIZARD_PASSWORD_{number}",
                f"the password of {account.label}",
                environment,
            ),
        )
        for number, account in enumerate(case.accounts, start=1)
    }
    return Equipment(
        vantage=case.vantage.host,
        ca_file=Path(arguments.ca) if arguments.ca else None,
        passwords=MappingProxyType(passwords),
        certificate=certificate,
        certificate_label=Path(arguments.client_cert).name if certificate is not None else None,
        timeout=arguments.timeout,
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


def _certificate(arguments: argparse.Namespace, environment: Mapping[str, str]) -> ClientCertificate | None:
    if not arguments.client_cert:
        return None
    from easwizard.probes.client_certificate import CertificateFileError, load_client_certificate, needs_passphrase

    path = Path(arguments.client_cert)
    key = Path(arguments.client_key) if arguments.client_key else None
    try:
        passphrase = (
            secret("EASWIZARD_PFX_PASSPHRASE", f"the passphrase of {path.name}", environment)
            if needs_passphrase(path, key)
            else None
        )
        return load_client_certificate(path, key, passphrase)
    except CertificateFileError as error:
        raise UsageError(f"--client-cert: {error}") from error


def _with_certificate(case: Case, equipment: Equipment) -> Case:
    return replace(case, device_certificate=equipment.certificate_label)


def _prober(equipment: Equipment) -> Prober:
    from easwizard.probes.prober import Deadlines, Limits, Prober
    from easwizard.probes.secrets import Password, Secrets
    from easwizard.probes.tls_contexts import Trust, TrustFileError

    try:
        trust = Trust.with_ca(equipment.ca_file) if equipment.ca_file is not None else Trust()
    except TrustFileError as error:
        raise UsageError(f"--ca: {error}") from error
    seconds = equipment.timeout
    deadlines = Deadlines(min(seconds, 5.0), seconds, seconds, seconds) if seconds is not None else Deadlines()
    passwords = {label: Password(user, password) for label, (user, password) in equipment.passwords.items()}
    return Prober(
        vantage=equipment.vantage,
        deadlines=deadlines,
        limits=Limits(),
        trust=trust,
        secrets=Secrets(passwords, equipment.certificate),
        clock=lambda: datetime.now(UTC),
    )


def _manners(arguments: argparse.Namespace) -> SamplingManners:
    seconds, careful = pace(arguments.pace)
    return SamplingManners(arguments.samples, seconds, careful, arguments.refusals)


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
