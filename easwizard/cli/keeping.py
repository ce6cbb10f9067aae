"""What commands leave on disk when they are asked to: the case (`--save`), reports, and the site profile."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.case.case import Case
from easwizard.case.events import Event
from easwizard.cli.console import UsageError, complain
from easwizard.workflow.session import Session, Unsaved

if TYPE_CHECKING:
    from easwizard.reports.model import Report
    from easwizard.storage.case_file import CaseFile

PROFILED = ("tls-in-front",)
"""Answers that belong to the site, not to one incident."""


@contextmanager
def kept(name: str | None, case: Case, imports: Sequence[str] = ()) -> Iterator[Session]:
    """A session that writes every look into the case file at once. Raises UsageError before anything is sent.

    Copies of the files of `--import` are kept beside the case, without secrets.
    """
    if name is None:
        yield Session(Unsaved(case))
        return
    from easwizard.storage.case_file import SUFFIX, CaseFile, CaseFileError
    from easwizard.storage.case_lock import CaseLock, CaseLocked

    path = Path(name)
    if path.suffix != SUFFIX:
        raise UsageError(f"--save '{name}': the ending must be {SUFFIX}")
    if not path.parent.is_dir():
        raise UsageError(f"--save '{name}': the folder {path.parent} does not exist")
    if path.exists():
        raise UsageError(f"--save '{name}': there is such a file already; take another name, nothing is overwritten")
    try:
        lock = CaseLock(path, datetime.now(UTC))
        file = CaseFile.create(path, _with_copies(path, case, imports))
    except (CaseFileError, CaseLocked, OSError) as error:
        raise UsageError(f"--save '{name}': {error}") from error
    session = Session(_Trying(file))
    try:
        yield session
    finally:
        session.close()
        lock.release()


def _with_copies(path: Path, case: Case, imports: Sequence[str]) -> Case:
    """The case with copies of its files in place: only then may the case file speak of them."""
    if not imports:
        return case
    from easwizard.evidence.import_files import import_file
    from easwizard.storage.evidence_folder import EvidenceFolder
    from easwizard.workflow.bringing import with_copies

    records, said = with_copies(case.imports, [import_file(text) for text in imports], EvidenceFolder(path))
    for words in said:
        complain(f"note: {words}")
    return replace(case, imports=records)


class _Trying:
    """A full disk must not end a check that has begun: it is said once, and the report still comes."""

    def __init__(self, file: CaseFile) -> None:
        self._file = file
        self._unsaved: Unsaved | None = None

    @property
    def case(self) -> Case:
        return self._file.case if self._unsaved is None else self._unsaved.case

    def append(self, events: Iterable[Event]) -> Case:
        from easwizard.storage.case_file import CaseFileError

        new = tuple(events)
        if self._unsaved is None:
            try:
                return self._file.append(new)
            except CaseFileError as error:
                complain(f"{error}; what is seen from now on is in the report only")
                self._unsaved = Unsaved(self._file.case)
        return self._unsaved.append(new)

    def close(self) -> None:
        self._file.close()


@contextmanager
def going_on(name: str) -> Iterator[Session]:
    """A session that goes on with a case file, into which every look is written at once. Raises UsageError."""
    from easwizard.storage.case_file import CaseFile, CaseFileError
    from easwizard.storage.case_lock import CaseLock, CaseLocked

    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    try:
        lock = CaseLock(path, datetime.now(UTC))
    except CaseLocked as error:
        raise UsageError(f"{error}; close it there, then do this again") from error
    except OSError as error:
        raise UsageError(f"{path}: its folder cannot be written ({error.strerror})") from error
    try:
        try:
            session = Session(_Trying(CaseFile.open(path)))
        except CaseFileError as error:
            raise UsageError(str(error)) from error
        try:
            yield session
        finally:
            session.close()
    finally:
        lock.release()


def with_profile(arguments: argparse.Namespace) -> argparse.Namespace:
    """The words of the command line with those of the profile; what was typed comes first. Raises UsageError."""
    if arguments.profile is None:
        return arguments
    from easwizard.storage.profile import ProfileError, read_profile

    try:
        profile = read_profile(Path(arguments.profile))
    except ProfileError as error:
        raise UsageError(f"--profile: {error}") from error
    words = dict(vars(arguments))
    words["names"] = [*arguments.names, *profile.names]
    words["resolver"] = arguments.resolver or list(profile.resolvers)
    words["ca"] = arguments.ca or profile.ca
    words["connect_to"] = [*arguments.connect_to, *profile.connect_to]
    words["answer"] = [*(f"{question}={value}" for question, value in profile.answers.items()), *arguments.answer]
    return argparse.Namespace(**words)


def save_profile(arguments: argparse.Namespace, case: Case) -> None:
    """Write what belongs to the site into `--save-profile`, if that was asked for. Raises UsageError."""
    if arguments.save_profile is None:
        return
    from easwizard.storage.profile import Profile, ProfileError, write_profile

    profile = Profile(
        names=tuple(f"{target.role}={target.name}" for target in case.targets),
        resolvers=tuple(arguments.resolver),
        ca=arguments.ca,
        connect_to=tuple(arguments.connect_to),
        answers={question: case.answers[question] for question in PROFILED if question in case.answers},
    )
    try:
        write_profile(Path(arguments.save_profile), profile)
    except ProfileError as error:
        raise UsageError(f"--save-profile: {error}") from error


def report_file(name: str | None) -> Path | None:
    """The file of `--report`, by its ending: .html, .md, .json, .txt, or .zip. Raises UsageError first of all."""
    if name is None:
        return None
    from easwizard.reports.forms import SUFFIXES

    path = Path(name)
    if path.suffix.casefold() not in (*SUFFIXES, ".zip"):
        raise UsageError(f"--report '{name}': the ending must be one of {', '.join(SUFFIXES)} or .zip for a pack")
    return new_report_file(path, "--report")


def new_report_file(path: Path, option: str) -> Path:
    """A file that may be written: its folder is there and it is not. Raises UsageError."""
    if not path.parent.is_dir():
        raise UsageError(f"{option} '{path}': the folder {path.parent} does not exist")
    if path.exists():
        raise UsageError(
            f"{option} '{path}': there is such a file already; take another name, nothing is overwritten"
        )
    return path


def write_new(path: Path, text: str) -> None:
    """Write a file that was not there before. Raises UsageError."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"the report could not be written to {path}: {error.strerror}") from error


def save_report(report: Report, path: Path) -> None:
    """Write the report in the form that the ending says. What was seen still goes to stdout where this fails."""
    from easwizard.reports.forms import form_of

    form = form_of(path.suffix)
    if form is None:
        raise ValueError(f"{path}: no form of a report ends so")
    try:
        write_new(path, form.render(report))
    except UsageError as error:
        complain(str(error))
