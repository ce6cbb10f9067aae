"""Opens a log for reading from a place on, unpacking it on the way, within a limit. A packed one is read whole."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from easwizard.evidence.logs.blocks import Readable
from easwizard.evidence.logs.finding_files import Source

MOST_UNPACKED = 64 * 1024**3
"""Bytes that one packed log may unpack to; the rest of it is not read, and its coverage says so."""
_SIP = 4 * 1024
_ERRORS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What reading a damaged, encrypted or strangely packed file can raise."""


class Unreadable(Exception):
    """A log could not be read, or not further; the message says why."""


class Stream(Readable, Protocol):
    """Bytes of a log, and how far its file on disk was read."""

    def tell(self) -> int: ...


@contextmanager
def opened(source: Source, start: int = 0, most: int = MOST_UNPACKED) -> Iterator[Stream]:
    """The bytes of a log from a place on. Raises Unreadable, also while it is read."""
    try:
        with open(source.path, "rb") as file:
            if source.packed == "zip":
                with zipfile.ZipFile(file) as archive, archive.open(source.member) as member:
                    yield _Unpacked(member, file, most)
            elif source.packed == "gzip":
                with gzip.GzipFile(fileobj=file) as unpacked:
                    yield _Unpacked(unpacked, file, most)
            else:
                file.seek(start)
                yield _Plain(file)
    except _ERRORS as error:
        raise Unreadable(_why(error)) from error


def head_of(source: Source, count: int) -> bytes:
    """The first bytes of a log, as many as can be read. Raises Unreadable where there are none for a reason."""
    head = b""
    try:
        with opened(source) as stream:
            while len(head) < count and (chunk := stream.read(min(_SIP, count - len(head)))):
                head += chunk
    except Unreadable:
        if not head:
            raise
    return head


class _Plain:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read = file.read
        self.tell = file.tell


class _Unpacked:
    """Stops with Unreadable at the limit, so that a small file cannot keep a machine busy for days."""

    def __init__(self, stream: Readable, file: BinaryIO, most: int) -> None:
        self._stream = stream
        self._file = file
        self._start = file.tell()
        self._left = most

    def read(self, size: int, /) -> bytes:
        if self._left <= 0 and self._stream.read(1):
            raise Unreadable("it unpacks to more than is read of a packed log")
        chunk = self._stream.read(min(size, self._left)) if self._left > 0 else b""
        self._left -= len(chunk)
        return chunk

    def tell(self) -> int:
        """Packed bytes taken so far."""
        return max(0, self._file.tell() - self._start)


def _why(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "it ends before it is whole; what was read until there counts"
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it is encrypted"
    if isinstance(error, NotImplementedError):
        return "it is packed in a way that is not understood"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"it is damaged; what was read until there counts ({type(error).__name__})"
