"""The plain form of a report: everything that a screen would show, in lines of at most 80 columns.

First the verdict and what to do next, then each finding with its reasons, then what was seen and read, then what was
not examined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.diagnosis.clues import Clue, Effect
from easwizard.diagnosis.engine import NOTHING_SPEAKS_OF_IT
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.diagnosis.words import Remedy
from easwizard.reports.lines import WIDTH, wrapped
from easwizard.reports.model import Report
from easwizard.reports.read_files import read_files
from easwizard.reports.seen import seen

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


def render(report: Report) -> str:
    """The report as plain text, ending in a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    when = report.created.strftime("%Y-%m-%d %H:%M UTC")
    yield from wrapped("", f"easwizard {report.tool_version}   {when}   looked from {_vantage(report)}")
    yield ""
    yield _HEADLINE[report.outcome]
    yield from _summary(report.diagnosis.findings)
    yield from _next(report)
    for finding in report.diagnosis.findings:
        if finding.verdict is not Verdict.RULED_OUT:
            yield from _finding(finding)
    yield from _seen(report)
    yield from _read(report)
    yield from _not_examined(report)


def _vantage(report: Report) -> str:
    """Where we looked from; with the proxy if one was used."""
    return max((o.vantage for o in report.case.observations), key=len, default=report.case.vantage.host)


def _summary(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        if finding.verdict is not Verdict.RULED_OUT:
            verdict = f"{finding.verdict.value.upper()} {finding.severity.value}"
            yield f"  {_SYMBOL[finding.verdict]} {verdict:<16} {finding.title}"
    ruled_out = [f.code for f in findings if f.verdict is Verdict.RULED_OUT]
    if ruled_out:
        yield from wrapped(f"  {_SYMBOL[Verdict.RULED_OUT]} ruled out: ", ", ".join(ruled_out))


def _next(report: Report) -> Iterator[str]:
    best = report.diagnosis.next_best
    if best is None:
        return
    yield ""
    yield from wrapped("Next best look: ", best.evidence)
    yield from _commands("    ", best.how)


def _finding(finding: Finding) -> Iterator[str]:
    yield ""
    yield "-" * WIDTH
    yield from wrapped(f"{_SYMBOL[finding.verdict]} {finding.verdict.value.upper()} ", finding.title)
    yield f"    {finding.code}   severity {finding.severity.value}"
    if finding.subjects:
        yield from wrapped("    about    ", ", ".join(finding.subjects))
    yield from wrapped("    in short ", finding.summary)
    if finding.conflict:
        yield from wrapped("    conflict ", "proof stands against exclusion; read the reasons before you act")
    yield ""
    yield from wrapped("    Helpdesk ", finding.helpdesk)
    yield from wrapped("    Engineer ", finding.engineer)
    yield ""
    yield "    Why"
    for clue in finding.clues:
        yield from _clue(clue)
    for limit in finding.limits:
        yield from wrapped("      at most: ", limit)
    if finding.missing:
        yield "    What would settle it"
        for missing in finding.missing:
            yield from wrapped("      - ", f"{missing.evidence}: {missing.why}")
            yield from _commands("          ", missing.how)
    for remedy in finding.remedies:
        yield from _remedy(remedy)


def _clue(clue: Clue) -> Iterator[str]:
    yield from wrapped(f"      {_SIGN[clue.effect]} ", f"{clue.text}  [{clue.group}, {clue.basis}; {clue.source}]")


def _remedy(remedy: Remedy) -> Iterator[str]:
    recommended = " (recommended)" if remedy.recommended else ""
    yield from wrapped("    Remedy   ", f"{remedy.title}{recommended}")
    for number, step in enumerate(remedy.steps, start=1):
        yield from wrapped(f"      {number}. ", f"{step.title}. {step.instruction}".strip())
        if step.command is not None:
            yield from _commands("         ", f"[{step.shell}] {step.command}")
        yield from wrapped("         check: ", step.check)
        if step.undo is not None:
            yield from wrapped("         undo:  ", step.undo)


def _seen(report: Report) -> Iterator[str]:
    lines = tuple(seen(report.case))
    if not lines:
        return
    yield ""
    yield "-" * WIDTH
    yield "What was seen"
    yield from lines


def _read(report: Report) -> Iterator[str]:
    if report.case.imports:
        yield ""
        yield "What was read"
        yield from read_files(report.case)


def _commands(indent: str, text: str) -> Iterator[str]:
    """A command as it is to be copied, never wrapped; one of several lines keeps them."""
    yield from (indent + line for line in text.splitlines())


def _not_examined(report: Report) -> Iterator[str]:
    if not report.diagnosis.not_examined:
        return
    yield ""
    yield "Not examined"
    silent = [item.what for item in report.diagnosis.not_examined if item.why == NOTHING_SPEAKS_OF_IT]
    for item in report.diagnosis.not_examined:
        if item.what not in silent:
            why, _, command = item.why.partition("\n")
            yield from wrapped("  - ", f"{item.what}: {why}")
            yield from _commands("    ", command)
    if silent:
        yield from wrapped("  - ", f"{NOTHING_SPEAKS_OF_IT}: {', '.join(silent)}")
