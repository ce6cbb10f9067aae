"""Every legacy candidate refuses the proxy leg: mailboxes on the old version always fail (exchange.md 1.5, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import SampleFacts
from easwizard.diagnosis.clues import AnswerClue, Clue, Effect, Group, Subject
from easwizard.diagnosis.legacy_names import INTERNAL_URL, Crossing, LegacyName, crossings, legacy_names
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import jump_box_caps
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls, proxy_log
from easwizard.exchange.certainty import Basis
from easwizard.exchange.routing import Outcome, draws


def examine(case: Case) -> Examination:
    names, crossed = legacy_names(case), crossings(case)
    subject = tuple(n.host for n in names)
    clues = (
        *_from_names(names, subject),
        *_from_samples(case, crossed, subject),
        *_from_inventory(case, subject),
    )
    missing = (internal_urls("where each legacy virtual directory sends the proxying servers"),) if names else ()
    if any(c.is_positive for c in clues):
        missing = (*missing, proxy_log("it names every target and its status"))
    return Examination(clues=clues, caps=jump_box_caps(clues), missing=missing)


def _from_names(names: Sequence[LegacyName], subject: Subject) -> Iterator[Clue]:
    used = [n for n in names if n.internal_url == "yes"]
    others = [n for n in names if n.internal_url == "unknown" and not n.refuses]
    if used and not others and all(n.refused_share == 1 for n in used):
        text = f"every legacy name that is an InternalUrl refuses the proxy leg: {' and '.join(n.host for n in used)}"
        yield Clue(Effect.SUPPORTS, text, "J4, J5, 5.3", Group.ANSWER, subject=subject, strong=True)
    if any(n.accepts for n in used):
        text = f"{next(n.host for n in used if n.accepts)} is an InternalUrl and accepts the proxy leg"
        yield Clue(Effect.EXCLUDES, text, "J4, 1.4", Group.ANSWER, Basis.INFERRED, subject)


def _from_samples(case: Case, crossed: Sequence[Crossing], subject: Subject) -> Iterator[Clue]:
    passed = sum(c.crossed_ok for c in crossed)
    if passed:
        text = f"{passed} sign-ins reached an old server and were served there"
        yield Clue(Effect.EXCLUDES, text, "J8", Group.SAMPLING, subject=subject)
    elif crossed and all(c.never_worked for c in crossed) and _new_mailboxes_work(case):
        accounts = " and ".join(c.facts.account for c in crossed)
        text = f"no sign-in of {accounts} succeeded, while a mailbox on the new version works"
        yield Clue(Effect.SUPPORTS, text, "1.5", Group.SAMPLING, Basis.INFERRED, subject)


def _new_mailboxes_work(case: Case) -> bool:
    new = {a.label for a in case.accounts if a.mailbox is not None and not a.mailbox.product.is_legacy}
    return any(facts.ok for _, facts in case.seen(SampleFacts) if facts.account in new)


def _from_inventory(case: Case, subject: Subject) -> Iterator[Clue]:
    for mailbox in legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        if outcomes == {Outcome.REFUSED}:
            text = f"all {len(legs)} candidates for {mailbox} lead to endpoints that refuse the proxy leg"
            yield Clue(Effect.PROVES, text, "5.3, J2", Group.EVIDENCE, Basis.INFERRED, subject)
        elif Outcome.OK in outcomes:
            text = f"at least one candidate for {mailbox} leads to an endpoint that accepts the proxy leg"
            yield Clue(Effect.EXCLUDES, text, "5.3, J1", Group.EVIDENCE, subject=subject)


PROBLEM = Problem(
    code="namespace/legacy-rejects-all",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL,),
    answers=(
        AnswerClue(
            "fails-basic-old", ("always",), Effect.SUPPORTS,
            "Basic devices with a mailbox on the old version always fail", "1.5",
        ),
        AnswerClue(
            "fails-basic-old", ("never", "sometimes"), Effect.WEAKENS,
            "Basic devices with a mailbox on the old version work at least now and then", "1.5",
        ),
        AnswerClue(
            "fails-basic-new", ("always",), Effect.WEAKENS,
            "devices with a mailbox on the new version always fail too, and these never use the legacy leg", "8",
        ),
    ),
)  # fmt: skip
