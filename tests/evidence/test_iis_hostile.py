"""Files that mean harm, and files that were damaged: nothing raises, no secret gets out, nothing takes long."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from easwizard.evidence.reading import MOST_BYTES, Source
from tests.evidence.iis_samples import DATA, SECRET, samples

NAMES = tuple(samples())
XML = ("application-host", "web-config", "metabase")

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' + "".join(
    f'<!ENTITY {chr(99 + n)} "{f"&{chr(98 + n)};" * 10}">' for n in range(8)
)


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_is_recognised_by_its_own_reader_alone(name: str) -> None:
    reader, text = samples()[name]
    recognising = [n for n, (other, _) in samples().items() if other.recognises(Source("x.txt", text, "S"))]
    assert recognising == [name]
    assert reader.read(Source("x.txt", text, "S")).objects


@pytest.mark.parametrize("name", NAMES)
def test_no_planted_secret_leaves_a_file(name: str) -> None:
    reader, text = samples()[name]
    for server in ("S", None):
        assert SECRET not in repr(reader.read(Source("x.txt", text, server)))
    # Nor where the file is cut in two, so that it is not well-formed.
    for cut in range(0, len(text), 97):
        assert SECRET not in repr(reader.read(Source("x.txt", text[:cut], "S")))


def test_the_session_keys_of_real_files_stay_in_them() -> None:
    reader, _ = samples()["application-host"]
    for file in sorted(DATA.glob("*pplicationHost*.config")):
        text = file.read_text(encoding="utf-8-sig")
        keys = [piece.split('"')[0] for piece in text.split('sessionKey="')[1:]]
        shown = repr(reader.read(Source(file.name, text, "S")))
        assert keys
        assert all(key not in shown for key in keys if key)


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    "before",
    [
        f"{LAUGHS}]>",
        '<!DOCTYPE configuration SYSTEM "file:///etc/passwd">',
        '<?xml version="1.0"?>\n<!-- x --><!DOCTYPE configuration>',
        '<!DOCTYPE configuration [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
        " \n<!doctype configuration>",
    ],
    ids=["billion laughs", "external subset", "behind a comment", "parameter entity", "lower case"],
)
def test_a_doctype_is_refused(name: str, before: str) -> None:
    reader, text = samples()[name]
    reading = reader.read(Source("x.config", before + text, "S"))
    assert not reading.claims
    assert not reading.objects
    assert reading.troubles


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    "inner",
    [
        "<a>" * 100_000 + "</a>" * 100_000,
        f'<a b="{"x" * 20_000_000}"/>',
        "<a" + "".join(f' b{n}=""' for n in range(100_000)) + "/>",
        "<a>&undefined;</a>",
        "<a>\x00\x1b</a>",
        "<a b='1' b='2'/>",
        "\ud800",
    ],
    ids=["deep", "huge attribute", "many attributes", "entity", "controls", "twice", "surrogate"],
)
def test_hostile_xml_neither_raises_nor_takes_long(name: str, inner: str) -> None:
    reader, text = samples()[name]
    started = time.monotonic()
    end = text.rindex("</configuration>")
    reader.read(Source("x.config", text[:end] + inner + text[end:], "S"))
    assert time.monotonic() - started < 20


def test_a_malformed_file_names_line_and_column_but_not_its_words() -> None:
    reader, text = samples()["application-host"]
    reading = reader.read(Source("x.config", text.replace("</sites>", "</sitez>"), "S"))
    assert [t.what for t in reading.troubles] == ["not well-formed XML at line 7, column 91"]


def test_a_file_beyond_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("easwizard.evidence.iis_xml.MOST_BYTES", 100)
    reader, text = samples()["application-host"]
    assert "larger than" in reader.read(Source("x.config", text, "S")).troubles[0].what
    assert MOST_BYTES == 64 * 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"format":"easwizard-evidence","version":1,"sections":' + "[" * 200_000 + "]" * 200_000 + "}",
        '{"format":"easwizard-evidence","version":1,"sections":[{"items":[' + "9" * 9_000 + "]}]}",
        '{"format":"easwizard-evidence","version":1,"sections":[1,null,{},{"name":{},"ok":true,"items":{}}]}',
        '{"format":"easwizard-evidence","version":99,"sections":[]}',
        '{"format":"easwizard-evidence"',
    ],
    ids=["brackets", "deep", "long number", "odd sections", "another version", "cut"],
)
def test_hostile_collector_files(text: str) -> None:
    reading = samples()["collector"][0].read(Source("x.json", text))
    assert not reading.claims
    assert reading.troubles


def test_steering_characters_are_made_visible() -> None:
    for name, (reader, text) in samples().items():
        evil = text.replace("Default Web Site", "Default\u202eWeb\u2066Site").replace("legacy.", "legacy\u202e.")
        shown = str(replace(reader.read(Source("x", evil, "S\u202eX")), iis=()))
        assert "\u202e" not in shown, name


@pytest.mark.parametrize("name", NAMES)
def test_mutated_texts_never_raise(name: str) -> None:
    """A short run; seeds are fixed, so that a failure can be repeated."""
    chance = random.Random(f"easwizard {name}")
    reader, text = samples()[name]
    pieces = ["<", ">", '"', "/>", "\x00", "\u202e", "[", "]", "{", "}", ":", "&#x41;", "]]>", "<!--", " : ", "é"]
    for _ in range(300):
        now = text
        for _ in range(chance.randint(1, 6)):
            at, end = sorted((chance.randrange(len(now) + 1), chance.randrange(len(now) + 1)))
            end = min(end, at + 200)
            now = chance.choice(
                (
                    now[:at] + now[end:],
                    now[:at] + chance.choice(pieces) + now[at:],
                    now[:end] + now[at:end] * 3 + now[end:],
                    now[:at] + now[at:end][::-1] + now[end:],
                    now[:at] + now[at:end].swapcase() + now[end:],
                )
            )
        source = Source("x", now, chance.choice(("S", None)))
        reader.recognises(source)
        reader.read(source)
