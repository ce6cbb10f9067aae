"""Reads wheels: name, version, tags, what they need, and their SHA-256."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import NormalizedName, parse_wheel_filename
from packaging.version import Version

_OLD_MANYLINUX = {"manylinux1": 5, "manylinux2010": 12, "manylinux2014": 17}
"""The glibc 2.x behind the names from before PEP 600."""


@dataclass(frozen=True)
class Wheel:
    """One wheel file."""

    path: Path
    name: NormalizedName
    version: Version
    tags: frozenset[Tag]
    requires: tuple[Requirement, ...]
    sha256: str

    def pin(self) -> str:
        """One line of a requirements file in pip's hash-checking mode."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


def read_wheel(path: Path) -> Wheel:
    """Raises `packaging.utils.InvalidWheelFilename`, `zipfile.BadZipFile`, or `ValueError` without METADATA."""
    name, version, _, tags = parse_wheel_filename(path.name)
    return Wheel(path, name, version, tags, _requires(path), sha256_of(path))


def _requires(path: Path) -> tuple[Requirement, ...]:
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        if len(inside) != 1:
            raise ValueError(f"{path.name} has {len(inside)} METADATA files")
        headers = BytesHeaderParser().parsebytes(archive.read(inside[0]))
    return tuple(Requirement(line) for line in headers.get_all("Requires-Dist") or ())


def sha256_of(path: Path) -> str:
    """In lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def glibc_floor(wheels: Iterable[Wheel]) -> int | None:
    """The glibc 2.x that all wheels together need at least; None when none of them asks for one."""
    needs = [need for wheel in wheels if (need := _glibc(wheel)) is not None]
    return max(needs, default=None)


def _glibc(wheel: Wheel) -> int | None:
    """A wheel with several tags runs wherever one of them does: the least counts."""
    return min((need for tag in wheel.tags if (need := _glibc_of(tag.platform)) is not None), default=None)


def _glibc_of(platform: str) -> int | None:
    modern = re.match(r"manylinux_2_(\d+)_", platform)
    return int(modern[1]) if modern else _OLD_MANYLINUX.get(platform.partition("_")[0])
