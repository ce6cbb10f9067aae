"""Asks pip for wheels: those of a target, and the project's own.

Which index is asked is pip's own configuration. What a marker wants only on the building system is fetched too and
then dropped; if such a thing had no wheel for the target, the build would fail without need.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement

from tests.bundle.closure import Closure, applicable, close
from tests.bundle.targets import Target
from tests.bundle.wheels import Wheel, read_wheel

ROUNDS = 8
"""Each round can only bring the next layer of what the target alone needs; today one extra is enough."""
_SECONDS = 600.0


class BuildError(Exception):
    """Why there is no bundle, in words for whoever builds it."""


class NoWheel(BuildError):
    """A dependency has no wheel for a target."""


def wheels_for(
    target: Target, requirements: Sequence[Requirement], folder: Path, options: Sequence[str] = ()
) -> tuple[Wheel, ...]:
    """Every wheel that the requirements need on the target, in `folder`, by name.

    `options` go to pip. Raises `NoWheel` naming what has none, `BuildError` when pip cannot resolve.
    """
    markers = target.markers()
    asked = applicable(requirements, markers)
    for _ in range(ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        _download(target, asked, folder, options)
        closure = close(asked, map(read_wheel, sorted(folder.glob("*.whl"))), markers)
        if not closure.unmet:
            return _without_the_rest(closure, folder)
        asked += closure.unmet
    raise BuildError(f"{target}: pip does not settle; still missing {', '.join(map(str, closure.unmet))}")


def _without_the_rest(closure: Closure, folder: Path) -> tuple[Wheel, ...]:
    kept = {wheel.path for wheel in closure.needed}
    for path in folder.iterdir():
        if path not in kept:
            path.unlink()
    return closure.needed


def _download(target: Target, asked: Sequence[Requirement], folder: Path, options: Sequence[str]) -> None:
    done = _pip("download", *target.pip_options(), *options, "--dest", str(folder), *map(str, asked))
    if done.returncode == 0:
        return
    missing = re.findall(r"No matching distribution found for (.+)", done.stderr)
    if missing:
        raise NoWheel(f"{target}: no wheel for {', '.join(missing)}")
    raise BuildError(f"{target}: pip failed\n{done.stderr.strip()}")


def build_project(root: Path, folder: Path) -> Wheel:
    """The project's own wheel, which must run anywhere."""
    done = _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(root))
    if done.returncode != 0:
        raise BuildError(f"the project's own wheel cannot be built\n{done.stderr.strip()}")
    (path,) = folder.glob("*.whl")
    wheel = read_wheel(path)
    if {tag.platform for tag in wheel.tags} != {"any"}:
        raise BuildError(f"{path.name} is for one platform only")
    return wheel


def _pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"pip {arguments[0]} took longer than {_SECONDS:.0f} s") from error
