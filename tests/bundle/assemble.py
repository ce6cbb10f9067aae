"""Lays a bundle out: wheels, pinned requirements per Python, installer, words, and a SHA-256 manifest; then packs it.

The same wheels give the same archive, byte for byte.
"""

from __future__ import annotations

import gzip
import json
import shutil
import string
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bundle.fetch import BuildError
from tests.bundle.targets import Platform
from tests.bundle.wheels import Wheel, glibc_floor, sha256_of

INSTALLER = "pip"
"""Carried as a wheel, so that the target needs none of its own."""
MANIFEST = "SHA256SUMS"
_ON_TARGET = Path(__file__).parent / "on_target"
_STARTERS = {"windows": "install.cmd", "linux": "install.sh"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can say."""


@dataclass(frozen=True)
class Content:
    """What one bundle holds."""

    project: Wheel
    platform: Platform
    wheels: Mapping[str, Sequence[Wheel]]
    """By Python, as "3.12": everything but the project itself; with pip."""

    @property
    def name(self) -> str:
        """Of the folder and the archive."""
        return f"{self.project.name}-{self.project.version}-{self.platform.name}-x86_64"

    def all_wheels(self) -> list[Wheel]:
        """Every file once, by file name. Raises `BuildError` when two files share a name but not their bytes."""
        found = {self.project.path.name: self.project}
        for wheel in (wheel for wheels in self.wheels.values() for wheel in wheels):
            if found.setdefault(wheel.path.name, wheel).sha256 != wheel.sha256:
                raise BuildError(f"{wheel.path.name} came with two different contents")
        return [found[name] for name in sorted(found)]


def lay_out(content: Content, parent: Path) -> Path:
    """Write the bundle's folder. An older one of the same name is replaced."""
    folder = parent / content.name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "wheels").mkdir(parents=True)
    for wheel in content.all_wheels():
        shutil.copyfile(wheel.path, folder / "wheels" / wheel.path.name)
    for python, wheels in content.wheels.items():
        (folder / f"requirements-{python}.txt").write_text(pins([content.project, *wheels]), "utf-8", newline="\n")
    _write_words(content, folder)
    (folder / MANIFEST).write_text(manifest(folder), "utf-8", newline="\n")
    return folder


def pins(wheels: Sequence[Wheel]) -> str:
    """A requirements file for pip's hash-checking mode; the installer does not install itself."""
    return "".join(f"{line}\n" for line in sorted(wheel.pin() for wheel in wheels if wheel.name != INSTALLER))


def manifest(folder: Path) -> str:
    """Every file below the folder in the format of `sha256sum`, the manifest itself apart."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{sha256_of(folder / path)}  {path}\n" for path in paths if path != MANIFEST)


def description(content: Content) -> dict[str, object]:
    """What the installer must know of the bundle."""
    installers = {
        python: next(wheel.path.name for wheel in wheels if wheel.name == INSTALLER)
        for python, wheels in content.wheels.items()
    }
    return {
        "name": content.project.name,
        "version": str(content.project.version),
        "platform": content.platform.name,
        "pythons": installers,
        "glibc": glibc_floor(content.all_wheels()),
    }


def _write_words(content: Content, folder: Path) -> None:
    (folder / "bundle.json").write_text(json.dumps(description(content), indent=2) + "\n", "utf-8", newline="\n")
    shutil.copyfile(_ON_TARGET / "install.py", folder / "install.py")
    newline = "\r\n" if content.platform.name == "windows" else "\n"
    starter = _STARTERS[content.platform.name]
    (folder / starter).write_text((_ON_TARGET / starter).read_text("utf-8"), "utf-8", newline=newline)
    (folder / "README.txt").write_text(readme(content), "utf-8", newline=newline)


def readme(content: Content) -> str:
    """The words for whoever stands before the jump box."""
    pythons = list(content.wheels)
    words = [(_ON_TARGET / f"readme_{part}.txt").read_text("utf-8") for part in (content.platform.name, "both")]
    return string.Template("\n".join(words)).substitute(
        version=content.project.version,
        pythons=" or ".join(filter(None, [", ".join(pythons[:-1]), pythons[-1]])),
        oldest=pythons[0],
        glibc=f"2.{glibc_floor(content.all_wheels()) or 5}",
    )


def pack(folder: Path) -> Path:
    """A zip for Windows, a compressed tar for Linux, beside the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if (folder / _STARTERS["windows"]).exists():
        return _zipped(folder, files)
    return _tarred(folder, files)


def _zipped(folder: Path, files: Sequence[Path]) -> Path:
    archive = folder.parent / f"{folder.name}.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), _LONG_AGO)
            entry.compress_type = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
            out.writestr(entry, path.read_bytes())
    return archive


def _tarred(folder: Path, files: Sequence[Path]) -> Path:
    archive = folder.parent / f"{folder.name}.tar.gz"
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as out,
    ):
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder.parent).as_posix())
            entry.size = path.stat().st_size
            entry.mode = 0o755 if path.suffix == ".sh" else 0o644
            with path.open("rb") as file:
                out.addfile(entry, file)
    return archive
