"""Which wheels a target needs, and what is missing. Pure.

pip chooses wheels for another system, but judges dependency markers by the Python that it runs in: on Linux it never
brings what is needed "on Windows only". So what it brought is judged here, by the target's markers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.bundle.wheels import Wheel


@dataclass(frozen=True)
class Closure:
    """What follows from some requirements."""

    needed: tuple[Wheel, ...]
    """In order of their names."""
    unmet: tuple[Requirement, ...]
    """Without markers: they hold on the target."""


def applicable(
    requirements: Iterable[Requirement], markers: Mapping[str, str], extras: Iterable[str] = ()
) -> list[Requirement]:
    """Those that hold on the target when a package was asked for with some extras, without their markers."""
    return [_bare(r) for r in requirements if any(_holds(r, markers, extra) for extra in ("", *extras))]


def _holds(requirement: Requirement, markers: Mapping[str, str], extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**markers, "extra": extra})


def _bare(requirement: Requirement) -> Requirement:
    bare = copy.copy(requirement)
    bare.marker = None
    return bare


def close(asked: Iterable[Requirement], wheels: Iterable[Wheel], markers: Mapping[str, str]) -> Closure:
    """Follow requirements through wheels, with their extras."""
    by_name: Mapping[NormalizedName, Wheel] = {wheel.name: wheel for wheel in wheels}
    waiting = applicable(asked, markers)
    seen: set[str] = set()
    needed: dict[NormalizedName, Wheel] = {}
    unmet: list[Requirement] = []
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        wheel = by_name.get(canonicalize_name(requirement.name))
        if wheel is None or not requirement.specifier.contains(wheel.version, prereleases=True):
            unmet.append(requirement)
            continue
        needed[wheel.name] = wheel
        waiting += applicable(wheel.requires, markers, requirement.extras)
    return Closure(tuple(needed[name] for name in sorted(needed)), tuple(sorted(unmet, key=str)))
