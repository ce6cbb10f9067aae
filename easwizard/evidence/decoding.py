"""Bytes to text, whatever wrote them: by byte order mark, by the pattern of NUL bytes, else UTF-8.

What is not valid UTF-8 is taken byte by byte as Windows-1252 and said, since a wrong letter in a site's name matters.
Knows encodings and line ends, no format. Source: evidence-formats 2, 3 and 5.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 64 * 1024
"""Bytes from which the encoding, and later the format, is told."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_MOSTLY = 0.6
"""Share of NUL bytes on one side of each pair that tells UTF-16 without a mark; Latin text has nearly all."""
_RARELY = 0.05

FALLBACK = "the text is neither UTF-8 nor UTF-16; it was read as Windows-1252, so letters beyond ASCII may be wrong"
ENDS_ODD = "the text ends within a character; it was probably cut"


class NotText(ValueError):
    """The content is no text; the message says what it seems to be."""


@dataclass(frozen=True)
class Encoding:
    """How a content is encoded, and how many bytes of mark stand before it."""

    name: str
    mark: int = 0


@dataclass(frozen=True)
class Decoded:
    """A text with its line ends made one, and what was wrong with its bytes."""

    text: str
    troubles: tuple[str, ...] = ()


def encoding_of(head: bytes) -> Encoding:
    """The encoding of a content by its first bytes; raises `NotText`."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    _refuse_known(head)
    sample = head[: min(len(head), _SAMPLE) // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > _MOSTLY * half and even < _RARELY * half:
        return Encoding("utf-16-le")
    if even > _MOSTLY * half and odd < _RARELY * half:
        return Encoding("utf-16-be")
    if b"\x00" in sample:
        raise NotText("this is a binary file, not text")
    return Encoding("utf-8")


_KNOWN = (
    (b"PK\x03\x04", "a ZIP archive or an Office document: unpack it, or save it as text"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document: save it as text"),
    (b"%PDF", "a PDF: copy the text out of it"),
    (b"\x89PNG", "a picture: copy the text, not the screen"),
    (b"\xff\xd8\xff", "a picture: copy the text, not the screen"),
    (b"GIF8", "a picture: copy the text, not the screen"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"ElfFile\x00", "an event log: it is not read"),
    (b"{\\rtf", "a Rich Text document: save it as plain text"),
)


def _refuse_known(head: bytes) -> None:
    for start, what in _KNOWN:
        if head.startswith(start) and (start != b"MZ" or b"\x00" in head):
            raise NotText(f"this is {what}")


def decode(content: bytes) -> Decoded:
    """The text of a content, line ends as `\\n`; raises `NotText` where it is none."""
    encoding = encoding_of(content[:HEAD])
    decoder = codecs.getincrementaldecoder(encoding.name)(errors=_LENIENT)
    text = decoder.decode(content[encoding.mark :], final=False)
    troubles = []
    if decoder.getstate()[0]:
        text += decoder.decode(b"", final=True)
        troubles.append(ENDS_ODD)
    if encoding.name == "utf-8" and not _is_utf8(content):
        troubles.append(FALLBACK)
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), tuple(troubles))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class Utf8Stream:
    """A binary stream of any text encoding, read as UTF-8 without a mark; counts the bytes it took.

    `fell_back` tells afterwards whether bytes were taken as Windows-1252.
    """

    def __init__(self, stream: BinaryIO, chunk: int = 256 * 1024) -> None:
        self._stream = stream
        self._chunk = chunk
        self.taken = 0
        self.fell_back = False

    def __iter__(self) -> Iterator[bytes]:
        """Chunks of UTF-8; raises `NotText` where the first bytes are no text."""
        first = self._stream.read(max(HEAD, self._chunk))
        encoding = encoding_of(first[:HEAD])
        decoder = codecs.getincrementaldecoder(encoding.name)(errors=_LENIENT)
        block = first[encoding.mark :]
        self.taken = len(first)
        while True:
            text = decoder.decode(block, final=not block)
            if encoding.name == "utf-8" and not self.fell_back:
                self.fell_back = text.encode("utf-8", "replace") != block and _strays(block)
            yield text.encode("utf-8", "replace")
            if not block:
                return
            block = self._stream.read(self._chunk)
            self.taken += len(block)


def _strays(block: bytes) -> bool:
    """Whether a block has bytes that are no UTF-8, a character cut at its ends apart."""
    trimmed = block.lstrip(bytes(range(0x80, 0xC0)))
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(trimmed, final=False)
    except UnicodeDecodeError:
        return True
    return len(block) - len(trimmed) > 3


_LENIENT = "easwizard-windows-1252"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are no UTF-8, as Windows-1252; in other encodings a replacement character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding.replace("_", "-").casefold() != "utf-8":
        return "�", error.end
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_LENIENT, _as_windows_1252)
