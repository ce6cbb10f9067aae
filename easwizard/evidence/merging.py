"""Puts the claims of many files together: one inventory, and every contradiction with the rule that settles it.

Servers join by short name, whatever a file calls them; a vdir takes its AD site and product from its server. What
two equally good sources contradict stays unknown. The order of the files does not matter. Source: evidence-formats
11, J19.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from easwizard.case.untrusted import visible
from easwizard.evidence import names
from easwizard.evidence.iis_claims import bound
from easwizard.evidence.reading import Claim, Reading, ServerKey, Side, VdirKey
from easwizard.exchange.inventory import Binding, Inventory, Server, VirtualDirectory, host_of
from easwizard.exchange.products import parse_build

_IIS_FIRST = (Side.IIS, Side.SYSTEM, Side.DIRECTORY, Side.LOG)
_SYSTEM_FIRST = (Side.SYSTEM, Side.IIS, Side.DIRECTORY, Side.LOG)
_DIRECTORY_FIRST = (Side.DIRECTORY, Side.SYSTEM, Side.IIS, Side.LOG)

_PREFERENCE: dict[str, tuple[Side, ...]] = {
    **dict.fromkeys(("internal_url", "external_url", "site", "fqdn", "client_access", "product"), _DIRECTORY_FIRST),
    **dict.fromkeys(("build", "windows_version", "role_services", "ds_mapper"), _SYSTEM_FIRST),
}
"""Whose word counts, by field; for all others IIS comes first, since it is what a device meets."""

_RULES: dict[tuple[Side, ...], str] = {
    _IIS_FIRST: "IIS counts, since it is what a device and a proxying server meet (evidence-formats 11)",
    _SYSTEM_FIRST: "the server's own Windows counts, since it is what is installed there",
    _DIRECTORY_FIRST: "Active Directory counts, since it is what a proxying server reads (evidence-formats 11)",
}
NEARER = "the IIS file counts, since the cmdlet only repeats it"
NOT_SETTLED = "nothing tells which is right: taken as unknown until one of them is taken again"

CMDLET_FORMATS = frozenset({"Export-Clixml", "ConvertTo-Json", "Export-Csv", "Format-List"})
"""Formats that repeat what IIS says, where they say it."""
_DECIDES_THE_LEG = ("client_certificates", "proxy_windows")
"""What must be read on the IIS side before configuration can confirm anything (J19)."""
_SPELLINGS = ("name", "web_site")


@dataclass(frozen=True)
class Told:
    """One value of a contradiction, with every place that tells it."""

    value: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Sources that contradict each other about one property."""

    about: str
    """A server, or SERVER/SITE-NAME."""
    property: str
    values: tuple[Told, ...]
    taken: str | None
    """The value that counts; None where none does."""
    rule: str
    """Which value counts, and why."""


@dataclass(frozen=True)
class Merged:
    """What the claims come to."""

    inventory: Inventory
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """A claim with how near to the truth its source stands: smaller is nearer."""

    claim: Claim
    repeats: bool

    def rank(self, order: Sequence[Side]) -> tuple[int, bool]:
        return order.index(self.claim.side), self.repeats


_Words = dict[str, list[_Word]]
"""What is claimed of one thing, by property."""


def merge(readings: Sequence[Reading], more: Iterable[Claim] = ()) -> Merged:
    """One inventory out of everything read; `more` are claims that several files make together."""
    words = [_Word(c, reading.format in CMDLET_FORMATS) for reading in readings for c in reading.claims]
    words += [_Word(claim, False) for claim in more]
    return _Merging(words).merged()


