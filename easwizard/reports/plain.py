"""The plain form of a report: everything that a screen would show, in lines of 80 columns or as many as there are.

First the verdict and what to do next, then each finding with its reasons, then what was done, answered, seen and
read, then what was not examined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect
from easwizard.diagnosis.engine import NOTHING_SPEAKS_OF_IT
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.diagnosis.words import Remedy
from easwizard.reports.first_page import vantage
from easwizard.reports.lines import WIDTH, Paragraph, laid_out
from easwizard.reports.log_text import log_rows
from easwizard.reports.marking import mark
from easwizard.reports.model import Report
from easwizard.reports.read_files import read_files
from easwizard.reports.records import answers_told, steps_told
from easwizard.reports.seen import seen
from easwizard.reports.times import both

__all__ = ["WIDTH", "render"]

_HEADLINE = {
    Outcome.PROBLEM: "PROBLEM FOUND",
    Outcome.INCONCLUSIVE: "INCONCLUSIVE: not enough could be seen to say",
    Outcome.NO_PROBLEM_FOUND: "NO PROBLEM FOUND in what was examined",
}
_SYMBOL = {
    Verdict.CONFIRMED: "[x]",
    Verdict.LIKELY: "[!]",
    Verdict.POSSIBLE: "[?]",
    Verdict.RULED_OUT: "[ ]",
}
_SIGN = {Effect.PROVES: "++", Effect.SUPPORTS: "+ ", Effect.WEAKENS: "- ", Effect.EXCLUDES: "--"}
_RULE = "-" * WIDTH
_LONGEST = 4_000
Rows = Iterator[str | Paragraph]


def render(report: Report, width: int = WIDTH, zone: tzinfo | None = None) -> str:
    """The report as plain text, ending in a newline; commands are as long as they are. Local times are of `zone`."""
    rule = "-" * width
    lines = laid_out(_rows(report, zone), width)
    return "\n".join(rule if line == _RULE else visible(line, _LONGEST) for line in lines) + "\n"


def _rows(report: Report, zone: tzinfo | None) -> Rows:
    yield Paragraph("", f"easwizard {report.tool_version}   looked from {vantage(report.case)}   {mark(report)}")
    yield both(report.created, zone)
    yield ""
    yield _HEADLINE[report.outcome]
    yield from _summary(report.diagnosis.findings)
    yield from _next(report)
    for finding in report.diagnosis.findings:
        if finding.verdict is not Verdict.RULED_OUT:
            yield from _finding(finding)
    yield from _part("What was done", [Paragraph(f"  {s.when}  ", s.words) for s in steps_told(report.case, zone)])
    yield from _part(
        "What was answered", [Paragraph("  - ", f"{a.question} {a.answer}") for a in answers_told(report.case)]
    )
    yield from _part("What was seen", [*seen(report.case)])
    yield from _part("What was read", [*read_files(report.case)])
    if report.case.logs is not None:
        yield from ("", _RULE, "What the logs say")
        yield from log_rows(report.case.logs)
    yield from _not_examined(report)


def _summary(findings: Sequence[Finding]) -> Rows:
    for finding in findings:
        if finding.verdict is not Verdict.RULED_OUT:
            verdict = f"{finding.verdict.value.upper()} {finding.severity.value}"
            yield Paragraph(f"  {_SYMBOL[finding.verdict]} {verdict:<16} ", finding.title)
    ruled_out = [f.code for f in findings if f.verdict is Verdict.RULED_OUT]
    if ruled_out:
        yield Paragraph(f"  {_SYMBOL[Verdict.RULED_OUT]} ruled out: ", ", ".join(ruled_out))


def _next(report: Report) -> Rows:
    best = report.diagnosis.next_best
    if best is None:
        return
    yield ""
    yield Paragraph("Next best look: ", best.evidence)
    yield from _commands("    ", best.how)


def _finding(finding: Finding) -> Rows:
    yield ""
    yield _RULE
    yield Paragraph(f"{_SYMBOL[finding.verdict]} {finding.verdict.value.upper()} ", finding.title)
    yield f"    {finding.code}   severity {finding.severity.value}"
    for words in finding.acceptance:
        yield Paragraph("    but      ", words)
    if finding.subjects:
        yield Paragraph("    about    ", ", ".join(finding.subjects))
    yield Paragraph("    in short ", finding.summary)
    if finding.conflict:
        yield Paragraph("    conflict ", "proof stands against exclusion; read the reasons before you act")
    yield ""
    yield Paragraph("    Helpdesk ", finding.helpdesk)
    yield Paragraph("    Engineer ", finding.engineer)
    yield ""
    yield "    Why"
    for clue in finding.clues:
        yield _clue(clue)
    for limit in finding.limits:
        yield Paragraph("      at most: ", limit)
    if finding.missing:
        yield "    What would settle it"
        for missing in finding.missing:
            yield Paragraph("      - ", f"{missing.evidence}: {missing.why}")
            yield from _commands("          ", missing.how)
    for remedy in finding.remedies:
        yield from _remedy(remedy)


def _clue(clue: Clue) -> Paragraph:
    return Paragraph(f"      {_SIGN[clue.effect]} ", f"{clue.text}  [{clue.group}, {clue.basis}; {clue.source}]")


def _remedy(remedy: Remedy) -> Rows:
    recommended = " (recommended)" if remedy.recommended else ""
    yield Paragraph("    Remedy   ", f"{remedy.title}{recommended}")
    for number, step in enumerate(remedy.steps, start=1):
        yield Paragraph(f"      {number}. ", f"{step.title}. {step.instruction}".strip())
        if step.command is not None:
            yield from _commands("         ", f"[{step.shell}] {step.command}")
        yield Paragraph("         check: ", step.check)
        if step.undo is not None:
            yield Paragraph("         undo:  ", step.undo)


def _part(title: str, rows: Sequence[Paragraph]) -> Rows:
    """A part below a line, where there is anything in it."""
    if rows:
        yield from ("", _RULE, title)
        yield from rows


def _commands(indent: str, text: str) -> Iterator[str]:
    """A command as it is to be copied, never wrapped; one of several lines keeps them."""
    yield from (indent + line for line in text.splitlines())


def _not_examined(report: Report) -> Rows:
    if not report.diagnosis.not_examined:
        return
    yield ""
    yield "Not examined"
    silent = [item.what for item in report.diagnosis.not_examined if item.why == NOTHING_SPEAKS_OF_IT]
    for item in report.diagnosis.not_examined:
        if item.what not in silent:
            why, _, command = item.why.partition("\n")
            yield Paragraph("  - ", f"{item.what}: {why}")
            yield from _commands("    ", command)
    if silent:
        yield Paragraph("  - ", f"{NOTHING_SPEAKS_OF_IT}: {', '.join(silent)}")
