"""Every legacy candidate refuses the proxy leg: mailboxes on the old version always fail (exchange.md 1.5, 5.3).

Judged per AD site (J13): one site may fail always while another works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group
from easwizard.diagnosis.leg_groups import LegGroup, configuration_basis, leg_groups, site_caps
from easwizard.diagnosis.leg_pattern import new_mailboxes_work
from easwizard.diagnosis.leg_proxying import (
    NOT_YET,
    caps_while_nobody_proxies,
    missing_while_nobody_proxies,
    nobody_proxies,
)
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.log_namespaces import is_plain_401, rejects_all_clues
from easwizard.diagnosis.log_signature import all_refuse
from easwizard.diagnosis.mailboxes import caps_of_2010, legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls, kerberos_name, legacy_log, proxy_log
from easwizard.exchange.certainty import Basis
from easwizard.exchange.routing import Outcome, draws

_WHICH_401 = "there 401 2 says that /Proxy offers no way that fits, 401 1 that the sign-in itself failed (Kerberos)"


def examine(case: Case) -> Examination:
    groups = leg_groups(case)
    clues = tuple(clue for group in groups for clue in _clues(case, group))
    named = any(group.names for group in groups)
    missing = (internal_urls("where each legacy virtual directory sends the proxying servers"),) if named else ()
    missing = (*missing_while_nobody_proxies(case), *missing)
    bad = all_refuse(case)
    if is_plain_401(bad):
        missing = (kerberos_name(bad[0].host), legacy_log(_WHICH_401), *missing)
    elif any(c.is_positive for c in clues):
        missing = (*missing, proxy_log("it names every target and its status"))
    return Examination(clues=clues, caps=tuple(_caps(case, groups, clues)), missing=missing)


def _caps(case: Case, groups: Sequence[LegGroup], clues: Sequence[Clue]) -> Iterator[Cap]:
    """Always failing alone is the pattern of several problems of the leg: a refusal must have been seen too.

    Where nothing crosses no sample speaks of the leg itself, so from outside it is never confirmed (J7).
    """
    yield from caps_of_2010(case)
    yield from caps_while_nobody_proxies(case)
    yield from site_caps(groups)
    if any(c.is_positive and c.group is Group.EVIDENCE for c in clues):
        return
    if any(c.is_positive and c.group is Group.LOG for c in clues) and is_plain_401(all_refuse(case)):
        yield Cap(Verdict.POSSIBLE, "the legs end with a plain 401, which a wrong Kerberos name makes too", "J17")
        return
    if any(c.is_positive and c.group is Group.LOG for c in clues):
        return
    yield Cap(Verdict.LIKELY, "a jump box is not the proxying server: what it sees alone never confirms", "J7")
    if not any(n.refuses_wholly and n.internal_url == "yes" for group in groups for n in group.names):
        because = (
            "no InternalUrl is known to refuse: no common TLS version or a wrong Kerberos name would look the same"
        )
        yield Cap(Verdict.POSSIBLE, because, "J16, J17")


def _clues(case: Case, group: LegGroup) -> Iterator[Clue]:
    yield from _from_names(group)
    yield from _from_samples(case, group)
    yield from _from_inventory(case, group)
    yield from rejects_all_clues(case, group)


def _from_names(group: LegGroup) -> Iterator[Clue]:
    used = [n for n in group.names if n.internal_url == "yes"]
    others = [n for n in group.names if n.internal_url == "unknown" and not n.refuses_wholly]
    if used and not others and all(n.refuses_wholly for n in used):
        text = f"every legacy name that is an InternalUrl refuses the proxy leg: {' and '.join(n.host for n in used)}"
        yield Clue(
            Effect.SUPPORTS, text, "J4, J5, 5.3", Group.ANSWER, subject=group.subject, strong=group.names_known
        )
    accepting = next((n.host for n in used if n.accepts), None)
    if accepting is not None:
        text = f"{accepting} is an InternalUrl and accepts the proxy leg"
        yield Clue(Effect.EXCLUDES, text, "J4, 1.4", Group.ANSWER, Basis.INFERRED, group.subject)


def _from_samples(case: Case, group: LegGroup) -> Iterator[Clue]:
    served = sum(c.served for c in group.crossed)
    if served:
        text = f"{served} sign-ins reached an old server and were served there"
        yield Clue(Effect.EXCLUDES, text, "J8", Group.SAMPLING, subject=group.subject)
    elif group.crossed and all(c.never_worked for c in group.crossed) and new_mailboxes_work(case):
        accounts = " and ".join(c.facts.account for c in group.crossed)
        text = f"no sign-in of {accounts} succeeded, while a mailbox on the new version works"
        yield Clue(Effect.SUPPORTS, text, "1.5", Group.SAMPLING, Basis.INFERRED, group.subject)


def _from_inventory(case: Case, group: LegGroup) -> Iterator[Clue]:
    for mailbox in [group.mailbox] if group.mailbox is not None else legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        if outcomes == {Outcome.REFUSED}:
            text = f"all {len(legs)} candidates for {mailbox} lead to endpoints that refuse the proxy leg"
            text += NOT_YET if nobody_proxies(case) else ""
            yield Clue(Effect.PROVES, text, "5.3, J2", Group.EVIDENCE, configuration_basis(legs), group.subject)
        elif Outcome.OK in outcomes:
            text = f"at least one candidate for {mailbox} leads to an endpoint that accepts the proxy leg"
            yield Clue(Effect.EXCLUDES, text, "5.3, J1", Group.EVIDENCE, subject=group.subject)


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
