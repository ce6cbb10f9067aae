"""Mutates every fixture and hands it to every reader; nothing may raise.

`python -m tests.evidence.fuzz 200000 [SEED]` runs so many inputs and prints what was tried. A short run is part of
the tests.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from easwizard.evidence.decoding import NotText, decode
from easwizard.evidence.detect import all_readers, read_file
from easwizard.evidence.gathering import gathered
from easwizard.evidence.import_files import ImportFile, imports_form
from easwizard.evidence.reading import Reading, Source
from easwizard.exchange.inventory import ROLE_SERVICES
from easwizard.lab import cmdlet_output as writers
from easwizard.lab.scenario_reader import load_scenario
from tests.evidence.iis_samples import samples
from tests.evidence.reading_files import DATA

LARGEST = 24_000
"""Bytes kept of a fixture: large ones would take the time of many inputs without adding shapes."""

SNIPPETS = (
    b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\r", b"\r\n", b"\n\n", b"\x1b", b"\xe2\x80\xae",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#x1F600;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"<Objs>", b"</Objs>", b'<Obj RefId="0">', b"</Obj>", b'<Ref N="Id" RefId="0" />', b'<TNRef RefId="99" />',
    b'<Nil N="Server" />', b"<LST>", b"<DCT><En>", b"_x0000_", b"_xD800_", b"<Props>", b"<MS>",
    b"{", b"}", b"[", b"]", b'"', b"'", b",", b";", b"\t", b":", b" : ", b"null", b"NaN", b"-1", b"9" * 400, b"1e999",
    b"{Basic, Nt...}", b"...", "…".encode(), b"System.Object[]", b"#TYPE Selected.X", b"#Fields: a b",
    b"Server : EX07A", b"Name : Microsoft-Server-ActiveSync (X)", b"InternalUrl : https://[", b"https://[::1",
    b"ClientCertAuth : 99999999999999999999", b"CN=", b"IIS://x/W3SVC/9999999999999/ROOT/x", b"C:\\\\",
    b"Version 99999.1 (Build 1.1)", b"(" * 200, b"[" * 3000, b'{"a":' * 2000, b"<a>" * 400, b" " * 300,
)  # fmt: skip

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _flip(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _delete(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(chance, content)
    return content[:start] + content[end:]


def _repeat(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    start, end = _span(chance, content)
    return content[:end] + content[start:end] * chance.randrange(1, 4) + content[end:]


def _insert(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(SNIPPETS) + content[at:]


def _cut(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _splice(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _swap_lines(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    lines = content.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _recode(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "utf-8-sig", "cp1252", "utf-32")), "replace")


MUTATIONS: tuple[Mutation, ...] = (_flip, _delete, _repeat, _insert, _insert, _cut, _splice, _swap_lines, _recode)


def _span(chance: random.Random, content: bytes) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randrange(1, 400))


def seeds() -> list[bytes]:
    """Every fixture, the samples of IIS, and the article's estate in every format."""
    files = sorted(p for p in DATA.rglob("*") if p.is_file() and p.name not in ("LICENSE", "PROVENANCE.md"))
    inventory = load_scenario("article").inventory
    servers, vdirs = writers.server_things(inventory)[:2], writers.vdir_things(inventory)[:3]
    features = [writers.feature_thing(name, True) for name in ROLE_SERVICES]
    made = [
        write(things).encode()
        for things in (servers, vdirs, features)
        for write in (writers.clixml, writers.to_json, writers.to_csv, writers.format_list)
    ]
    iis = [text.encode() for _, text in samples().values()]
    return [piece for path in files for piece in _pieces(path)] + made + iis


def _pieces(path: Path) -> Iterator[bytes]:
    """A fixture, or the start and the end of a large one."""
    content = path.read_bytes()
    yield content[:LARGEST]
    if len(content) > LARGEST:
        yield content[-LARGEST:]


def mutated(chance: random.Random, originals: Sequence[bytes]) -> bytes:
    """One input: a fixture changed one to six times."""
    content = chance.choice(originals)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        content = chance.choice(MUTATIONS)(chance, content, originals)
    return content[: 4 * LARGEST]


def try_one(content: bytes, chance: random.Random) -> tuple[str, ...]:
    """Read an input as the product does, and by one reader whether it recognises it or not; the formats found."""
    server = chance.choice((None, "EX13A"))
    # read_file rather than read_evidence, which hides what a reader raises.
    evidence = gathered([read_file(ImportFile("fuzzed", content, server))])
    imports_form(evidence.readings)
    try:
        source = Source("fuzzed", decode(content).text, server)
    except NotText:
        return (evidence.readings[0].format,)
    reader = chance.choice(all_readers())
    reader.recognises(source)
    forced: Reading = reader.read(source)
    gathered([forced, *evidence.readings])
    return evidence.readings[0].format, f"{reader.format}, forced"


def run(count: int, seed: int = 1) -> tuple[Counter[str], list[tuple[int, bytes, str]]]:
    """Try so many inputs; how often each format was read, and every failure with its number, input and traceback."""
    originals, found = seeds(), Counter[str]()
    failures: list[tuple[int, bytes, str]] = []
    for number in range(count):
        chance = random.Random(seed * 1_000_000_007 + number)
        content = mutated(chance, originals)
        try:
            found.update(try_one(content, chance))
        except Exception:  # the very thing looked for
            failures.append((number, content, traceback.format_exc()))
            if len(failures) == 20:
                break
    return found, failures


def main(arguments: Sequence[str]) -> int:
    count, seed = int(arguments[0]) if arguments else 1_000, int(arguments[1]) if len(arguments) > 1 else 1
    started = time.perf_counter()
    found, failures = run(count, seed)
    print(f"{count} inputs from seed {seed} in {time.perf_counter() - started:.0f} s, {len(failures)} failures")
    for format, times in found.most_common():
        print(f"{times:8}  {format}")
    for number, content, trace in failures[:5]:
        print(f"\ninput {number}: {content[:200]!r}\n{trace}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
