"""Certificates fail on the new server, and which switch is off cannot be seen from outside (exchange.md 2.3, 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, SampleFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_demand import let_in_without_asking
from easwizard.diagnosis.certificate_trials import (
    a_leg_may_have_refused,
    counts_as_refused,
    refuses_the_issuer,
    trials_at,
)
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group
from easwizard.diagnosis.device_certificate import own_faults
from easwizard.diagnosis.in_front import QUESTION, InFront, in_front
from easwizard.diagnosis.log_closed_doors import certificate_door_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import iis_settings
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

_EXPLAINED_BY = (
    "cba/role-service-missing",
    "cba/server-mapping-off",
    "cba/certificate-not-required",
    "cba/vdir-mapping-off",
    "cba/build-too-old",
    "cba/ca-not-accepted",
    "cba/terminated-upstream",
)
"""The four switches, and what keeps certificates from working whatever the switches say."""


def examine(case: Case) -> Examination:
    targets = case.with_role(Role.CERT)
    clues = tuple(clue for t in targets for clue in (*_looks(case, t), *_sign_ins(case, t)))
    doors = tuple(certificate_door_clues(case))
    missing = (iis_settings("only the servers' own settings show which switch is off"),) if targets or doors else ()
    clues = (*clues, *doors)
    return Examination(clues=clues, caps=tuple(_caps(case, clues)), missing=missing)


def _caps(case: Case, clues: Sequence[Clue]) -> Iterator[Cap]:
    if in_front(case) is InFront.DELEGATION:
        yield Cap(Verdict.POSSIBLE, "a publishing proxy signs in for the phones, and its own log decides", "J14")
    elif clues and in_front(case) is InFront.UNKNOWN:
        yield Cap(Verdict.LIKELY, "what ends TLS in front of the servers is not known", "J14")
    positive = [c for c in clues if c.is_positive]
    if any(c.group is Group.LOG and c.strong for c in positive):
        return  # the front end's own log: nothing was passed on
    # That nobody asks is seen without any leg; a refusal is not, unless the front end's mark is on it.
    if not positive or any(c.group is Group.PROBE for c in positive):
        return
    if all(c.group is Group.LOG for c in positive):
        unknown = "which name leads to that address the log does not say; a balancer's probe alone would look so too"
        yield Cap(Verdict.POSSIBLE, unknown, "2.3, logs.md 4")
        return
    because = "behind a certificate that was taken the way on to an old server may have failed instead"
    if not any(c.strong for c in positive):
        new_fail = case.answer("fails-cert-new") == "always"
        yield Cap(Verdict.LIKELY if new_fail else Verdict.POSSIBLE, because, "1.5")
    elif a_leg_may_have_refused(case) and not any(c.basis is Basis.CONFIRMED for c in positive):
        yield Cap(Verdict.POSSIBLE, because, "1.5")


def _looks(case: Case, target: Target) -> Iterator[Clue]:
    """Where nobody asks for a certificate, none can sign in, whatever ends TLS."""
    for observation, facts in case.http(target, ACTIVESYNC_PATH):
        if observation.ok and facts.credentials is Sent.NONE and let_in_without_asking(facts):
            text = f"{target.host} at {facts.address} never asks for a client certificate"
            yield Clue(
                Effect.SUPPORTS, text, "2.3, 3.1", Group.PROBE, subject=(target.host,),
                observation=observation.id, strong=True,
            )  # fmt: skip
            return


def _sign_ins(case: Case, target: Target) -> Iterator[Clue]:
    blamed = bool(own_faults(case))  # an expired certificate proves nothing about switches
    for observation, facts in case.samples(target):
        if facts.credentials is not Sent.CERTIFICATE or not observation.ok or not facts.sent:
            continue
        refused = _refused_at(facts)
        if facts.ok and all("200" in outcomes for outcomes in facts.by_address.values()):
            text = f"the certificate of {facts.account} signed in at every address of {target.host}"
            yield Clue(
                Effect.EXCLUDES, text, "3.1", Group.SAMPLING, subject=(target.host,), observation=observation.id
            )
        elif not facts.ok and refused and not blamed and not _issuer_unknown(case, target):
            yield _always_refused(case, target, observation, facts, sum(refused.values()))
        elif facts.ok and refused:
            where = ", ".join(sorted(refused))
            text = f"the certificate of {facts.account} signed in at some addresses of {target.host}, not at {where}"
            yield Clue(
                Effect.SUPPORTS, text, "2.1", Group.SAMPLING, Basis.INFERRED, (target.host,), observation.id
            )  # fmt: skip


def _refused_at(facts: SampleFacts) -> dict[str, int]:
    """Refusals at each address that never took the certificate; throttling and silence refuse nobody (8)."""
    counted = {
        address: sum(times for outcome, times in outcomes.items() if counts_as_refused(outcome))
        for address, outcomes in facts.by_address.items()
        if "200" not in outcomes
    }
    return {address: times for address, times in counted.items() if times}


def _issuer_unknown(case: Case, target: Target) -> bool:
    return any(refuses_the_issuer(observation) for observation, _ in trials_at(case, target).refused)


def _always_refused(case: Case, target: Target, observation: Observation, facts: SampleFacts, times: int) -> Clue:
    """Strong only where the front end itself refused: behind a certificate that was taken, a leg may have failed."""
    replies = [f for o, f in case.http(target, ACTIVESYNC_PATH) if o.ok and f.account == facts.account]
    text = f"the certificate of {facts.account} was refused {times} of {facts.sent} times at {target.host}"
    basis = Basis.CONFIRMED if any(f.meaning is Meaning.CERTIFICATE_NEVER_ASKED for f in replies) else Basis.INFERRED
    return Clue(
        Effect.SUPPORTS, text, "3.1", Group.SAMPLING, basis, (target.host,), observation.id,
        strong=bool(replies) and all(_by_front_end(f) for f in replies),
    )  # fmt: skip


def _by_front_end(facts: HttpFacts) -> bool:
    """Never asked, or taken and refused without any way to sign in: the mark of the missing attribute (3.1)."""
    if facts.meaning is Meaning.CERTIFICATE_NEVER_ASKED:
        return True
    return facts.status == 401 and not facts.challenges


PROBLEM = Problem(
    code="cba/not-working",
    severity=Severity.HIGH,
    examine=examine,
    answers=(
        AnswerClue(
            "fails-cert-new", ("always",), Effect.SUPPORTS,
            "certificate devices with a mailbox on the new version always fail", "1.5",
        ),
        AnswerClue(
            "fails-cert-old", ("always",), Effect.SUPPORTS,
            "certificate devices with a mailbox on the old version always fail", "1.5",
        ),
        AnswerClue(
            "fails-cert-new", ("never",), Effect.WEAKENS,
            "certificate devices with a mailbox on the new version never fail", "1.5",
        ),
    ),
    reads=(QUESTION,),
    yields_to=_EXPLAINED_BY,
)  # fmt: skip
