"""The article's signature in logs: one old host refuses nearly all that is passed on to it, another takes it.

Rests on logs.md 4 and 5.1, exchange.md 1.6 and 1.7, J3, J4, J7 and J13. That both are drawn for one mailbox is shown
by users who met both, or by an inventory; without either the two may belong to different AD sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, NamedBy, UserTarget
from easwizard.case.statistics import fits
from easwizard.diagnosis.clues import Clue, Effect, Group, Subject
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_legs import LogLeg, denied, is_over, legs_of, log_legs
from easwizard.diagnosis.log_memory import remembered
from easwizard.diagnosis.shares import percent, share_in_words
from easwizard.exchange.certainty import Basis

_SOURCE = "1.7, logs.md 4, J3, J4, J7"
_E2010 = 14
_ENOUGH_USERS = 2
_MOST_NAMED = 3


@dataclass(frozen=True)
class Signature:
    """Hosts that refuse beside hosts that take the leg, named in the same way."""

    named_by: NamedBy
    bad: tuple[LogLeg, ...]
    good: tuple[LogLeg, ...]
    met_both: int
    """Users, of those that are listed, who were refused at one of these every time and served at another."""
    hit: tuple[str, ...]
    """The users most hurt by them, the most failures first."""
    over: bool
    """Whether nothing was passed on to the refusing ones any more at the end."""
    passed_since: int
    """Requests that went to the others since the refusals began."""

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(leg.host for leg in (*self.bad, *self.good))

    @property
    def refused(self) -> int:
        return sum(leg.refused for leg in self.bad)

    @property
    def requests(self) -> int:
        """Of all these hosts since the refusals began."""
        return sum(leg.requests for leg in self.bad) + self.passed_since

    @property
    def since(self) -> datetime:
        """The first hour of refusals."""
        return min(leg.since or leg.first_hour for leg in self.bad)

    @property
    def older_than_the_log(self) -> bool:
        """Whether it refused in the first hour that was read: then it may have begun before."""
        return all(leg.since is None and leg.first_hour <= self._first for leg in self.bad)

    @property
    def _first(self) -> datetime:
        return min(leg.first_hour for leg in (*self.bad, *self.good))

    @property
    def users_hit(self) -> int:
        return max(leg.users.mixed + leg.users.all_bad for leg in self.bad)


def signatures(case: Case) -> tuple[Signature, ...]:
    """The article's signature for each way in which hosts are named; empty where it is not there."""
    counts = judged_logs(case)
    return _signatures(counts) if counts is not None else ()


@remembered
def _signatures(counts: LogCounts) -> tuple[Signature, ...]:
    legs = legs_of(counts)
    found = (_signature(counts, [leg for leg in legs if leg.named_by is naming], naming) for naming in NamedBy)
    return tuple(each for each in found if each is not None)


def _signature(counts: LogCounts, legs: Sequence[LogLeg], naming: NamedBy) -> Signature | None:
    bad = tuple(leg for leg in legs if leg.refuses)
    good = tuple(leg for leg in legs if leg.accepts)
    if not bad or not good:
        return None
    since = min(leg.since or leg.first_hour for leg in bad)
    chosen = {leg.host for leg in good}
    passed_since = sum(
        hour.requests - hour.credentials
        for hour in counts.timeline
        if hour.target in chosen and hour.named_by is naming and hour.hour_utc >= since
    )
    return Signature(
        naming,
        bad,
        good,
        met_both=sum(_met_both(user.targets, bad, good, naming) for user in counts.users),
        hit=_most_hit(counts, bad, naming),
        over=all(is_over(leg, good, counts.timeline) for leg in bad),
        passed_since=passed_since,
    )


def _met_both(met: Sequence[UserTarget], bad: Sequence[LogLeg], good: Sequence[LogLeg], naming: NamedBy) -> bool:
    """Refused there and served elsewhere: her mailbox is in one site, so both hosts are drawn for it (J13)."""
    by_host = {each.target: each for each in met if each.named_by is naming}
    refused = any((at := by_host.get(leg.host)) is not None and at.failed - at.credentials > 0 for leg in bad)
    served = any((at := by_host.get(leg.host)) is not None and at.requests > at.failed for leg in good)
    return refused and served


def _most_hit(counts: LogCounts, bad: Sequence[LogLeg], naming: NamedBy) -> tuple[str, ...]:
    hosts = {leg.host for leg in bad}
    failures = {
        user.user: sum(
            at.failed - at.credentials for at in user.targets if at.target in hosts and at.named_by is naming
        )
        for user in counts.users
    }
    ranked = sorted((user for user, times in failures.items() if times), key=lambda user: (-failures[user], user))
    return tuple(ranked[:_MOST_NAMED])


