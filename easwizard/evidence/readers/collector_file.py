"""Reads the file of our own collector script: cmdlet output, IIS values, bindings (evidence-formats 9).

A section that failed is told as not collected, which is not the same as empty. Every text is untrusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from easwizard.case.untrusted import visible
from easwizard.evidence import cmdlets
from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import EMPTY, Exported, Value, of_text
from easwizard.evidence.iis_claims import claims_of
from easwizard.evidence.iis_collected import IisItems
from easwizard.evidence.iis_parts import IisPart
from easwizard.evidence.readers.iis6_metabase import claims_of_items
from easwizard.evidence.readers.netsh_sslcert import READER as NETSH
from easwizard.evidence.reading import MOST_BYTES, Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble
from easwizard.exchange.windows import windows_of_build

_FORMAT = "easwizard collector"
_MARK = re.compile(r'\A\ufeff?\s*\{\s*"format"\s*:\s*"easwizard-evidence"')
_VERSION = 1
_EXCHANGE = "Microsoft.Exchange.Data.Directory"
_TYPES = {
    "Get-ExchangeServer": f"{_EXCHANGE}.Management.ExchangeServer",
    "Get-ActiveSyncVirtualDirectory": f"{_EXCHANGE}.SystemConfiguration.ADMobileVirtualDirectory",
    "Get-ClientAccessServer": f"{_EXCHANGE}.Management.ClientAccessServer",
    "Get-ClientAccessService": f"{_EXCHANGE}.Management.ClientAccessServer",
    "Get-OutlookAnywhere": f"{_EXCHANGE}.SystemConfiguration.ADRpcHttpVirtualDirectory",
    "Get-ADSite": f"{_EXCHANGE}.SystemConfiguration.ADSite",
    "Get-WindowsFeature": "Microsoft.Windows.ServerManager.Commands.Feature",
}
"""The type of a section's objects, by the cmdlet that it is called after."""
_FROM_IIS = (
    "basicauthenabled",
    "windowsauthenabled",
    "clientcertauth",
    "websitesslenabled",
    "extendedprotectiontokenchecking",
)
"""With -ADPropertiesOnly these are mere defaults: unknown, not off (evidence-formats 6)."""
_OF_WINDOWS = ("Get-WindowsFeature", "IIS", "IIS 6 metabase", "netsh http show sslcert")
_MOST_ITEMS = 100_000


class _CollectorFile:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        return _MARK.match(source.text[:2_000]) is not None

    def read(self, source: Source) -> Reading:
        document, why = _document(source.text)
        if document is None:
            return Reading(source.name, _FORMAT, troubles=(Trouble(source.name, why),))
        return _File(source, document).reading()


def _document(text: str) -> tuple[Mapping[str, object] | None, str]:
    """The whole document, or why it is none."""
    if len(text) > MOST_BYTES:
        return None, f"larger than {MOST_BYTES // (1024 * 1024)} MB"
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        return None, f"not well-formed JSON at line {error.lineno}, column {error.colno}; it may have been cut"
    except (ValueError, RecursionError):
        return None, "not well-formed JSON, or nested far too deep"
    if not isinstance(found, Mapping) or not isinstance(found.get("sections"), list):
        return None, "it has no sections, so it is not a whole file of the collector"
    if found.get("version") != _VERSION:
        return None, f"version {visible(str(found.get('version')), 20)} of the format is not known here"
    return found, ""


