"""How requests for old mailboxes fail, always or in a mixture, as signs that several problems read (1.5, J15 to J17).

A sign says what is seen; which of the look-alikes it is, only the problems' own evidence tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import SampleFacts
from easwizard.diagnosis.clues import Clue, Effect, Group, Subject
from easwizard.diagnosis.legacy_names import Crossing, LegacyName, crossings, legacy_names
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.shares import share_in_words
from easwizard.exchange.certainty import Basis
from easwizard.exchange.routing import Outcome, draws


@dataclass(frozen=True)
class Sign:
    """One thing seen of the pattern, in words; `group` says whether it was sampled or told."""

    text: str
    group: Group
    observation: str | None = None

    def clue(self, source: str, subject: Subject = ()) -> Clue:
        """The sign as support for a problem that would look so; that it is this problem is only inferred."""
        return Clue(Effect.SUPPORTS, self.text, source, self.group, Basis.INFERRED, subject, self.observation)


def always_fails(case: Case) -> tuple[Sign, ...]:
    """Signs that mailboxes on the old version fail every time while those on the new one do not."""
    return (*_samples_that_never_worked(case), *_told_always(case))


def _samples_that_never_worked(case: Case) -> Iterator[Sign]:
    crossed = crossings(case)
    if crossed and all(c.never_worked for c in crossed) and new_mailboxes_work(case):
        accounts = " and ".join(sorted({c.facts.account for c in crossed}))
        text = f"no sign-in of {accounts} succeeded, while a mailbox on the new version works"
        yield Sign(text, Group.SAMPLING, crossed[0].observation.id if len(crossed) == 1 else None)


def _told_always(case: Case) -> Iterator[Sign]:
    # Devices with a certificate may always fail for a reason of their own (1.5), so those with a password decide.
    cert_old, basic_new = case.answer("fails-cert-old"), case.answer("fails-basic-new")
    never_works = case.answer("fails-basic-old") == "always" and cert_old not in ("never", "sometimes")
    if never_works and basic_new not in ("sometimes", "always"):
        yield Sign("devices with a mailbox on the old version always fail (your answer)", Group.ANSWER)


def new_mailboxes_work(case: Case) -> bool:
    """Whether any account with a mailbox on a newer version signed in."""
    new = {a.label for a in case.accounts if a.mailbox is not None and not a.mailbox.product.is_legacy}
    return any(facts.ok for _, facts in case.seen(SampleFacts) if facts.account in new)


def passed(case: Case) -> int:
    """How many sign-ins a newer server passed on to an old one, and were served there (J8)."""
    return sum(c.served for c in crossings(case))


def names_in_use(case: Case) -> tuple[LegacyName, ...]:
    """The legacy names that are or may be an InternalUrl now (J4)."""
    return tuple(n for n in legacy_names(case) if n.internal_url != "no")


@dataclass(frozen=True)
class UnexplainedMix:
    """Mixed outcomes on the leg for which no name that is known to be in use gives a reason."""

    crossings: tuple[Crossing, ...]
    doubtful: tuple[str, ...]
    """Names that refuse and may be in use: if one is, it explains the mixture."""

    @property
    def text(self) -> str:
        failed = sum(c.facts.crossed_failed for c in self.crossings)
        share = share_in_words(failed, sum(c.facts.crossed for c in self.crossings))
        accounts = " and ".join(sorted({c.facts.account for c in self.crossings}))
        where = "no legacy name known to be in use refuses" if self.doubtful else "no legacy name refuses"
        return f"of the sign-ins of {accounts} that reached the old servers, {share} failed, although {where} the leg"

    def clue(self, source: str) -> Clue:
        """The mixture as support for a problem that would look so."""
        observation = self.crossings[0].observation.id if len(self.crossings) == 1 else None
        return Clue(Effect.SUPPORTS, self.text, source, Group.SAMPLING, Basis.INFERRED, (), observation)


def unexplained_mix(case: Case) -> UnexplainedMix | None:
    """The mixture that names and inventory do not explain; None without one, or before a name was seen to accept."""
    mixed = tuple(c for c in crossings(case) if c.is_mixed and c.through_new_server)
    names = names_in_use(case)
    if not mixed or not any(n.accepts for n in names) or _explained(case, names):
        return None
    return UnexplainedMix(mixed, tuple(n.host for n in names if n.refuses))


def _explained(case: Case, names: tuple[LegacyName, ...]) -> bool:
    """Whether a name known to be in use refuses, in part or as a whole, or the inventory shows such a candidate."""
    if any(n.refuses and n.internal_url == "yes" for n in names):
        return True
    legs = (leg for mailbox in legacy_mailboxes(case) for leg in draws(case.inventory, mailbox))
    return any(arrival.result.outcome is Outcome.REFUSED for leg in legs for arrival in leg.arrivals)
