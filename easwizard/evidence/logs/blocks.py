"""Whole lines from a stream, a few megabytes at a time, never more than `size` bytes of it. Understands no line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

BLOCK = 2 * 1024 * 1024
"""Bytes taken at a time: large enough for speed, small enough to stay in the processor's cache and out of memory."""
LONGEST_LINE = 8 * 1024 * 1024


class Readable(Protocol):
    """What blocks are read from."""

    def read(self, size: int, /) -> bytes: ...


class Blocks:
    """The lines of one stream. After iterating, `tail` and `too_long` say what was left out."""

    def __init__(self, stream: Readable, size: int | None = None, block: int = BLOCK) -> None:
        self._stream = stream
        self._left = size
        self._block = block
        self.tail = b""
        """What stood behind the last line feed: a line that is still being written, or was cut."""
        self.too_long = 0
        """Lines over LONGEST_LINE."""

    def __iter__(self) -> Iterator[bytes]:
        rest, skipping = b"", False
        while chunk := self._read():
            end = chunk.rfind(b"\n") + 1
            if skipping and end:
                chunk = chunk[chunk.find(b"\n") + 1 :]
                self.too_long, skipping = self.too_long + 1, False
                end = chunk.rfind(b"\n") + 1
            if skipping:
                continue
            if end:
                yield b"".join((rest, memoryview(chunk)[:end]))
                rest = chunk[end:]
            else:
                rest += chunk
            if len(rest) > LONGEST_LINE:
                rest, skipping = b"", True
        self.tail = rest
        self.too_long += skipping

    def _read(self) -> bytes:
        if self._left is None:
            return self._stream.read(self._block)
        chunk = self._stream.read(min(self._block, self._left))
        self._left -= len(chunk)
        return chunk
