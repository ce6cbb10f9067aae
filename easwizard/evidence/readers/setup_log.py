"""Reads ExchangeSetup.log for one failure: Setup stopped because one server has two ActiveSync vdirs (6.1, SETUPLOG).

Nothing else of the log is judged. Setup's own version is not the server's: an upgrade that failed left the old one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from easwizard.case.untrusted import visible
from easwizard.evidence.reading import Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble

_FORMAT = "ExchangeSetup.log"
CODE = "setup/second-frontend-vdir"
_STAMP = r"\[\d{2}[/.-]\d{2}[/.-]\d{4} \d{2}:\d{2}:\d{2}\.\d{3,4}\] \[\d+\]"
_LINE = re.compile(rf"^{_STAMP} (?P<text>.*)$", re.MULTILINE)
_MANY = re.compile(r"'System\.Object\[\]'[^\n]{0,200}VirtualDirectoryIdParameter")
_EAS = re.compile(r"(?:get|update|new)-ActiveSyncVirtualDirectory", re.IGNORECASE)
_FQDN = re.compile(r"ComputerNameDnsFullyQualified\][^\n]*?\[Value:\"(?P<fqdn>[A-Za-z0-9._-]{1,255})\"\]")
_OBJECT = re.compile(r"with name '(?P<name>[A-Za-z0-9._-]{1,255})'")
_MOST_FAILURES = 500
_NEAR = 4_000
"""Characters around the error in which Setup names the cmdlet that failed."""


class _SetupLog:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        head = source.text[:200_000]
        return _LINE.search(head) is not None and re.search(r"Setup", head) is not None

    def read(self, source: Source) -> Reading:
        text = source.text
        server, claims = _server(source)
        hit = next(_failures(text), None)
        notes: tuple[Trouble, ...] = ()
        if hit is not None:
            line = text.count("\n", 0, hit) + 1
            owner = server or "this server"
            words = f"Setup stopped: {owner} has more than one front-end ActiveSync virtual directory"
            notes = (Trouble(f"{source.name}:{line}", words),)
        troubles: tuple[Trouble, ...] = ()
        if hit is not None and server is None:
            troubles = (Trouble(source.name, "the log does not show its server's name: give it as SERVER=FILE"),)
        return Reading(
            source.name,
            _FORMAT,
            claims=tuple(claims),
            objects={"Setup run": text.count("Starting Microsoft Exchange Server")},
            troubles=troubles,
            findings=(CODE,) if hit is not None else (),
            notes=notes,
            found_on={CODE: server} if hit is not None and server is not None else {},
        )


def _failures(text: str) -> Iterator[int]:
    """Where the conversion failed, with the ActiveSync cmdlet beside it: other vdirs fail with the same words."""
    if _EAS.search(text) is None:
        return
    for match in islice(_MANY.finditer(text), _MOST_FAILURES):
        if _EAS.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR):
            yield match.start()


def _server(source: Source) -> tuple[str | None, list[Claim]]:
    """The server whose log it is, as the log says, else as the admin said."""
    text = source.text
    full, short = _FQDN.search(text), _OBJECT.search(text)
    name = short["name"] if short else full["fqdn"].split(".")[0] if full else source.server
    if name is None:
        return None, []
    server = visible(name, 200)
    if full is None or full["fqdn"].split(".")[0].casefold() != server.split(".")[0].casefold():
        return server, []
    place = Place(source.name, text.count("\n", 0, full.start()) + 1)
    return server, [Claim(ServerKey(server), "fqdn", full["fqdn"], place, Side.LOG)]


READER: Reader = _SetupLog()
