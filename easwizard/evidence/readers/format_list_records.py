"""The records of Format-List text: entries, values that were wrapped, and where one object ends and the next begins.

Works on files, console copies and forum pastes, so neither padding nor blank lines can be relied on. Knows no
cmdlet. Source: evidence-formats 5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from easwizard.evidence.kinds import KNOWN_UNUSED, WANTED

_ENTRY = re.compile(r"(?P<indent>\s*)(?P<key>[A-Za-z][\w-]{1,79})(?P<pad>[ \t]+):(?:[ \t]+(?P<value>.*))?")
_QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")
_STRANGE_SPACES = str.maketrans(
    {"\xa0": " ", "\u3000": " ", "\u2007": " ", "\u202f": " ", "\u200b": "", "\ufeff": ""}
)
_ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
_MARKUP = re.compile(r"^(\s*)\*\*([A-Za-z]\w*)\*\*(\s*:)")
_NAMES = WANTED | KNOWN_UNUSED


@dataclass
class Entry:
    """One property as printed, with what continued on the lines after it."""

    key: str
    value: str
    line: int
    column: int
    """Where the value starts on its line."""
    after_blank: bool
    width: int
    """Length of the last line of it, as far as it was printed."""
    padding: int

    @property
    def name(self) -> str:
        return self.key.casefold()


@dataclass
class Listing:
    """A text taken apart: entries in order, and the lines that belong to none."""

    entries: list[Entry] = field(default_factory=list)
    others: list[tuple[int, str]] = field(default_factory=list)

    def records(self) -> Iterator[list[Entry]]:
        """The entries of one object after the other."""
        for block in self._blocks():
            yield from _split(block)

    def _blocks(self) -> Iterator[list[Entry]]:
        """Entries between blank lines; where a forum put one after nearly every line, all of them together."""
        blanks = sum(entry.after_blank for entry in self.entries[1:])
        if blanks > 0.7 * max(1, len(self.entries) - 1):
            yield self.entries
            return
        block: list[Entry] = []
        for entry in self.entries:
            if entry.after_blank and block:
                yield block
                block = []
            block.append(entry)
        if block:
            yield block


def listing(lines: Iterable[str]) -> Listing:
    """Take a text apart, line by line; the first line has number 1."""
    cleaned = _unquoted([_clean(line) for line in lines])
    longest = max(map(len, cleaned), default=0)
    found = Listing()
    blank = False
    last: Entry | None = None
    for number, line in enumerate(cleaned, 1):
        if not line.strip():
            blank = True
            continue
        matched = _ENTRY.fullmatch(line)
        if matched and not (last and not blank and _is_inside(line, last)):
            last = _entry(matched, line, number, blank)
            found.entries.append(last)
        elif last and _continues(line, last, blank):
            _join(last, line, longest)
        else:
            found.others.append((number, line))
            last = None
        blank = False
    return found


def _clean(line: str) -> str:
    line = line.translate(_STRANGE_SPACES).rstrip()
    if "&" in line:
        for entity, character in _ENTITIES.items():
            line = line.replace(entity, character)
    if line.endswith("<br>"):
        line = line[:-4].rstrip()
    return _MARKUP.sub(r"\1\2\3", line) if "**" in line else line


def _unquoted(lines: list[str]) -> list[str]:
    """Without the `>` that quoting puts before every line, where most lines have it."""
    written = [line for line in lines if line.strip()]
    quoted = sum(line.lstrip().startswith(">") for line in written)
    if quoted * 2 <= len(written):
        return lines
    return [_QUOTED.sub("", line, count=1) if line.lstrip().startswith(">") else line for line in lines]


def _entry(matched: re.Match[str], line: str, number: int, blank: bool) -> Entry:
    value = (matched.group("value") or "").strip()
    column = matched.end("pad") + 2
    return Entry(matched.group("key"), value, number, column, blank, len(line), len(matched.group("pad")))


def _is_inside(line: str, last: Entry) -> bool:
    """Whether a line that looks like an entry is the rest of a wrapped value: it starts at the value's column."""
    return len(line) - len(line.lstrip()) >= max(4, last.column)


_CUT_URL = re.compile(r"(?i)(https?|iis)://(?!.*microsoft-server-activesync/?$)\S*")


def _continues(line: str, last: Entry, blank: bool) -> bool:
    """Whether a line goes on with the value before it.

    Padding shows it. Where a paste lost the padding, and perhaps put blank lines between, only the rest of a URL
    that has not come to its end is taken: half a host name would be a wrong one.
    """
    indent = len(line) - len(line.lstrip())
    if indent >= max(4, last.column) and not blank:
        return True
    rest = line.strip()
    return " " not in rest and len(rest) < 200 and rest[:1].isalnum() and bool(_CUT_URL.fullmatch(last.value))


_TOKEN = re.compile(r"(?i)(https?|iis)://\S*$")


def _join(entry: Entry, line: str, longest: int) -> None:
    """Append a wrapped line: without a space inside a URL or a word longer than a line, else with one."""
    rest = line.strip()
    last_word = entry.value.rsplit(" ", 1)[-1]
    # A line is cut within a word only where the word alone fills it.
    filled = entry.width >= longest and len(last_word) >= entry.width - entry.column
    inside = bool(_TOKEN.search(entry.value)) or entry.value.endswith(("-", "=", "/", "\\")) or filled
    entry.value = f"{entry.value}{'' if inside or not entry.value else ' '}{rest}"
    entry.width = len(line)


_START = 3
"""So many keys in the order in which a record began are the beginning of another one."""


def _split(block: Sequence[Entry]) -> Iterator[list[Entry]]:
    """One record, or several where a key comes again with another value, or the first keys in their order.

    The same (or no) value again is what `fl *url*,*auth*` prints of one object. The next record starts with the run
    of known keys that leads up to the differing one.
    """
    record: list[Entry] = []
    values: dict[str, str] = {}
    keys = [entry.name for entry in block]
    for at, entry in enumerate(block):
        if len(record) >= _START and keys[at : at + _START] == [e.name for e in record[:_START]]:
            yield record
            record, values = [], {}
        before = values.get(entry.name)
        if before and entry.value and before != entry.value and entry.name in _NAMES:
            start = _run_start(record)
            yield record[:start]
            record = record[start:]
            values = {e.name: e.value for e in record}
        record.append(entry)
        if not values.get(entry.name):
            values[entry.name] = entry.value
    if record:
        yield record


def _run_start(record: Sequence[Entry]) -> int:
    """Where the run of keys begins that repeats keys before it and ends at the end of the record."""
    start, run = len(record), set[str]()
    seen: dict[str, int] = {}
    for at, entry in enumerate(record):
        seen.setdefault(entry.name, at)
    while start > 0:
        name = record[start - 1].name
        if seen[name] >= start - 1 or name in run:
            break
        run.add(name)
        start -= 1
    return start
