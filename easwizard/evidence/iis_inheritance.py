"""What holds at a place of a server's IIS: settings inherited by path, unknown where a deciding file is missing.

The rules are those of evidence-formats.md 7.2: attribute by attribute from the server to the leaf the later wins; at
each level applicationHost.config comes first, then location elements of web.config files above, then the level's own
web.config. A web.config counts only where the section is unlocked. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from easwizard.evidence.iis_parts import IisPart, Lock, Operations, Setting, level_of
from easwizard.evidence.reading import Place

SCHEMA_DEFAULTS: dict[tuple[str, str], str] = {
    ("security/access", "sslFlags"): "None",
    ("security/authentication/anonymousAuthentication", "enabled"): "true",
    ("security/authentication/basicAuthentication", "enabled"): "false",
    ("security/authentication/windowsAuthentication", "enabled"): "false",
    ("security/authentication/windowsAuthentication", "extendedProtection/tokenChecking"): "None",
    ("security/authentication/clientCertificateMappingAuthentication", "enabled"): "false",
    ("security/authentication/iisClientCertificateMappingAuthentication", "enabled"): "false",
    ("serverRuntime", "uploadReadAheadSize"): "49152",
    ("httpRedirect", "enabled"): "false",
}
"""What holds where no file says anything (7.2)."""
UNLOCKED_BY_DEFAULT = frozenset({"httpRedirect"})
"""Where a file names no lock state: the state of every file seen (7.1, exchange.md 2.3)."""


@dataclass(frozen=True)
class Effective:
    """A value as it holds at one path, or as it would hold if the missing files said nothing."""

    value: str | Operations | None
    places: tuple[Place, ...] = ()
    """Where it is set, the deciding place last; empty for a schema default."""
    missing: tuple[str, ...] = ()
    """Levels whose web.config could decide and was not read, or what else hides the value."""

    @property
    def known(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Configuration:
    """Everything read of one server's IIS."""

    settings: tuple[Setting, ...] = ()
    locks: tuple[Lock, ...] = ()
    unlocked: frozenset[str] = UNLOCKED_BY_DEFAULT
    web_configs: frozenset[str] = frozenset()
    """Levels whose web.config was read, or is known not to be there."""
    applications: frozenset[str] = frozenset()
    """Levels at which an application begins."""

    def at(self, path: str, section: str, name: str) -> Effective:
        """The value of one attribute at a path; `""` is the server itself."""
        value: str | Operations | None = SCHEMA_DEFAULTS.get((section, name))
        places: list[Place] = []
        missing: list[str] = []
        for step in self._steps(level_of(path), section, name):
            if isinstance(step, str):
                missing.append(step)
                continue
            if step.file_level is not None:
                # This file is nearer to the leaf than those above it: what they say no longer counts.
                missing = [m for m in missing if not _is_within(step.file_level, m)]
            missing = [m for m in missing if not m.startswith(_HIDDEN)]
            if step.value is None:
                missing.append(f"{_HIDDEN}{step.place}")
            value = step.value
            places.append(step.place)
        return Effective(value, tuple(places), tuple(dict.fromkeys(missing)))

    def list_at(self, path: str, section: str, name: str) -> Effective:
        """A list that merges with clear, add and remove; the value holds its members in order."""
        members: list[str] = []
        places: list[Place] = []
        missing: list[str] = []
        for step in self._steps(level_of(path), section, name):
            if isinstance(step, str):
                missing.append(step)
                continue
            if not isinstance(step.value, tuple):
                missing.append(f"{_HIDDEN}{step.place}")
                continue
            if "clear" in step.value and step.file_level is not None:
                missing = [m for m in missing if not _is_within(step.file_level, m)]
            members = _changed(members, step.value)
            places.append(step.place)
        return Effective(tuple(members), tuple(places), tuple(dict.fromkeys(missing)))

    def _steps(self, path: str, section: str, name: str) -> Iterator[Setting | str]:
        """Settings in the order in which the later wins; a text is the level of a web.config that was not read."""
        for level in levels_to(path):
            mine = self._index.get((section, name, level), ())
            here = [s for s in mine if s.reaches_applications or self._reaches(level, path)]
            yield from (s for s in here if s.file_level is None)
            above = [s for s in here if s.file_level not in (None, level) and self._counts(s)]
            yield from sorted(above, key=lambda s: _depth(s.file_level or ""))
            yield from (s for s in here if s.file_level == level and self._counts(s))
            if level and level not in self.web_configs and self._may_set(level, section, name):
                yield level

    def has_settings_at(self, path: str) -> bool:
        """Whether any file sets something at that very path."""
        return level_of(path) in self._levels

    @cached_property
    def _levels(self) -> frozenset[str]:
        return frozenset(s.level for s in self.settings)

    @cached_property
    def _index(self) -> dict[tuple[str, str, str], list[Setting]]:
        """By section, name and level: a file may have a million settings, and each vdir asks for a dozen."""
        found: dict[tuple[str, str, str], list[Setting]] = {}
        for setting in self.settings:
            found.setdefault((setting.section, setting.name, setting.level), []).append(setting)
        return found

    @cached_property
    def _locks(self) -> dict[tuple[str, str], list[Lock]]:
        found: dict[tuple[str, str], list[Lock]] = {}
        for lock in self.locks:
            found.setdefault((lock.section, lock.level), []).append(lock)
        return found

    def _reaches(self, level: str, path: str) -> bool:
        """Whether no other application begins between a level and the path below it."""
        between = levels_to(path)[len(levels_to(level)) :]
        return not any(step in self.applications for step in between)

    def _counts(self, setting: Setting) -> bool:
        return setting.file_level is not None and self._may_set(setting.file_level, setting.section, setting.name)

    def _may_set(self, file_level: str, section: str, name: str) -> bool:
        """Whether the web.config of a level may set this attribute."""
        allowed = section in self.unlocked
        above = [lock for level in levels_to(file_level) for lock in self._locks.get((section, level), ())]
        above = [k for k in above if k.file_level is None or _depth(k.file_level) < _depth(file_level)]
        for lock in sorted(above, key=lambda k: (k.file_level is not None, _depth(k.level))):
            if lock.attribute is None:
                allowed = lock.allow
        return allowed and not any(k.attribute in (name, "*") for k in above if not k.allow)


