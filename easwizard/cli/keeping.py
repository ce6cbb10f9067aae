"""What a check leaves on disk when it is asked to: the case (`--save`) and the site profile (`--profile`)."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.case.case import Case
from easwizard.case.events import Event
from easwizard.cli.console import UsageError, complain
from easwizard.workflow.session import Session, Unsaved

if TYPE_CHECKING:
    from easwizard.storage.case_file import CaseFile

_PROFILED = ("tls-in-front",)
"""Answers that belong to the site, not to one incident."""


@contextmanager
def kept(name: str | None, case: Case) -> Iterator[Session]:
    """A session that writes every look into the case file at once. Raises UsageError before anything is sent."""
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
        file = CaseFile.create(path, case)
    except (CaseFileError, CaseLocked, OSError) as error:
        raise UsageError(f"--save '{name}': {error}") from error
    session = Session(_Trying(file))
    try:
        yield session
    finally:
        session.close()
        lock.release()


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
        answers={question: case.answers[question] for question in _PROFILED if question in case.answers},
    )
    try:
        write_profile(Path(arguments.save_profile), profile)
    except ProfileError as error:
        raise UsageError(f"--save-profile: {error}") from error
