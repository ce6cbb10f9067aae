"""Any encoding, any line end; what is no text is refused in words."""

from __future__ import annotations

import io

import pytest

from easwizard.evidence.decoding import ENDS_ODD, FALLBACK, HEAD, NotText, Utf8Stream, decode
from tests.evidence.reading_files import reading

TEXT = "Name : Größe\nServer : EX07A\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_gives_the_same_text(encoding: str, end: str) -> None:
    content = TEXT.replace("\n", end).encode(encoding)
    assert decode(content).text == TEXT
    assert decode(content).troubles == ()
    assert b"".join(Utf8Stream(io.BytesIO(content), chunk=7)).decode() == TEXT.replace("\n", end)


def test_an_old_code_page_is_read_and_said() -> None:
    decoded = decode(TEXT.encode("cp1252"))
    assert decoded.text == TEXT
    assert decoded.troubles == (FALLBACK,)
    stream = Utf8Stream(io.BytesIO(TEXT.encode("cp1252")))
    assert b"".join(stream).decode() == TEXT
    assert stream.fell_back


def test_a_stream_of_utf_8_cut_within_characters_is_utf_8() -> None:
    content = ("ä€😀" * HEAD).encode()
    stream = Utf8Stream(io.BytesIO(content), chunk=5)
    assert b"".join(stream) == content
    assert not stream.fell_back


def test_a_text_cut_within_a_character_is_read_and_said() -> None:
    decoded = decode(TEXT.encode("utf-16")[:-1])
    assert decoded.text.startswith("Name : Größe")
    assert decoded.troubles == (ENDS_ODD,)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04" + bytes(50), "ZIP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"MZ\x90\x00" + bytes(60), "program"),
        (b"ElfFile\x00" + bytes(60), "event log"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_what_is_no_text_is_refused_in_words(content: bytes, what: str) -> None:
    with pytest.raises(NotText, match=what):
        decode(content)
    found = reading(content)
    assert found.format == "not text"
    assert what in found.troubles[0].what


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b" \r\n\r\n"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    assert reading(content).troubles[0].what == "the file is empty"