def signature_clue(
    case: Case, signature: Signature, subject: Subject, predicted: float | None, *, in_one_site: bool
) -> Clue:
    """What a signature says of `namespace/duplicate`. `in_one_site`: an inventory names both for one mailbox."""
    together = in_one_site or signature.met_both >= _ENOUGH_USERS
    text = words_of(signature, predicted) + _pick_words(case, signature.named_by)
    doubt = _doubt(case, signature)
    if doubt:
        return Clue(Effect.SUPPORTS, f"{text}; {doubt}", _SOURCE, Group.LOG, Basis.INFERRED, subject)
    if any(leg.version == _E2010 for leg in signature.bad):
        # Reached by server name, as is believed: two hosts are two servers, not two namespaces.
        return Clue(Effect.SUPPORTS, text, f"{_SOURCE}, J13", Group.LOG, Basis.INFERRED, subject)
    if not together:
        text += "; no user is seen at both, so that they may belong to different AD sites"
        return Clue(Effect.SUPPORTS, text, f"{_SOURCE}, J13", Group.LOG, _basis(signature), subject, strong=True)
    return Clue(Effect.PROVES, text, _SOURCE, Group.LOG, _basis(signature), subject)


def _basis(signature: Signature) -> Basis:
    """`PrxTo` with a 403, or 403 7 in the old server's own log, shows the refusal itself; the rest is inferred."""
    if signature.named_by is NamedBy.PRX_TO and all(leg.status == 403 for leg in signature.bad):
        return Basis.CONFIRMED
    if signature.named_by is NamedBy.ADDRESS and all(leg.wants_certificate for leg in signature.bad):
        return Basis.CONFIRMED
    return Basis.INFERRED


def _doubt(case: Case, signature: Signature) -> str:
    """Why it may be history; empty where it is of now."""
    if signature.over:
        last = max(leg.last_hour for leg in signature.bad)
        return f"after the hour from {_hour(last)} nothing went there any more: it seems to be mended"
    if signature.named_by is not NamedBy.PRX_TO:
        return ""
    hosts = {leg.host for leg in signature.bad}
    if any(denied(case, host) for host in hosts):
        return "you say, or what was imported says, that it is no InternalUrl now: one of the two is older"
    return ""


def words_of(signature: Signature, predicted: float | None = None) -> str:
    """The signature in words: hosts, shares, since when, and who is hit."""
    parts = [
        f"{leg.host} refused {leg.refused} of {leg.requests} requests passed on to it{_codes(leg)}"
        for leg in signature.bad
    ]
    parts += [f"{leg.host} served {leg.served} of {leg.requests}" for leg in signature.good]
    share = share_in_words(signature.refused, signature.requests)
    told = f"{', '.join(parts)}; {share} of all were refused"
    if predicted is not None:
        fitting = fits(signature.refused, signature.requests, predicted)
        told += f", predicted {percent(predicted)}{'' if fitting else ', which does not fit'}"
    told += f"; since {_hour(signature.since)}"
    if signature.older_than_the_log:
        told += ", the first hour that was read"
    if signature.users_hit:
        named = f", most of all {', '.join(signature.hit)}" if signature.hit else ""
        told += f"; {signature.users_hit} users were hit{named}"
    return told


def _codes(leg: LogLeg) -> str:
    if leg.wants_certificate:
        return " (403 7: a client certificate is required, and a proxying server never has one)"
    return f" ({', '.join(str(status) for status, _ in leg.by_status[:2])})" if leg.by_status else ""


def _hour(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:00} UTC"


_PICKS = {
    "request": "; it is drawn anew for each request",
    "user": "; each user keeps to one of them",
}


def _pick_words(case: Case, naming: NamedBy) -> str:
    picks = case.logs.picks if case.logs is not None else ()
    return next((_PICKS.get(sign.pick, "") for sign in picks if sign.named_by is naming), "")


def leg_hosts(case: Case) -> tuple[str, ...]:
    """The old hosts that logs speak of: by the names that proxying servers chose, where any log tells those."""
    legs = [leg for leg in log_legs(case) if leg.refuses or leg.accepts]
    named = [leg for leg in legs if leg.named_by is NamedBy.PRX_TO]
    return tuple(dict.fromkeys(leg.host for leg in named or legs))


def all_refuse(case: Case) -> tuple[LogLeg, ...]:
    """The hosts of the leg where every one that logs name refuses nearly all; else none."""
    legs = [leg for leg in log_legs(case) if leg.named_by is NamedBy.PRX_TO] or list(log_legs(case))
    return tuple(legs) if legs and all(leg.refuses for leg in legs) else ()


def serving(case: Case) -> Iterator[LogLeg]:
    """The hosts of the leg that take it."""
    return (leg for leg in log_legs(case) if leg.accepts)
