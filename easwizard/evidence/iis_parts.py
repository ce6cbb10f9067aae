"""The pieces of a server's IIS configuration that the rules need, apart from the files they stand in (7.1).

Only chosen attributes of chosen sections become pieces: a key, a password or a mapped account never does.
"""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.evidence.reading import Place

ACTIVESYNC = "Microsoft-Server-ActiveSync"
"""The name of the virtual directory, as Setup makes it."""
BACK_END_SITE = "Exchange Back End"
"""The web site of the mailbox side on 2013 and later; its vdir is no namespace (evidence-formats 2)."""

Operations = tuple[str, ...]
"""What one place does to a list: `clear`, `+VALUE`, `-VALUE`, in order."""


def level_of(*parts: str) -> str:
    """A configuration path in one spelling: case does not matter, nor do slashes at the ends (7.2).

    >>> level_of("Default Web Site/", "Microsoft-Server-ActiveSync")
    'default web site/microsoft-server-activesync'
    """
    joined = "/".join(part.replace("\\", "/").strip("/ ") for part in parts)
    return "/".join(part for part in joined.casefold().split("/") if part not in ("", "."))


@dataclass(frozen=True)
class Setting:
    """One value as one place sets it; `level` is where it holds, `file_level` where its web.config lies."""

    level: str
    section: str
    """Below system.webServer, e.g. `security/access`."""
    name: str
    """The attribute, e.g. `sslFlags` or `extendedProtection/tokenChecking`; `providers` is a list."""
    value: str | Operations | None
    """None: set here, but where it cannot be read (another file, or encrypted)."""
    place: Place
    file_level: str | None = None
    """None for applicationHost.config."""
    reaches_applications: bool = True
    """`inheritInChildApplications`; false ends at the next application."""


@dataclass(frozen=True)
class Lock:
    """A place that says whether web.config files from `level` down may set a section, or one attribute of it."""

    level: str
    section: str
    allow: bool
    attribute: str | None = None
    file_level: str | None = None


@dataclass(frozen=True)
class Application:
    """An application, or a virtual directory, of a web site."""

    path: str
    pool: str | None = None
    folder: str | None = None
    """Its physical folder, where a web.config may lie."""
    place: Place | None = None


@dataclass(frozen=True)
class WebSite:
    """One web site with its HTTPS bindings (`ip:port:host`) and applications."""

    name: str
    place: Place
    bindings: tuple[tuple[str, Place], ...] = ()
    applications: tuple[Application, ...] = ()

    @property
    def activesync(self) -> Application | None:
        """Its ActiveSync application or virtual directory; without one the site has no vdir (7.2)."""
        return next((a for a in self.applications if level_of(a.path) == ACTIVESYNC.casefold()), None)

    @property
    def is_back_end(self) -> bool:
        """By the name Setup gives it, or by the folder of 2013 and later (7.1); 2007 has no back-end site."""
        folder = ((self.activesync.folder if self.activesync else None) or "").casefold().replace("/", "\\")
        return self.name.casefold() == BACK_END_SITE.casefold() or ("\\v15\\clientaccess\\" in folder)


@dataclass(frozen=True)
class IisPart:
    """What one file says of one server's IIS."""

    server: str | None
    settings: tuple[Setting, ...] = ()
    locks: tuple[Lock, ...] = ()
    unlocked: frozenset[str] = frozenset()
    """Sections that web.config files may set by default (`overrideModeDefault`)."""
    sites: tuple[WebSite, ...] = ()
    modules: frozenset[str] | None = None
    """Global modules by name; None where the list was not read."""
    modules_place: Place | None = None
    web_config: str | None = None
    """The level whose web.config this is; None for applicationHost.config or where the level is not known."""
    front_end: bool | None = None
    """For a web.config of unknown level: whether it is the front end's; None where it does not tell."""
    is_application_host: bool = False
