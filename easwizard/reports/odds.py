"""The odds of the legacy leg, as every report tells them: what is predicted beside what was seen (J2, J3, J8, J9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.statistics import fits, wilson_interval
from easwizard.diagnosis.leg_groups import LegGroup, leg_groups
from easwizard.diagnosis.legacy_names import crossings, predicted_failure
from easwizard.diagnosis.log_namespaces import logged_in
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.shares import percent
from easwizard.exchange.routing import Mailbox

_BASES = {"inventory": "by the inventory", "names-assumed-equal": "if all names are drawn alike"}


@dataclass(frozen=True)
class LegOdds:
    """How often the leg fails for one kind of mailbox, as fractions; None is not known."""

    mailbox: Mailbox
    predicted: float | None
    basis: str | None
    """`inventory` or `names-assumed-equal`."""
    failed: int
    crossed: int
    """Samples that are known to have reached the old servers (J8)."""
    refused_in_logs: int = 0
    in_logs: int = 0
    """Requests of real phones that logs show on the leg, since refusals began there."""

    @property
    def seen(self) -> float | None:
        return self.failed / self.crossed if self.crossed else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval, if draws are independent (J9)."""
        return wilson_interval(self.failed, self.crossed) if self.crossed else None

    @property
    def predicted_words(self) -> str:
        if self.predicted is None:
            return "nothing predicts it"
        return f"predicted {percent(self.predicted)} {_BASES.get(self.basis or '', '')}".rstrip()

    @property
    def seen_words(self) -> str:
        return f"{self._sampled_words}{self._logged_words}"

    @property
    def _logged_words(self) -> str:
        """What logs show of real phones, beside the samples."""
        if not self.in_logs:
            return ""
        low, high = wilson_interval(self.refused_in_logs, self.in_logs)
        share = percent(self.refused_in_logs / self.in_logs)
        return f"; in logs {self.refused_in_logs} of {self.in_logs} = {share} ({low * 100:.0f} to {high * 100:.0f} %)"

    @property
    def _sampled_words(self) -> str:
        if self.interval is None or self.seen is None:
            return "no sign-in is known to have reached the old servers"
        low, high = self.interval
        text = f"seen {self.failed} of {self.crossed} = {percent(self.seen)} ({low * 100:.0f} to {high * 100:.0f} %)"
        if self.predicted is not None and not fits(self.failed, self.crossed, self.predicted):
            text += ", which does not fit"
        return text


def leg_odds_of(case: Case) -> tuple[LegOdds, ...]:
    """One for each kind of old mailbox of which anything is predicted or was seen."""
    return tuple(_odds(case))


def _odds(case: Case) -> Iterator[LegOdds]:
    crossed = crossings(case)
    groups = leg_groups(case)
    for mailbox in legacy_mailboxes(case):
        mine = [c.facts for c in crossed if _same(c.mailbox, mailbox)]
        predicted = predicted_failure(case, mailbox)
        share, basis = predicted if predicted is not None else (None, None)
        failed, total = sum(f.crossed_failed for f in mine), sum(f.crossed for f in mine)
        refused, logged = _in_logs(case, groups, mailbox)
        if share is not None or total or logged:
            yield LegOdds(mailbox, share, basis, failed, total, refused, logged)


def _in_logs(case: Case, groups: Sequence[LegGroup], mailbox: Mailbox) -> tuple[int, int]:
    """Refused and all requests of the article's signature, for this group of mailboxes; none without it."""
    mine = [each for each in groups if each.mailbox is not None and _same(each.mailbox, mailbox)]
    found = [signature for group in mine for signature in logged_in(case, group)]
    return (found[0].refused, found[0].requests) if found else (0, 0)


def _same(one: Mailbox, other: Mailbox) -> bool:
    return one.product is other.product and (one.site or "").casefold() == (other.site or "").casefold()
