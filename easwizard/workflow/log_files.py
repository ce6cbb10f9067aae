"""The use case "the admin brings logs": tells them from other evidence by content, and makes an event of counts.

Opens the files named and nothing else. Reading and counting is `evidence.logs`; a case keeps counts, never rows.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable

from easwizard.case.events import LogsRead
from easwizard.case.log_counts import LogCounts
from easwizard.case.log_keeping import kept
from easwizard.evidence.logs.compressed import Unreadable, opened
from easwizard.evidence.logs.finding_files import NoLogs, Source, find_logs
from easwizard.evidence.logs.kinds import HEAD, tell


def are_logs(name: str) -> bool:
    """Whether what is named is logs: a folder, a glob, or a file in which a log begins, packed or not."""
    if os.path.isdir(name):
        return True
    if not os.path.exists(name):
        return bool(glob.has_magic(name) and glob.glob(name, recursive=True))
    try:
        return any(_is_log(source) for source in find_logs([name]))
    except (NoLogs, OSError):
        return False


def _is_log(source: Source) -> bool:
    try:
        with opened(source) as stream:
            return tell(stream.read(HEAD)) is not None
    except (Unreadable, OSError):
        return False


def apart(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """What was named, as logs and as other evidence, each in the order given."""
    logs: list[str] = []
    others: list[str] = []
    for name in names:
        (logs if are_logs(name) else others).append(name)
    return logs, others


def event_of_logs(counts: LogCounts) -> LogsRead:
    """What reading logs does to a case; counts that it had before are replaced."""
    return LogsRead(kept(counts))
