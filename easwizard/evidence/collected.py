"""The claims of one file while it is being read; bounded, so that a file of nothing but trouble stays readable."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.case.untrusted import visible
from easwizard.evidence.reading import About, Claim, Place, Reading, Side, Trouble

MOST_TROUBLES = 200
"""Different troubles that one file may have; what comes after them is only counted."""
MOST_CLAIMS = 2_000_000


@dataclass
class _Noted:
    """Where something was noted first, and how often."""

    first: str
    count: int = 1


class Collected:
    """Gathers claims, counts and troubles of one file."""

    def __init__(self, file: str, server: str | None = None) -> None:
        self.file = file
        self.server = server
        self._claims: list[Claim] = []
        self._objects: dict[str, int] = {}
        self._unused: dict[str, _Noted] = {}
        self._troubles: dict[str, _Noted] = {}
        self._untold = 0
        self._cut: dict[str, None] = {}

    @property
    def objects(self) -> int:
        """How many objects were seen, understood or not."""
        return sum(self._objects.values())

    @property
    def understood(self) -> int:
        return sum(count for kind, count in self._objects.items() if kind)

    def saw(self, kind: str) -> None:
        """Count an object; `""` is one of no known kind."""
        self._objects[kind] = self._objects.get(kind, 0) + 1

    def claim(self, about: About, property: str, value: object, place: Place, side: Side) -> None:
        """Add a claim; its texts are made harmless here."""
        if len(self._claims) >= MOST_CLAIMS:
            self.trouble(self.file, f"there is more than {MOST_CLAIMS:,} values; the rest was not read")
            return
        if type(value) is str:
            value = visible(value)
        self._claims.append(Claim(about, property, value, place, side))

    def trouble(self, where: str, what: str) -> None:
        """Note what was not understood; the same again is counted."""
        self._untold += not _count(self._troubles, visible(what, 400), where)

    def unused(self, type: str, where: str) -> None:
        """Note an object of a kind that nothing here needs."""
        self._untold += not _count(self._unused, visible(type, 200), where)

    def cut(self, what: str) -> None:
        """Note a list that is known to be truncated."""
        if len(self._cut) < MOST_TROUBLES:
            self._cut[visible(what, 400)] = None

    def reading(self, format: str) -> Reading:
        """What it came to."""
        troubles = [Trouble(noted.first, _again(what, noted.count)) for what, noted in self._troubles.items()]
        for type, noted in self._unused.items():
            times = f", {noted.count} times" if noted.count != 1 else ""
            troubles.append(Trouble(noted.first, f"not used: {type}{times}"))
        if self._untold:
            troubles.append(Trouble(self.file, f"{self._untold} further troubles are not listed"))
        return Reading(
            file=self.file,
            format=format,
            claims=tuple(self._claims),
            objects={kind: count for kind, count in self._objects.items() if kind},
            troubles=tuple(troubles),
            incomplete=tuple(self._cut),
        )


def _count(noted: dict[str, _Noted], what: str, where: str) -> bool:
    """Count it under its words; False where the list is full."""
    known = noted.get(what)
    if known is not None:
        known.count += 1
        return True
    if len(noted) >= MOST_TROUBLES:
        return False
    noted[what] = _Noted(where)
    return True


def _again(what: str, count: int) -> str:
    return what if count == 1 else f"{what} (and {count - 1} more like it)"
