"""The ActiveSync path sends phones elsewhere: by 301 to 308, or by 451 after signing in (exchange.md 3.1, 8; J12).

The target decides: the cloud is no fault of ours, itself is a loop. A redirect of `/` is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import (
    DEVICES_IN_FRONT,
    Look,
    anonymous,
    answered_by_directory,
    names_exchange,
    old_name_clues,
    phone_names,
    sampled,
    severity_by_use,
    signed_in,
    where,
    written_by_exchange,
)
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.log_redirects import moved_clues, redirect_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.redirect_targets import Place, RedirectTarget, redirect_target
from easwizard.diagnosis.stated import stated_clues
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import inherited_redirect, internal_urls, mailbox_place
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Meaning

_CODE = "eas/redirected"
_TO_ANOTHER_SERVER = 451


@dataclass(frozen=True)
class _Weight:
    """How much one redirect says, and how much harm it does."""

    effect: Effect
    basis: Basis
    severity: Severity
    words: str = ""
    strong: bool = False


@dataclass(frozen=True)
class _Redirect:
    """One redirect that was seen, with what it says."""

    clue: Clue
    severity: Severity
    to_another_server: bool
    """451, the answer by which Exchange itself sends phones on."""


def examine(case: Case) -> Examination:
    seen = [redirect for target in phone_names(case) for redirect in _seen(case, target)]
    # A mailbox in the cloud is no fault of ours; where there is a fault beside it, that one is told.
    faults = [r for r in seen if r.severity is not Severity.INFO] or seen
    old = tuple(old_name_clues(case, _redirects, _of_old_name, "3.1", Basis.BELIEVED))
    severities = [r.severity for r in faults]
    if old:
        severities.append(severity_by_use(case, old, Severity.HIGH))
    configured = tuple(stated_clues(case, _CODE, "has a redirect on its ActiveSync directory", "8"))
    severities += [Severity.HIGH for _ in configured]
    logged = tuple(redirect_clues(case))
    severities += [Severity.INFO for _ in logged]
    moved = tuple(moved_clues(case))
    severities += [Severity.HIGH for _ in moved]
    against = (clue for target in phone_names(case) for clue in _against(case, target))
    return Examination(
        clues=(*(r.clue for r in faults), *old, *configured, *logged, *moved, *against),
        missing=tuple(_missing(faults, old, moved)),
        severity=min(severities, key=lambda s: s.rank) if severities else None,
    )


def _redirects(look: Look) -> bool:
    return look[1].meaning is Meaning.REDIRECTED


def _of_old_name(facts: HttpFacts) -> str:
    return f"redirects on the ActiveSync path ({facts.status})"


def _seen(case: Case, target: Target) -> Iterator[_Redirect]:
    looks = anonymous(case, target)
    hits = [look for look in looks if _redirects(look)]
    if hits:
        yield _redirect(case, target, hits[0], Group.PROBE, where(hits, looks))
    told: set[str] = set()
    for look in filter(_redirects, signed_in(case, target)):
        shown = redirect_target(case, target, look[1]).shown
        if shown not in told:
            told.add(shown)
            yield _redirect(case, target, look, Group.SAMPLING, f" when {look[1].account} signed in")


def _redirect(case: Case, target: Target, look: Look, group: Group, place: str) -> _Redirect:
    observation, facts = look
    to = redirect_target(case, target, facts)
    weight = _sent_on(case, facts, to) if facts.status == _TO_ANOTHER_SERVER else _redirected(case, facts, to)
    text = f"{target.host} redirects to {to.shown} ({facts.status}){place}{weight.words}"
    subject = (target.host,)
    return _Redirect(
        Clue(weight.effect, text, "3.1, 8, J12", group, weight.basis, subject, observation.id, weight.strong),
        weight.severity,
        facts.status == _TO_ANOTHER_SERVER,
    )


def _redirected(case: Case, facts: HttpFacts, to: RedirectTarget) -> _Weight:
    """301 to 308. A device in front may send strangers to its own logon page, and phones not (2.10)."""
    in_front = case.answer("tls-in-front")
    own_page = to.place is Place.OWN_PAGE and to.path.casefold().startswith("/owa")
    if written_by_exchange(facts, in_front) or (own_page and in_front not in DEVICES_IN_FRONT):
        return _Weight(Effect.PROVES, Basis.BELIEVED, Severity.HIGH)
    words = "; a device in front may treat phones in another way"
    return _Weight(Effect.SUPPORTS, Basis.BELIEVED, Severity.HIGH, words)


def _sent_on(case: Case, facts: HttpFacts, to: RedirectTarget) -> _Weight:
    """451. By 2010 and 2007 it is by design; 2013 and later send on only what lives in the cloud (1.2).

    A mailbox in the cloud is told and goes no higher than possible: nothing is to be mended for it (J12).
    """
    hybrid = case.answer("hybrid")
    if to.place is Place.CLOUD and hybrid != "no":
        words = "; a mailbox that has moved to the cloud is sent on so"
        return _Weight(Effect.SUPPORTS, Basis.CONFIRMED, Severity.INFO, words)
    if to.place is Place.CLOUD:
        words = "; that is the cloud, and you said that no mailbox is there"
        return _Weight(Effect.SUPPORTS, Basis.CONFIRMED, Severity.LOW, words)
    if to.place in (Place.ITSELF, Place.OWN_PAGE):
        words = "; that leads back to where the phone was: a loop"
        return _Weight(Effect.PROVES, Basis.BELIEVED, Severity.HIGH, words)
    if to.place is Place.LEGACY and names_exchange(facts):
        words = "; a server of 2013 or later serves old mailboxes itself and does not send them on"
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, Severity.MEDIUM, words, strong=True)
    if to.place in (Place.LEGACY, Place.PHONE_NAME):
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, Severity.LOW, "; servers before 2013 send on so by design")
    if hybrid == "yes":
        words = "; some mailboxes are in the cloud (your answer)"
        return _Weight(Effect.SUPPORTS, Basis.CONFIRMED, Severity.INFO, words)
    return _Weight(Effect.SUPPORTS, Basis.CONFIRMED, Severity.MEDIUM)


def _against(case: Case, target: Target) -> Iterator[Clue]:
    looks = anonymous(case, target)
    sent_on = any(map(_redirects, signed_in(case, target)))
    if sent_on or not looks or not all(answered_by_directory(f) for _, f in looks):
        return
    served = [(o, f) for o, f in sampled(case, target) if f.ok and not f.redirected]
    if served:
        text = f"{target.host} serves who signs in, and sends nobody elsewhere"
        basis, id = Basis.CONFIRMED, served[0][0].id
    else:
        text = f"{target.host} redirects nobody without credentials; a 451 would come only after signing in"
        basis, id = Basis.INFERRED, looks[0][0].id
    yield Clue(Effect.EXCLUDES, text, "3.1, J12", Group.PROBE, basis, (target.host,), id)


def _missing(seen: Sequence[_Redirect], old: Sequence[Clue], moved: Sequence[Clue]) -> Iterator[Missing]:
    if any(r.to_another_server for r in seen):
        yield mailbox_place("a mailbox in the cloud is sent on rightly, one on premises is not")
    if old or moved or any(not r.to_another_server for r in seen):
        yield inherited_redirect("whether the directory inherits it, or a device in front makes it")
    if any(c.group is Group.PROBE for c in old):
        yield internal_urls("whether anything uses this name now")


PROBLEM = Problem(
    code=_CODE,
    severity=Severity.HIGH,
    examine=examine,
    reads=("tls-in-front", "hybrid", INTERNAL_URL),
)
