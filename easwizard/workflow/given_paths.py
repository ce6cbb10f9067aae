"""Paths as people give them: typed, dragged into the terminal, copied from a file manager; several at once.

Quotes around, backslashes before spaces, `file://`, `~`, folders and patterns all come to files. `SERVER=FILE` keeps
its meaning. Looks at names of files, and opens none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from easwizard.evidence.import_files import ImportFile, import_file

MOST_FILES = 200
"""Files of one folder or pattern; more is no evidence but a disk."""
_LONGEST = 8_000
"""Characters; a longer text is what somebody copied out of a file, and no path."""
_WORD = re.compile(r'"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<bare>(?:\\.|[^\s"\'])+)')
_PATTERN = re.compile(r"[*?]|\[[^\]]+\]")


@dataclass(frozen=True)
class Given:
    """What a text comes to."""

    files: tuple[ImportFile, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    """What was given, and why it comes to nothing."""


def files_in(text: str, *, windows: bool = os.name == "nt") -> Given:
    """The files that a text names. Looks at the disk: not for the event loop."""
    files: dict[tuple[str, str | None], ImportFile] = {}
    troubles: list[tuple[str, str]] = []
    for word in words_in(text, windows=windows):
        found, why = files_of(word)
        if why is not None:
            troubles.append((word, why))
        for file in found:
            files.setdefault((str(file.content), file.server), file)
    return Given(tuple(files.values()), tuple(troubles))


def is_paths(text: str, *, windows: bool = os.name == "nt") -> bool:
    """Whether a text that was dropped or pasted is nothing but paths of things that exist."""
    if not text.strip() or len(text) > _LONGEST:
        return False
    given = [*words_in(text, windows=windows)]
    return bool(given) and all(
        _exists(Path(word.partition("=")[2] if "=" in word else word)) or _exists(Path(word)) for word in given
    )


def words_in(text: str, *, windows: bool = os.name == "nt") -> Iterator[str]:
    """Each path by itself; a line that is a path as a whole may have spaces in it."""
    for line in text.splitlines():
        bare = line.strip()
        if bare and len(bare) < _LONGEST:
            whole = _plain(bare)
            if _exists(Path(whole)) or ("=" in whole and _exists(Path(whole.partition("=")[2]))):
                yield whole
            else:
                yield from _split(bare, windows)


def _split(line: str, windows: bool) -> Iterator[str]:
    """`SERVER="C:\\my file"` is one word, as a shell would have it."""
    word, end = "", 0
    for found in _WORD.finditer(line):
        if found.start() != end and word:
            yield _plain(word)
            word = ""
        bare = found["bare"]
        if bare is None:
            word += found["double"] if found["double"] is not None else found["single"]
        else:
            word += bare if windows else re.sub(r"\\(.)", r"\1", bare)
        end = found.end()
    if word:
        yield _plain(word)


def _plain(word: str) -> str:
    """Without what a file manager or a shell puts around a path."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        word = word[1:-1]
    if word[:7].casefold() == "file://":
        word = _of_url(word)
    return os.path.expanduser(word) if word.startswith("~") else word


def _of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    path = unquote(parts.path)
    if re.match(r"/[A-Za-z]:", path):
        return path[1:]  # file:///C:/x
    return f"//{parts.netloc}{path}" if parts.netloc not in ("", "localhost") else path


def files_of(word: str, without: Container[str] = ()) -> tuple[list[ImportFile], str | None]:
    """The files of one path, and why there are none; those whose absolute paths are in `without` are left out."""
    given = import_file(word)
    path = given.content
    if not isinstance(path, Path):
        return [given], None
    try:
        if path.is_dir():
            return _many(_left(path.iterdir(), without), given.server, "the folder holds no file")
        if not _exists(path) and _PATTERN.search(path.name):
            return _many(_left(path.parent.glob(path.name), without), given.server, "no file is called so")
    except (OSError, ValueError) as error:
        return [], f"it cannot be looked into ({getattr(error, 'strerror', None) or error})"
    if not _exists(path):
        return [], "there is no such file"
    return ([given], None) if os.path.abspath(path) not in without else ([], None)


def _left(paths: Iterable[Path], without: Container[str]) -> list[Path]:
    return sorted(p for p in paths if p.is_file() and os.path.abspath(p) not in without)


def _many(paths: list[Path], server: str | None, nothing: str) -> tuple[list[ImportFile], str | None]:
    prefix = f"{server}=" if server is not None else ""
    if len(paths) > MOST_FILES:
        return [], f"{len(paths)} files are more than {MOST_FILES}: name those that matter"
    return [import_file(f"{prefix}{path}") for path in paths], None if paths else nothing


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
