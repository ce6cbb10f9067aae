"""The folder `NAME.evidence` beside a case: copies of what the admin brought, without secrets (DESIGN 6).

A copy's name carries the beginning of its own SHA-256, as `servers.3f2a9c1d4e5b.xml`: whether one was changed shows
by itself, the same copy twice is one file, and nothing is ever overwritten. Knows nothing of what a file says, and
takes nothing out of it: what is handed over is kept as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path

from easwizard.case.untrusted import visible

ENDING = ".evidence"
_HALF = ".new"
_HASH = 12
"""Hexadecimal digits of the SHA-256 in a name."""
_LONGEST = 60
"""Bytes kept of a file's own name; with hash and ending every file system takes it."""
_MOST_BYTES = 256_000_000
_NAME = re.compile(rf"[^/\\:\x00]*\.(?P<hash>[0-9a-f]{{{_HASH}}})(?:\.[A-Za-z0-9_-]{{1,12}})?")
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
}
"""Devices of Windows: no file can have such a name there, whatever its ending."""


class CopyError(ValueError):
    """A copy that cannot be kept or read; the message says which and why."""


class EvidenceFolder:
    """The copies of one case. The folder is made with the first copy and taken away with the last."""

    def __init__(self, case: Path) -> None:
        """`case` is the case's own file."""
        self.path = case.with_name(f"{case.stem}{ENDING}")

    def __str__(self) -> str:
        return str(self.path)

    def keep(self, name: str, content: bytes) -> str:
        """Keep a copy of the file called so; returns the copy's name. Whole or not at all. Raises CopyError."""
        copy = copy_name(name, content)
        path = self.path / copy
        try:
            self.path.mkdir(exist_ok=True)
            if not path.exists():
                self._write(path, content)
        except OSError as error:
            raise CopyError(f"{self.path}: no copy can be written there ({error.strerror})") from error
        if self.read(copy) != content:
            raise CopyError(f"{path}: is there already with other content; it was left as it is")
        return copy

    def keep_as(self, copy: str, content: bytes) -> None:
        """Keep a copy under the name that it has elsewhere. Raises CopyError where the name is none for it."""
        told = _NAME.fullmatch(copy)
        own = copy[: told.start("hash") - 1] + copy[told.end("hash") :] if told is not None else ""
        if not own or copy_name(own, content) != copy:
            raise CopyError(f"{visible(copy, 100)}: is no copy, or was changed since it was kept")
        self.keep(own, content)

    def _write(self, path: Path, content: bytes) -> None:
        handle, half = tempfile.mkstemp(prefix=".", suffix=_HALF, dir=self.path)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(half, path)
        except BaseException:
            # Whatever ended it, even an interrupt: half a copy must not stay.
            with suppress(OSError):
                os.unlink(half)
            raise

    def read(self, copy: str) -> bytes:
        """The content of a copy as it was kept. Raises CopyError where it is gone or was changed."""
        told = _NAME.fullmatch(copy)
        if told is None:
            raise CopyError(f"{visible(copy, 100)}: is no name of a copy")
        path = self.path / copy
        try:
            if not path.is_file():
                raise CopyError(f"its copy is not in {self.path.name} any more")
            with path.open("rb") as stream:
                content = stream.read(_MOST_BYTES)
        except OSError as error:
            raise CopyError(f"its copy cannot be read ({error.strerror})") from error
        if _hash(content) != told["hash"]:
            raise CopyError("its copy was changed since it was kept")
        return content

    def remove(self, copy: str) -> None:
        """Take a copy away; one that is gone already, or cannot be removed, is let be."""
        if _NAME.fullmatch(copy) is None:
            return
        with suppress(OSError):
            (self.path / copy).unlink()
        self.clear()

    def clear(self) -> None:
        """Take away what a kill left half written, and the folder itself where nothing is in it."""
        with suppress(OSError):
            for half in self.path.iterdir():
                if half.name.startswith(".") and half.name.endswith(_HALF):
                    half.unlink()
            self.path.rmdir()


class CopiesInMemory:
    """For a case that is not saved: copies are forgotten with it."""

    def __init__(self) -> None:
        self._copies: dict[str, bytes] = {}

    def __str__(self) -> str:
        return "memory only"

    def keep(self, name: str, content: bytes) -> str:
        copy = copy_name(name, content)
        self._copies[copy] = content
        return copy

    def read(self, copy: str) -> bytes:
        """Raises CopyError."""
        if copy not in self._copies:
            raise CopyError("its copy was in memory only")
        return self._copies[copy]

    def remove(self, copy: str) -> None:
        self._copies.pop(copy, None)


def copy_name(name: str, content: bytes) -> str:
    """A name that is one on every system, whatever the file was called.

    >>> copy_name("con.xml", b"")
    '_con.e3b0c44298fc.xml'
    """
    base = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in unicodedata.normalize("NFC", name))
    stem, dot, ending = base.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9_-]{1,12}", ending):
        stem, ending = base, ""
    stem = stem.strip(" .").encode()[:_LONGEST].decode("utf-8", "ignore").strip(" .") or "evidence"
    if stem.partition(".")[0].strip().casefold() in _RESERVED:
        stem = f"_{stem}"
    return f"{stem}.{_hash(content)}{f'.{ending}' if ending else ''}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH]