class _File:
    """One collector file on its way into a reading."""

    def __init__(self, source: Source, document: Mapping[str, object]) -> None:
        self.name = source.name
        self.document = document
        host = document.get("host")
        self.host: Mapping[str, object] = host if isinstance(host, Mapping) else {}
        told = self.host.get("name")
        self.server = visible(told.strip(), 200) if isinstance(told, str) and told.strip() else source.server
        self.into = Collected(source.name, self.server)
        self.claims: list[Claim] = []
        self.troubles: list[Trouble] = []
        self.notes: list[Trouble] = []
        self.findings: list[str] = []
        self.objects: dict[str, int] = {}
        self.parts: tuple[IisPart, ...] = ()

    def reading(self) -> Reading:
        sections = self.document["sections"]
        for section in sections if isinstance(sections, list) else []:
            if not isinstance(section, Mapping):
                self.troubles.append(Trouble(self.name, "a section is no object: left out"))
            elif section.get("name") in _OF_WINDOWS and not self._is_exchange_server(sections):
                text = f"{section['name']} is that of {self.server}, which is no Exchange server: not used"
                self.troubles.append(Trouble(self.name, text))
            else:
                self._section(section)
        self._host(sections)
        notes = self.document.get("notes")
        for note in notes[:100] if isinstance(notes, list) else []:
            self.troubles.append(Trouble(self.name, visible(str(note), 400)))
        whole = self.into.reading(_FORMAT)
        return Reading(
            self.name,
            _FORMAT,
            claims=(*whole.claims, *self.claims),
            objects={**whole.objects, **self.objects},
            troubles=(*self.troubles, *whole.troubles),
            findings=tuple(dict.fromkeys(self.findings)),
            incomplete=whole.incomplete,
            notes=tuple(self.notes),
            found_on=dict.fromkeys(self.findings, self.server) if self.server else {},
            iis=self.parts,
        )

    def _is_exchange_server(self, sections: object) -> bool:
        """Whether the script ran on a server that Exchange lists; it may have run on an admin's own machine."""
        listed = {
            str(item.get("Name")).casefold()
            for section in (sections if isinstance(sections, list) else [])
            if isinstance(section, Mapping) and section.get("name") == "Get-ExchangeServer"
            for item in _list(section.get("items"))
            if isinstance(item, Mapping)
        }
        return not listed or (self.server or "").split(".")[0].casefold() in listed

    def _host(self, sections: object) -> None:
        """The name and the Windows of the machine itself."""
        if self.server is None or not self._is_exchange_server(sections):
            return
        fqdn, windows = self.host.get("fqdn"), self.host.get("os")
        key, place = ServerKey(self.server), Place(self.name)
        if isinstance(fqdn, str) and "." in fqdn:
            self.claims.append(Claim(key, "fqdn", visible(fqdn, 300), place, Side.SYSTEM))
        known = windows_of_build(".".join(windows.split(".")[:3])) if isinstance(windows, str) else None
        if known is not None:
            self.claims.append(Claim(key, "windows", known, place, Side.SYSTEM))

    def _section(self, section: Mapping[str, object]) -> None:
        name = visible(str(section.get("name", "")), 120)
        found = _list(section.get("items"))
        error = visible(str(section.get("error") or ""), 300)
        if section.get("ok") is not True:
            text = f"{name} was not collected: {error or 'no reason given'}; that is not the same as none"
            self.troubles.append(Trouble(self.name, text))
            return
        if error:
            self.into.cut(f"{name}: {error}; the list may lack objects")
        elif section.get("truncated") is True or len(found) > _MOST_ITEMS:
            self.into.cut(f"{name} is truncated")
        found = found[:_MOST_ITEMS]
        kind = _TYPES.get(name.split(" ")[0])
        if kind is not None:
            self._objects(name, kind, found)
        elif name == "IIS":
            self._iis(found)
        elif name == "IIS 6 metabase":
            self._metabase(found)
        elif name.startswith("netsh"):
            self._bindings(found)
        else:
            self.troubles.append(Trouble(self.name, f"section {name} is not known here"))

    def _objects(self, name: str, kind: str, items: Sequence[object]) -> None:
        for number, item in enumerate(items):
            if isinstance(item, Mapping):
                lost = _FROM_IIS if "-ADPropertiesOnly" in name else ()
                properties = {
                    key: value_of(v) for k, v in list(item.items())[:200] if (key := str(k).casefold()) not in lost
                }
                cmdlets.take(Exported(properties, (kind,)), self.into)
            else:
                self.into.trouble(self.name, f"{name}: item {number + 1} is no object")

    def _iis(self, items: Sequence[object]) -> None:
        if self.server is None:
            self.troubles.append(Trouble(self.name, "the file does not name its host, so its IIS has no owner"))
            return
        gathered = IisItems(self.server, self.name)
        gathered.take(items)
        self.parts = gathered.parts()
        found = claims_of(self.server, self.parts)
        self.claims.extend(found.claims)
        self.troubles.extend(found.troubles)
        self.notes.extend(found.notes)
        self.findings.extend(found.findings)
        self.objects["web site"] = len(self.parts[0].sites)
        if gathered.odd:
            self.troubles.append(Trouble(self.name, f"IIS: {gathered.odd} items were not understood"))

    def _metabase(self, items: Sequence[object]) -> None:
        if self.server is not None:
            claims, troubles = claims_of_items(self.server, self.name, items)
            self.claims.extend(claims)
            self.troubles.extend(troubles)

    def _bindings(self, items: Sequence[object]) -> None:
        lines = [str(item.get("line", "")) if isinstance(item, Mapping) else "" for item in items]
        read = NETSH.read(Source(self.name, "\n".join(lines), self.server))
        self.claims.extend(Claim(c.about, c.property, c.value, Place(self.name), c.side) for c in read.claims)
        self.troubles.extend(Trouble(self.name, t.what) for t in read.troubles)
        self.notes.extend(Trouble(self.name, t.what) for t in read.notes)
        self.objects.update(read.objects)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def value_of(value: object) -> Value:
    """One property as the script writes it: text, number, switch, enum as `{"t":..,"n":..}`, or a list of these."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return Value(text=str(value))
    if isinstance(value, int):
        return Value(text=visible(str(value)[:40]), number=value if abs(value) < 2**63 else None)
    if isinstance(value, str):
        return of_text(visible(value))
    if isinstance(value, Mapping) and isinstance(value.get("t"), str):
        number = value.get("n")
        whole = isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**63
        return Value(text=visible(str(value["t"])), number=int(str(number)) if whole else None)
    if isinstance(value, list):
        items = tuple(value_of(member).text for member in value[:1_000] if not isinstance(member, list))
        return Value(text=", ".join(items), items=items)
    return Value(lost="the collector's file has it in a form that is not known here")


READER: Reader = _CollectorFile()
