"""The SHA-256 of logs, taken beside the reading. The hash of a log says later which file a count was made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable

from easwizard.evidence.logs.finding_files import Source

MOST_HASHED = 512 * 1024 * 1024
"""Bytes of a log. Larger ones have no hash: it would cost a tenth of the time that counting them takes."""
_STEP = 4 * 1024 * 1024


def fingerprints(sources: Iterable[Source], stop: Callable[[], bool]) -> dict[str, str]:
    """By the name of the source; without those that are too large or cannot be read, or come after a stop."""
    found: dict[str, str] = {}
    by_path: dict[str, str] = {}
    for source in sources:
        if source.path not in by_path:
            by_path[source.path] = _sha256(source, stop)
        if by_path[source.path]:
            found[source.name] = by_path[source.path]
    return found


def _sha256(source: Source, stop: Callable[[], bool]) -> str:
    """Of the bytes that were there when it was found, which are those that are read; of an archive, of all of it."""
    digest = hashlib.sha256()
    try:
        left = os.path.getsize(source.path) if source.packed else source.size
        if left > MOST_HASHED:
            return ""
        with open(source.path, "rb") as file:
            while left and not stop() and (chunk := file.read(min(_STEP, left))):
                digest.update(chunk)
                left -= len(chunk)
    except OSError:
        return ""
    return "" if left else digest.hexdigest()
