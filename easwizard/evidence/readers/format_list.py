"""Format-List text, from a file, a console or a forum; and prose about settings, which is not a server's state.

A listing is taken only where most of the text is one and nothing in it speaks of how things should be. Source:
evidence-formats 5. Records: `format_list_records`; what they mean: `cmdlets`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from easwizard.case.untrusted import visible
from easwizard.evidence.cmdlets import take
from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import EMPTY, Exported, Value, of_braces, of_text
from easwizard.evidence.kinds import KNOWN_UNUSED, WANTED, kind_by_properties
from easwizard.evidence.readers.format_list_records import Entry, Listing, listing
from easwizard.evidence.reading import Reading, Source

_ENOUGH_LINES = 20_000
_FEW_SENTENCES = 3

_WISH = re.compile(
    r"(?i)\b(should|must|shall|expect(ed|s)?|desired|recommend\w*|samples?|example|e\.g|target|supposed|needs? to"
    r"|has to|ought|set .{1,40} to|configure[ds]?|soll(te|ten|en)?|muss|erwartet\w*|doit|deber[ií]a)\b"
)
"""Words of how things ought to be, or of an illustration."""
_SHELL = re.compile(
    r"\s*(\[PS\]|PS [^>]*>|[A-Z]:\\[^>]*>|>>|```|~~~|\[code|\[/code|-{3,}|={3,}|"
    r"(WARNING|VERBOSE|DEBUG|WARNUNG|AUSFÜHRLICH|AVERTISSEMENT|ADVERTENCIA)\s?:|\s*$)"
)
"""What a shell or a forum prints around a listing."""
_OTHER_OUTPUT = re.compile(
    r"\[[ Xx]\] |\s:\s|\S\s{3,}\S"
    r'|^\s*<[^<>]{0,300}(="|/>|><)|^\s*</|^\s*\w{1,60}="[^"]{0,300}"\s{0,3}(/?>|\w{1,60}=")'
    r'|^\s*(SITE|APP|APPPOOL|VDIR) "|\bappcmd\b|^\s*== .{0,60} ==\s*$|^\s*(server|utc|dns|hosts|trust|proxy) \S'
)
"""Lines of other commands' output copied along, which other readers take: trees, tables, pairs, tags, our paste."""


class FormatListReader:
    """Reads `Get-... | Format-List`."""

    format = "Format-List"

    def recognises(self, source: Source) -> bool:
        """Whether the text is mainly the listing of an object that is known here."""
        return _verdict(_head(source.text)) == ""

    def why_not(self, source: Source) -> str:
        """Why a text that has something of a listing is not taken; `""` where it is one, or nothing like one."""
        why = _verdict(_head(source.text))
        return "" if why == _NOTHING else why

    def read(self, source: Source) -> Reading:
        into = Collected(source.name, source.server)
        found = listing(source.text.split("\n"))
        unknown: dict[str, None] = {}
        for record in found.records():
            self._record(record, into)
            unknown |= {e.key: None for e in record if e.name not in WANTED | KNOWN_UNUSED}
        if unknown:
            listed = ", ".join(visible(key, 60) for key in list(unknown)[:20])
            more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
            into.trouble(source.name, f"properties that were not used: {listed}{more}")
        for number, line in found.others:
            if not _SHELL.match(line) and not _OTHER_OUTPUT.search(line):
                into.trouble(f"{source.name}:{number}", f"not part of a listing: {visible(line.strip(), 80)}")
        return into.reading(self.format)

    def _record(self, record: Sequence[Entry], into: Collected) -> None:
        properties = _properties(record)
        if not properties:
            return  # a session's banner, a translated warning: no property of any cmdlet known here
        place = f"{into.file}:{record[0].line}"
        if kind_by_properties(properties) is None:
            into.saw("")
            shown = ", ".join(visible(entry.key, 40) for entry in record[:4])
            into.trouble(place, f"a listing of {shown} was left out: it does not tell whose it is")
            return
        take(Exported(properties, (), record[0].line), into)


def _properties(record: Sequence[Entry]) -> dict[str, Value]:
    """The wanted properties; of a repeated one, the first that says something."""
    properties: dict[str, Value] = {}
    for entry in record:
        if entry.name in WANTED and properties.get(entry.name, EMPTY) == EMPTY:
            properties[entry.name] = of_braces(entry.value) or of_text(entry.value)
    return properties


_NOTHING = "nothing of a listing"


def _head(text: str) -> Listing:
    return listing(text[:4_000_000].split("\n", _ENOUGH_LINES)[:_ENOUGH_LINES])


def _verdict(found: Listing) -> str:
    """`""` where a listing is to be taken; else why not, in words."""
    known = [entry for entry in found.entries if entry.name in WANTED]
    if len(known) < 2 or not any(kind_by_properties(_properties(record)) for record in found.records()):
        return _NOTHING
    around = [line for _, line in found.others if not _SHELL.match(line) and not _OTHER_OUTPUT.search(line)]
    wish = next((line for line in around if _WISH.search(line[:2_000])), None)
    if wish is not None:
        return (
            "this reads like a text about settings rather than a server's state "
            f"({visible(wish.strip(), 60)!r}): paste the listing alone"
        )
    sentences = [line for line in around if len(line.split()) >= 5]
    if len(sentences) > max(_FEW_SENTENCES, len(found.entries) // 4):
        return f"most of it is text, with {len(found.entries)} lines of a listing in it: paste the listing alone"
    return ""


READER = FormatListReader()
