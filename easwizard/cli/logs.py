"""`easwizard logs`: what IIS, HttpProxy and HTTPERR logs say about ActiveSync. It opens files and sends nothing."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from easwizard.case.case import Case, Vantage
from easwizard.case.events import happened
from easwizard.case.log_counts import LogCounts
from easwizard.case.untrusted import visible
from easwizard.cli.check import EXIT_OF
from easwizard.cli.console import ExitCode, UsageError, write
from easwizard.cli.inputs import target
from easwizard.cli.log_reading import read
from easwizard.cli.log_rows import (
    Fitting,
    export,
    export_file,
    filter_of,
    fitting,
    tables_folder,
    write_tables,
)
from easwizard.diagnosis.clues import Effect
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.interview import AnswerError, parse_answer
from easwizard.diagnosis.log_outcome import unexplained_in_logs, unseen_in_logs
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.json_form import finding_form, plain
from easwizard.reports.lines import WIDTH, Paragraph, laid_out
from easwizard.reports.log_form import log_form
from easwizard.reports.log_text import coverage_rows, told_rows
from easwizard.workflow.log_files import event_of_logs

if TYPE_CHECKING:
    from easwizard.evidence.logs.rows import Row

FORMAT = "easwizard-logs"
VERSION = 1
_LONGEST = 2_000
_HEADLINE = {
    Outcome.PROBLEM: "PROBLEM FOUND in these logs",
    Outcome.INCONCLUSIVE: "INCONCLUSIVE: the logs hold too little, or something fails that nothing explains",
    Outcome.NO_PROBLEM_FOUND: "NO PROBLEM FOUND in what these logs hold",
}
_SIGN = {Effect.PROVES: "++", Effect.SUPPORTS: "+ ", Effect.WEAKENS: "- ", Effect.EXCLUDES: "--"}
Rows = Iterator[str | Paragraph]


def run(arguments: argparse.Namespace) -> int:
    """Read, judge and print; the exit code is that of `check`, or 130 where Ctrl-C ended the reading."""
    if arguments.sql:
        from easwizard.evidence.logs.export import SIGNATURE_SQL

        write(SIGNATURE_SQL)
        return ExitCode.NO_PROBLEM
    if not arguments.files:
        raise UsageError("name a log, a folder of logs or a glob: easwizard logs FILE|FOLDER|GLOB...")
    wanted = filter_of(arguments.user, arguments.device, arguments.target, arguments.hour)
    export_to, tables_to = export_file(arguments.export, arguments.output), tables_folder(arguments.tables)
    case = _case(arguments)
    reading, interrupted = read(arguments.files)
    case = happened(case, event_of_logs(reading.counts))
    shown: Fitting | None = None
    if not interrupted:
        if tables_to is not None:
            write_tables(reading, tables_to)
        if export_to is not None:
            export(arguments.files, wanted, arguments.export, export_to)
        if wanted.is_set:
            shown = fitting(arguments.files, wanted, arguments.rows)
    diagnosis = diagnose(case)
    judged = outcome(case, diagnosis)
    if arguments.json:
        write(json.dumps(document(reading.counts, diagnosis, judged, shown), ensure_ascii=False, indent=2) + "\n")
    else:
        lines = laid_out(_rows(case, reading.counts, diagnosis, judged, shown), WIDTH)
        write("".join(f"{visible(line, _LONGEST)}\n" for line in lines))
    return ExitCode.INTERRUPTED if interrupted else EXIT_OF[judged]


def _case(arguments: argparse.Namespace) -> Case:
    """The names and answers that help to judge; looked at is nothing."""
    targets = tuple(dict.fromkeys(target(text) for text in arguments.name))
    case = Case(Vantage(socket.gethostname()), targets=targets)
    try:
        for text in arguments.answer:
            question, value = parse_answer(case, text)
            case = case.with_answer(question, value)
    except AnswerError as error:
        raise UsageError(f"--answer: {error}") from error
    return case


def document(
    counts: LogCounts, diagnosis: Diagnosis, judged: Outcome, shown: Fitting | None = None
) -> dict[str, Any]:
    """The JSON form (DESIGN 6)."""
    rows = {} if shown is None else {"rows": [row._asdict() for row in shown.rows], "rows_total": shown.total}
    return {
        "format": FORMAT,
        "version": VERSION,
        **log_form(counts),
        "findings": [finding_form(finding) for finding in diagnosis.findings],
        "verdict": judged.value,
        "next_best": plain(diagnosis.next_best) if diagnosis.next_best is not None else None,
        **rows,
    }


def _rows(case: Case, counts: LogCounts, diagnosis: Diagnosis, judged: Outcome, shown: Fitting | None) -> Rows:
    ascii_only = not _can_show("▁█▕")
    yield from _without_first_blank(coverage_rows(counts))
    yield ""
    yield _HEADLINE[judged]
    for finding in diagnosis.findings:
        if finding.verdict is not Verdict.RULED_OUT:
            yield from _finding(finding)
    for unseen in (*unexplained_in_logs(case, diagnosis.findings), *unseen_in_logs(case)):
        why, _, command = unseen.why.partition("\n")
        yield Paragraph("  not seen: ", f"{unseen.what}: {why}")
        yield from (f"    {line}" for line in command.splitlines())
    if judged is Outcome.INCONCLUSIVE and diagnosis.next_best is not None:
        best = diagnosis.next_best
        yield Paragraph("  next: ", f"{best.evidence}, which would settle {', '.join(best.separates)}:")
        yield f"    {best.how}"
    yield from told_rows(counts, ascii_only=ascii_only)
    if shown is not None:
        yield from _fitting(shown)


def _without_first_blank(rows: Rows) -> Rows:
    for number, row in enumerate(rows):
        if number or row != "":
            yield row


def _can_show(signs: str) -> bool:
    """Whether the terminal has these signs: ones that it lacks would all become the same."""
    try:
        signs.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _finding(finding: Finding) -> Rows:
    label = f"  {finding.verdict.value.upper()} {finding.severity.value} "
    yield Paragraph(label, visible(f"{finding.code}: {finding.title}", _LONGEST))
    for clue in finding.clues:
        yield Paragraph(
            f"    {_SIGN[clue.effect]} ", visible(f"{clue.text}  [{clue.basis}; {clue.source}]", _LONGEST)
        )
    for limit in finding.limits:
        yield Paragraph("    at most: ", limit)


def _fitting(shown: Fitting) -> Rows:
    yield ""
    yield f"Rows that fit: {shown.total}" + (
        f", the first {len(shown.rows)}" if shown.total > len(shown.rows) else ""
    )
    for row in shown.rows:
        yield f"  {visible(_row(row), _LONGEST)}"


def _row(row: Row) -> str:
    codes = " ".join("-" if each is None else str(each) for each in (row.status, row.substatus, row.win32))
    took = f"{row.took_ms} ms" if row.took_ms is not None else "-"
    told = (row.time_utc, row.target, codes, row.user_name or "-", row.device_id or "-", row.command, took, row.error)
    return "  ".join(part for part in told if part)
