"""Redacts one text: each word that is not ours is replaced, alone, in URLs, e-mail addresses, DOMAIN and user. Pure.

The same walk serves twice: first it only learns, then, when all names are known, it writes.
"""

from __future__ import annotations

import re
from functools import cached_property
from urllib.parse import quote, unquote

from easwizard.case.redaction.addresses import parse
from easwizard.case.redaction.blobs import SECRET, pieces, without_secrets
from easwizard.case.redaction.names import Kind, Names
from easwizard.case.redaction.words import FILE_ENDINGS, is_ours, may_end_a_host
from easwizard.exchange.products import Product

_PRODUCTS = frozenset(product.value.casefold() for product in Product)
_DEPTH = 3
"""How often a text may be URL-encoded within itself."""
_EXCHANGE = re.compile(r"(?:8\.[0-3]|14\.[0-3]|15\.[0-2])\.\d+\.\d+")
"""Builds that could be addresses too (exchange.md's opening); only what is known as an address is taken for one."""
_ABOUT_SOMEBODY = r"user|username|login_?hint|upn|email|emailaddress|mailbox|smtp|realm|domain|anchormailbox"
_SHAPES = rf"""
    (?P<ours>\[(?:certificate|ntlm|blob|id|hex|sid|serial|phone|value)[ ]\d+\]|\[secret\]|0x[0-9a-f]{{1,8}}\b
      |\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])
      |\d\d:\d\d(?::\d\d)?(?![\w:]))
  | (?P<encoded>[\w.~+-]*(?:%[0-9a-f]{{2}}[\w.~+@-]*)+)
  | (?P<v6>(?<![\w:.])(?:[0-9a-f]{{0,4}}:){{2,7}}(?:[0-9a-f]{{1,4}}|\d+(?:\.\d+){{3}})?(?![\w:]))
  | (?P<v4>(?<![\w.-])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\w-]|\.\d))
  | (?P<mail>(?P<local>[\w.+'-]*[^\W\d_][\w.+'-]*|\d+)@(?P<at>[^\W_][\w-]*(?:\.[\w-]+)*)(?<!\.))
  | (?P<down>(?<![\\\w:.-])(?P<domain>\w[\w.-]*)(?P<slash>\\{{1,2}})(?P<user>\w[\w.-]*\$?)(?![\\\w]))
  | (?P<host>(?<=://)[^\s/:?#@\\\[\]"'<>,;()|]+)
  | (?P<query>(?<=[?&])(?P<key>{_ABOUT_SOMEBODY}|deviceid)=(?P<value>[^&\s#"'<>]+))
  | (?P<word>\w[\w-]*(?:\.\w[\w-]*)*)
"""
_PART = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MEASURE = re.compile(r"\d+[a-z]{0,2}", re.IGNORECASE)
_LONG_NUMBER = 7


