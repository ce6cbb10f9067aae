"""How failures spread over users: an interval over users, and whether a target sticks to a user (logs.md 1, 5).

Only what a target did counts: failures on credentials are left out on both sides of a share.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from easwizard.case.log_counts import NamedBy, PickSign, UserSplit
from easwizard.evidence.logs.tables import Place
from easwizard.evidence.logs.tallies import Requests

_Z_95 = 1.959963984540054
_FEWEST_REQUESTS = 4
"""Of a user, to say anything about how her requests are spread."""
_FEWEST_USERS = 5

Share = tuple[int, int]
"""Failed and all, without failures on credentials."""


def share_of(asked: Requests) -> Share:
    return asked.failed - asked.credentials, asked.requests - asked.credentials


def split_of(users: Iterable[Requests]) -> UserSplit:
    """How many users met only good answers, only bad ones, both."""
    good = mixed = bad = 0
    for failed, total in map(share_of, users):
        if total:
            good += failed == 0
            bad += failed == total
            mixed += 0 < failed < total
    return UserSplit(good, mixed, bad)


def interval_by_user(users: Iterable[Requests]) -> tuple[float, float] | None:
    """The 95 % interval of the share when users are the draws: that of a ratio of sums, cut at 0 and 1."""
    shares = [(asked.failed, asked.requests) for asked in users if asked.requests]
    total = sum(n for _, n in shares)
    if len(shares) < 2:
        return None
    share = sum(f for f, _ in shares) / total
    spread = math.fsum((f - share * n) ** 2 for f, n in shares) * len(shares) / (len(shares) - 1)
    half = _Z_95 * math.sqrt(spread) / total
    return max(0.0, share - half), min(1.0, share + half)


def picks_of(users: Mapping[str, Mapping[Place, Requests]]) -> tuple[PickSign, ...]:
    """One sign for each way in which targets were named, over all targets named so."""
    by_naming: dict[NamedBy, list[Requests]] = defaultdict(list)
    several: dict[NamedBy, int] = defaultdict(int)
    for places in users.values():
        sums: dict[NamedBy, Requests] = defaultdict(Requests)
        met: dict[NamedBy, int] = defaultdict(int)
        for (_, naming), asked in places.items():
            sums[naming].add(asked)
            met[naming] += asked.requests > 0
        for naming, asked in sums.items():
            if asked.requests:
                by_naming[naming].append(asked)
                several[naming] += asked.requests > 1 and met[naming] > 1
    return tuple(
        PickSign(naming, split_of(asked), several[naming], stickiness([share_of(each) for each in asked]))
        for naming, asked in sorted(by_naming.items())
    )


def stickiness(shares: Sequence[Share]) -> float | None:
    """The intraclass correlation of failures within users, cut at 0 and 1, by the spread of their shares.

    Where every request is drawn anew, the shares of users spread as a binomial does; where a pick sticks, each share
    is 0 or 1. None where nothing or everything failed, or fewer than five users have four requests.
    """
    enough = [(f, n) for f, n in shares if n >= _FEWEST_REQUESTS]
    failed, total = sum(f for f, _ in enough), sum(n for _, n in enough)
    if len(enough) < _FEWEST_USERS or failed in (0, total):
        return None
    share = failed / total
    spread = math.fsum((f - n * share) ** 2 / (n * share * (1 - share)) for f, n in enough) / (len(enough) - 1)
    mean = total / len(enough)
    return min(1.0, max(0.0, (spread - 1) / (mean - 1)))
