"""Reads the metabase of IIS 6: MetaBase.xml, and what adsutil.vbs prints of it (evidence-formats 7.3).

Exchange 2007 on Windows 2003 keeps there what later stands in applicationHost.config. Keys inherit by their location.
Only the keys named here are looked at; the file holds encrypted secrets too. The key names are documented (2.3); no
real file was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_claims import bound, certificates_of, flag, ssl_flags
from easwizard.evidence.iis_xml import Element, NotRead, first_tag, line_of, parsed
from easwizard.evidence.reading import Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble, VdirKey

_FORMAT = "IIS 6 metabase"
_KEYS = {
    k.casefold(): k
    for k in (
        "AccessSSLFlags", "AuthFlags", "SslUseDsMapper", "UploadReadAheadSize", "NTAuthenticationProviders",
        "ServerComment", "SecureBindings",
    )
}  # fmt: skip
_SSL_NAMES = {
    "accessssl": "Ssl", "accesssslnegotiatecert": "SslNegotiateCert", "accesssslrequirecert": "SslRequireCert",
    "accesssslmapcert": "SslMapCert", "accessssl128": "Ssl128",
}  # fmt: skip
_AUTH_BITS = {1: "authanonymous", 2: "authbasic", 4: "authntlm"}
_LONGEST = 1_000
"""Characters of a line or a location; real ones are far shorter."""
_SITE = re.compile(r"/LM/W3SVC/(\d{1,9})", re.IGNORECASE)
_VDIR = re.compile(r"/LM/W3SVC/(\d{1,9})/ROOT/Microsoft-Server-ActiveSync", re.IGNORECASE)
_ADSUTIL = re.compile(r"^\s*(?P<key>[A-Za-z]{3,40})\s*:\s*\((?P<type>INTEGER|BOOLEAN|STRING|LIST)\)\s*(?P<value>.*)$")
_COMMAND = re.compile(r"adsutil(?:\.vbs)?\"?\s+(?:get|enum)\s+\"?(?P<path>/?(?:LM/)?W3SVC[^\"\r\n]*)", re.IGNORECASE)
_HEADING = re.compile(r"^\s*\[(?P<path>/?(?:LM/)?W3SVC[^\]\r\n]*)\]\s*$", re.IGNORECASE)
_QUOTED = re.compile(r'^\s*"([^"]*)"\s*$')


@dataclass(frozen=True)
class _Key:
    text: str
    place: Place


@dataclass
class _Metabase:
    """Keys by location in lower case, then by name."""

    keys: dict[str, dict[str, _Key]] = field(default_factory=dict)
    whole: bool = False
    """Whether all of the metabase was there, so that what is not set is the default."""

    def put(self, location: str, name: str, text: str, place: Place) -> None:
        self.keys.setdefault(_normal(location), {})[name] = _Key(visible(text.strip(), 300), place)

    def own(self, location: str, name: str) -> _Key | None:
        return self.keys.get(_normal(location), {}).get(name)

    def inherited(self, location: str, name: str) -> _Key | None:
        """The key of the location or of the nearest one above it."""
        at = _normal(location)
        while at:
            found = self.keys.get(at, {}).get(name)
            if found is not None:
                return found
            at = at.rpartition("/")[0]
        return None


def _normal(location: str) -> str:
    path = "/" + location.strip().strip("/").casefold()
    return path if path.startswith("/lm/") or path == "/lm" else f"/lm{path}"


class _Iis6Metabase:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        head = source.text[:200_000]
        if first_tag(head):
            return "urn:microsoft-catalog:XML_Metabase" in head
        return any(m["key"].casefold() in _KEYS for m in map(_ADSUTIL.match, head.splitlines()) if m)

    def read(self, source: Source) -> Reading:
        base = _Metabase()
        if source.text.lstrip("\ufeff \t\r\n").startswith("<"):
            try:
                _from_xml(parsed(source.text), source.name, base)
            except NotRead as error:
                return Reading(source.name, _FORMAT, troubles=(Trouble(source.name, str(error)),))
            lost: list[Trouble] = []
        else:
            lost = list(_from_adsutil(source, base))
        return _reading(source, base, lost)


def _from_xml(root: Element, file: str, base: _Metabase) -> None:
    base.whole = True
    for element in root.iter():
        location = element.get("Location") if isinstance(element.tag, str) else None
        if location is None or len(location) > _LONGEST:
            continue
        if _VDIR.fullmatch(location.strip()):
            base.keys.setdefault(_normal(location), {})
        for name in _KEYS.values():
            value = element.get(name)
            if value is not None:
                base.put(location, name, value, Place(file, line_of(element)))


def _from_adsutil(source: Source, base: _Metabase) -> Iterator[Trouble]:
    """The location is in the command line or, with `enum`, in a heading; without either a key has no owner."""
    location: str | None = None
    listing: tuple[str, int] | None = None
    for number, whole in enumerate(source.text.splitlines(), start=1):
        line = whole[:_LONGEST]
        command, heading, key = _COMMAND.search(line), _HEADING.match(line), _ADSUTIL.match(line)
        quoted = _QUOTED.match(line)
        if command:
            location, listing = _without_key(command["path"].strip()), None
        elif heading:
            location, listing = heading["path"], None
        elif key and key["key"].casefold() in _KEYS:
            name = _KEYS[key["key"].casefold()]
            if location is None:
                text = f"{name} stands here without the command that printed it: paste that line too"
                yield Trouble(f"{source.name}:{number}", text)
                continue
            listing = (name, number) if key["type"] == "LIST" else None
            if listing is None:
                base.put(location, name, key["value"].strip().strip('"'), Place(source.name, number))
        elif quoted and listing and location is not None:
            before = base.own(location, listing[0])
            text = f"{before.text} {quoted[1]}" if before else quoted[1]
            base.put(location, listing[0], text, Place(source.name, listing[1]))


def _without_key(path: str) -> str:
    """The location in `W3SVC/1/ROOT/Name/AccessSSLFlags`."""
    above, _, last = path.rstrip('/" ').rpartition("/")
    return above if last.casefold() in _KEYS else path.rstrip('/" ')


def _reading(source: Source, base: _Metabase, lost: Sequence[Trouble]) -> Reading:
    vdirs = list(_vdirs(base))
    objects = {"ActiveSync virtual directory": len(vdirs)}
    if source.server is None:
        text = "the metabase does not name its server: give it as SERVER=FILE"
        return Reading(source.name, _FORMAT, objects=objects, troubles=(*lost, Trouble(source.name, text)))
    claims, troubles = _claims(visible(source.server, 200), source.name, base)
    return Reading(source.name, _FORMAT, claims=claims, objects=objects, troubles=(*lost, *troubles))


def claims_of_items(server: str, file: str, items: Sequence[object]) -> tuple[tuple[Claim, ...], tuple[Trouble, ...]]:
    """The same from the collector's items: location, name and value."""
    base = _Metabase()
    for item in items:
        if isinstance(item, Mapping) and isinstance(item.get("location"), str):
            name = _KEYS.get(str(item.get("name", "")).casefold())
            value = item.get("value")
            text = " ".join(str(v) for v in value[:50]) if isinstance(value, list) else str(value)
            if name is not None:
                base.put(str(item["location"])[:500], name, text, Place(file))
    return _claims(server, file, base)


