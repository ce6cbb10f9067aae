"""The escalation pack: one zip with a case and what belongs to it, and a manifest that says of each part what it is.

Packs come by mail, so that what is in one is hostile until it was looked at: names that lead elsewhere, links, sizes
that explode, parts that are twice there are refused, and nothing is ever unpacked by the name that a zip gives.
Knows nothing of reports and of what was replaced for whom.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from easwizard.case.untrusted import visible

SUFFIX = ".zip"
MANIFEST, CASE, EVIDENCE = "manifest.json", "case.eascase", "evidence/"
_FORMAT, _VERSION = "easwizard-pack", 1
MOST_BYTES = 256_000_000
"""Of all parts together, unpacked."""
_MOST_MEMBERS = 2_000
_MOST_MANIFEST = 4_000_000
_MOST_LISTED = 4_000_000
"""Bytes of the zip's own list of its parts."""
_END = 22
"""Bytes of the record that ends a zip without a comment."""
_LOCATOR = 20
"""Bytes of the record before it that very large zips have."""
_FORBIDDEN = set('<>:"|?*\\')
_LONGEST_NAME = 200
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
           ValueError, OverflowError)  # fmt: skip


class PackError(ValueError):
    """A pack that cannot be read or written; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a pack says of itself."""

    level: str
    """How its names were treated: `vendor`, `internal` or `none`."""
    tool_version: str
    created_utc: str


@dataclass(frozen=True)
class Pack:
    """A pack that was read. `said` is what its reader should know: parts that are not as the manifest says."""

    manifest: Manifest
    members: Mapping[str, bytes]
    said: tuple[str, ...] = ()


# Writing


def manifest(
    members: Mapping[str, bytes],
    level: str,
    tool_version: str,
    created: datetime,
    left_out: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The manifest of these parts. `left_out`: what is not in the pack, and why. `created` is UTC."""
    listed = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
    ]
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "level": level,
        "tool": {"name": "easwizard", "version": tool_version},
        "created_utc": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "members": listed,
        "left_out": [{"what": what, "why": why} for what, why in left_out],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def zipped(members: Mapping[str, bytes], created: datetime) -> bytes:
    """The zip of these parts, in their order; the same parts and moment make the same bytes. Raises PackError."""
    size = sum(map(len, members.values()))
    if size > MOST_BYTES or len(members) > _MOST_MEMBERS:
        raise PackError(f"the pack would be larger than {MOST_BYTES // 1_000_000} MB; leave out some evidence first")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(_entry(name, created), data)
    return buffer.getvalue()


def _entry(name: str, created: datetime) -> zipfile.ZipInfo:
    """The same on every system: an ordinary file that its owner may write."""
    entry = zipfile.ZipInfo(name, created.timetuple()[:6])
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def put_in_place(path: Path, data: bytes) -> None:
    """Write a new file, whole or not at all; one that is there stays. Raises PackError."""
    try:
        if path.exists():
            raise PackError(f"{path}: there is such a file already; take another name, nothing is overwritten")
        handle, half = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    except OSError as error:
        raise PackError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(half, path)
    except BaseException as error:
        # Whatever ended it, even an interrupt: half a pack must not stay.
        with suppress(OSError):
            os.unlink(half)
        if isinstance(error, OSError):
            raise PackError(f"{path}: cannot be written ({error.strerror})") from error
        raise


# Reading


def is_pack(path: Path) -> bool:
    """Whether a file is called as packs are."""
    return path.suffix.casefold() == SUFFIX


def read_pack(path: Path) -> Pack:
    """What is in a pack, after everything about it was looked at. Raises PackError."""
    try:
        with path.open("rb") as stream:
            _look_at_the_end(stream)
            with zipfile.ZipFile(stream) as archive:
                return _checked(_contents(archive))
    except PackError as error:
        raise PackError(f"{visible(str(path), 300)}: {error}") from error
    except OSError as error:
        raise PackError(f"{visible(str(path), 300)}: cannot be read ({error.strerror or 'damaged'})") from error
    except _BROKEN as error:
        raise PackError(f"{visible(str(path), 300)}: is damaged; have it sent once more") from error


def _look_at_the_end(stream: BinaryIO) -> None:
    """The list of parts is loaded whole by whoever opens a zip: how long it is must be known before."""
    size = stream.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise PackError(f"is larger than {MOST_BYTES // 1_000_000} MB; this is no pack of easwizard")
    stream.seek(max(0, size - _END - _LOCATOR))
    tail = stream.read(_END + _LOCATOR)
    end = tail[-_END:]
    if not end.startswith(b"PK\x05\x06") or end[-2:] != b"\0\0" or b"PK\x06\x07" in tail[:-_END]:
        raise PackError("is no pack of easwizard, or was changed on the way; have it sent once more")
    members, listed = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if members > _MOST_MEMBERS or listed > _MOST_LISTED:
        raise PackError(f"has more than {_MOST_MEMBERS} parts; this is no pack of easwizard")


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The parts by name. Every entry is looked at before the first one is unpacked."""
    entries = archive.infolist()
    if len(entries) > _MOST_MEMBERS:
        raise PackError(f"has more than {_MOST_MEMBERS} parts; this is no pack of easwizard")
    seen: set[str] = set()
    for entry in entries:
        _refuse_strange(entry)
        if entry.orig_filename.casefold() in seen:
            raise PackError(f"has two parts called {_shown(entry)}; it is not opened")
        seen.add(entry.orig_filename.casefold())
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise PackError(f"would unpack to more than {MOST_BYTES // 1_000_000} MB; it is not opened")
    return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}


