"""The one-word verdict on a whole case (DESIGN 5); the command line turns it into its exit code."""

from __future__ import annotations

from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, SampleFacts
from easwizard.diagnosis.clues import Effect
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.leg_proxying import nobody_proxies
from easwizard.diagnosis.log_outcome import logs_decide, logs_in_doubt
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.routing import draws, leg_odds, routes


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
    problems = [f for f in asserted if _is_a_problem(f)]
    if any(f.accepted is None for f in problems):
        return Outcome.PROBLEM
    if any(f.code in _NOT_THE_ESTATE for f in asserted) or not _anything_answered(case):
        return Outcome.INCONCLUSIVE
    if _in_doubt(case, explained=bool(problems)) or (not problems and logs_in_doubt(case)):
        return Outcome.INCONCLUSIVE
    if _waits_for_a_newer_server(case, diagnosis):
        return Outcome.INCONCLUSIVE
    return Outcome.NO_PROBLEM_FOUND


def _is_a_problem(finding: Finding) -> bool:
    return finding.severity in (Severity.HIGH, Severity.MEDIUM) and finding.code not in _NOT_THE_ESTATE


def _waits_for_a_newer_server(case: Case, diagnosis: Diagnosis) -> bool:
    """Whether the configuration proves a fault that shows once a newer server is there, and nothing tells of one.

    Neither a problem of today nor health: a listing of the old servers alone may just be a part of the estate.
    """
    latent = (f for f in diagnosis.findings if f.verdict is Verdict.POSSIBLE and f.severity is not Severity.INFO)
    proven = any(clue.effect is Effect.PROVES for finding in latent for clue in finding.clues)
    return proven and nobody_proxies(case)


def _anything_answered(case: Case) -> bool:
    answers = (f for o, f in case.seen(HttpFacts) if o.ok and f.path in (ACTIVESYNC_PATH, PROXY_PATH))
    return any(answers) or _decisive(case) or logs_decide(case)


def _decisive(case: Case) -> bool:
    """Whether the inventory says for certain what becomes of some requests: of a route, or of the legacy leg.

    A listing that leaves authentication open decides nothing, and what was not read is never health.
    """
    legs = (draws(case.inventory, mailbox) for mailbox in legacy_mailboxes(case))
    certain = (leg_odds(each).exact is not None for each in legs if each)
    return any(certain) or any(route.odds.exact is not None for route in routes(case.inventory))


def _in_doubt(case: Case, *, explained: bool) -> bool:
    """Whether an account that was given leaves a question open: refused, unanswered, failing, or never crossed.

    Failures that no finding explains are no fault found, but a run that saw them did not see health either. Where a
    problem is accepted, some failing samples are what was accepted.
    """
    heard = all(not _unheard(case, account.label, explained=explained) for account in case.accounts)
    return not heard or _certificate_refused(case)


def _certificate_refused(case: Case) -> bool:
    """Whether the client certificate at hand was tried and never let in: it is refused like an account (DESIGN 5)."""
    tried = [f for o, f in case.seen(SampleFacts) if o.ok and f.credentials is Sent.CERTIFICATE]
    return any(f.failed for f in tried) and not any(f.ok or f.redirected for f in tried)


def _unheard(case: Case, label: str, *, explained: bool) -> bool:
    account = next(a for a in case.accounts if a.label == label)
    samples = [f for o, f in case.seen(SampleFacts) if o.ok and f.account == label and f.credentials is Sent.BASIC]
    if not any(f.ok or f.redirected for f in samples):
        return True
    if any(f.failed for f in samples) and not explained:
        return True
    if any(f.refused_credentials and not f.ok for f in samples):
        return True
    old = account.mailbox is not None and account.mailbox.product.is_legacy
    return old and not any(f.crossed for f in samples)
