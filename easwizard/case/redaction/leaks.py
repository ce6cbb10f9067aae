"""Looks for names that survived in what is about to be handed on, however they are written. Pure.

Encoded names are found by decoding what looks encoded, so that no case of letters and no alignment is missed: URL
and character escapes, base64, hexadecimal, UTF-16; domains also turned round and in punycode.

Which names are looked for: those of five characters or more even inside a longer word, unless that word is one of
ours; those of three and four only as a whole word, and not inside base64 or hexadecimal; shorter ones, small numbers
and names made only of words of ours not at all, since they cannot be told from any other text.
"""

from __future__ import annotations

import base64
import re
from binascii import Error
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from easwizard.case.redaction.names import STAND_IN
from easwizard.case.redaction.words import is_ours

_ANYWHERE = 5
"""Characters from which on a name is looked for inside longer words."""
_SHORTEST = 3
_DEPTH = 2
"""How often one encoding may be inside another."""
_ALNUM = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[^\s\"'<>(){}\[\],;|]+")
_LOOSE = re.compile(r"[^\s\"'<>]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{7,}")
_LINES = re.compile(r"(?:[A-Za-z0-9+/]{40,}(?:\s|\\r|\\n)+)+[A-Za-z0-9+/]+")
"""Base64 in lines, as certificates have it."""
_WITHIN = re.compile(r"\\r|\\n|\s")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]?){5,}")
_SPACED_HEX = re.compile(r"(?:[0-9A-Fa-f]{2} ){4,}[0-9A-Fa-f]{2}")
_ONLY_HEX = re.compile(r"[0-9a-f]{12,}|[0-9A-F]{12,}")
"""Never base64 of a name: that has letters beyond F."""
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_CODES = ("base64", "hexadecimal")
_ASCII, _ANY = re.compile(rb"[ -~]{5,}"), re.compile(rb"[ -~\x80-\xff]{5,}")
_WIDE = re.compile(rb"(?:[^\0]\0){3,}|(?:\0[^\0]){3,}")


@dataclass(frozen=True)
class Leak:
    """One name that is still there: how it is written, and in which line (from 1)."""

    name: str
    form: str
    """`as it is`, `URL-encoded`, `escaped`, `base64`, `hexadecimal` or `UTF-16`; `, reversed` for a turned domain."""
    line: int


class LeakFound(ValueError):
    """Something must not be written, since names survive in it."""

    def __init__(self, what: str, found: tuple[Leak, ...]) -> None:
        first, more = found[0], len(found) - 1
        rest = f", and {more} more" if more else ""
        super().__init__(
            f"{what} is not written: '{first.name}' is still in line {first.line} ({first.form}){rest}. "
            "Hand on nothing of it; please report this as a fault of easwizard"
        )
        self.leaks = found


class LeakCheck:
    """Looks for one set of names in many texts."""

    def __init__(self, names: Iterable[str], ours: Iterable[str] = ()) -> None:
        """`ours`: further words that the program itself writes, and that therefore tell nothing."""
        self._ours = frozenset(word.casefold() for word in ours)
        self._inside: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._spelled: dict[str, tuple[str, str]] = {}
        self._spaced: dict[str, str] = {}
        self._all_ascii = True
        for name in names:
            self._all_ascii = self._all_ascii and name.isascii()
            for form, spelling in _spellings(name.strip()):
                self._list(name, form, spelling)

    def _list(self, name: str, form: str, spelling: str) -> None:
        key = " ".join(spelling.casefold().split())
        if len(key) < _SHORTEST or (key.isdigit() and len(key) < 7):
            return
        ours = all(self._is_ours(word) or word.isdigit() for word in _ALNUM.findall(key))
        dotted = re.search(r"[.@:]", key) is not None
        if (ours and not dotted) or (ours and key.endswith(".net")):
            return
        if " " in key:
            self._spaced.setdefault(key, name)
        elif _ALNUM.fullmatch(key):
            (self._inside if len(key) >= _ANYWHERE else self._words).setdefault(key, name)
        else:
            self._spelled.setdefault(key, (name, form))

    def _is_ours(self, word: str) -> bool:
        return is_ours(word) or word in self._ours

    def check(self, what: str, data: str | bytes) -> None:
        """Raises LeakFound where a name survives; `what` is how the error calls it."""
        found = self.leaks(data)
        if found:
            raise LeakFound(what, found)

    def leaks(self, data: str | bytes) -> tuple[Leak, ...]:
        """Every name that survives, once per way of writing it."""
        found: dict[tuple[str, str], Leak] = {}
        for form, text in _texts(data):
            for leak in self._in_text(text, form, 0):
                found.setdefault((leak.name, leak.form), leak)
        return tuple(found.values())

    def _in_text(self, text: str, form: str, depth: int) -> Iterator[Leak]:
        folded = text.casefold()
        for name, key, how in self._plain(folded, coded=form.endswith(_CODES)):
            yield Leak(name, form + how, folded.count("\n", 0, folded.find(key)) + 1)
        if depth < _DEPTH:
            for inner_form, runs in _runs(text).items():
                yield from self._in_runs(text, runs, _named(form, inner_form), depth)

    def _in_runs(self, text: str, runs: set[str], form: str, depth: int) -> Iterator[Leak]:
        """What encoded runs hold; all of them are read as one text, a line each."""
        read = [(run, inner, piece) for run in runs for inner, piece in self._read(run, form)]
        for wanted in dict.fromkeys(inner for _, inner, _ in read):
            lines = [(run, piece) for run, inner, piece in read if inner == wanted]
            for leak in self._in_text("\n".join(piece for _, piece in lines), wanted, depth + 1):
                place = text.find(lines[leak.line - 1][0])
                yield Leak(leak.name, leak.form, text.count("\n", 0, place) + 1)

    def _read(self, run: str, form: str) -> Iterator[tuple[str, str]]:
        """The texts that one run may stand for, each as one line."""
        if form.endswith("URL-encoded"):
            yield form, _one_line(unquote(run))
        elif form.endswith("escaped"):
            yield form, _one_line(unescape(_ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)), run)))
        else:
            for decoded in _from_base64(run) if form.endswith("base64") else _from_hex(run):
                for piece in self._readable.findall(decoded):
                    yield form, _one_line(piece.decode("utf-8", "replace"))
                for wide in _WIDE.findall(decoded):
                    yield f"{form}, UTF-16", _one_line(wide.replace(b"\0", b"").decode("latin-1"))

    @property
    def _readable(self) -> re.Pattern[bytes]:
        return _ASCII if self._all_ascii else _ANY

    def _plain(self, text: str, *, coded: bool) -> Iterator[tuple[str, str, str]]:
        """The names that stand in a text in lower case, each as it was found, with what its form has to add."""
        words = set(_ALNUM.findall(text))
        if not coded:
            yield from ((self._words[word], word, "") for word in words & self._words.keys())
        strange = "\n".join(word for word in words if len(word) >= _ANYWHERE and not self._tells_nothing(word))
        yield from ((name, key, "") for key, name in self._inside.items() if key in strange)
        unspaced = "\n".join(set(_UNSPACED.findall(text)))
        for key, (name, how) in self._spelled.items():
            if key in unspaced and (coded or _alone(key, unspaced)):
                yield name, key, how
        yield from ((name, key, "") for key, name in self._spaced.items() if key in text and _alone(key, text))

    def _tells_nothing(self, word: str) -> bool:
        return self._is_ours(word) or word.isdigit() or STAND_IN.fullmatch(word) is not None


