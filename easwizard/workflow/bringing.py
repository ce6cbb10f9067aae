"""The use case "the admin brings something": add to what is there, take one away again, say whose it is.

What was brought is a stock of records with their readings; each change gives a new stock and a verdict in words. A
copy without secrets is kept first, and only then does an event say so: a kill in between leaves a file too many,
never a record without one. Opens the files given and the copies of the case, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from easwizard.case.case import Case, Import
from easwizard.case.events import Event, ImportsRead, InventoryRead, LooksWithdrawn
from easwizard.case.untrusted import visible
from easwizard.evidence.decoding import decode
from easwizard.evidence.gathering import FileProgress, gathered, read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.reading import MOST_BYTES, Reading
from easwizard.evidence.stripping import NotStripped, stripped
from easwizard.storage.evidence_folder import CopyError
from easwizard.workflow.importing import events_of_import, record_of, why_unusable
from easwizard.workflow.name_records import with_names
from easwizard.workflow.remembering import Remembered, remembered, still_contradicting, with_remembered
from easwizard.workflow.taken_again import is_taken_again

_BLOCK = 1024 * 1024
_TOO_LARGE = f"it is larger than {MOST_BYTES // 1024 // 1024} MB"


class Copies(Protocol):
    """Where copies without secrets are kept; `storage.evidence_folder` has both kinds."""

    def keep(self, name: str, content: bytes) -> str:
        """Returns the name of the copy. Raises CopyError."""

    def read(self, copy: str) -> bytes:
        """Raises CopyError where it is gone or was changed."""

    def remove(self, copy: str) -> None:
        """Never raises."""


class Outcome(StrEnum):
    """What became of something that was brought."""

    ADDED = "added"
    ALREADY = "there already"
    NOT_USED = "not used"
    NEEDS_SERVER = "needs its server"


@dataclass(frozen=True)
class Verdict:
    """What became of one file or paste, in words."""

    file: ImportFile
    outcome: Outcome
    words: str
    format: str = ""


@dataclass(frozen=True)
class Held:
    """One thing that was brought."""

    record: Import
    reading: Reading | None
    """None where it cannot be read again: what it told stays until it is removed."""
    why_lost: str = ""


@dataclass(frozen=True)
class Stock:
    """All that was brought, in order."""

    held: tuple[Held, ...] = ()
    told: Remembered = field(default_factory=Remembered)
    """What those told that cannot be read again."""

    @property
    def records(self) -> tuple[Import, ...]:
        return tuple(one.record for one in self.held)

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(one.reading for one in self.held if one.reading is not None)

    @property
    def gone(self) -> tuple[str, ...]:
        return tuple(one.record.file for one in self.held if one.reading is None)


# Opening


def why_lost(record: Import, copies: Copies) -> str:
    """Why a file that was brought cannot be read again, in words; empty where it can."""
    if record.copy is None:
        return "no copy of it was kept, only what it said and its SHA-256"
    try:
        copies.read(record.copy)
    except CopyError as error:
        return str(error)
    return ""


def stock_of(case: Case, copies: Copies, progress: FileProgress | None = None) -> Stock:
    """What a case holds, read again from its copies."""
    held = tuple(_held(record, copies, progress) for record in case.imports)
    stock = Stock(held)
    if not stock.gone:
        return stock
    left = gathered(stock.readings).inventory
    return replace(stock, told=remembered(case.inventory, left, case.contradictions, stock.gone))


def _held(record: Import, copies: Copies, progress: FileProgress | None) -> Held:
    if record.copy is None:
        return Held(record, None, why_lost(record, copies))
    try:
        content = copies.read(record.copy)
    except CopyError as error:
        return Held(record, None, str(error))
    [reading] = read_evidence([ImportFile(record.file, content, record.server)], progress).readings
    return Held(record, reading)


# Adding


def with_file(
    stock: Stock, file: ImportFile, copies: Copies | None, now: datetime, progress: FileProgress | None = None
) -> tuple[Stock, Verdict]:
    """Read a file or paste and add it; without `copies` none is kept. Never raises for what a file is or holds."""
    try:
        loaded, sha256 = _loaded(file, progress)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return stock, Verdict(file, Outcome.NOT_USED, f"it cannot be read: {reason}")
    same = _same(stock, sha256, file.server)
    if same is not None:
        words = "this very file" if same.file == file.name else f"the same content as {same.file}"
        return stock, Verdict(file, Outcome.ALREADY, f"{words} was brought already; nothing was added", same.format)
    loaded = replace(loaded, name=_own_name(stock, file))
    return _taken(stock, file, loaded, sha256, copies, now, progress)


def _taken(
    stock: Stock, file: ImportFile, loaded: ImportFile, sha256: str, copies: Copies | None, now: datetime,
    progress: FileProgress | None,
) -> tuple[Stock, Verdict]:  # fmt: skip
    [reading] = read_evidence([loaded], progress).readings
    wrong = why_unusable(reading)
    if wrong is not None:
        outcome = Outcome.NEEDS_SERVER if wrong.needs_server else Outcome.NOT_USED
        return stock, Verdict(file, outcome, wrong.why, reading.format)
    older = _taken_before(stock, file, loaded.server, reading, now)
    if older is not None:  # read anew, since it now has that one's name
        left = without(stock, older)
        again = replace(loaded, name=_own_name(left, file))
        after, verdict = _taken(left, file, again, sha256, copies, now, progress)
        words = (
            f"{verdict.words}; it takes the place of the one of {stock.held[older].record.read_at:%Y-%m-%d %H:%M} UTC"
        )
        return after, replace(verdict, words=words)
    record = replace(record_of(reading), server=_shown(loaded.server), read_at=now, sha256=sha256)
    copy, why_not = (None, "") if copies is None else _copied(loaded, reading, copies, progress)
    held = Held(replace(record, copy=copy), reading)
    words = _understood(record) + (f"; no copy was kept: {why_not}" if why_not else "")
    return replace(stock, held=(*stock.held, held)), Verdict(file, Outcome.ADDED, words, reading.format)


def _taken_before(stock: Stock, file: ImportFile, server: str | None, reading: Reading, now: datetime) -> int | None:
    """The number of the thing that this is a newer taking of."""
    fits = (
        n
        for n, held in enumerate(stock.held)
        if is_taken_again(held.record, held.reading, file.name, server, reading, now)
    )
    return next(fits, None)


def _shown(server: str | None) -> str | None:
    return None if server is None else visible(server, 200)


def _loaded(file: ImportFile, progress: FileProgress | None) -> tuple[ImportFile, str]:
    """The file with its bytes, so that what is hashed, read and copied is the same; a larger one stays a path."""
    if isinstance(file.content, Path) and not stat.S_ISREG(os.stat(file.content).st_mode):
        raise ValueError("it is no ordinary file" if not file.content.is_dir() else "it is a folder")
    digest = hashlib.sha256()
    blocks: list[bytes] = []
    size = 0
    with file.open() as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
            if size <= MOST_BYTES:
                blocks.append(block)
            else:
                blocks.clear()
            if progress is not None:
                progress(file, 0, 0)  # whoever wants to cancel is heard here
    whole = replace(file, content=b"".join(blocks)) if size <= MOST_BYTES else file
    return whole, digest.hexdigest()


def _same(stock: Stock, sha256: str, server: str | None) -> Import | None:
    """Two servers may have the same web.config to the letter, so that the server belongs to it."""
    wanted = (server or "").casefold()
    return next(
        (r for r in stock.records if r.sha256 == sha256 and (r.server or "").casefold() in (wanted, "")),
        None,
    )


def _own_name(stock: Stock, file: ImportFile) -> str:
    """A name that no other file here has: places must be told apart. The ending stays, since readers look at it."""
    name = visible(file.name, 190)
    taken = {record.file.casefold() for record in stock.records}
    choices = [name, f"{visible(file.server, 60)}-{name}"] if file.server else [name]
    choices += [f"{number}-{name}" for number in range(2, len(taken) + 3)]
    return next(choice for choice in choices if choice.casefold() not in taken)


def _copied(
    file: ImportFile, reading: Reading, copies: Copies, progress: FileProgress | None = None
) -> tuple[str | None, str]:
    """The name of the copy, or why there is none. A copy that would not say the same is not kept."""
    try:
        content = _stripped(file, reading, progress)
        [again] = read_evidence([replace(file, content=content)], _at_its_end(progress, content)).readings
        if not _says_the_same(reading, again):
            return None, "without its secrets it would not say the same"
        return copies.keep(reading.file, content), ""
    except (CopyError, NotStripped, OSError, ValueError) as error:
        return None, str(error)


def _at_its_end(progress: FileProgress | None, content: bytes) -> FileProgress | None:
    """The file is read already; whoever wants to cancel is heard while the copy is."""
    return None if progress is None else lambda file, _, objects: progress(file, len(content), objects)


def _stripped(file: ImportFile, reading: Reading, progress: FileProgress | None) -> bytes:
    if isinstance(file.content, Path):
        raise NotStripped(_TOO_LARGE)
    content = file.content if isinstance(file.content, bytes) else file.content.encode("utf-8", "replace")
    size, objects = len(content), sum(reading.objects.values())

    def heard() -> None:
        if progress is not None:
            progress(file, size, objects)

    return stripped(decode(content).text, reading.format, heard).encode("utf-8", "replace")


def _says_the_same(one: Reading, other: Reading) -> bool:
    kept = ("format", "claims", "findings", "found_on", "observations", "iis", "incomplete")
    return all(getattr(one, name) == getattr(other, name) for name in kept)


def _understood(record: Import) -> str:
    counted = [f"{count} {kind}" for kind, count in record.objects.items() if count]
    return f"{record.format}: {', '.join(counted)}" if counted else record.format


def with_copies(
    imports: Sequence[Import], files: Sequence[ImportFile], copies: Copies
) -> tuple[tuple[Import, ...], tuple[str, ...]]:
    """The records with a copy of each file, and what to say of those that have none.

    For whoever reads first and saves later; a file that is another one by now is not copied.
    """
    made: dict[tuple[str, str], str] = {}
    said: list[str] = []
    for file in files:
        record, copy, why_not = _copied_later(imports, file, copies)
        if record is not None and copy is not None:
            made[record.file, record.sha256 or ""] = copy
        if why_not:
            said.append(f"{file.name}: no copy was kept: {why_not}")
    return tuple(replace(i, copy=made.get((i.file, i.sha256 or ""))) for i in imports), tuple(said)


def _copied_later(
    imports: Sequence[Import], file: ImportFile, copies: Copies
) -> tuple[Import | None, str | None, str]:
    """The record of the file, its copy, and why there is none."""
    try:
        loaded, sha256 = _loaded(file, None)
    except (OSError, ValueError) as error:
        return None, None, f"it cannot be read any more ({error})"
    own = (sha256, _shown(file.server))
    record = next((i for i in imports if (i.sha256, i.server) == own), None)
    if record is None:
        return None, None, "" if any(i.sha256 == sha256 for i in imports) else "it was changed meanwhile"
    if isinstance(loaded.content, Path):
        return record, None, _TOO_LARGE
    loaded = replace(loaded, name=record.file)
    [reading] = read_evidence([loaded]).readings
    return record, *_copied(loaded, reading, copies)


# Changing


def without(stock: Stock, number: int) -> Stock:
    """The stock without one of its things."""
    return replace(stock, held=(*stock.held[:number], *stock.held[number + 1 :]))


def with_server(
    stock: Stock, number: int, server: str, copies: Copies, progress: FileProgress | None = None
) -> tuple[Stock, Verdict]:
    """The same thing as a file of another server; read again from its copy."""
    held = stock.held[number]
    file = ImportFile(held.record.file, b"", server)
    if held.record.copy is None or held.reading is None:
        return stock, Verdict(file, Outcome.NOT_USED, "it cannot be read again: remove it and bring it anew")
    try:
        content = copies.read(held.record.copy)
    except CopyError as error:
        return stock, Verdict(file, Outcome.NOT_USED, str(error))
    [reading] = read_evidence([replace(file, content=content)], progress).readings
    wrong = why_unusable(reading)
    if wrong is not None:
        return stock, Verdict(file, Outcome.NOT_USED, wrong.why)
    told = replace(
        record_of(reading), server=_shown(server), read_at=held.record.read_at, sha256=held.record.sha256,
        copy=held.record.copy,
    )  # fmt: skip
    changed = (*stock.held[:number], Held(told, reading), *stock.held[number + 1 :])
    return replace(stock, held=changed), Verdict(file, Outcome.ADDED, _understood(told), reading.format)


# What happens to the case


def events_of(case: Case, before: Stock, after: Stock) -> tuple[Event, ...]:
    """What brings a case from one stock to another."""
    evidence = gathered(after.readings)
    inventory, imports, *seen = events_of_import(case, evidence, after.records)
    if after.gone and isinstance(imports, ImportsRead):
        unsettled = {(conflict.about, conflict.property) for conflict in evidence.conflicts}
        whole = with_remembered(evidence.inventory, after.told, after.gone, unsettled)
        inventory = InventoryRead(with_names(whole, case.targets))
        contradictions = still_contradicting(imports.contradictions, after.told, after.gone)
        imports = replace(imports, contradictions=contradictions)
    ids = {o.id for reading in after.readings for o in reading.observations}
    dropped = tuple(o.id for reading in before.readings for o in reading.observations if o.id not in ids)
    withdrawn = (LooksWithdrawn(dropped),) if dropped else ()
    return (*withdrawn, inventory, imports, *seen)


def unused_copies(before: Stock, after: Stock) -> tuple[str, ...]:
    """Copies that no record names any more."""
    used = {record.copy for record in after.records}
    return tuple(record.copy for record in before.records if record.copy is not None and record.copy not in used)
