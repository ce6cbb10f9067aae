"""The one-word verdict on a whole case (DESIGN 5); the command line turns it into its exit code."""

from __future__ import annotations

from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, SampleFacts
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.replies import Sent


class Outcome(StrEnum):
    """The `verdict` of a report."""

    PROBLEM = "problem"
    NO_PROBLEM_FOUND = "no-problem-found"
    INCONCLUSIVE = "inconclusive"


_NOT_THE_ESTATE = {"tls/unreachable", "account/credentials-rejected"}
"""Findings that say more about our view than about the estate: alone they make a run inconclusive."""


def outcome(case: Case, diagnosis: Diagnosis) -> Outcome:
    """The verdict on the whole case, in the contract's order: a problem first, then inconclusive."""
    asserted = [f for f in diagnosis.findings if f.verdict.asserts]
    if any(_is_a_problem(f) for f in asserted):
        return Outcome.PROBLEM
    if any(f.code in _NOT_THE_ESTATE for f in asserted) or not _anything_answered(case) or _in_doubt(case):
        return Outcome.INCONCLUSIVE
    return Outcome.NO_PROBLEM_FOUND


def _is_a_problem(finding: Finding) -> bool:
    return finding.severity in (Severity.HIGH, Severity.MEDIUM) and finding.code not in _NOT_THE_ESTATE


def _anything_answered(case: Case) -> bool:
    return any(o.ok for o, _ in case.seen(HttpFacts)) or bool(case.inventory.vdirs)


def _in_doubt(case: Case) -> bool:
    """Whether an account that was given said nothing useful: refused, unanswered, or never crossed."""
    return any(_unheard(case, account.label) for account in case.accounts)


def _unheard(case: Case, label: str) -> bool:
    account = next(a for a in case.accounts if a.label == label)
    samples = [f for o, f in case.seen(SampleFacts) if o.ok and f.account == label and f.credentials is Sent.BASIC]
    if not any(f.ok or f.failed or f.redirected for f in samples):
        return True
    if any(f.refused_credentials and not f.ok for f in samples):
        return True
    old = account.mailbox is not None and account.mailbox.product.is_legacy
    return old and not any(f.crossed for f in samples)
