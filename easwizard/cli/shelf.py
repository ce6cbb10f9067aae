"""The folder of saved cases: opens them for one writer at a time, and to read for everybody."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.case.names import why_no_case_name
from easwizard.tui.services import CannotOpen, CannotSave, HeldByAnother, Opened, Shelved

if TYPE_CHECKING:
    from easwizard.case.case import Case
    from easwizard.case.events import Event
    from easwizard.storage.case_file import CaseFile
    from easwizard.storage.case_lock import CaseLock

_SUFFIX, _PACK = ".eascase", ".zip"
_MOST_SAID = 5
_HELD = "another easwizard has it open"


class LockedFile:
    """A case file that nobody else writes: a journal for the session."""

    def __init__(self, file: CaseFile, lock: CaseLock) -> None:
        self._file, self._lock = file, lock

    @property
    def case(self) -> Case:
        return self._file.case

    def append(self, events: Iterable[Event]) -> Case:
        """Raises CannotSave."""
        from easwizard.storage.case_file import CaseFileError

        try:
            return self._file.append(events)
        except CaseFileError as error:
            raise CannotSave(str(error)) from error

    def close(self) -> None:
        try:
            self._file.close()
        finally:
            self._lock.release()


class Shelf:
    """Cases in one folder, and wherever else the admin points."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder, self._now = folder, now

    def recent(self) -> Sequence[Shelved]:
        """The newest first; a folder that cannot be read holds none."""
        return sorted(self._found(), key=lambda shelved: shelved.changed, reverse=True)

    def _found(self) -> Iterator[Shelved]:
        try:
            paths = [path for path in self._folder.iterdir() if path.suffix == _SUFFIX and path.name[0] != "."]
        except OSError:
            return
        for path in paths:
            try:
                changed = path.stat().st_mtime
            except OSError:
                continue  # gone since
            yield Shelved(path, path.stem, datetime.fromtimestamp(changed, UTC))

    def create(self, name: str) -> Opened:
        """A new case; an existing one of that name is never touched. Raises CannotOpen."""
        from easwizard.case.case import Case, Vantage

        wrong = why_no_case_name(name)
        if wrong is not None:
            raise CannotOpen(f"no case can be called that: {wrong}")
        path = self._folder / f"{name}{_SUFFIX}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotOpen(_not_writable(self._folder, error)) from error
        if path.exists():
            raise CannotOpen(f"{path}: there is such a case already; take another name")
        return self._locked(path, new=Case(Vantage(socket.gethostname())))

    def open(self, path: Path) -> Opened:
        """A case to go on with; to read only where its folder cannot be written. Raises CannotOpen, HeldByAnother.

        A pack becomes a new case among the others.
        """
        if not path.is_file():
            raise CannotOpen(f"{path}: there is no such file")
        if path.suffix.casefold() == _PACK:
            return self._of_pack(path)
        return self._locked(path)

    def _of_pack(self, path: Path) -> Opened:
        from easwizard.cli.unpacking import unpacked
        from easwizard.storage.pack_file import PackError

        try:
            made = unpacked(path, self._folder)
        except PackError as error:
            raise CannotOpen(str(error)) from error
        return replace(self._locked(made.path), said=_few(made.said))

    def read(self, path: Path) -> Opened:
        return self._to_read(path, _HELD)

    def _to_read(self, path: Path, why: str) -> Opened:
        from easwizard.storage.case_file import CaseFileError, read_case
        from easwizard.storage.evidence_folder import EvidenceFolder

        try:
            return Opened(path.stem, read_case(path), None, why, EvidenceFolder(path))
        except CaseFileError as error:
            raise CannotOpen(str(error)) from error

    def _locked(self, path: Path, new: Case | None = None) -> Opened:
        from easwizard.storage.case_lock import CaseLock, CaseLocked

        try:
            lock = CaseLock(path, self._now())
        except CaseLocked as error:
            raise HeldByAnother(f"{error}. It may be read meanwhile.") from error
        except OSError as error:
            if new is not None:
                raise CannotOpen(_not_writable(path.parent, error)) from error
            return self._to_read(path, f"its folder cannot be written ({error.strerror})")
        try:
            return self._opened(path, lock, new)
        except CannotOpen:
            lock.release()
            raise

    def _opened(self, path: Path, lock: CaseLock, new: Case | None) -> Opened:
        from easwizard.storage.case_file import CaseFile, CaseFileError, NewerCaseFile
        from easwizard.storage.evidence_folder import EvidenceFolder

        try:
            file = CaseFile.create(path, new) if new is not None else CaseFile.open(path)
        except NewerCaseFile:
            opened = self._to_read(path, "it was written by a newer easwizard")
            lock.release()
            return opened
        except CaseFileError as error:
            raise CannotOpen(str(error)) from error
        folder = EvidenceFolder(path)
        folder.clear()
        return Opened(path.stem, file.case, LockedFile(file, lock), copies=folder)


def _few(said: Sequence[str]) -> str:
    """The first of many things to say: a pack may have thousands that are wrong."""
    more = len(said) - _MOST_SAID
    return "; ".join([*said[:_MOST_SAID], *([f"and {more} more"] if more > 0 else [])])


def _not_writable(folder: Path, error: OSError) -> str:
    return f"{folder}: cannot be written ({error.strerror}); set EASWIZARD_CASES to a folder that can"
