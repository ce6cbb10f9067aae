"""Whether a file is a newer taking of one that was brought before: it then takes that one's place. Pure.

After a fix the same file is brought again, and what the older one said is history, not a contradiction. A file counts
as the same one only where its name, its server, its format and what it tells of are the same, and some time lies
between: files that are brought together are two sources, whose differences are worth showing.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from easwizard.case.case import Import
from easwizard.evidence.reading import About, Reading

_TOGETHER = timedelta(minutes=1)
_OUTPUT = re.compile(r"\d{8,}|[ _-]?\(\d{1,3}\)")
"""What changes between two takings: the collector's time, and the number that a browser adds."""


def is_taken_again(
    before: Import, told_before: Reading | None, name: str, server: str | None, now_told: Reading, now: datetime
) -> bool:
    """Whether what is told now takes the place of what was told before."""
    if told_before is None or before.read_at is None or now - before.read_at < _TOGETHER:
        return False
    same_file = _plain(before.file) == _plain(name) and (before.server or "").casefold() == (server or "").casefold()
    if not same_file or told_before.format != now_told.format:
        return False
    about = _about(told_before)
    return about <= _about(now_told) and bool(about or server)


def _plain(name: str) -> str:
    return _OUTPUT.sub("", name.casefold())


def _about(reading: Reading) -> set[About]:
    return {claim.about for claim in reading.claims}
