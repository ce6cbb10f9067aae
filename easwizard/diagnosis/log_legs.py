"""What server logs show of the way to the old servers: which host was chosen, and what became of it (1.7, logs.md 1).

Only these name an old server: `PrxTo` in the log of the server that passes requests on, an HttpProxy row with a
target of version 8 or 14, and the old server's own log. An HttpProxy log alone names a newer mailbox server for
mailboxes on 2007. Counts are of requests that reached a leg; failures on credentials are on neither side (J10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from easwizard.case.case import Case
from easwizard.case.log_counts import HourCount, LogCounts, NamedBy, Outcome, TargetCount, UserSplit
from easwizard.case.log_onset import onset
from easwizard.case.statistics import samples_to_see, wilson_interval
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_memory import remembered
from easwizard.diagnosis.log_places import is_leg, moved_by, version_of

NEARLY_ALL = 0.9
"""The share of requests from which a target refuses nearly all (logs.md 5.1)."""
_AT_LEAST = 0.8
"""Where the 95 % interval of that share must begin: some 16 requests at the fewest."""
_MOST_REFUSED = 0.5
"""Where the interval of a target that takes the leg ends at the latest."""
_FEWEST_SERVED = 10
_REFUSING = (401, 403, 404)
"""What an endpoint answers that does not take the leg (1.4)."""
TELLTALE = ("toomanyproxyloginattempts", "ntlm", "userhasnocas", "badschemenossl")
"""`Error:` names, as they begin, by which the proxying server gives another reason for such a status (logs.md 4)."""
_PROXIED_TO_OFTEN_ENOUGH = 3


@dataclass(frozen=True)
class LogLeg:
    """One old host as logs show it, from the hour on in which its failures began."""

    host: str
    named_by: NamedBy
    version: int | None
    """8 for 2007, 14 for 2010; None where the log does not say."""
    requests: int
    refused: int
    """401, 403 and 404 that no `Error:` explains in another way."""
    served: int
    by_status: tuple[tuple[int, int], ...]
    """Refusals by status, the most frequent first, of all hours."""
    certificate: int
    """Answers 403 7 among the refusals, of all hours: no client certificate came."""
    since: datetime | None
    """Set where the log shows hours before it in which it failed less."""
    first_hour: datetime
    last_hour: datetime
    users: UserSplit

    @property
    def decided(self) -> int:
        """Requests that were refused or served; other failures do not tell whether it takes the leg."""
        return self.refused + self.served

    @property
    def refuses(self) -> bool:
        """Whether it refuses nearly all, and chance does not explain it."""
        if not self.decided or self.refused / self.decided < NEARLY_ALL:
            return False
        return wilson_interval(self.refused, self.decided)[0] >= _AT_LEAST

    @property
    def accepts(self) -> bool:
        """Whether it takes the leg; that some requests fail for another reason is no refusal."""
        if self.served < _FEWEST_SERVED:
            return False
        return wilson_interval(self.refused, self.decided)[1] <= _MOST_REFUSED

    @property
    def is_mixed(self) -> bool:
        """Whether it refuses the same users now and then: more than a stray one (J15)."""
        often = self.decided and 0.05 <= self.refused / self.decided < NEARLY_ALL
        return bool(often) and self.users.mixed >= 2 and self.users.mixed >= self.users.all_bad

    @property
    def status(self) -> int | None:
        """The status that most refusals have."""
        return self.by_status[0][0] if self.by_status else None

    @property
    def wants_certificate(self) -> bool:
        """Whether the log itself says that a client certificate was missing, nearly every time (J5)."""
        total = sum(times for _, times in self.by_status)
        return bool(total) and self.certificate / total >= NEARLY_ALL


def log_legs(case: Case) -> tuple[LogLeg, ...]:
    """Every old host that judged logs name, those with the most refusals first."""
    counts = judged_logs(case)
    return legs_of(counts) if counts is not None else ()


@remembered
def legs_of(counts: LogCounts) -> tuple[LogLeg, ...]:
    """Every old host that these counts name."""
    hours: dict[tuple[str, str], list[HourCount]] = {}
    for hour in counts.timeline:
        if hour.requests:
            hours.setdefault((hour.target, hour.named_by), []).append(hour)
    chosen = [target for target in counts.targets if is_leg(counts, target)]
    legs = [_leg(counts, target, hours.get((target.host, target.named_by), [])) for target in chosen]
    return tuple(sorted((leg for leg in legs if leg is not None), key=lambda leg: (-leg.refused, leg.host)))


def proxied_to(case: Case, host: str) -> bool:
    """Whether a proxying server wrote that it chose this host: then it is an InternalUrl in use (J4)."""
    wanted = host.casefold()
    return any(
        leg.host == wanted and leg.named_by is NamedBy.PRX_TO and leg.requests >= _PROXIED_TO_OFTEN_ENOUGH
        for leg in log_legs(case)
    )


def denied(case: Case, host: str) -> bool:
    """Whether an answer, or an inventory with all old InternalUrls, says that this is none now (J4)."""
    old = [v for v in case.inventory.vdirs if v.product is not None and v.product.is_legacy and not v.back_end]
    if any(v.internal_host == host for v in case.inventory.vdirs):
        return False
    return (bool(old) and all(v.internal_url is not None for v in old)) or case.answer(f"internal-url:{host}") == "no"


def is_over(bad: LogLeg, good: Iterable[LogLeg], timeline: Iterable[HourCount]) -> bool:
    """Whether so many requests went elsewhere after the last one there that it is no longer drawn (1.6)."""
    others = {leg.host for leg in good}
    hours = [each for each in timeline if each.target in others]
    before = sum(each.requests for each in hours if each.hour_utc <= bad.last_hour)
    after = sum(each.requests for each in hours if each.hour_utc > bad.last_hour)
    share = bad.requests / (bad.requests + before)
    return after >= 3 * samples_to_see(share)


def _leg(counts: LogCounts, target: TargetCount, hours: Sequence[HourCount]) -> LogLeg | None:
    if not hours:
        return None
    refusals = _refusals(counts, target)
    certificate = sum(
        each.count
        for each in counts.statuses
        if _of(each.target, each.named_by, target) and (each.status, each.substatus) == (403, 7)
    )
    began = onset(hours, target.host)
    since = began.hour_utc if began is not None and began.share_before is not None else None
    counted = [hour for hour in hours if since is None or hour.hour_utc >= since]
    failed = sum(hour.failed - hour.credentials for hour in counted)
    moved = moved_by(counts, target)
    requests = sum(hour.requests - hour.credentials for hour in counted)
    return LogLeg(
        host=target.host,
        named_by=target.named_by,
        version=version_of(target),
        requests=requests,
        refused=min(failed, sum(refusals.values())),
        served=max(0, requests - failed - moved),
        by_status=tuple(sorted(refusals.items(), key=lambda item: (-item[1], item[0]))),
        certificate=certificate,
        since=since,
        first_hour=hours[0].hour_utc,
        last_hour=hours[-1].hour_utc,
        users=target.users,
    )


def _of(host: str, named_by: NamedBy, target: TargetCount) -> bool:
    return (host, named_by) == (target.host, target.named_by)


def _refusals(counts: LogCounts, target: TargetCount) -> dict[int, int]:
    """Refusals by status, less those for which the proxying server itself gives another reason."""
    found: dict[int, int] = {}
    for each in counts.statuses:
        if _of(each.target, each.named_by, target) and each.outcome is Outcome.FAILED and each.status in _REFUSING:
            found[each.status] = found.get(each.status, 0) + each.count
    for error in counts.errors:
        if error.target == target.host and error.status in found and _is_telltale(error.error):
            found[error.status] -= error.count
    return {status: times for status, times in found.items() if times > 0}


def _is_telltale(error: str) -> bool:
    return error.casefold().replace(" ", "").startswith(TELLTALE)
