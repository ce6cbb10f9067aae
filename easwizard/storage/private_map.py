"""The private map of a redaction, in a file of its own: stand-in to real name, for the sender alone (J27).

It is never part of a pack. Only its owner may read the file, where the system knows owners.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

ENDING = ".private-map.json"
_FORMAT, _VERSION = "easwizard-private-map", 1
_MOST_BYTES = 64_000_000


class MapError(ValueError):
    """A private map that cannot be read or written; the message says why."""


def map_beside(pack: Path) -> Path:
    """Where the private map of a pack lies on the sender's machine."""
    return pack.with_name(f"{pack.stem}{ENDING}")


def write_map(path: Path, names: Mapping[str, str], pack: str, created: datetime) -> None:
    """Write a new map; one that is there stays. `pack` is the name of the file it belongs to. Raises MapError."""
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "note": "real names behind the made-up ones; keep it, and hand it to nobody",
        "pack": pack,
        "created_utc": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "names": dict(names),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    try:
        # Made with its rights, so that there is no moment at which others may read it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MapError(f"{path}: there is a private map already; take another name for the pack") from None
    except OSError as error:
        raise MapError(f"{path}: the private map cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise MapError(f"{path}: the private map cannot be written ({error.strerror})") from error


def read_map(path: Path) -> Mapping[str, str]:
    """Stand-in to real name. Raises MapError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MapError(f"{path}: is too large for a private map")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MapError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, MapError):
            raise
        raise MapError(f"{path}: is no private map of easwizard") from error
    names = document.get("names") if isinstance(document, dict) and document.get("format") == _FORMAT else None
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise MapError(f"{path}: is no private map of easwizard")
    return names
