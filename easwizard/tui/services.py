"""What the wizard needs from outside, as small protocols; the command line plugs the real ones in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the first screen is drawn before any of this is needed
    from easwizard.case.case import Case, DeviceCertificate
    from easwizard.case.redaction.redact import Level
    from easwizard.reports.model import Report
    from easwizard.workflow.bringing import Copies
    from easwizard.workflow.ports import Prober
    from easwizard.workflow.session import Journal


@dataclass(frozen=True)
class Shelved:
    """One case on the shelf."""

    path: Path
    name: str
    changed: datetime


@dataclass(frozen=True)
class Opened:
    """A case that was opened. Without a journal it may only be read, for the reason given."""

    name: str
    case: Case
    journal: Journal | None
    why_read_only: str | None = None
    copies: Copies | None = None
    """Where copies of what was brought are kept; None where the case is not saved, and copies are forgotten too."""
    said: str = ""
    """What to tell whoever opened it, e.g. where a pack was unpacked and what of it was changed on the way."""


class CannotSave(Exception):
    """What happened could not be written down, and the case is as it was before; the message says what to do."""


class CannotOpen(Exception):
    """A case that cannot be opened or made; the message says why and what to do."""


class HeldByAnother(CannotOpen):
    """Another wizard has the case open; the message says who and since when."""


class CaseShelf(Protocol):
    """Where cases are kept."""

    def recent(self) -> Sequence[Shelved]:
        """The cases there are, the newest first; never raises."""

    def create(self, name: str) -> Opened:
        """A new empty case of that name. Raises CannotOpen."""

    def open(self, path: Path) -> Opened:
        """Raises HeldByAnother where somebody alive has it, CannotOpen where it cannot be read."""

    def read(self, path: Path) -> Opened:
        """Open to read only, whoever has it. Raises CannotOpen."""


@dataclass
class Keys:
    """What opens doors, for as long as the program runs; never written, never shown (DESIGN 10)."""

    ca_file: Path | None = None
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    """By account label."""
    certificate_file: Path | None = None
    certificate_key: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


class WrongKey(Exception):
    """A file or passphrase that cannot be used; the message names it and what to do."""


class Toolbox(Protocol):
    """Makes what looks."""

    def prober(self, case: Case, keys: Keys) -> Prober:
        """Raises WrongKey. Slow the first time: not for the event loop."""

    def certificate(self, keys: Keys) -> DeviceCertificate:
        """What the certificate file says of itself. Raises WrongKey."""

    def resolvers(self) -> Sequence[tuple[str, str, int]]:
        """Label, address and port of this machine's DNS servers; empty where they cannot be found."""


@dataclass(frozen=True)
class Practice:
    """A running practice estate, as a case that is filled in, with its keys."""

    title: str
    case: Case
    keys: Keys
    pace_seconds: float


class PracticeGround(Protocol):
    """Starts practice estates; the one before is stopped."""

    def scenarios(self) -> Mapping[str, str]:
        """Name to title."""

    def start(self, scenario: str) -> Practice:
        """Takes a second or two: not for the event loop. Raises CannotOpen."""

    def files(self) -> Sequence[Path]:
        """Where the estate that runs has written itself down, as an admin would bring it; empty where none runs.

        Writes: not for the event loop.
        """


class Clipboard(Protocol):
    """The clipboard of the machine that this program runs on, where it has one."""

    def put(self, text: str) -> bool:
        """Hand a text over; False where there is no way. Slow at times: not for the event loop. Never raises."""


class NoClipboard:
    """For machines without one, and for tests."""

    def put(self, _: str) -> bool:
        return False


@dataclass(frozen=True)
class Site:
    """A site profile: the names, resolvers and authorities of one site, as they stay from call to call."""

    path: Path
    name: str
    changed: datetime


class SiteProfiles(Protocol):
    """Where site profiles are."""

    def recent(self) -> Sequence[Site]:
        """The profiles there are, the newest first; never raises."""

    def begin(self, path: Path) -> tuple[Case, Keys]:
        """A case that is filled in from a profile. Raises CannotOpen."""

    def keep(self, name: str, case: Case, keys: Keys) -> Path:
        """Write the profile of a case's site; nothing is overwritten. Raises CannotSave."""


class NoSites:
    """For machines without any, and for tests."""

    def recent(self) -> Sequence[Site]:
        return ()

    def begin(self, path: Path) -> tuple[Case, Keys]:
        raise CannotOpen(f"{path}: there are no site profiles here")

    def keep(self, name: str, case: Case, keys: Keys) -> Path:
        raise CannotSave("there is no place for site profiles here")


@dataclass(frozen=True)
class PackMade:
    """An escalation pack that was written."""

    path: Path
    words: tuple[str, ...]
    """Where it is, what was replaced, where the list of real names is, what was left out; a line each."""


class Packer(Protocol):
    """Makes escalation packs."""

    def pack(self, report: Report, copies: Copies | None, name: str, level: Level) -> PackMade:
        """Redact, render, check and write. Takes a second: not for the event loop. Raises CannotSave."""


class NoPacker:
    """For tests that need none."""

    def pack(self, report: Report, copies: Copies | None, name: str, level: Level) -> PackMade:
        raise CannotSave("no packs can be made here")


@dataclass(frozen=True)
class Services:
    """Everything from outside, in one place."""

    shelf: CaseShelf
    toolbox: Toolbox
    practice: PracticeGround
    now: Callable[[], datetime]
    """UTC."""
    seconds: Callable[[], float]
    """A clock that only goes forward."""
    vantage: str
    """The name of this machine."""
    copies: Path
    """The folder for what is copied, since remote desktops swallow clipboards."""
    clipboard: Clipboard = field(default_factory=NoClipboard)
    sites: SiteProfiles = field(default_factory=NoSites)
    packer: Packer = field(default_factory=NoPacker)
    who: str = ""
    """The name of whoever is signed in here: records of what was done bear it. Empty where it is not known."""
