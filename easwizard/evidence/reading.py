"""What reading a file comes to: claims, each with its place, and what was not understood. Judges nothing.

A claim is one value of one property of one server or virtual directory, as one place gives it. Putting claims of
many files together, and saying where they contradict each other, is the business of `merging`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from easwizard.case.facts import Observation
    from easwizard.evidence.iis_parts import IisPart

MOST_BYTES = 64 * 1024 * 1024
"""Readers that need a whole file in memory refuse larger ones."""


class Side(StrEnum):
    """Where a value was read from; configuration confirms only where IIS was read (J19)."""

    DIRECTORY = "directory"
    """Active Directory's view, or a cmdlet run from elsewhere."""
    IIS = "iis"
    """The server's own IIS, by its files, by appcmd, or by a cmdlet run on that server."""
    SYSTEM = "system"
    """The server's Windows: features, HTTP.sys, registry."""
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `line` is None where a format has none."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A server as a file calls it: by short name, FQDN or distinguished name; merging finds who is meant."""

    name: str


@dataclass(frozen=True, slots=True)
class VdirKey:
    """A front-end or back-end ActiveSync vdir: its server, its web site."""

    server: str
    web_site: str
    back_end: bool = False


About = ServerKey | VdirKey


@dataclass(frozen=True, slots=True)
class Claim:
    """One value, from one place."""

    about: About
    property: str
    """A field of `inventory.Server` or `inventory.VirtualDirectory`; maps by `field/key`, e.g.
    `role_services/Web-Client-Auth` or `ds_mapper/0.0.0.0:443`; a binding is `bindings/<web site>/<binding>`."""
    value: object
    """Typed as that field is; `""` for explicitly empty. What is unknown is not claimed."""
    place: Place
    side: Side


@dataclass(frozen=True)
class Trouble:
    """What was not understood, and where."""

    where: str
    what: str


@dataclass(frozen=True)
class Reading:
    """One file or paste, read."""

    file: str
    format: str
    """The name of the format in words, e.g. `Export-Clixml`."""
    claims: tuple[Claim, ...] = ()
    objects: Mapping[str, int] = field(default_factory=dict)
    """How many of which kind were understood, e.g. `{"ActiveSync virtual directory": 4}`."""
    troubles: tuple[Trouble, ...] = ()
    findings: tuple[str, ...] = ()
    """Problem codes that the file itself states, e.g. a setup log that stopped at two vdirs."""
    incomplete: tuple[str, ...] = ()
    """Lists known to be truncated, in words."""
    notes: tuple[Trouble, ...] = ()
    """What was understood and matters, but has no field in the inventory; in words."""
    found_on: Mapping[str, str] = field(default_factory=dict)
    """The server that a code of `findings` is about, where the file names it."""
    iis: tuple[IisPart, ...] = ()
    """Pieces of a server's IIS configuration: several files together decide more than each (`iis_together`)."""
    observations: tuple[Observation, ...] = ()
    """What a server saw when it looked for us: the paste of J7, with that server as vantage."""


@dataclass(frozen=True)
class Source:
    """A file's or paste's content, decoded, with what the admin said of it."""

    name: str
    text: str
    server: str | None = None
    """The server it was taken on, where the admin said so or the file name does."""


class Reader(Protocol):
    """Reads one format."""

    @property
    def format(self) -> str: ...

    def recognises(self, source: Source) -> bool:
        """Whether this is that format, by content alone, never by the file's name."""

    def read(self, source: Source) -> Reading:
        """Read it. Never raises for what a file holds: what is not understood becomes a trouble."""
