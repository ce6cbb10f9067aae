"""Format-Table output: recognised to be refused, since its columns are cut (evidence-formats 5)."""

from __future__ import annotations

import re
from itertools import pairwise

from easwizard.evidence.kinds import WANTED
from easwizard.evidence.reading import Reading, Source, Trouble

_RULE = re.compile(r"\s*-{2,}(\s+-{2,})+\s*")
_ADVICE = (
    "this is Format-Table output, whose columns are cut: run it again with `| Format-List`, or use the collector"
)


class FormatTableReader:
    """Refuses tables, with what to do instead."""

    format = "Format-Table"

    def recognises(self, source: Source) -> bool:
        """Whether a line of dashes stands under a line of names, two of which are properties known here."""
        lines = source.text[:200_000].split("\n")
        return any(
            _RULE.fullmatch(line[:2_000]) and len(set(above.casefold().split()) & WANTED) >= 2
            for above, line in pairwise(lines)
        )

    def read(self, source: Source) -> Reading:
        return Reading(source.name, self.format, troubles=(Trouble(source.name, _ADVICE),))


READER = FormatTableReader()