def _vdirs(base: _Metabase) -> Iterator[tuple[str, str]]:
    """Location and number of the web site of each ActiveSync vdir."""
    for location in base.keys:
        found = _VDIR.fullmatch(location)
        if found:
            yield location, found[1]


def _claims(server: str, file: str, base: _Metabase) -> tuple[tuple[Claim, ...], tuple[Trouble, ...]]:
    claims: list[Claim] = []
    troubles: list[Trouble] = []
    key = ServerKey(server)
    mapper = base.own("/LM/W3SVC", "SslUseDsMapper")
    on = flag(mapper.text) if mapper else None
    if mapper is not None and on is not None:
        claims.append(Claim(key, "server_mapping", on, mapper.place, Side.IIS))
    elif mapper is None and base.whole:
        claims.append(Claim(key, "server_mapping", False, Place(file), Side.IIS))
    for location in base.keys:
        site = _SITE.fullmatch(location)
        comment = base.own(location, "ServerComment") if site else None
        bindings = base.own(location, "SecureBindings") if site else None
        for information in (bindings.text if bindings else "").split():
            binding = bound(information)
            if binding is not None and comment is not None and bindings is not None:
                claims.append(Claim(key, f"bindings/{comment.text}/{binding}", True, bindings.place, Side.IIS))
    for location, number in _vdirs(base):
        comment = base.own(f"/LM/W3SVC/{number}", "ServerComment")
        if comment is None or not comment.text:
            text = (
                f"the name of web site {number} is missing: paste 'adsutil get W3SVC/{number}/ServerComment' with"
                " its output too"
            )
            troubles.append(Trouble(file, text))
            continue
        _of_vdir(VdirKey(server, comment.text), location, base, claims, Place(file))
    return tuple(claims), tuple(troubles)


def _of_vdir(vdir: VdirKey, location: str, base: _Metabase, claims: list[Claim], file: Place) -> None:
    flags = base.inherited(location, "AccessSSLFlags")
    if flags is not None or base.whole:
        names = _ssl_names(flags.text if flags else "0")
        place = flags.place if flags else file
        claims.append(Claim(vdir, "client_certificates", certificates_of(names), place, Side.IIS))
        claims.append(Claim(vdir, "mapping", "sslmapcert" in names, place, Side.IIS))
    auth = base.inherited(location, "AuthFlags")
    if auth is not None:
        claims.append(Claim(vdir, "basic", "authbasic" in _auth_names(auth.text), auth.place, Side.IIS))
        claims.append(Claim(vdir, "windows", "authntlm" in _auth_names(auth.text), auth.place, Side.IIS))
    proxy = base.own(f"{location}/Proxy", "AuthFlags")
    if proxy is not None:
        claims.append(Claim(vdir, "proxy_windows", "authntlm" in _auth_names(proxy.text), proxy.place, Side.IIS))
    elif auth is not None and base.whole and "authntlm" not in _auth_names(auth.text):
        claims.append(Claim(vdir, "proxy_windows", False, auth.place, Side.IIS))
    size = base.inherited(location, "UploadReadAheadSize")
    if size is not None and size.text.isascii() and size.text.isdigit() and len(size.text) < 12:
        claims.append(Claim(vdir, "upload_read_ahead", int(size.text), size.place, Side.IIS))


def _ssl_names(text: str) -> frozenset[str]:
    """Flags as names of IIS 7, from names or from the sum of their bits."""
    return frozenset(_SSL_NAMES.get(name, name).casefold() for name in ssl_flags(text))


def _auth_names(text: str) -> frozenset[str]:
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 10:
        return frozenset(name for bit, name in _AUTH_BITS.items() if int(bare) & bit)
    return frozenset(part.casefold() for part in bare.replace("|", " ").replace(",", " ").split())


READER: Reader = _Iis6Metabase()
