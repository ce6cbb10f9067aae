"""The first page of every report, in its order: verdict, what is affected, how sure, what next, when, where, who.

Text only; each form writes it in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from easwizard.case.case import Case
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.marking import mark
from easwizard.reports.model import Report
from easwizard.reports.times import both

HEADLINE = {
    Outcome.PROBLEM: "Problem found",
    Outcome.INCONCLUSIVE: "Inconclusive: not enough could be seen to say",
    Outcome.NO_PROBLEM_FOUND: "No problem found in what was examined",
}


@dataclass(frozen=True)
class FirstPage:
    """What whoever must decide reads first."""

    outcome: Outcome
    headline: str
    verdict: str
    affected: str
    how_sure: str
    next: str
    """What to do next, in words."""
    next_command: str
    """The command that belongs to it; empty where there is none."""
    looked: str
    by: str
    mark: str


def first_page(report: Report, zone: tzinfo | None = None) -> FirstPage:
    """The first page; local times are those of `zone`, or of this machine."""
    asserted = [f for f in report.diagnosis.findings if f.verdict.asserts]
    words, command = _next(report, asserted)
    return FirstPage(
        outcome=report.outcome,
        headline=HEADLINE[report.outcome],
        verdict="; ".join(_title(f) for f in asserted) or "nothing is confirmed or likely",
        affected=", ".join(dict.fromkeys(subject for f in asserted for subject in f.subjects)) or "nothing",
        how_sure=_how_sure(report),
        next=words,
        next_command=command,
        looked=_looked(report, zone),
        by=f"easwizard {report.tool_version}",
        mark=mark(report),
    )


def shown_findings(report: Report) -> tuple[Finding, ...]:
    """The findings that are told at length: all but the ones that were ruled out."""
    return tuple(f for f in report.diagnosis.findings if f.verdict is not Verdict.RULED_OUT)


def ruled_out(report: Report) -> tuple[str, ...]:
    return tuple(f.code for f in report.diagnosis.findings if f.verdict is Verdict.RULED_OUT)


def vantage(case: Case) -> str:
    """Where we looked from; with the proxy if one was used."""
    return max((o.vantage for o in case.observations), key=len, default=case.vantage.host)


def _title(finding: Finding) -> str:
    return f"{finding.title} (accepted)" if finding.accepted is not None else finding.title


def _how_sure(report: Report) -> str:
    findings = report.diagnosis.findings
    counted = [f"{sum(f.verdict is v for f in findings)} {v.value}" for v in list(Verdict)[:4]]
    return f"{', '.join(counted)}; {len(report.diagnosis.not_examined)} not examined"


def _next(report: Report, asserted: Sequence[Finding]) -> tuple[str, str]:
    """The remedy to begin with where something is asserted, else the one look that would settle most (J28)."""
    open_ = [f for f in asserted if f.accepted is None]
    remedy = next((r for f in open_ for r in f.remedies if r.recommended), None)
    if remedy is not None:
        return remedy.title, ""
    best = report.diagnosis.next_best
    return (best.evidence, best.how) if best is not None else ("nothing further", "")


def _looked(report: Report, zone: tzinfo | None) -> str:
    return f"{both(report.created, zone)}, from {vantage(report.case)}"
