"""Reads applicationHost.config of IIS 7 and later: sites, bindings, what holds at each ActiveSync vdir (7.1, 7.2).

The file does not name its server; without one nothing is claimed. What only a web.config decides stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_claims import claims_of
from easwizard.evidence.iis_parts import Application, IisPart, WebSite
from easwizard.evidence.iis_sections import sections_of, unlocked_sections
from easwizard.evidence.iis_xml import Element, NotRead, first_tag, line_of, parsed
from easwizard.evidence.reading import Place, Reader, Reading, Source, Trouble

_FORMAT = "applicationHost.config"
_MOST_SITES = 2_000
_MOST_APPLICATIONS = 5_000

NO_SERVER = (
    "this file does not name its server: give it as SERVER=FILE, or call it applicationHost-SERVER.config, so that"
    " its settings have an owner"
)
"""Said where nobody said whose the file is (section 11)."""


class _ApplicationHost:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        text = source.text[:4_000_000]
        return first_tag(text) == "configuration" and re.search(r"<system\.applicationHost\b", text) is not None

    def read(self, source: Source) -> Reading:
        try:
            root = parsed(source.text)
        except NotRead as error:
            return Reading(source.name, _FORMAT, troubles=(Trouble(source.name, str(error)),))
        if source.server is None:
            part = part_of(root, source.name, None)
            return Reading(
                source.name, _FORMAT, objects=_objects(part), troubles=(Trouble(source.name, NO_SERVER),), iis=(part,)
            )
        server = visible(source.server, 200)
        part = part_of(root, source.name, server)
        found = claims_of(server, (part,))
        return Reading(
            source.name,
            _FORMAT,
            claims=tuple(found.claims),
            objects=_objects(part),
            troubles=(*found.troubles, *_leftovers(part)),
            findings=tuple(dict.fromkeys(found.findings)),
            notes=(*found.notes, *_pools(root, source.name, part)),
            found_on=dict.fromkeys(found.findings, server),
            iis=(part,),
        )


def part_of(root: Element, file: str, server: str | None) -> IisPart:
    """The wanted pieces of an applicationHost.config."""
    sections = sections_of(root, file)
    modules = root.find("system.webServer/globalModules")
    return IisPart(
        server,
        sections.settings,
        sections.locks,
        unlocked_sections(root),
        tuple(_sites(root, file)),
        None if modules is None else frozenset(visible(str(m.get("name", "")), 120) for m in modules),
        modules_place=None if modules is None else Place(file, line_of(modules)),
        is_application_host=True,
    )


def _sites(root: Element, file: str) -> Iterator[WebSite]:
    for number, site in enumerate(root.iterfind("system.applicationHost/sites/site")):
        name = visible(site.get("name", "").strip(), 200)
        if number == _MOST_SITES:
            return
        if name:
            yield WebSite(
                name, Place(file, line_of(site)), tuple(_bindings(site, file)), tuple(_applications(site, file))
            )  # fmt: skip


def _bindings(site: Element, file: str) -> Iterator[tuple[str, Place]]:
    """The HTTPS ones; net.tcp, net.pipe and msmq lead no phone anywhere."""
    for binding in site.iterfind("bindings/binding"):
        if binding.get("protocol", "").strip().casefold() == "https":
            yield visible(binding.get("bindingInformation", ""), 300), Place(file, line_of(binding))


def _applications(site: Element, file: str) -> Iterator[Application]:
    """Applications, and the virtual directories of the root one: either may be the vdir (7.1)."""
    for number, application in enumerate(site.iterfind("application")):
        if number == _MOST_APPLICATIONS:
            return
        path, pool = application.get("path", "/"), application.get("applicationPool")
        for directory in application.iterfind("virtualDirectory"):
            inner = directory.get("path", "/").strip("/")
            yield Application(
                visible(f"{path.rstrip('/')}/{inner}", 300),
                None if pool is None else visible(pool, 120),
                visible(directory.get("physicalPath", ""), 300) or None,
                Place(file, line_of(application)),
            )
        if application.find("virtualDirectory") is None:
            yield Application(visible(path, 300), place=Place(file, line_of(application)))


def _objects(part: IisPart) -> dict[str, int]:
    vdirs = sum(1 for site in part.sites if site.activesync is not None)
    return {"web site": len(part.sites), "ActiveSync virtual directory": vdirs}


def _leftovers(part: IisPart) -> Iterator[Trouble]:
    """Locations of an ActiveSync vdir that no site has any more (7.2)."""
    have = {site.name.casefold() for site in part.sites if site.activesync is not None}
    told: set[str] = set()
    for setting in part.settings:
        site, _, rest = setting.level.partition("/")
        if rest == "microsoft-server-activesync" and site not in have | told:
            told.add(site)
            text = f"settings for ActiveSync at '{site}' are left over: that web site has no such virtual directory"
            yield Trouble(str(setting.place), text)


def _pools(root: Element, file: str, part: IisPart) -> Iterator[Trouble]:
    """Pools of ActiveSync that do not start by themselves; whether one runs now the file does not tell."""
    used = {site.activesync.pool for site in part.sites if site.activesync is not None}
    for pool in root.iterfind("system.applicationHost/applicationPools/add"):
        if pool.get("name") in used and pool.get("autoStart", "true").casefold() == "false":
            text = f"application pool {visible(pool.get('name', ''), 120)} of ActiveSync does not start by itself"
            yield Trouble(f"{file}:{line_of(pool)}", text)


READER: Reader = _ApplicationHost()
