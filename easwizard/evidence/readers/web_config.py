"""Reads the web.config of an ActiveSync vdir: the settings below applicationHost.config that change what holds (7.2).

It names neither its web site nor, apart from `X-FEServer`, its server. Its settings are kept, and count where an
applicationHost.config of the same server is read too; by itself it claims only what no other file can change.
"""

from __future__ import annotations

import re
from dataclasses import replace

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_parts import ACTIVESYNC, BACK_END_SITE, IisPart, level_of
from easwizard.evidence.iis_sections import sections_of
from easwizard.evidence.iis_xml import Element, NotRead, first_tag, parsed
from easwizard.evidence.reading import Claim, Reader, Reading, Side, Source, Trouble, VdirKey

_FORMAT = "web.config of an ActiveSync virtual directory"
_SITE_IN_NAME = re.compile(r"(?i)(default ?web ?site|exchange ?back ?end)[^\\/]*web\.config$")
_UNLOCATED = "\x00"
"""Stands for the level of a file of which the web site is not known."""


class _WebConfig:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        text = source.text[:1_000_000]
        if first_tag(text) != "configuration" or "<system.applicationHost" in text or "urn:microsoft-catalog" in text:
            return False
        return re.search(r"<(system\.webServer|system\.web|appSettings|location)\b", text) is not None

    def read(self, source: Source) -> Reading:
        try:
            root = parsed(source.text)
        except NotRead as error:
            return Reading(source.name, _FORMAT, troubles=(Trouble(source.name, str(error)),))
        if not _is_activesync(root):
            text = "nothing in it says that it is the web.config of an ActiveSync virtual directory: not used"
            return Reading(source.name, _FORMAT, troubles=(Trouble(source.name, text),))
        told = _told_server(root)
        server = visible(source.server, 200) if source.server is not None else told
        site = _site_of(source.name)
        level = level_of(site, ACTIVESYNC) if site is not None else _UNLOCATED
        sections = sections_of(root, source.name, level)
        part = IisPart(
            server,
            sections.settings,
            sections.locks,
            web_config=None if site is None else level,
            front_end=is_front_end(root),
        )
        return Reading(
            source.name,
            _FORMAT,
            claims=_claims(part, site),
            objects={"web.config of an ActiveSync virtual directory": 1},
            troubles=tuple(_troubles(source, part, site, told)),
            iis=(part,),
        )


def located(part: IisPart, level: str) -> IisPart:
    """The same file as that of a known vdir; other parts stay as they are."""
    if part.is_application_host or part.web_config is not None:
        return part

    def moved(where: str | None) -> str | None:
        return where.replace(_UNLOCATED, level, 1) if where is not None else None

    return replace(
        part,
        settings=tuple(replace(s, level=moved(s.level) or "", file_level=moved(s.file_level)) for s in part.settings),
        locks=tuple(replace(k, level=moved(k.level) or "", file_level=moved(k.file_level)) for k in part.locks),
        web_config=level,
    )


def is_front_end(root: Element) -> bool | None:
    """By the shared file it links to, or the protocol it proxies; None for 2007 and 2010, which have one side."""
    for added in root.iterfind("appSettings/add"):
        if added.get("key") == "HttpProxy.ProtocolType":
            return True
    for link in root.iter("{urn:schemas-microsoft-com:asm.v1}linkedConfiguration"):
        folder = str(link.get("href", "")).casefold().replace("/", "\\")
        if "\\frontend\\httpproxy\\" in folder:
            return True
        if "\\clientaccess\\sharedwebconfig" in folder:
            return False
    return None


def _is_activesync(root: Element) -> bool:
    """By what Setup writes into the two kinds of file: the proxy's protocol, or AirSync's own keys."""
    keys = {str(added.get("key")): str(added.get("value", "")) for added in root.iterfind("appSettings/add")}
    if keys.get("HttpProxy.ProtocolType", "").casefold() == "eas":
        return True
    return bool({"MaxNumOfFolders", "NumOfQueuedMailboxLogEntries", "ProxyVirtualDirectory"} & keys.keys())


def _told_server(root: Element) -> str | None:
    """The server in the header that the front end adds to every answer (3.2)."""
    for added in root.iterfind("system.webServer/httpProtocol/customHeaders/add"):
        if str(added.get("name", "")).casefold() == "x-feserver" and added.get("value"):
            return visible(str(added.get("value")), 200)
    return None


def _site_of(name: str) -> str | None:
    """The web site where the file is called after it; the content never tells (2.2: never assume the default one)."""
    found = _SITE_IN_NAME.search(name)
    if found is None:
        return None
    return BACK_END_SITE if "back" in found[1].casefold() else "Default Web Site"


def _claims(part: IisPart, site: str | None) -> tuple[Claim, ...]:
    """What the leaf's own file sets is the last word, unless the section is locked and IIS refuses the file."""
    if part.server is None or site is None:
        return ()
    vdir = VdirKey(part.server, site, site == BACK_END_SITE)
    return tuple(
        Claim(vdir, "upload_read_ahead", size, s.place, Side.IIS)
        for s in part.settings
        if s.name == "uploadReadAheadSize" and s.level == s.file_level and (size := _number(s.value)) is not None
    )


def _number(value: object) -> int | None:
    number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12
    return int(str(value)) if number else None


def _troubles(source: Source, part: IisPart, site: str | None, told: str | None) -> list[Trouble]:
    troubles: list[Trouble] = []
    if part.server is None:
        text = "this file does not name its server: give it as SERVER=FILE"
        troubles.append(Trouble(source.name, text))
    elif told is not None and told.split(".")[0].casefold() != part.server.split(".")[0].casefold():
        text = f"it was given as a file of {part.server}, but it adds the header X-FEServer: {told}"
        troubles.append(Trouble(source.name, text))
    if site is None:
        side = {True: "a front end's", False: "a back end's", None: "an"}[part.front_end]
        text = (
            f"{side} ActiveSync web.config; which web site it belongs to is not in it: bring the server's"
            " applicationHost.config too, or call it 'Default Web Site-EAS_web.config'"
        )
        troubles.append(Trouble(source.name, text))
    if not any(s.name == "uploadReadAheadSize" for s in part.settings):
        text = "uploadReadAheadSize is not set here, so applicationHost.config or a file above decides it"
        troubles.append(Trouble(source.name, text))
    troubles.extend(
        Trouble(str(s.place), "uploadReadAheadSize is no number")
        for s in part.settings
        if s.name == "uploadReadAheadSize" and s.value is not None and _number(s.value) is None
    )
    return troubles


READER: Reader = _WebConfig()
