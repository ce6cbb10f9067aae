"""Turns the IIS items of our collector's file into the pieces that a server's own files would give (section 9).

Every text is untrusted: an item of another shape is left out and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_parts import Application, IisPart, Lock, Setting, WebSite, level_of
from easwizard.evidence.iis_sections import WANTED
from easwizard.evidence.reading import Place

_MOST = 50_000


class IisItems:
    """Gathers the items of one file."""

    def __init__(self, server: str, file: str) -> None:
        self._server = server
        self._place = Place(file)
        self._settings: list[Setting] = []
        self._locks: list[Lock] = []
        self._unlocked: set[str] = set()
        self._modules: set[str] = set()
        self._sites: dict[str, tuple[str, ...]] = {}
        self._applications: dict[str, list[Application]] = {}
        self._web_configs: list[str] = []
        self.odd = 0
        """Items that were not understood."""

    def take(self, items: Sequence[object]) -> None:
        """Read the items of the section `IIS`."""
        for item in items[:_MOST]:
            if not isinstance(item, Mapping) or not self._take(item):
                self.odd += 1
        self.odd += max(0, len(items) - _MOST)

    def parts(self) -> tuple[IisPart, ...]:
        """The server's applicationHost.config, then one part for each web.config that was looked for."""
        host = IisPart(
            self._server,
            tuple(s for s in self._settings if s.file_level is None),
            tuple(k for k in self._locks if k.file_level is None),
            frozenset(self._unlocked),
            tuple(
                WebSite(
                    name,
                    self._place,
                    tuple((binding, self._place) for binding in bindings),
                    tuple(self._applications.get(name, ())),
                )
                for name, bindings in self._sites.items()
            ),
            frozenset(self._modules),
            is_application_host=True,
        )
        files = tuple(
            IisPart(
                self._server,
                tuple(s for s in self._settings if s.file_level == level),
                tuple(k for k in self._locks if k.file_level == level),
                web_config=level,
            )
            for level in dict.fromkeys(self._web_configs)
        )
        return (host, *files)

    def _take(self, item: Mapping[str, object]) -> bool:
        kind = item.get("kind")
        if kind == "setting":
            return self._setting(item)
        if kind == "lock":
            return self._lock(item)
        if kind == "section" and item.get("section") in WANTED:
            if item.get("unlocked") is True:
                self._unlocked.add(str(item["section"]))
            return True
        if kind == "module":
            self._modules.add(_text(item, "name"))
            return True
        if kind == "web.config":
            self._web_configs.append(level_of(_text(item, "level")))
            return True
        return self._site(item)

    def _site(self, item: Mapping[str, object]) -> bool:
        if item.get("kind") == "site" and _text(item, "name"):
            self._sites[_text(item, "name")] = _texts(item.get("bindings"))
            return True
        if item.get("kind") == "application" and _text(item, "site"):
            found = Application(
                _text(item, "path") or "/", _text(item, "pool") or None, _text(item, "folder") or None, self._place
            )
            self._applications.setdefault(_text(item, "site"), []).append(found)
            return True
        return False

    def _setting(self, item: Mapping[str, object]) -> bool:
        section, name, value = item.get("section"), item.get("name"), item.get("value")
        if not isinstance(section, str) or section not in WANTED or name not in WANTED[section]:
            return False
        if name == "providers":
            if not isinstance(value, list | str | None):
                return False
            kept: str | tuple[str, ...] | None = None if value is None else _texts(value)
        elif isinstance(value, str | None):
            kept = None if value is None else visible(value.strip(), 300)
        else:
            return False
        level, file_level = level_of(_text(item, "level")), _file_level(item)
        self._settings.append(
            Setting(level, section, str(name), kept, self._place, file_level, item.get("inherit") is not False)
        )
        return True

    def _lock(self, item: Mapping[str, object]) -> bool:
        section, attribute = item.get("section"), item.get("attribute")
        if not isinstance(section, str) or section not in WANTED or not isinstance(attribute, str | None):
            return False
        shown = visible(attribute, 60) if attribute is not None else None
        level = level_of(_text(item, "level"))
        self._locks.append(Lock(level, section, item.get("allow") is True, shown, _file_level(item)))
        return True


def _file_level(item: Mapping[str, object]) -> str | None:
    """Null and empty both mean applicationHost.config: PowerShell's `$null` becomes an empty text on its way."""
    return level_of(_text(item, "file_level")) or None


def _text(item: Mapping[str, object], name: str) -> str:
    value = item.get(name)
    return visible(value.strip(), 300) if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts; PowerShell writes a list of one as the one."""
    members = value if isinstance(value, list) else [value]
    return tuple(visible(m.strip(), 300) for m in members[:200] if isinstance(m, str) and m.strip())