def _refuse_strange(entry: zipfile.ZipInfo) -> None:
    """Raises PackError for a part that is no ordinary file under an ordinary name."""
    name = entry.orig_filename
    parts = name.rstrip("/").split("/")
    if (
        not name
        or len(name) > _LONGEST_NAME
        or visible(name, _LONGEST_NAME) != name
        or not _FORBIDDEN.isdisjoint(name)
        or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
    ):
        raise PackError(f"has a part with a name that leads elsewhere or hides something ({_shown(entry)})")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        raise PackError(f"has a part that is no ordinary file ({_shown(entry)}); it is not opened")
    if entry.flag_bits & 0x1:
        raise PackError(f"has a part that is locked by a password ({_shown(entry)}); have it sent without one")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PackError(f"has a part that is packed in an unknown way ({_shown(entry)})")


def _shown(entry: zipfile.ZipInfo) -> str:
    return visible(entry.orig_filename, 60)


def _checked(members: dict[str, bytes]) -> Pack:
    """The pack, with what is not as its manifest says."""
    raw = members.pop(MANIFEST, None)
    if raw is None or CASE not in members:
        missing = MANIFEST if raw is None else CASE
        raise PackError(f"is no pack of easwizard: there is no {missing} in it")
    document = _document(raw)
    listed = _listed(document)
    said = [f"{visible(name, 100)} was changed since the pack was made" for name, data in members.items()
            if name in listed and listed[name] != hashlib.sha256(data).hexdigest()]  # fmt: skip
    said += [
        f"{visible(name, 100)} was added later: the manifest does not know it"
        for name in members
        if name not in listed
    ]
    said += [f"{visible(name, 100)} is missing" for name in listed if name not in members]
    if document["version"] > _VERSION:
        said.insert(0, "it was made by a newer easwizard; what this one does not know is left out")
    tool = document.get("tool")
    version = tool.get("version") if isinstance(tool, dict) else None
    return Pack(
        Manifest(_word(document.get("level")), _word(version), _word(document.get("created_utc"))),
        members,
        tuple(said),
    )


def _document(raw: bytes) -> dict[str, Any]:
    if len(raw) > _MOST_MANIFEST:
        raise PackError(f"is no pack of easwizard: its {MANIFEST} is too large")
    try:
        document = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise PackError(f"is no pack of easwizard: its {MANIFEST} is none of ours")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PackError(f"is no pack of easwizard: its {MANIFEST} names no version")
    return document


def _listed(document: Mapping[str, Any]) -> dict[str, str]:
    """Name to SHA-256; what is none of both is left out, and its part then counts as not listed."""
    members = document.get("members")
    found = (m for m in members if isinstance(m, dict)) if isinstance(members, list) else ()
    return {m["name"]: str(m.get("sha256")) for m in found if isinstance(m.get("name"), str)}


def _word(value: object) -> str:
    return visible(value, 60) if isinstance(value, str) else "unknown"