class Texts:
    """Redacts texts with one set of names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.writing = False
        self._known: dict[tuple[str, Kind], str] = {}

    def settle(self) -> None:
        """From here on texts are rewritten; until here they only taught names."""
        self.names.settle()
        self.writing = True
        self._known.clear()

    def text(self, text: str, kind: Kind = Kind.NAME) -> str:
        """The text redacted; a word that nobody knows yet is taken for a name of that kind."""
        if not text:
            return text
        key = (text, kind)
        if key not in self._known:
            self._known[key] = self._redacted(text, kind, 0)
        return self._known[key]

    def whole(self, text: str, kind: Kind) -> str:
        """A value that is one name, however many words it has."""
        if re.search(r"[.@\\%:/]", text) or not text.strip():
            return self.text(text, kind)
        if self.writing:
            return self.names.shown(text, kind) if self.names.knows(text) else self.text(text, kind)
        self.names.learn(kind, text)
        return self.text(text, kind)

    def if_named(self, text: str) -> str:
        """A value of ours: as it is, unless a known name of the site stands in it after all."""
        if self.writing and self.names.stands_in(text):
            return self.text(text)
        return text

    def opaque(self, kind: str, text: str) -> str:
        """A value that is replaced whole."""
        return self.names.opaque(kind, text) if self.writing and text else text

    def without_secrets(self, text: str) -> str:
        """The text with its names and without what signs somebody in."""
        return without_secrets(text, self.names.opaque)

    def _redacted(self, text: str, kind: Kind, depth: int) -> str:
        numbered = self.names.opaque if self.writing else _not_numbered
        out: list[str] = []
        for is_opaque, piece in pieces(without_secrets(text, numbered), numbered):
            out.append(piece if is_opaque else self._shapes.sub(lambda m: self._shape(m, kind, depth), piece))
        return "".join(out)

    @property
    def _shapes(self) -> re.Pattern[str]:
        return self._with_phrases if self.writing else _WITHOUT_PHRASES

    @cached_property
    def _with_phrases(self) -> re.Pattern[str]:
        """Only made once all names are known."""
        listed = [r"\s+".join(map(re.escape, phrase.split())) for phrase in self.names.phrases()]
        phrases = f"(?P<phrase>(?<!\\w)(?:{'|'.join(listed)})(?!\\w))|" if listed else ""
        return re.compile(phrases + _SHAPES, re.VERBOSE | re.IGNORECASE)

    def _shape(self, match: re.Match[str], kind: Kind, depth: int) -> str:
        found = match.groupdict()
        text = match[0]
        if found["ours"] is not None:
            return text
        if found.get("phrase") is not None:
            return self.names.shown(text)
        if found["encoded"] is not None:
            return self._encoded(text, kind, depth)
        if found["v6"] is not None or found["v4"] is not None:
            return self._address(text, kind)
        if found["mail"] is not None:
            return self._mail(found["local"], found["at"])
        if found["down"] is not None:
            domain, user = self._dotted(found["domain"], Kind.DOMAIN), self._name(found["user"], Kind.USER)
            return f"{domain}{found['slash']}{user}"
        if found["query"] is not None:
            about = Kind.DEVICE if found["key"].casefold() == "deviceid" else Kind.USER
            return f"{found['key']}={self._redacted(found['value'], about, depth)}"
        if found["host"] is not None:
            return self._redacted(text, Kind.HOST, depth + 1) if depth <= _DEPTH else SECRET
        return self._dotted(text, kind)

    def _encoded(self, text: str, kind: Kind, depth: int) -> str:
        decoded = unquote(text)
        if depth >= _DEPTH:
            return SECRET
        if decoded == text:  # no escape after all
            return _PART.sub(lambda match: self._word(match[0], kind), text)
        new = self._redacted(decoded, kind, depth + 1)
        return text if new == decoded else quote(new, safe="~")

    def _address(self, text: str, kind: Kind) -> str:
        address = parse(text)
        if address is None or (_EXCHANGE.fullmatch(text) and not self.names.addresses.knows(address)):
            return _PART.sub(lambda match: self._word(match[0], kind), text)
        if not self.writing:
            self.names.addresses.learn(address)
            return text
        return self.names.shown_address(text, address)

    def _mail(self, local: str, domain: str) -> str:
        if local.casefold() in _PRODUCTS and "." not in domain:
            return f"{local}@{self._name(domain, Kind.AD_SITE)}"
        if parse(domain) is not None:
            return f"{self._name(local, Kind.USER)}@{self._address(domain, Kind.HOST)}"
        return f"{self._name(local, Kind.USER)}@{self._dotted(domain, Kind.DOMAIN)}"

    def _name(self, text: str, kind: Kind) -> str:
        """What stands where a name must stand: also short and dotted ones are one name."""
        if text.isdigit() and len(text) < _LONG_NUMBER:
            return text
        if self.writing:
            return self.names.shown(text, kind)
        self.names.see(text)
        self.names.learn(kind, text)
        for part in _PART.findall(text):
            self._word(part, Kind.NAME)
        return text

    def _dotted(self, text: str, kind: Kind) -> str:
        """A word, or several with dots between: a host, a file, a version, a name with dots."""
        if self.names.knows(text):
            return self.names.shown(text, kind) if self.writing else text
        labels = text.split(".")
        if len(labels) == 1:
            return self._word(text, kind)
        if _is_host(labels):
            if not self.writing:
                self.names.learn_host(labels)
                for label in labels:
                    self.names.see(label)
                return text
            return self.names.shown_host(labels)
        return ".".join(self._word(label, kind) for label in labels)

    def _word(self, text: str, kind: Kind) -> str:
        """A word without dots; of a compound that nobody knows its parts are looked at."""
        if is_ours(text) or (text.isdigit() and len(text) < _LONG_NUMBER):
            return text
        if not self.names.knows(text):
            parts = _PART.findall(text)
            if len(parts) > 1:
                return _PART.sub(lambda match: self._word(match[0], kind), text)
            if (kind is Kind.NAME and _says_nothing(text)) or (kind is Kind.HOST and len(text) == 1):
                return text
        if not self.writing:
            self.names.see(text)
            self.names.learn(kind, text)
            return text
        return self.names.shown(text, kind)


_WITHOUT_PHRASES = re.compile(_SHAPES, re.VERBOSE | re.IGNORECASE)


def _not_numbered(kind: str, text: str, *, keep: bool = True) -> str:
    """While learning nothing is numbered; what is opaque teaches no names."""
    return SECRET


def _says_nothing(text: str) -> bool:
    """Where no name is expected: one or two letters, a number with its unit, words of ours written as one."""
    if len(text) <= 2 or _MEASURE.fullmatch(text):
        return True
    parts = _CAMEL.findall(text)
    return "".join(parts) == text and len(parts) > 1 and all(len(part) > 1 and is_ours(part) for part in parts)


def _is_host(labels: list[str]) -> bool:
    last = labels[-1].casefold()
    if (
        last.isdigit()
        or last in FILE_ENDINGS
        or ".".join(labels).casefold() == "asp.net"
        or labels[0].casefold() in ("system", "microsoft")
    ):
        return False
    if not (last.isalpha() or last.startswith("xn--")) or len(last) < 2:
        return False
    return may_end_a_host(last) or not all(is_ours(label) for label in labels)