def leaks(data: str | bytes, names: Iterable[str]) -> tuple[Leak, ...]:
    """Every one of the names that survives in the data; for many texts make one `LeakCheck`."""
    return LeakCheck(names).leaks(data)


def _spellings(name: str) -> Iterator[tuple[str, str]]:
    """A name as it is, turned round if it is a domain, and in the letters of DNS (or out of them)."""
    yield "", name
    labels = name.split(".")
    if len(labels) > 1 and not labels[-1].isdigit():
        yield ", reversed", ".".join(reversed(labels))
    try:
        if not name.isascii() and " " not in name:
            yield ", punycode", name.encode("idna").decode("ascii")
        elif "xn--" in name.casefold():
            yield ", punycode", name.encode("ascii").decode("idna")
    except UnicodeError:
        return


def _alone(key: str, text: str) -> bool:
    """Whether it stands there as a whole, not as part of a longer word or number."""
    before = r"(?<![\w.])" if key[0].isdigit() else r"(?<!\w)"
    after = r"(?!\w|\.\d)" if key[-1].isdigit() else r"(?!\w)"
    return re.search(before + re.escape(key) + after, text) is not None


def _texts(data: str | bytes) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield "as it is", data
        return
    yield "as it is", data.decode("utf-8", "replace")
    if b"\0" in data:
        for start in (0, 1):
            yield "UTF-16", data[start:].decode("utf-16-le", "replace")


def _named(form: str, inner: str) -> str:
    return inner if form == "as it is" else f"{form}, {inner}"


def _runs(text: str) -> dict[str, set[str]]:
    """What looks encoded, by how."""
    words = set(_UNSPACED.findall(text))
    plain = "\n".join(words)
    return {
        "URL-encoded": {word for word in words if "%" in word},
        "escaped": {word for word in words if "\\" in word} | _with_entities(text),
        "base64": {run for run in _BASE64.findall(plain) if not _ONLY_HEX.fullmatch(run)} | set(_LINES.findall(text)),
        "hexadecimal": {*_HEX.findall(plain), *_SPACED_HEX.findall(text)},
    }


def _with_entities(text: str) -> set[str]:
    return {word for word in _LOOSE.findall(text) if "&" in word} if "&" in text else set()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _from_base64(run: str) -> Iterator[bytes]:
    """What a run holds at each alignment: a name may begin within a group of four."""
    if is_ours(run):
        return
    digits = _WITHIN.sub("", run).replace("-", "+").replace("_", "/")
    for start in range(4):
        part = digits[start:]
        part = part[:-1] if len(part) % 4 == 1 else part
        try:
            yield base64.b64decode(part + "=" * (-len(part) % 4))
        except (Error, ValueError):
            continue


def _from_hex(run: str) -> Iterator[bytes]:
    digits = re.sub(r"[\s:-]", "", run)
    for start in (0, 1):
        yield bytes.fromhex(digits[start : len(digits) - (len(digits) - start) % 2])
