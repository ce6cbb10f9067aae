"""Redacts a case: names become stand-ins, secrets and blobs go, and what it means stays. Pure.

Everything that is not a word of ours is replaced, so that what nobody thought of is hidden too. Names come from every
field of the case first and are then replaced wherever they stand. A name that is made only of words of ours, such as
a server MAIL, is kept: it tells nothing about whose it is. A diagnosis of the redacted case says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from easwizard.case.case import Case
from easwizard.case.redaction import distinguished, headers
from easwizard.case.redaction.fields import Opaque, Ours, Special, Treatment, Whole, Words
from easwizard.case.redaction.names import PLURALS, Kind, Names
from easwizard.case.redaction.texts import Texts
from easwizard.case.redaction.walking import changed

Level = Literal["none", "internal", "vendor"]
"""`internal`: names stay, secrets go. `vendor`: both go."""

_SERVER_FIRST = ("server-mapping", "role-service", "add-server", "remove-server")
"""Changes whose first field is a server alone (the grammar of `exchange.changes`)."""


@dataclass(frozen=True)
class Redacted:
    """A redacted case, and what leads back; the map is for the sender alone."""

    case: Case
    level: Level
    _texts: Texts = field(repr=False, compare=False)

    @property
    def private_map(self) -> Mapping[str, str]:
        """Stand-in, in lower case, to what it stands for. Holds no secret. Grows with what `text` meets."""
        return dict(sorted(self._texts.names.private.items()))

    @property
    def names(self) -> frozenset[str]:
        """Every name that was replaced, in each of its spellings: what the check for leaks looks for."""
        return frozenset(self._texts.names.spellings) if self.level == "vendor" else frozenset()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many different things of each kind were replaced."""
        return self._texts.names.counts()

    def text(self, text: str) -> str:
        """Any other text of the same site, redacted with the same names: a file's name, a title, evidence."""
        if self.level == "none":
            return text
        return self._texts.text(text) if self.level == "vendor" else self._texts.without_secrets(text)


def redact(case: Case, level: Level, seed: Mapping[str, str] | None = None) -> Redacted:
    """The case redacted. `seed` is the private map of an earlier redaction: what it knows keeps its stand-in."""
    texts = Texts(Names(seed or {}))
    if level == "none":
        return Redacted(case, level, texts)
    if level == "internal":
        secretless = partial(headers.without_secrets, texts=texts)
        return Redacted(changed(case, lambda text, _: texts.without_secrets(text), secretless), level, texts)
    change, of_headers = partial(_changed, texts), partial(headers.redacted, texts=texts)
    changed(case, change, of_headers)
    texts.settle()
    return Redacted(changed(case, change, of_headers), level, texts)


def preview(counts: Mapping[str, int]) -> str:
    """What was replaced, in words, e.g. `14 hosts, 3 users, 22 addresses`."""
    order: Iterable[str] = (Kind.HOST, Kind.SERVER, Kind.USER, "address", *sorted(counts))
    listed = [_counted(kind, counts[kind]) for kind in dict.fromkeys(order) if counts.get(kind)]
    return ", ".join(listed) or "nothing"


def _counted(kind: str, number: int) -> str:
    plural = PLURALS.get(kind, f"{kind}s")
    return f"{number} {plural if number != 1 else _SINGULAR.get(plural, str(kind))}"


_SINGULAR = {
    "AD sites": "AD site",
    "web sites": "web site",
    "other words": "other word",
    "NTLM messages": "NTLM message",
}
_SINGULAR |= {"hexadecimal numbers": "hexadecimal number"}


def _changed(texts: Texts, text: str, treatment: Treatment) -> str:
    match treatment:
        case Ours():
            return texts.if_named(text)
        case Words(kind):
            return texts.text(text, kind)
        case Whole(kind):
            return texts.whole(text, kind)
        case Opaque(label):
            return texts.opaque(label, text)
        case Special("distinguished"):
            return distinguished.redacted(text, texts)
        case Special("change"):
            return _planned(text, texts)
        case _:
            return _label(text, texts)


def _label(text: str, texts: Texts) -> str:
    """SERVER/SITE-NAME; anything else is a server or a host."""
    server, slash, web_site = text.partition("/")
    if not slash or re.search(r"[/:]", web_site):
        return texts.text(text, Kind.SERVER)
    return f"{texts.text(server, Kind.SERVER)}/{texts.whole(web_site, Kind.WEB_SITE)}"


def _planned(text: str, texts: Texts) -> str:
    """A CHANGE; what its fields are, the rest of the case or their form tells."""
    verb, equals, rest = text.partition("=")
    first, more, last = rest.partition("=")
    if verb.strip().casefold() in _SERVER_FIRST:
        first = texts.text(first, Kind.SERVER)
    elif "/" in first and ":" not in first:
        first = _label(first, texts)
    else:
        first = texts.text(first)
    if "/" in last and ":" not in last:
        last = ",".join(_label(each, texts) for each in last.split(","))
    else:
        last = texts.text(last)
    return f"{texts.text(verb)}{equals}{first}{more}{last}"
