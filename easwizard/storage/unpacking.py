"""Makes a case of a pack: a new case file with its folder of evidence; the pack stays as it is.

The case is read first and written anew, copies are kept only under a name that fits their content: nothing of what
a pack says decides where something is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from easwizard.case.case import Case
from easwizard.case.names import why_no_case_name
from easwizard.case.untrusted import visible
from easwizard.storage.case_file import SUFFIX, CaseFileError, read_case, write_case
from easwizard.storage.evidence_folder import ENDING, CopyError, EvidenceFolder
from easwizard.storage.pack_file import CASE, EVIDENCE, Pack, PackError

_MOST_OF_ONE_NAME = 1_000


@dataclass(frozen=True)
class Unpacked:
    """A case that was made of a pack."""

    path: Path
    said: tuple[str, ...]
    """What is not as it was packed."""


def case_in(pack: Pack) -> Case:
    """The case of a pack. Raises PackError."""
    with tempfile.TemporaryDirectory(prefix="easwizard-") as folder:
        file = Path(folder) / CASE
        try:
            file.write_bytes(pack.members[CASE])
            return read_case(file)
        except CaseFileError as error:
            raise PackError(str(error).replace(str(file), CASE)) from error
        except OSError as error:
            raise PackError(f"it cannot be unpacked for reading ({error.strerror})") from error


def unpack(pack: Pack, case: Case, folder: Path, name: str) -> Unpacked:
    """Write this case, with the copies of the pack beside it, as a new case in a folder. Raises PackError."""
    path = _free(folder, name if why_no_case_name(name) is None else "pack")
    said: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        copies = EvidenceFolder(path)
        for copy in _copies(case):
            data = pack.members.get(f"{EVIDENCE}{copy}")
            if data is None:
                said.append(f"{EVIDENCE}{visible(copy, 100)} is not in the pack")
                continue
            try:
                copies.keep_as(copy, data)
            except CopyError as error:
                said.append(str(error))
        write_case(path, case)
    except (CaseFileError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise PackError(f"no case can be written in {folder} ({why})") from error
    return Unpacked(path, tuple(said))


def _copies(case: Case) -> Iterator[str]:
    return (read.copy for read in case.imports if read.copy is not None)


def _free(folder: Path, name: str) -> Path:
    """A file that is not there yet, nor its folder of evidence."""
    for number in range(1, _MOST_OF_ONE_NAME):
        path = folder / f"{name if number == 1 else f'{name}-{number}'}{SUFFIX}"
        if not path.exists() and not path.with_suffix(ENDING).exists():
            return path
    raise PackError(f"{folder} has too many cases called {name}; move some away")
