"""Reads the table of Get-WindowsFeature, also of servermanagercmd -query: the two role services (2.3 steps 1, 1b).

Headings and display names are translated, feature names are not: rows are told by those (evidence-formats 5, 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from easwizard.case.untrusted import visible
from easwizard.evidence.reading import Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble
from easwizard.exchange.inventory import ROLE_SERVICES

_FORMAT = "Get-WindowsFeature"
_NAMES = {name.casefold(): name for name in ROLE_SERVICES}
_BOX = re.compile(r"(?:^|\s)\[(?P<mark>[ Xx])\]\s")
_ROW = re.compile(
    r"(?:^|[\s\[])(?P<name>Web-(?:Client|Cert)-Auth)\]?(?:\s+(?P<state>[A-Za-z]+))?\s*(?P<rest>.*)$", re.IGNORECASE
)
_STATES = {"installed": True, "true": True, "available": False, "removed": False, "false": False}
_PENDING = frozenset({"installpending", "uninstallpending"})


class _WindowsFeature:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        head = source.text[:500_000]
        if head.lstrip("\ufeff \t\r\n").startswith(("<", "{", "[{", "#TYPE", '"')):
            return False
        return any(state is not None for _, state, _ in _rows(head))

    def read(self, source: Source) -> Reading:
        troubles: list[Trouble] = []
        claims: list[Claim] = []
        seen: dict[str, bool] = {}
        server = None if source.server is None else ServerKey(visible(source.server, 200))
        if server is None:
            troubles.append(Trouble(source.name, "the table does not name its server: give it as SERVER=FILE"))
        for number, state, name in _rows(source.text):
            where = f"{source.name}:{number}"
            if state is None:
                troubles.append(Trouble(where, f"the state of {name} cannot be read, or a change of it is pending"))
            elif seen.get(name, state) is not state:
                troubles.append(Trouble(where, f"{name} stands here with another state than above: two servers?"))
            elif name not in seen:
                seen[name] = state
                if server is not None:
                    place = Place(source.name, number)
                    claims.append(Claim(server, f"role_services/{name}", state, place, Side.SYSTEM))
        return Reading(
            source.name,
            _FORMAT,
            claims=tuple(claims),
            objects={"Windows feature": len(seen)},
            troubles=tuple(troubles),
        )


def _rows(text: str) -> Iterator[tuple[int, bool | None, str]]:
    """Line, state and name of each row about a role service; the state is None where it cannot be read."""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw[:500].replace("\u00a0", " ")
        found = _ROW.search(line)
        # A line of `Format-List` is another reader's, a command line nobody's.
        if found is None or re.match(r"\s*\w+\s*:", line) or "get-windowsfeature" in line.casefold():
            continue
        name = _NAMES[found["name"].casefold()]
        box = _BOX.search(line[: found.start("name")])
        word = (found["state"] or "").casefold()
        if word in _PENDING:
            yield number, None, name
        elif word in _STATES:
            marked = None if box is None else box["mark"] != " "
            yield number, _STATES[word] if marked in (None, _STATES[word]) else None, name
        elif box is not None:
            yield number, box["mark"] != " ", name


READER: Reader = _WindowsFeature()
