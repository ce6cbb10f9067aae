"""Makes an escalation pack: redacts, renders, looks for names that survived, and only then puts a file in place."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from easwizard.case.redaction.leaks import LeakCheck, LeakFound
from easwizard.case.redaction.redact import Level, Redacted
from easwizard.cli.console import complain
from easwizard.evidence.import_files import import_file
from easwizard.reports.marking import mark
from easwizard.reports.model import Report
from easwizard.reports.pack import pack_members
from easwizard.reports.redacted import redacted_report, replaced
from easwizard.reports.times import both
from easwizard.storage.case_file import case_lines
from easwizard.storage.event_lines import own_words
from easwizard.storage.evidence_folder import CopiesInMemory
from easwizard.storage.pack_file import MANIFEST, SUFFIX, PackError, manifest, put_in_place, zipped
from easwizard.storage.private_map import MapError, map_beside, write_map
from easwizard.tui.services import CannotSave, PackMade
from easwizard.workflow.bringing import Copies, with_copies
from easwizard.workflow.handing_over import HandedOver, handed_over
from easwizard.workflow.ticket import as_text, ticket

_IN_NAMES = {"none": "FULL", "internal": "INTERNAL", "vendor": "redacted"}
_MARKED = {level: word for level, word in _IN_NAMES.items() if level != "vendor"}
"""What the file name of a pack says that is not for everybody (J27)."""


class NotPacked(ValueError):
    """No pack was written, and nothing else; the message says why and what to do."""


@dataclass(frozen=True)
class Packed:
    """A pack that was written."""

    path: Path
    private_map: Path | None
    """None where names were kept."""
    replaced: str
    """What was replaced, in one line."""
    left_out: tuple[tuple[str, str], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What to tell whoever asked for it, a line each."""
        told = [f"the pack is in {self.path}; {self.replaced}"]
        if self.private_map is not None:
            told.append(f"the list of real names is in {self.private_map}: keep it, hand it to nobody")
        told += [f"left out: {what}: {why}" for what, why in self.left_out]
        return tuple(told)


def marked(path: Path, level: Level) -> Path:
    """The path with what its name must say: FULL where nothing is masked (J27).

    >>> marked(Path("contoso.zip"), "none").name, marked(Path("contoso-full.zip"), "none").name
    ('contoso-FULL.zip', 'contoso-full.zip')
    """
    word = _MARKED.get(level, "")
    return path if word.casefold() in path.stem.casefold() else path.with_name(f"{path.stem}-{word}{path.suffix}")


def write_pack(
    report: Report, copies: Copies | None, path: Path, level: Level, seed: Mapping[str, str] | None = None
) -> Packed:
    """Write the pack of a report on a case with its real names, under the name that `marked` gives.

    `copies` are the case's copies of evidence. `seed` is the private map of an earlier pack, whose stand-ins are
    kept. Raises NotPacked; then there is neither a pack nor a map.
    """
    path = marked(path, level)
    shown, made = redacted_report(_without_copies(report), level, seed)
    evidence = handed_over(report.case, made, copies)
    members = _members(shown, evidence)
    try:
        _refuse_leaks(path, members, made)
        data = zipped(members, report.created)
        kept = _map_written(path, made, report)
    except (LeakFound, PackError, MapError) as error:
        raise NotPacked(str(error)) from error
    try:
        put_in_place(path, data)
    except BaseException as error:
        # Whatever ended it, even an interrupt: the list of real names must not stay without its pack.
        if kept is not None:
            with suppress(OSError):
                kept.unlink()
        if isinstance(error, PackError):
            raise NotPacked(str(error)) from error
        raise
    return Packed(path, kept, replaced(made) if level != "none" else "nothing is masked in it", evidence.left_out)


class Packs:
    """Packs in one folder, each under a name of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pack(self, report: Report, copies: Copies | None, name: str, level: Level) -> PackMade:
        """Raises CannotSave."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            made = write_pack(report, copies, self._free(name, level), level)
        except NotPacked as error:
            raise CannotSave(str(error)) from error
        except OSError as error:
            raise CannotSave(f"{self._folder}: cannot be written ({error.strerror})") from error
        return PackMade(made.path, made.words)

    def _free(self, name: str, level: Level) -> Path:
        """A path that neither a pack nor a private map has; the name has nothing of a file system in it."""
        harmless = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80] or "case"
        for number in count(1):
            words = harmless if number == 1 else f"{harmless}-{number}"
            path = marked(self._folder / f"{words}-{_IN_NAMES[level]}{SUFFIX}", level)
            if not path.exists() and not map_beside(path).exists():
                return path
        raise AssertionError("counting never ends")


def _without_copies(report: Report) -> Report:
    """Copies get new names in the pack; the old ones would only be taken for names of the site."""
    imports = tuple(replace(read, copy=None) for read in report.case.imports)
    return replace(report, case=replace(report.case, imports=imports))


def pack_of_check(report: Report, path: Path, arguments: argparse.Namespace) -> bool:
    """Write the pack of a check, with copies of what it imported, and say so; False where none was written."""
    files = [import_file(text) for text in arguments.imports]
    copies = CopiesInMemory()
    imports, _ = with_copies(report.case.imports, files, copies)
    report = replace(report, case=replace(report.case, imports=imports))
    try:
        words = write_pack(report, copies, path, arguments.redact or "vendor").words
    except NotPacked as error:
        complain(f"no pack was written: {error}")
        return False
    for line in words:
        complain(line)
    return True


def ticket_text(report: Report) -> str:
    """The ten lines on a report, with its mark on top."""
    lines = ticket(report.case, report.diagnosis, both)
    return as_text(lines, both(report.created), mark(report))


def _members(shown: Report, evidence: HandedOver) -> dict[str, bytes]:
    case = case_lines(replace(shown.case, imports=evidence.records))
    members = pack_members(shown, case, ticket_text(shown), evidence.files, evidence.left_out)
    told = manifest(members, shown.redacted, shown.tool_version, shown.created, evidence.left_out)
    return {**members, MANIFEST: told}


def _refuse_leaks(path: Path, members: Mapping[str, bytes], made: Redacted) -> None:
    """Raises LeakFound. Everything is rendered by now, so that every name that was met is looked for everywhere."""
    if made.level != "vendor":
        return
    # What has no name in it goes along as it was brought; then the manifest says the same hash as the case does.
    hashes = {hashlib.sha256(data).hexdigest() for data in members.values()}
    look = LeakCheck(made.names, own_words() | hashes)
    look.check(f"a pack called {path.name}", path.name)
    for name, data in members.items():
        look.check(f"the name of {name} in the pack", name)
        look.check(f"the pack with {name} in it", data)


def _map_written(path: Path, made: Redacted, report: Report) -> Path | None:
    """Before the pack: one without its map could never be filled in again."""
    if made.level != "vendor":
        return None
    if path.exists():
        raise PackError(f"{path}: there is such a file already; take another name, nothing is overwritten")
    beside = map_beside(path)
    write_map(beside, made.private_map, path.name, report.created)
    return beside
