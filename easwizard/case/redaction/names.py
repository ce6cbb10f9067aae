"""What redaction knows: every name of the site with its kind, and the stand-in that each of them has. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from easwizard.case.redaction.addresses import Address, AddressBook, parse
from easwizard.case.redaction.words import CLOUD, KEPT_ENDINGS, PHRASES, is_ours


class Kind(StrEnum):
    """What a name names; the values begin the stand-ins. In the order in which one word is taken for one of them."""

    SERVER = "server"
    USER = "user"
    AD_SITE = "site"
    WEB_SITE = "website"
    AUTHORITY = "authority"
    DEVICE = "device"
    DOMAIN = "domain"
    HOST = "host"
    NAME = "name"


PLURALS: Mapping[str, str] = {
    Kind.AD_SITE: "AD sites",
    Kind.WEB_SITE: "web sites",
    Kind.AUTHORITY: "authorities",
    Kind.NAME: "other words",
    "address": "addresses",
    "ntlm": "NTLM messages",
    "hex": "hexadecimal numbers",
}
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_APART = "\0"
"""Between a label and its ending, where the label alone is another name."""
_WORD = re.compile(r"\w[\w-]*(\.\w[\w-]*)*")
_WORDS = re.compile(r"\w[\w-]*(?:\.\w[\w-]*)*")
_ALONE = re.compile(r"[^\W_]+")
_OPAQUE = re.compile(r"\[(\w+) (\d+)\]")
_NUMBERED = re.compile(rf"({'|'.join(Kind)})(\d+)")
STAND_IN = re.compile(_NUMBERED.pattern, re.IGNORECASE)
"""How stand-ins of words look."""


class Names:
    """Learns names first; hands out stand-ins from `settle` on, also for names met only then."""

    def __init__(self, seed: Mapping[str, str]) -> None:
        self.addresses = AddressBook()
        self.private: dict[str, str] = {}
        """Stand-in to what it stands for."""
        self.spellings: set[str] = set()
        """Every name as it was written, for the check for leaks."""
        self.counted: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._kinds: dict[str, Kind] = {}
        self._ends: dict[tuple[str, str], str] = {}
        self._shown: dict[str, str] = {}
        self._used: set[str] = set()
        self._next: Counter[Kind] = Counter()
        self._width: dict[Kind, int] = {}
        self._opaque: dict[tuple[str, str], str] = {}
        self._opaque_count: Counter[str] = Counter()
        for shown, original in seed.items():
            self._take(shown, original)

    def _take(self, shown: str, original: str) -> None:
        """One pair of an earlier redaction."""
        address, stand_in, labels = parse(original), parse(shown), shown.split(".")
        opaque = _OPAQUE.fullmatch(shown)
        numbered = _NUMBERED.fullmatch(labels[0])
        if address is not None and stand_in is not None:
            self.addresses.take(address, stand_in)
        elif opaque:
            self._opaque[opaque[1], original] = shown
            self._opaque_count[opaque[1]] = max(self._opaque_count[opaque[1]], int(opaque[2]))
        elif numbered and len(labels) <= 2:
            key = folded(original)
            if len(labels) == 2:
                label, _, ending = key.rpartition(".")
                key = label if self._shown.get(label) == labels[0] else f"{label}{_APART}{ending}"
                self._ends[label, ending] = key
            self._used.add(labels[0])
            if not is_ours(key):
                self._shown.setdefault(key, labels[0])
                self._kinds.setdefault(key, Kind(numbered[1]))

    # Learning

    def see(self, word: str) -> None:
        """A word that stands somewhere in the case: no stand-in may be called so."""
        self._seen.add(word.casefold())

    def learn(self, kind: Kind, text: str) -> None:
        """One name: a word, or several that are one name together. Words of ours name nobody."""
        key = folded(text)
        if not key or key in PHRASES or is_ours(key):
            return
        self.spellings.add(text)
        old = self._kinds.get(key)
        if old is None or _RANK[kind] < _RANK[old]:
            self._kinds[key] = kind

    def learn_host(self, labels: list[str]) -> None:
        """A full host or domain name; its labels are names too, but for those that name nobody."""
        self.spellings.add(".".join(labels))
        kept = _kept_labels(labels)
        own = labels[: len(labels) - kept]
        if kept == 1 and own:
            self._end(own.pop(), labels[-1], Kind.DOMAIN if own else Kind.HOST)
        for place, label in enumerate(own):
            if not label.isdigit():
                self.learn(Kind.HOST if place == 0 and kept == 1 else Kind.DOMAIN, label)

    def _end(self, label: str, ending: str, kind: Kind) -> str:
        """The key of what somebody registered, e.g. `contoso` in `contoso.com`; another one in `contoso.de`."""
        pair = (label.casefold(), ending.casefold())
        if pair not in self._ends:
            taken = is_ours(pair[0]) or pair[0] in self._ends.values()
            self._ends[pair] = _APART.join(pair) if taken else pair[0]
        key = self._ends[pair]
        old = self._kinds.get(key)
        if old is None or _RANK[kind] < _RANK[old]:
            self._kinds[key] = kind
        if not is_ours(label):
            self.spellings.add(label)
        return key

    def phrases(self) -> tuple[str, ...]:
        """The names of more than one word, longest first."""
        found = (key for key in self._kinds if _APART not in key and _WORD.fullmatch(key) is None)
        return tuple(sorted(found, key=lambda key: (-len(key), key)))

    def settle(self) -> None:
        """Number what was learnt, in order of the names, so that stand-ins sort as the names do."""
        for kind in Kind:
            fresh = sorted(key for key, of in self._kinds.items() if of is kind and key not in self._shown)
            self._width[kind] = len(str(len(fresh))) if len(fresh) > 9 else 1
            for key in fresh:
                self._give(key)
        self.addresses.settle()

    def _give(self, key: str) -> str:
        kind = self._kinds[key]
        while True:
            self._next[kind] += 1
            shown = f"{kind}{self._next[kind]:0{self._width.get(kind, 1)}}"
            if shown not in self._used and shown not in self._seen and shown not in self._kinds:
                self._used.add(shown)
                self._shown[key] = shown
                return shown

    # Handing out

    def stands_in(self, text: str) -> bool:
        """Whether a known name, or an address, is a whole word of a text."""
        words = {text.casefold(), *_ALONE.findall(text.casefold()), *_WORDS.findall(text.casefold())}
        return not words.isdisjoint(self._kinds)

    def knows(self, text: str) -> bool:
        return folded(text) in self._kinds

    def shown(self, text: str, kind: Kind = Kind.NAME) -> str:
        """The stand-in of a word or phrase, in the same case of letters; what names nobody comes back as it is."""
        key = folded(text)
        if key not in self._kinds:
            self.learn(kind, text)
            if key not in self._kinds:
                return text
        self.spellings.add(text)
        shown = self._shown.get(key) or self._give(key)
        return _like(text, self._noted(shown, text, self._kinds[key]))

    def shown_host(self, labels: list[str]) -> str:
        """The stand-in of a host: as many labels, and what shared a domain still shares one."""
        name = ".".join(labels)
        self.spellings.add(name)
        kept = _kept_labels(labels)
        own, end = labels[: len(labels) - kept], labels[len(labels) - kept :]
        made: list[str] = []
        if kept == 1 and own:
            label = own.pop()
            key = self._end(label, end[0], Kind.DOMAIN if own else Kind.HOST)
            shown = self._shown.get(key) or self._give(key)
            self._noted(shown, label, self._kinds[key])
            made = [_like(label, shown)]
            end = end if end[0].casefold() in KEPT_ENDINGS else [_like(end[0], "example")]
            domain = ".".join([*made, *end])
            self.private.setdefault(domain.casefold(), f"{label}.{labels[-1]}")
        kind = Kind.HOST if kept == 1 else Kind.DOMAIN
        made = [label if label.isdigit() else self.shown(label, kind) for label in own] + made
        stand_in = ".".join([*made, *end])
        if stand_in != name:
            self.private.setdefault(stand_in.casefold(), name)
        return stand_in

    def shown_address(self, text: str, address: Address) -> str:
        """The stand-in of an address; the zone of a link-local one stays."""
        shown = self.addresses.shown(address)
        if shown == address:
            return text
        self.spellings.add(text)
        self._noted(str(shown), text, "address")
        return str(shown) + (text[text.index("%") :] if "%" in text else "")

    def opaque(self, kind: str, text: str, *, keep: bool = True) -> str:
        """What is replaced whole, numbered by kind; secrets are not `keep`t in the private map."""
        if (kind, text) not in self._opaque:
            self._opaque_count[kind] += 1
            self._opaque[kind, text] = f"[{kind} {self._opaque_count[kind]}]"
            self.counted[kind] += 1
        shown = self._opaque[kind, text]
        if keep:
            self.spellings.add(text)
            self.private.setdefault(shown, text)
        return shown

    def counts(self) -> Mapping[str, int]:
        """How many different things of each kind were replaced."""
        return dict(self.counted)

    def _noted(self, shown: str, original: str, kind: str) -> str:
        if shown not in self.private:
            self.private[shown] = original
            self.counted[kind] += 1
        return shown


def folded(text: str) -> str:
    """Names are compared without regard to case and to how they are spaced."""
    return " ".join(text.split()).casefold()


def _kept_labels(labels: list[str]) -> int:
    """How many labels at the end of a host name stay or become `example`."""
    name = ".".join(labels).casefold()
    cloud = next((domain for domain in CLOUD if name == domain or name.endswith("." + domain)), None)
    return cloud.count(".") + 1 if cloud else 1


def _like(text: str, shown: str) -> str:
    """A stand-in in the case of letters of what it stands for: EX07A, Ex07a and ex07a stay three spellings."""
    if text.isupper():
        return shown.upper()
    return shown if text.islower() or text == text.casefold() else shown.capitalize()
