"""What of the things that were named is logs, told by content: a file, a folder with all below it, a pattern.

The rest is other evidence. Opens the beginning of files that may be logs, and reads none to its end.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from easwizard.evidence.import_files import ImportFile, import_file
from easwizard.workflow.given_paths import files_of, words_in
from easwizard.workflow.log_files import are_logs

MOST_ENTRIES = 50_000
"""Files and folders below one that was named; more is a disk, and no folder of logs."""
_ENDINGS = (".log", ".txt", ".csv", ".gz", ".zip")
_TOO_MANY = f"more than {MOST_ENTRIES:,} files are below it: name the folder of the logs"


@dataclass(frozen=True)
class Brought:
    """What was given, apart."""

    logs: tuple[str, ...] = ()
    """Absolute paths of log files, each once."""
    files: tuple[ImportFile, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    """What was given, and why it comes to nothing."""


def brought(text: str, *, windows: bool = os.name == "nt") -> Brought:
    """What a typed or dropped text names. Looks at the disk: not for the event loop."""
    return brought_by(words_in(text, windows=windows))


def brought_by(words: Iterable[str]) -> Brought:
    """The same for paths one by one; `SERVER=FILE` keeps its meaning for what is no log."""
    logs: dict[str, None] = {}
    files: dict[tuple[str, str | None], ImportFile] = {}
    troubles: list[tuple[str, str]] = []
    for word in words:
        path = import_file(word).content
        found, why = _logs_at(str(path)) if isinstance(path, Path) else ((), "")
        logs |= dict.fromkeys(found)
        if why:
            troubles.append((word, why))
            continue
        others, trouble = files_of(word, without=frozenset(found))
        files |= {(str(file.content), file.server): file for file in others}
        if trouble is not None and not found:
            troubles.append((word, trouble))
    return Brought(tuple(logs), tuple(files.values()), tuple(troubles))


def _logs_at(name: str) -> tuple[tuple[str, ...], str]:
    """Every log that a path names, and why it was not looked at to its end."""
    try:
        below = _below(name) if os.path.isdir(name) else _matching(name)
        candidates = [*below]
    except _TooMany:
        return (), _TOO_MANY
    except (OSError, ValueError):
        return (), ""
    return tuple(path for path in candidates if are_logs(path)), ""


class _TooMany(Exception):
    """No folder of logs has so much below it."""


def _below(folder: str) -> Iterator[str]:
    """What may be a log, in the order of paths; links to folders are not followed."""
    seen = 0
    for where, folders, files in os.walk(os.path.abspath(folder)):
        folders.sort()
        seen += len(folders) + len(files)
        if seen > MOST_ENTRIES:
            raise _TooMany
        for file in sorted(files):
            if file.lower().endswith(_ENDINGS):
                yield os.path.join(where, file)


def _matching(name: str) -> Iterator[str]:
    """The path itself, or what a pattern names: a folder that it names counts with all below it."""
    if os.path.exists(name):
        yield os.path.abspath(name)
        return
    for path in sorted(glob.glob(name, recursive=True)) if glob.has_magic(name) else ():
        if os.path.isdir(path):
            yield from _below(path)
        else:
            yield os.path.abspath(path)
