"""`easwizard report`: a case as a report to hand on, redacted unless told otherwise; or the schema of its JSON."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.cli import case_files
from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.cli.keeping import new_report_file, write_new

if TYPE_CHECKING:
    from easwizard.case.redaction.redact import Redacted
    from easwizard.reports.forms import Form
    from easwizard.reports.model import Report


def run(arguments: argparse.Namespace) -> int:
    """Write the report, or print it; 0, or 2 with the reason on stderr."""
    if arguments.schema:
        from easwizard.reports.json_form import schema

        write(schema())
        return ExitCode.NO_PROBLEM
    if arguments.restore is not None:
        from easwizard.cli import restoring

        return restoring.run(arguments)
    if arguments.case is None:
        raise UsageError("name a case: easwizard report CASE.eascase; or --schema for the JSON Schema of reports")
    if arguments.pack is not None:
        return _pack(arguments)
    form = _form(arguments)
    report, made = _report(arguments)
    text = _checked(form.render(report), made)
    if arguments.output is None:
        write(text)
        return ExitCode.NO_PROBLEM
    path = _path(arguments.output, made.text(Path(arguments.case).stem), report, form)
    write_new(path, text)
    complain(f"the report is in {path}; {_marked(report)}")
    return ExitCode.NO_PROBLEM


def _pack(arguments: argparse.Namespace) -> int:
    """Write the escalation pack of a case; 0. Raises UsageError."""
    from easwizard.cli.packing import NotPacked, write_pack
    from easwizard.reports.model import report_on
    from easwizard.storage.evidence_folder import EvidenceFolder
    from easwizard.storage.pack_file import SUFFIX, is_pack
    from easwizard.storage.private_map import MapError, read_map

    path, case = Path(arguments.pack), Path(arguments.case)
    if not is_pack(path) or arguments.output or arguments.format or arguments.short:
        raise UsageError(f"--pack '{path}': the ending must be {SUFFIX}; it holds every form, so give no other")
    report = report_on(case_files.read(arguments.case), datetime.now(UTC))
    try:
        seed = read_map(Path(arguments.map)) if arguments.map is not None else None
        made = write_pack(report, EvidenceFolder(case), new_report_file(path, "--pack"), arguments.redact, seed)
    except (NotPacked, MapError) as error:
        raise UsageError(str(error)) from error
    for words in made.words:
        complain(words)
    return ExitCode.NO_PROBLEM


def _form(arguments: argparse.Namespace) -> Form:
    """The form that was asked for; else the one that the file's ending says; else plain text. Raises UsageError."""
    from easwizard.reports.forms import FORMS, SUFFIXES, form_of

    path = Path(arguments.output) if arguments.output is not None else None
    name = arguments.format
    if name is None and path is not None and not path.is_dir():
        form = form_of(path.suffix)
        if form is None:
            endings = ", ".join(SUFFIXES)
            raise UsageError(f"-o '{path}': the ending must be one of {endings}, or say --format")
        name = next(key for key, each in FORMS.items() if each is form)
    name = name or ("markdown" if arguments.short else "plain")
    if arguments.short and name != "markdown":
        raise UsageError("--short is a form of Markdown only: give --format markdown with it")
    return FORMS["short" if arguments.short else name]


def _report(arguments: argparse.Namespace) -> tuple[Report, Redacted]:
    """The report on the redacted case, and how it was redacted. Raises UsageError."""
    from easwizard.reports.model import report_on
    from easwizard.reports.redacted import redacted_report

    return redacted_report(report_on(case_files.read(arguments.case), datetime.now(UTC)), arguments.redact)


def _checked(text: str, made: Redacted) -> str:
    """The text, if no name that should be gone is still in it. Raises UsageError: then nothing is written."""
    from easwizard.case.redaction.leaks import LeakFound
    from easwizard.reports.redacted import checked

    try:
        return checked(text, "the report", made)
    except LeakFound as error:
        raise UsageError(f"{error}. Nothing was written; --redact none gives the report with all names") from error


def _path(output: str, name: str, report: Report, form: Form) -> Path:
    """The file to write: the one that was named, or one in the folder that was. Raises UsageError."""
    from easwizard.reports.marking import file_name

    path = Path(output)
    if path.is_dir():
        path = path / file_name(name, report.redacted, form.suffix)
    return new_report_file(path, "-o")


def _marked(report: Report) -> str:
    from easwizard.reports.marking import mark

    return mark(report)
