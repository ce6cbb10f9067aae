"""Takes the wanted sections out of an IIS configuration file: locations, locks, lists (evidence-formats 7.1, 7.2).

Only the attributes named here are looked at; `sessionKey`, `password`, `userName` and mappings are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_inheritance import UNLOCKED_BY_DEFAULT
from easwizard.evidence.iis_parts import Lock, Setting, level_of
from easwizard.evidence.iis_xml import Element, line_of
from easwizard.evidence.reading import Place

AUTHENTICATION = "security/authentication"
WANTED: dict[str, tuple[str, ...]] = {
    "security/access": ("sslFlags",),
    f"{AUTHENTICATION}/anonymousAuthentication": ("enabled",),
    f"{AUTHENTICATION}/basicAuthentication": ("enabled",),
    f"{AUTHENTICATION}/windowsAuthentication": ("enabled", "extendedProtection/tokenChecking", "providers"),
    f"{AUTHENTICATION}/clientCertificateMappingAuthentication": ("enabled",),
    f"{AUTHENTICATION}/iisClientCertificateMappingAuthentication": ("enabled",),
    "serverRuntime": ("uploadReadAheadSize",),
    "httpRedirect": ("enabled", "destination"),
}
"""Sections below system.webServer with their attributes; `a/b` is attribute b of child a, `providers` the list."""

_MOST_LOCATIONS = 20_000
_ELSEWHERE = ("configSource", "configProtectionProvider")
"""Attributes that say that the section's content is in another file or encrypted."""


@dataclass(frozen=True)
class Sections:
    """What one file sets and locks."""

    settings: tuple[Setting, ...]
    locks: tuple[Lock, ...]


@dataclass(frozen=True)
class _Block:
    """One `system.webServer` element with the location it stands in."""

    element: Element
    level: str
    file: str
    file_level: str | None
    location: Element | None = None

    def place(self, element: Element) -> Place:
        return Place(self.file, line_of(element))


def sections_of(root: Element, file: str, file_level: str | None = None) -> Sections:
    """Settings and locks of a `<configuration>`; `file_level` is the level of a web.config."""
    blocks = list(_blocks(root, file, file_level))
    return Sections(
        tuple(setting for block in blocks for setting in _settings(block)),
        tuple(lock for block in blocks for lock in _locks(block)),
    )


def _blocks(root: Element, file: str, file_level: str | None) -> Iterator[_Block]:
    """In the order of the file, plain sections first: a location of the same level wins over them (7.2)."""
    base = file_level or ""
    for element in root.iterfind("system.webServer"):
        yield _Block(element, base, file, file_level)
    for number, location in enumerate(root.iterfind("location")):
        if number == _MOST_LOCATIONS:
            return
        level = level_of(base, location.get("path", ""))
        for element in location.iterfind("system.webServer"):
            yield _Block(element, level, file, file_level, location)


def _settings(block: _Block) -> Iterator[Setting]:
    inherit = block.location is None or block.location.get("inheritInChildApplications", "true").lower() != "false"
    for section, names in WANTED.items():
        for element in block.element.iterfind(section):
            elsewhere = any(element.get(a) is not None for a in _ELSEWHERE)
            for name in names:
                value = None if elsewhere else _value(element, name)
                if elsewhere or value is not None:
                    yield Setting(
                        block.level, section, name, value, block.place(element), block.file_level, inherit
                    )  # fmt: skip


def _value(element: Element, name: str) -> str | tuple[str, ...] | None:
    """As the file sets it here; None where it does not."""
    if name == "providers":
        return operations_of(element)
    child, _, attribute = name.rpartition("/")
    owner = element.find(child) if child else element
    found = owner.get(attribute) if owner is not None else None
    return None if found is None else visible(found.strip(), 300)


def operations_of(element: Element) -> tuple[str, ...] | None:
    """What the element does to its list of providers; None where it does not touch it."""
    done: list[str] = []
    for holder in element.iterfind("providers"):
        for child in holder:
            value = visible(str(child.get("value", "")).strip(), 60)
            if child.tag == "clear":
                done.append("clear")
            elif child.tag in ("add", "remove") and value:
                done.append(("+" if child.tag == "add" else "-") + value)
    return tuple(done) or None


def _locks(block: _Block) -> Iterator[Lock]:
    allow = _override_of(block.location)
    for section in WANTED:
        for element in block.element.iterfind(section):
            if allow is not None:
                yield Lock(block.level, section, allow, file_level=block.file_level)
            for attribute in element.get("lockAttributes", "").replace(",", " ").split():
                yield Lock(block.level, section, False, visible(attribute, 60), block.file_level)


def _override_of(location: Element | None) -> bool | None:
    """What a location element says of web.config files below it; None where it inherits."""
    if location is None:
        return None
    mode = location.get("overrideMode", "").casefold()
    if mode in ("allow", "deny"):
        return mode == "allow"
    old = location.get("allowOverride", "").casefold()
    return old == "true" if old in ("true", "false") else None


def unlocked_sections(root: Element) -> frozenset[str]:
    """The wanted sections whose `overrideModeDefault` lets web.config files set them."""
    found: dict[str, bool] = {section: section in UNLOCKED_BY_DEFAULT for section in WANTED}
    for section in WANTED:
        *groups, name = section.split("/")
        path = "configSections/sectionGroup[@name='system.webServer']"
        path += "".join(f"/sectionGroup[@name='{group}']" for group in groups)
        for declared in root.iterfind(f"{path}/section[@name='{name}']"):
            # The schema's own default is Allow where the attribute is left out.
            found[section] = declared.get("overrideModeDefault", "Allow").casefold() != "deny"
    return frozenset(section for section, free in found.items() if free)
