"""Autodiscover tells phones an ActiveSync URL that they cannot use (exchange.md 1.8). It hits first set-up only.

A name that was not given to this program is not wrong for that alone: another AD site may have its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.diagnosis.activesync_answers import phone_names
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing, Subject
from easwizard.diagnosis.handed_out_urls import (
    Fit,
    HandedOut,
    account_of,
    carriers,
    fit,
    handed_out,
    shown,
)
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import external_urls
from easwizard.exchange.certainty import Basis

_BY_PHONES = {"first-setup": Severity.HIGH, "running": Severity.LOW}
"""Only the first set-up asks Autodiscover; running phones keep their server (1.8)."""


@dataclass(frozen=True)
class _Weight:
    """How much one URL says."""

    effect: Effect
    basis: Basis
    words: str
    group: Group = Group.PROBE
    strong: bool = False


def examine(case: Case) -> Examination:
    if not phone_names(case):
        return Examination(missing=(_names(),) if handed_out(case) else ())
    clues = tuple(clue for told in handed_out(case) for clue in _clues(case, told))
    ill = any(c.is_positive for c in clues)
    return Examination(
        clues=clues,
        missing=(external_urls("which virtual directory carries that URL"),) if ill else (),
        severity=_BY_PHONES.get(case.answer("phones"), Severity.MEDIUM),
    )


def _names() -> Missing:
    how = "easwizard check generic=HOST cert=HOST autodiscover=HOST ..."
    return Missing("the names that phones use", "only beside them a handed-out URL can be judged", how)


def _clues(case: Case, told: HandedOut) -> Iterator[Clue]:
    subject, id = _about(case, told.host), told.observation.id
    fits = {url: fit(case, url) for url in told.urls}
    for url, how in fits.items():
        weight = _weight(case, told, how)
        if weight is not None:
            text = f"Autodiscover at {told.host} hands out {shown(url)}: {weight.words}"
            yield Clue(
                weight.effect, text, "1.8", weight.group, weight.basis, subject, id, strong=weight.strong
            )  # fmt: skip
    if all(how is Fit.RIGHT for how in fits.values()):
        text = f"Autodiscover at {told.host} hands out a name that phones use"
        yield Clue(Effect.EXCLUDES, text, "1.8", Group.PROBE, subject=subject, observation=id)


def _about(case: Case, host: str) -> Subject:
    """The Autodiscover name, and the virtual directories that carry a wrong URL which it hands out."""
    answers = [told for told in handed_out(case) if told.host == host]
    wrong = [u for told in answers for u in told.urls if _weight(case, told, fit(case, u)) is not None]
    return (host, *carriers(case, wrong))


def _weight(case: Case, told: HandedOut, how: Fit) -> _Weight | None:
    if how is Fit.SHAPE:
        words = "not of the form https://HOST/Microsoft-Server-ActiveSync"
        return _Weight(Effect.PROVES, Basis.CONFIRMED, words)
    if how is Fit.SERVER:
        words = "the name of a single server or of the inside network, which phones outside do not reach"
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, words, strong=True)
    if how is Fit.LEGACY:
        return _legacy(case, told)
    if how is Fit.STRANGE:
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, "none of the names given here as those that phones use")
    if how is Fit.CLOUD and case.answer("hybrid") == "no":
        words = "that is the cloud, and no mailbox is there (your answer)"
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, words, Group.ANSWER)
    return None  # right, or the place of a mailbox in the cloud


def _legacy(case: Case, told: HandedOut) -> _Weight | None:
    """A phone of an old mailbox can live on the legacy name (1.2); that of a new one cannot after the cut-over."""
    cutover = case.answer("cutover")
    if cutover == "before":
        return None
    account = account_of(case, told)
    new = account is not None and account.mailbox is not None and not account.mailbox.product.is_legacy
    if new and cutover == "after":
        words = "a legacy name for a mailbox on the new version, after the cut-over (your answer)"
        return _Weight(Effect.SUPPORTS, Basis.INFERRED, words, Group.ANSWER, strong=True)
    return _Weight(Effect.SUPPORTS, Basis.INFERRED, "a legacy name; a mailbox on the old version can use it")


PROBLEM = Problem(
    code="autodiscover/wrong-url",
    severity=Severity.MEDIUM,
    examine=examine,
    reads=("phones", "cutover", "hybrid"),
)
