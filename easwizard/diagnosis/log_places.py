"""What a target of log counts is: an old server, a newer front end, or an address that may be either (logs.md 1).

An address alone does not tell. It is an old server's where no front end's log was read, and the reverse.
"""

from __future__ import annotations

import re
from datetime import datetime

from easwizard.case.log_counts import LogCounts, LogKind, NamedBy, TargetCount

_ADDRESS = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+)(?:/.*)?")
"""An address on port 443, with its web site where the log names it."""
_REDIRECTS = (301, 302, 303, 307, 308)


def is_leg(counts: LogCounts, target: TargetCount) -> bool:
    """Whether what names the target names an old server."""
    if target.named_by is NamedBy.PRX_TO:
        return True
    if target.named_by is NamedBy.TARGET_SERVER:
        return version_of(target) in (8, 14)
    return is_old_address(counts, target.host)


def is_address(host: str) -> bool:
    """Whether a target is an address on port 443: what a phone or a proxying server reached."""
    return _ADDRESS.fullmatch(host) is not None


def is_old_address(counts: LogCounts, host: str) -> bool:
    """Whether an address is an old server's: only where no front end's log, which has addresses too, was read."""
    kinds = kinds_read(counts)
    return LogKind.LEGACY in kinds and LogKind.FRONT_END not in kinds and is_address(host)


def is_front_address(counts: LogCounts, host: str) -> bool:
    """Whether an address is a newer front end's: only where no old server's log was read."""
    kinds = kinds_read(counts)
    return LogKind.FRONT_END in kinds and LogKind.LEGACY not in kinds and is_address(host)


def version_of(target: TargetCount) -> int | None:
    """The major version of a target: 8, 14 or 15; None where the log does not say."""
    match = re.search(r"\d+", target.version)
    return int(match[0]) if match and len(match[0]) < 4 else None


def moved_by(counts: LogCounts, target: TargetCount) -> int:
    """Requests that a target sent elsewhere by a redirect of its web site: no ActiveSync answered them (3.1)."""
    own = (s for s in counts.statuses if (s.target, s.named_by) == (target.host, target.named_by))
    return sum(status.count for status in own if is_redirect(status.status))


def is_redirect(status: int) -> bool:
    """Whether a web site answers so that sends its clients elsewhere; 451 is ActiveSync's own word."""
    return status in _REDIRECTS


def kinds_read(counts: LogCounts) -> frozenset[LogKind]:
    """The kinds of logs with any ActiveSync row."""
    return frozenset(file.kind for file in counts.coverage if file.used and file.kind is not None)


def last_row(counts: LogCounts) -> datetime | None:
    """When the newest ActiveSync row is from."""
    return max((file.last_utc for file in counts.coverage if file.last_utc is not None), default=None)
