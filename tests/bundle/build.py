"""From the project's wheel to one platform's bundle."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.requirements import Requirement

from tests.bundle.assemble import INSTALLER, Content, lay_out, pack
from tests.bundle.fetch import NoWheel, wheels_for
from tests.bundle.targets import Platform, Target
from tests.bundle.wheels import Wheel


def build(
    project: Wheel, platform: Platform, pythons: Sequence[str], out: Path, work: Path, options: Sequence[str] = ()
) -> Path:
    """A bundle as a folder and an archive in `out`; returns the archive. `options` go to pip, `work` is scratch.

    What is needed stands in the project's wheel, where pip will read it on the target. Raises `NoWheel` naming
    everything that is missing for any Python, `BuildError` for other failures.
    """
    wanted = [*project.requires, Requirement(INSTALLER)]
    found: dict[str, Sequence[Wheel]] = {}
    missing: list[str] = []
    for python in pythons:
        target = Target(platform, python)
        try:
            found[python] = wheels_for(target, wanted, work / platform.name / python, options)
        except NoWheel as error:
            missing.append(str(error))
        else:
            print(f"{target}: {len(found[python])} wheels", file=sys.stderr)
    if missing:
        raise NoWheel("\n".join(missing))
    return pack(lay_out(Content(project, platform, found), out))
