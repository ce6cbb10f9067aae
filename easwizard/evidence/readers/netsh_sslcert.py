"""Reads `netsh http show sslcert`: the mapper flag of each HTTPS binding, in any of Windows' languages (2.3 step 2b).

Labels are translated, sometimes the values too; the order of a record's lines is not. English and French labels are
known from real output; elsewhere the mapper is the twelfth line of a record and the negotiation the thirteenth.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from easwizard.case.untrusted import visible
from easwizard.evidence.reading import Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble

_FORMAT = "netsh http show sslcert"
_MAPPER, _NEGOTIATE = 11, 12
"""Where these lines stand in a record, counted from its first line, in every language seen."""
_MAPPER_WORDS = (
    "ds mapper usage",
    "ds-zuordnung",
    "dszuordnung",
    "ds-mapper",
    "utilisation du mappeur ds",
    "mapeador ds",
)
_NEGOTIATE_WORDS = ("negotiate client certificate", "clientzertifikat aushandeln", "negocier le certificat client")
_SWITCHES: dict[str, bool] = {
    **dict.fromkeys(("enabled", "aktiviert", "active", "activee", "activado", "habilitado", "attivato"), True),
    **dict.fromkeys(("abilitato", "ativado", "ingeschakeld", "aktiverad", "aktiveret", "wlaczone"), True),
    **dict.fromkeys(("disabled", "deaktiviert", "desactive", "desactivee", "desactivado", "deshabilitado"), False),
    **dict.fromkeys(("disattivato", "disabilitato", "desativado", "uitgeschakeld", "inaktiverad"), False),
    **dict.fromkeys(("deaktiveret", "wylaczone"), False),
}
"""The two words of a switch, without accents; any other is not read."""
_STRUCTURED = re.compile(r"[<{]|\[\s*[\[{]")
"""The start of XML or JSON; a paste may well begin with a prompt, `[PS]`, or with a box, `[X]`."""
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.IGNORECASE)
_GUID = re.compile(r"\{[0-9a-f-]{36}\}", re.IGNORECASE)
_ENDPOINT = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.%]+\]|\*|[a-z0-9][a-z0-9._-]*):\d{1,5}", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s:\s*")
_SECTIONS = re.compile(r"\A\s*(extended properties|erweiterte eigenschaften|proprietes etendues)\b", re.IGNORECASE)


@dataclass
class _Record:
    """One binding; values in the order of its lines, each with its label and line number."""

    endpoint: str
    line: int
    lines: list[tuple[str, str, int]] = field(default_factory=list)


class _Netsh:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        head = source.text[:200_000]
        if _STRUCTURED.match(head.lstrip("\ufeff \t\r\n")):
            return False
        return any(True for _ in _records(head))

    def read(self, source: Source) -> Reading:
        records = list(_records(source.text))
        claims: list[Claim] = []
        troubles: list[Trouble] = []
        notes: list[Trouble] = []
        server = None if source.server is None else ServerKey(visible(source.server, 200))
        if server is None:
            text = "the output does not name its server: give it as SERVER=FILE"
            troubles.append(Trouble(source.name, text))
        for record in records:
            found = _line(record, _MAPPER_WORDS, _MAPPER)
            on = _switch(found[1]) if found else None
            place = Place(source.name, found[2] if found else record.line)
            if on is None:
                troubles.append(Trouble(str(place), f"whether {record.endpoint} uses the mapper cannot be read"))
            elif server is not None:
                claims.append(Claim(server, f"ds_mapper/{record.endpoint}", on, place, Side.SYSTEM))
            notes.extend(_negotiation(record, source.name))
        return Reading(
            source.name,
            _FORMAT,
            claims=tuple(claims),
            objects={"HTTPS certificate binding": len(records)},
            troubles=tuple(troubles),
            notes=tuple(notes),
        )


def _records(text: str) -> Iterator[_Record]:
    """A record begins where an address with a port is followed by a certificate hash: so in every language."""
    record: _Record | None = None
    first: tuple[str, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        label, value = _split(line)
        if not label or _SECTIONS.match(_plain(line)):
            continue
        if _ENDPOINT.fullmatch(value):
            first = (visible(value, 200).casefold(), number)
            continue
        if first is not None and _HASH.fullmatch(value.replace(" ", "")):
            if record is not None:
                yield record
            record = _Record(*first, lines=[("", first[0], first[1])])
        first = None
        if record is not None:
            record.lines.append((_plain(label), value, number))
    if record is not None:
        yield record


def _split(line: str) -> tuple[str, str]:
    """Label and value: at the last colon behind a space, since labels and values may hold colons of their own."""
    clean = line[:500].replace("\u00a0", " ").rstrip()
    cuts = list(_SEPARATOR.finditer(clean))
    if not cuts:
        return "", ""
    return clean[: cuts[-1].start()].strip(" :"), clean[cuts[-1].end() :].strip()


def _line(record: _Record, words: tuple[str, ...], position: int) -> tuple[str, str, int] | None:
    known = [entry for entry in record.lines if entry[0].startswith(words)]
    if known:
        return known[0]
    whole = len(record.lines) > _NEGOTIATE and _GUID.fullmatch(record.lines[2][1]) is not None
    return record.lines[position] if whole else None


def _negotiation(record: _Record, file: str) -> Iterator[Trouble]:
    """A certificate asked for in the first handshake meets every vdir of that address (2.7)."""
    found = _line(record, _NEGOTIATE_WORDS, _NEGOTIATE)
    if found and _switch(found[1]):
        text = f"{record.endpoint} asks for a client certificate in the first handshake, whatever the path (2.7)"
        yield Trouble(f"{file}:{found[2]}", text)


def _switch(value: str) -> bool | None:
    return _SWITCHES.get(_plain(value))


def _plain(text: str) -> str:
    """Lower case, without accents, without a console's broken letters: what a code page did to them varies."""
    split = unicodedata.normalize("NFKD", text.strip().casefold().replace("ł", "l"))
    return "".join(c for c in split if not unicodedata.combining(c))


READER: Reader = _Netsh()
