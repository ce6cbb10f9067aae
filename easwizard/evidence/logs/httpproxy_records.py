"""Lines of HttpProxy logs put together to records, and cut into cells (logs.md 3, 7.5). Knows no column's meaning.

A record begins with a time and ends with its line, or, where a quote is open, with the line that closes it. A line
that begins with a time, or a directive, always ends what was open before: a lone quote must not swallow records.
"""

from __future__ import annotations

import re

STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,")
DIRECTIVE = re.compile(rb"#(?:Software|Version|Log-type|Date|Fields):", re.IGNORECASE)
COMMA = b"\x1f"
"""Stands for a comma within quotes."""
LONGEST_RECORD = 8 * 1024 * 1024


class OpenRecord:
    """A record whose quote is still open."""

    def __init__(self, line: bytes) -> None:
        self._lines = [line]
        self._length = len(line)
        self.too_long = False

    def add(self, line: bytes) -> bool:
        """Takes the next line; whether the record is whole with it."""
        if not self.too_long:
            self._lines.append(line)
            self._length += len(line)
            if self._length > LONGEST_RECORD:
                self.too_long = True
                self._lines.clear()
        return odd_quotes(line)

    def whole(self) -> bytes:
        return b"\n".join(self._lines)


def odd_quotes(line: bytes) -> bool:
    return line.count(b'"') & 1 == 1


def protected(record: bytes) -> bytes:
    """A record that has quotes, its commas within quotes replaced: each comma that is left parts two cells."""
    parts = record.split(b'"')
    parts[1::2] = [part.replace(b",", COMMA) for part in parts[1::2]]
    return b'"'.join(parts)


def plain(cell: bytes) -> bytes:
    """What a cell of a protected record says: without its quotes (RFC 4180), with its commas."""
    if b'"' not in cell:
        return cell
    ended = cell.rstrip(b"\r")
    if len(ended) > 1 and ended[:1] == b'"' == ended[-1:]:
        ended = ended[1:-1].replace(b'""', b'"')
    return ended.replace(COMMA, b",")