_HIDDEN = "\x00"


def hidden(missing: str) -> str | None:
    """The place of a section whose content stands elsewhere or is encrypted; None where a web.config is missing."""
    return missing.removeprefix(_HIDDEN) if missing.startswith(_HIDDEN) else None


def levels_to(path: str) -> tuple[str, ...]:
    """The levels from the server to a path.

    >>> levels_to("site/a")
    ('', 'site', 'site/a')
    """
    parts = [part for part in path.split("/") if part]
    return ("", *("/".join(parts[: n + 1]) for n in range(len(parts))))


def _depth(level: str) -> int:
    return len(levels_to(level))


def _is_within(level: str, outer: str) -> bool:
    return outer == "" or level == outer or level.startswith(f"{outer}/")


def _changed(members: list[str], operations: Operations) -> list[str]:
    now = list(members)
    for operation in operations:
        if operation == "clear":
            now = []
            continue
        sign, value = operation[:1], operation[1:]
        now = [m for m in now if m.casefold() != value.casefold()]
        if sign == "+":
            now.append(value)
    return now


def configuration_of(parts: Sequence[IisPart]) -> Configuration:
    """One server's configuration from everything that was read of it."""
    known = [part for part in parts if part.is_application_host]
    sites = [site for part in known for site in part.sites]
    applications = {level_of(site.name, a.path) for site in sites for a in site.applications}
    unlocked = [part.unlocked for part in known]
    return Configuration(
        settings=tuple(s for part in parts for s in part.settings),
        locks=tuple(k for part in parts for k in part.locks),
        unlocked=unlocked[-1] if unlocked else UNLOCKED_BY_DEFAULT,
        web_configs=frozenset(part.web_config for part in parts if part.web_config is not None),
        applications=frozenset(applications) | {level_of(site.name) for site in sites},
    )
