"""Reads the ActiveSync URLs out of Autodiscover's answers (exchange.md 1.8). The bytes are hostile; nothing raises.

JSON and XML are bounded. XML with a document type is not read at all, so it has no entities to expand; nothing is
ever fetched.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

from easwizard.case.untrusted import visible

MOST_BODY = 64 * 1024
_MOST_URLS = 20
_DEEPEST = 50


def urls_in_json(body: bytes) -> tuple[str, ...]:
    """The `Url` of a V2 answer, if it is one for ActiveSync."""
    try:
        answer = json.loads(body[:MOST_BODY])
    except (ValueError, RecursionError):
        return ()
    if not isinstance(answer, dict):
        return ()
    url, protocol = answer.get("Url"), answer.get("Protocol")
    if not isinstance(url, str) or not url or not isinstance(protocol, str | None):
        return ()
    return (visible(url),) if protocol is None or protocol.casefold() == "activesync" else ()


@dataclass(frozen=True)
class XmlAnswer:
    """What an answer in XML says."""

    is_autodiscover: bool
    """Whether its outermost element is Autodiscover's, so that Autodiscover itself answered."""
    urls: tuple[str, ...]


def read_xml(body: bytes) -> XmlAnswer:
    """The `Url` of every `Server` whose `Type` is MobileSync, in order; what came before an error counts."""
    reader = _ServerReader()
    with suppress(expat.ExpatError, ValueError, LookupError):
        reader.read(body[:MOST_BODY])
    return XmlAnswer(reader.root == "Autodiscover", tuple(dict.fromkeys(reader.urls))[:_MOST_URLS])


class _ServerReader:
    """Walks the elements by their local names; the namespaces differ between outer and inner part."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.root: str | None = None
        self._open: list[str] = []
        self._texts: dict[str, str] = {}

    def read(self, body: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(body, True)

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._open.append(_local(name))
        self.root = self.root or self._open[0]
        if len(self._open) > _DEEPEST:
            raise ValueError("too deep")
        if self._open[-1] == "Server":
            self._texts = {}

    def _text(self, data: str) -> None:
        if self._open[-2:-1] == ["Server"] and self._open[-1] in ("Type", "Url"):
            self._texts[self._open[-1]] = self._texts.get(self._open[-1], "") + data

    def _end(self, name: str) -> None:
        self._open.pop()
        if _local(name) == "Server" and self._texts.get("Type", "").strip().casefold() == "mobilesync":
            url = self._texts.get("Url", "").strip()
            if url:
                self.urls.append(visible(url))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise ValueError("a document type has no place here")
