"""Opens a pack as a case: read, looked at, unpacked into a new case among the others; the pack stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from easwizard.case.case import Case
from easwizard.case.redaction.restore import restored
from easwizard.storage.pack_file import Pack, PackError, read_pack
from easwizard.storage.private_map import MapError, map_beside, read_map
from easwizard.storage.unpacking import Unpacked, case_in, unpack

_LEVELS = {"vendor": "made-up names stand for the real ones", "internal": "names are kept", "none": "FULL"}


def unpacked(path: Path, folder: Path) -> Unpacked:
    """A new case in `folder` from the pack, with what to tell about it. Raises PackError.

    Where the private map of the pack lies beside it, on its sender's machine, the case gets its real names back.
    """
    pack = read_pack(path)
    try:
        case = case_in(pack)
    except PackError as error:
        raise PackError(f"{path}: {error}") from error
    case, about = _with_real_names(path, case)
    made = unpack(pack, case, folder, path.stem)
    return replace(made, said=(*_first(pack, about, made.path), *pack.said, *made.said))


def _with_real_names(path: Path, case: Case) -> tuple[Case, str]:
    """The case, with its real names if they are known here, and what was done about them; empty for nothing."""
    beside = map_beside(path)
    if not beside.is_file():
        return case, ""
    try:
        names = read_map(beside)
    except MapError as error:
        return case, f"names stay made up: {error}"
    # The copies still have the made-up names; the case keeps what they said.
    imports = tuple(replace(read, copy=None) for read in case.imports)
    return restored(replace(case, imports=imports), names), f"real names were put back from {beside.name}"


def _first(pack: Pack, about: str, path: Path) -> Iterator[str]:
    level = _LEVELS.get(pack.manifest.level, f"unknown level {pack.manifest.level}")
    yield f"unpacked into {path}; {about or level}"
