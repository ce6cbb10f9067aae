"""Reads what appcmd.exe lists: `list config` as XML, as `/text:*` or as `/xml`, `list site`, `list apppool` (2.3).

The values are effective ones. Which server or vdir they are of stands in the command line, so that has to be in the
paste. An attribute that is not printed is not claimed. No whole real output was at hand for `/text:*` and `/xml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_claims import bound, certificates_of, flag, ssl_flags
from easwizard.evidence.iis_parts import ACTIVESYNC, BACK_END_SITE, level_of
from easwizard.evidence.iis_sections import AUTHENTICATION, WANTED, operations_of
from easwizard.evidence.iis_xml import Element, NotRead, line_of, parsed
from easwizard.evidence.reading import About, Claim, Place, Reader, Reading, ServerKey, Side, Source, Trouble, VdirKey

_FORMAT = "appcmd list"
_COMMAND = re.compile(r"appcmd(?:\.exe)?[\"']?\s+list\s+(?P<what>\w+)(?P<rest>[^\r\n]*)", re.IGNORECASE)
_PATH = re.compile(r"^\s*(?:\"(?P<quoted>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s/:-][^\s:]*))")
_OPENING = re.compile(r"<(?P<tag>system\.webServer|appcmd)\b[^<>]{0,500}>")
_MOST_BLOCKS = 2_000
_SITE = re.compile(r'^\s*SITE "(?P<name>[^"]{1,200})" \(id:\d+,bindings:(?P<bindings>.*),state:(?P<state>\w+)\)')
_POOL = re.compile(r'^\s*APPPOOL "(?P<name>[^"]{1,200})" \([^)]*state:(?P<state>\w+)\)')
_CONFIG = re.compile(r"^\s*\[(?P<section>system\.webServer/[\w./]+)\]\s*$")
_ATTRIBUTE = re.compile(r'^\s*(?P<name>\w{1,60}):\s*"?(?P<value>[^"\r\n]{0,300})"?\s*$')
_POOL_OF_ACTIVESYNC = "msexchangesyncapppool"


@dataclass(frozen=True)
class _Value:
    """One attribute of one section as appcmd printed it; `path` is None where no command line said it."""

    path: str | None
    section: str
    name: str
    text: str
    line: int


class _Appcmd:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        head = source.text[:300_000]
        if head.lstrip("\ufeff \t\r\n").startswith(("{", "<configuration", "<Objs", "<?xml")):
            return False
        if any(True for _ in _blocks(head)) or any(True for _ in _from_text(Source(source.name, head))):
            return True
        return any(_SITE.match(line) or _POOL.match(line) for line in head.splitlines())

    def read(self, source: Source) -> Reading:
        troubles: list[Trouble] = []
        claims: list[Claim] = []
        notes: list[Trouble] = []
        findings: list[str] = []
        values = [*_from_xml(source, troubles), *_from_text(source)]
        server = visible(source.server, 200) if source.server is not None else None
        if server is None:
            troubles.append(Trouble(source.name, "appcmd does not name its server: give it as SERVER=FILE"))
        for value in values:
            if value.path is None:
                text = "the values stand here without the command that printed them: paste that line too"
                troubles.append(Trouble(f"{source.name}:{value.line}", text))
            elif server is not None:
                claims.extend(_claims(server, value, source.name))
        for number, line in enumerate(source.text.splitlines(), start=1):
            where = f"{source.name}:{number}"
            if server is not None and (site := _SITE.match(line)):
                claims.extend(_bindings(server, site, Place(source.name, number)))
                if site["state"].casefold() != "started":
                    notes.append(Trouble(where, f"web site {visible(site['name'], 200)} is {site['state']}"))
            pool = _POOL.match(line)
            if pool and pool["name"].casefold() == _POOL_OF_ACTIVESYNC and pool["state"].casefold() == "stopped":
                notes.append(Trouble(where, f"application pool {pool['name']} is stopped"))
                findings.append("eas/app-pool-down")
        return Reading(
            source.name,
            _FORMAT,
            claims=tuple(claims),
            objects={"configuration section": len({(v.path, v.section) for v in values})},
            troubles=tuple(dict.fromkeys(troubles)),
            findings=tuple(findings[:1]),
            notes=tuple(notes),
            found_on=dict.fromkeys(findings, server) if server is not None else {},
        )


def _from_xml(source: Source, troubles: list[Trouble]) -> Iterator[_Value]:
    """Fragments, each below the command line that stands before it."""
    for tag, start, end in _blocks(source.text):
        first = source.text.count("\n", 0, start)
        try:
            root = parsed(source.text[start:end])
        except NotRead as error:
            troubles.append(Trouble(f"{source.name}:{first + 1}", f"a piece of configuration is {error}"))
            continue
        path = _path_before(source.text, start)
        if tag == "appcmd":
            yield from _from_report(root, path, first)
            continue
        for section, names in WANTED.items():
            for element in root.iterfind(section):
                yield from _attributes(element, path, section, names, first)


def _blocks(text: str) -> Iterator[tuple[str, int, int]]:
    """Tag, start and end of each piece of configuration; scanned by hand, so that a hostile text costs no time."""
    at = 0
    for _ in range(_MOST_BLOCKS):
        opening = _OPENING.search(text, at)
        if opening is None:
            return
        closing = f"</{opening['tag']}>"
        end = text.find(closing, opening.end())
        if end < 0:
            return
        at = end + len(closing)
        yield opening["tag"], opening.start(), at


def _from_report(root: Element, path: str | None, first: int) -> Iterator[_Value]:
    """`/xml`: each CONFIG holds one section, named with dashes, and the path that it is of."""
    for config in root.iterfind("CONFIG"):
        section = config.get("CONFIG.SECTION", "").removeprefix("system.webServer/")
        below = re.sub(r"(?i)^MACHINE/WEBROOT/APPHOST/?", "", config.get("path", "") or "")
        for element in config:
            if section in WANTED:
                where = visible(below, 300) if config.get("path") else path
                yield from _attributes(element, where, section, WANTED[section], first)


def _attributes(
    element: Element, path: str | None, section: str, names: tuple[str, ...], first: int
) -> Iterator[_Value]:
    line = first + (line_of(element) or 1)
    for name in names:
        child, _, attribute = name.rpartition("/")
        owner = element.find(child) if child else element
        text = owner.get(attribute) if owner is not None else None
        if name == "providers":
            members = [o.removeprefix("+") for o in operations_of(element) or () if o.startswith("+")]
            text = " ".join(members) or None
        if text is not None:
            yield _Value(path, section, name, visible(text.strip(), 300), line)


def _from_text(source: Source) -> Iterator[_Value]:
    """`/text:*`: the section in brackets, then its attributes; `/text:NAME`: the value alone on the next line."""
    path: str | None = None
    section: str | None = None
    alone: tuple[str, str] | None = None
    for number, line in enumerate(source.text.splitlines(), start=1):
        command = _COMMAND.search(line)
        if command:
            path, section, alone = _path_of(command), None, _asked_for(command["rest"])
            continue
        heading, attribute = _CONFIG.match(line), _ATTRIBUTE.match(line)
        if heading:
            section = heading["section"].removeprefix("system.webServer/")
        elif section in WANTED and attribute and attribute["name"] in WANTED[section]:
            yield _Value(path, section, attribute["name"], visible(attribute["value"].strip(), 300), number)
        elif alone is not None and line.strip() and not line.lstrip().startswith("<"):
            yield _Value(path, *alone, visible(line.strip(), 300), number)
            alone = None


def _asked_for(rest: str) -> tuple[str, str] | None:
    """Section and attribute of `/section:access /text:sslFlags`; None for anything else."""
    section = re.search(r"[/-]section:\"?([\w./]+)", rest, re.IGNORECASE)
    name = re.search(r"[/-]text:\"?(\w+)", rest, re.IGNORECASE)
    if section is None or name is None:
        return None
    for known, names in WANTED.items():
        asked = section[1].removeprefix("system.webServer/").casefold()
        if asked in (known.casefold(), known.rpartition("/")[2].casefold()):
            for attribute in names:
                if attribute.casefold() == name[1].casefold():
                    return known, attribute
    return None


def _path_before(text: str, at: int) -> str | None:
    """The path of the last command line above a place; `""` is the server itself, None where there is none."""
    found = None
    for match in _COMMAND.finditer(text, max(0, at - 4_000), at):
        found = match
    return None if found is None else _path_of(found)


def _path_of(command: re.Match[str]) -> str | None:
    if command["what"].casefold() != "config":
        return None
    path = _PATH.match(command["rest"])
    if path is None:
        return ""
    return visible((path["quoted"] or path["single"] or path["bare"] or "").strip("/"), 300)


def _claims(server: str, value: _Value, file: str) -> Iterator[Claim]:
    """What one printed attribute says of the server, a vdir or its /Proxy; other paths are of no use here."""
    place = Place(file, value.line)
    site, _, below = (value.path or "").partition("/")
    leaf = level_of(below)
    field = value.section.rpartition("/")[2]
    on = flag(value.text)
    if not value.path:
        if field == "clientCertificateMappingAuthentication" and on is not None:
            yield Claim(ServerKey(server), "server_mapping", on, place, Side.IIS)
        return
    about: About = VdirKey(server, site, site.casefold() == BACK_END_SITE.casefold())
    if leaf == f"{ACTIVESYNC.casefold()}/proxy":
        if value.section == f"{AUTHENTICATION}/windowsAuthentication" and value.name == "enabled" and on is not None:
            yield Claim(about, "proxy_windows", on, place, Side.IIS)
    elif leaf == ACTIVESYNC.casefold():
        yield from _of_vdir(about, value, field, on, place)


def _of_vdir(about: About, value: _Value, field: str, on: bool | None, place: Place) -> Iterator[Claim]:
    switches = {
        "basicAuthentication": "basic",
        "windowsAuthentication": "windows",
        "clientCertificateMappingAuthentication": "mapping",
    }
    if field in switches and value.name == "enabled" and on is not None:
        yield Claim(about, switches[field], on, place, Side.IIS)
    elif value.name == "sslFlags":
        yield Claim(about, "client_certificates", certificates_of(ssl_flags(value.text)), place, Side.IIS)
    elif value.name == "uploadReadAheadSize" and value.text.isascii() and value.text.isdigit():
        yield Claim(about, "upload_read_ahead", int(value.text[:12]), place, Side.IIS)
    elif value.name == "extendedProtection/tokenChecking":
        yield Claim(about, "extended_protection", value.text, place, Side.IIS)


def _bindings(server: str, site: re.Match[str], place: Place) -> Iterator[Claim]:
    """`list site` prints each binding as protocol/ip:port:host, joined by commas."""
    for piece in site["bindings"].split(","):
        protocol, _, information = piece.partition("/")
        binding = bound(information) if protocol.casefold() == "https" else None
        if binding is not None:
            name = f"bindings/{visible(site['name'], 200)}/{binding}"
            yield Claim(ServerKey(server), name, True, place, Side.IIS)


READER: Reader = _Appcmd()