class _Merging:
    """The claims sorted by what they are about, on their way into an inventory."""

    def __init__(self, words: Sequence[_Word]) -> None:
        self._servers: dict[str, _Words] = {}
        self._vdirs: dict[tuple[str, str], _Words] = {}
        self._spelled: dict[str, set[str]] = {}
        self._back_end: set[tuple[str, str]] = set()
        self.conflicts: list[Conflict] = []
        for word in words:
            self._sort_in(word)

    def _sort_in(self, word: _Word) -> None:
        about = word.claim.about
        if isinstance(about, ServerKey):
            server = self._known(about.name)
            self._servers[server].setdefault(_property_of(word.claim), []).append(word)
            return
        key = (self._known(about.server), about.web_site.strip().casefold())
        vdir = self._vdirs.setdefault(key, {})
        vdir.setdefault(word.claim.property, []).append(word)
        vdir.setdefault("", []).append(word)
        if about.back_end or names.is_back_end(about.web_site):
            self._back_end.add(key)

    def _known(self, name: str) -> str:
        """The key of a server, which is known from now on."""
        key = names.server_key(name)
        self._servers.setdefault(key, {})
        self._spelled.setdefault(key, set()).add(visible(names.short_server(name), 200))
        return key

    def merged(self) -> Merged:
        servers = {key: self._server(key, self._servers[key]) for key in sorted(self._servers)}
        vdirs = tuple(self._vdir(key, self._vdirs[key], servers[key[0]]) for key in sorted(self._vdirs))
        conflicts = sorted(self.conflicts, key=lambda c: (c.about.casefold(), c.property))
        return Merged(Inventory(tuple(servers.values()), vdirs), tuple(conflicts))

    def _server(self, key: str, words: _Words) -> Server:
        about = _spelling(words.get("name", ()), self._spelled[key])
        settled = {name: self._settled(about, name, told) for name, told in sorted(words.items())}
        values: dict[str, Any] = _fields_of(Server, settled)
        values |= {
            "name": about,
            "role_services": _mapping(settled, "role_services"),
            "ds_mapper": _mapping(settled, "ds_mapper") or None,
            "bindings": tuple(_bindings(settled, words)),
        }
        return Server(**values)

    def _vdir(self, key: tuple[str, str], words: _Words, server: Server) -> VirtualDirectory:
        abouts = {word.claim.about for word in words[""]}
        spelled = {visible(about.web_site.strip(), 200) for about in abouts if isinstance(about, VdirKey)}
        site = _spelling(words.get("web_site", ()), spelled)
        about = f"{server.name}/{site}"
        settled = {name: self._settled(about, name, told) for name, told in sorted(words.items()) if name}
        values: dict[str, Any] = _fields_of(VirtualDirectory, settled)
        values |= {
            "server": server.name,
            "web_site": site,
            "back_end": key in self._back_end,
            "site": server.site,
            "product": server.product,
            "sources": tuple(sorted({_source(word.claim) for word in words[""]})),
        }
        return VirtualDirectory(**values)

    def _settled(self, about: str, property: str, words: Sequence[_Word]) -> object:
        """The value that counts; None where equally good sources contradict each other. Says every contradiction."""
        order = _PREFERENCE.get(property.partition("/")[0], _IIS_FIRST)
        ranked = sorted(words, key=lambda w: (w.rank(order), str(w.claim.value), str(w.claim.place)))
        groups: dict[object, list[_Word]] = {}
        for word in ranked:
            groups.setdefault(_comparable(property, word.claim.value), []).append(word)
        best = ranked[0].rank(order)
        nearest = [group for group in groups.values() if group[0].rank(order) == best]
        value = _plain(property, nearest[0][0].claim.value) if len(nearest) == 1 else None
        if len(groups) > 1 and property not in _SPELLINGS:
            rule = _rule(order, ranked, len(nearest) == 1)
            told = tuple(_told(group) for group in groups.values())
            self.conflicts.append(Conflict(about, property, told, None if value is None else str(value), rule))
        return value


def _rule(order: tuple[Side, ...], ranked: Sequence[_Word], settled: bool) -> str:
    if not settled:
        return NOT_SETTLED
    sides = {word.claim.side for word in ranked}
    return NEARER if len(sides) == 1 else _RULES[order]


def _told(group: Sequence[_Word]) -> Told:
    places = dict.fromkeys(str(word.claim.place) for word in group)
    return Told(str(group[0].claim.value), tuple(places)[:5])


def _comparable(property: str, value: object) -> object:
    """What two spellings of one value have in common."""
    if not isinstance(value, str) or type(value) is not str:
        return value
    if property == "build":
        # AdminDisplayVersion does not move with security updates, so the last number is no contradiction (6).
        return (parse_build(value) or (value,))[:3]
    folded = value.strip().casefold()
    return folded.rstrip("/") if host_of(folded) else folded


def _plain(property: str, value: object) -> object:
    """The value in the inventory's words."""
    return value.casefold() if property == "extended_protection" and isinstance(value, str) else value


def _spelling(words: Iterable[_Word], spelled: set[str]) -> str:
    """How Active Directory writes a name; where it was not read, the spelling that sorts first."""
    told = {str(word.claim.value) for word in words if word.claim.side is Side.DIRECTORY}
    return min(told or spelled)


def _fields_of(type: type, settled: Mapping[str, object]) -> dict[str, object]:
    known = {field.name for field in fields(type)}
    return {name: value for name, value in settled.items() if name in known}


def _mapping(settled: Mapping[str, object], field: str) -> dict[str, bool]:
    """The claims `field/key` as a mapping; what is unknown is left out."""
    found = {name.partition("/")[2]: value for name, value in settled.items() if name.startswith(f"{field}/")}
    return {key: value for key, value in found.items() if isinstance(value, bool)}


_BINDING = "bindings/"


def _property_of(claim: Claim) -> str:
    """The property of a server; two spellings of one binding of one web site are one."""
    if not claim.property.startswith(_BINDING):
        return claim.property
    site, binding = _site_and_binding(claim)
    return f"{_BINDING}{site.casefold()}/{binding}"


def _site_and_binding(claim: Claim) -> tuple[str, str]:
    """`:443:` and `0.0.0.0:443:` are every address, as `*:443:` is; host names know no case."""
    site, _, binding = claim.property.removeprefix(_BINDING).rpartition("/")
    return site.strip(), (bound(binding) or binding).casefold()


def _bindings(settled: Mapping[str, object], words: _Words) -> Iterator[Binding]:
    for name, value in settled.items():
        if name.startswith(_BINDING) and value is not None and value is not False:
            spelled = {_site_and_binding(word.claim) for word in words[name]}
            yield Binding(*min(spelled))


def _source(claim: Claim) -> str:
    """The file, with how near to IIS it was read: only `iis:` lets configuration confirm (J19)."""
    if claim.side is Side.IIS:
        return f"{'iis' if claim.property in _DECIDES_THE_LEG else 'file'}:{claim.place.file}"
    return f"{'ad' if claim.side is Side.DIRECTORY else claim.side.value}:{claim.place.file}"
