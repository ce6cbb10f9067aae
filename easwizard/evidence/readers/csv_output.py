"""Export-Csv with comma, semicolon or tab, with and without its #TYPE line, and tables that admins made of it.

A list that was flattened to the name of its type is unknown. Source: evidence-formats 4.
"""

from __future__ import annotations

import csv
import io
import re

from easwizard.case.untrusted import visible
from easwizard.evidence.cmdlets import take
from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import EMPTY, Exported, Value, of_braces, of_text
from easwizard.evidence.kinds import EAS_ONLY, KNOWN_UNUSED, WANTED, kind_by_properties, kind_of
from easwizard.evidence.reading import Reading, Source

_TYPE_LINE = re.compile(r"#TYPE[ \t]+(\S.*)")
_DELIMITERS = ",;\t"
_LONGEST_HEADER = 50_000
_FORMATTED = "classid2e4f51ef21dd47e99d3c952918aff9cd"
"""A column that only formatting objects have: `fl` stood before Export-Csv."""


class CsvReader:
    """Reads what Export-Csv wrote."""

    format = "Export-Csv"

    def recognises(self, source: Source) -> bool:
        """Whether a header names columns of a cmdlet known here, or a #TYPE line stands before it."""
        table = _Table(source.text[: 2 * _LONGEST_HEADER])
        if table.type and len(table.header) > 1:
            return True
        return len(table.header) > 1 and (table.is_formatted or kind_by_properties(table.blank) is not None)

    def read(self, source: Source) -> Reading:
        into = Collected(source.name, source.server)
        table = _Table(source.text)
        if table.is_formatted:
            into.trouble(source.name, "what was exported is Format-List output: leave out `| fl` before Export-Csv")
            return into.reading(self.format)
        self._say_unknown_columns(table, into)
        rows = csv.reader(io.StringIO(table.body), delimiter=table.delimiter)
        try:
            for row in rows:
                self._row(row, table, table.first_line + rows.line_num - 1, into)
        except csv.Error as error:
            into.trouble(f"{source.name}:{table.first_line + rows.line_num - 1}", f"no table from here on: {error}")
        return into.reading(self.format)

    def _say_unknown_columns(self, table: _Table, into: Collected) -> None:
        unknown = [
            name for name, key in zip(table.shown, table.header, strict=True) if key not in WANTED | KNOWN_UNUSED
        ]
        if unknown:
            listed = ", ".join(visible(name, 60) for name in unknown[:20])
            more = f" and {len(unknown) - 20} more" if len(unknown) > 20 else ""
            into.trouble(f"{into.file}:{table.first_line - 1}", f"columns that were not used: {listed}{more}")

    def _row(self, row: list[str], table: _Table, line: int, into: Collected) -> None:
        if not any(field.strip() for field in row):
            return
        if len(row) != len(table.header):
            into.trouble(f"{into.file}:{line}", f"the row has {len(row)} fields, not {len(table.header)}: left out")
            return
        properties: dict[str, Value] = {}
        for key, field in zip(table.header, row, strict=True):
            if key in WANTED and properties.get(key, EMPTY) == EMPTY:
                properties[key] = of_braces(field.strip()) or of_text(field)
        take(Exported(properties, table.types, line), into)


class _Table:
    """A table's type line, header and body."""

    def __init__(self, text: str) -> None:
        start = len(text) - len(text.lstrip("\n \t﻿"))
        found = _TYPE_LINE.match(text, start)
        self.type = found.group(1).strip() if found else ""
        if found:
            start = found.end() + 1
        header, _, self.body = text[start:].partition("\n")
        self.first_line = text.count("\n", 0, start) + 2
        self.delimiter = _delimiter(header)
        self.shown = _fields(header, self.delimiter)
        self.header = [_key(name) for name in self.shown]

    @property
    def types(self) -> tuple[str, ...]:
        """The types of each row; a type that nothing is known of lets the columns speak."""
        return (self.type,) if self.type and kind_of(Exported({}, (self.type,))) else ()

    @property
    def blank(self) -> dict[str, Value]:
        """The columns as properties without values."""
        return dict.fromkeys(self.header, EMPTY)

    @property
    def is_formatted(self) -> bool:
        return _FORMATTED in self.header


def _delimiter(header: str) -> str:
    """What separates the columns, judged by the header outside its quotes."""
    bare = re.sub(r'"[^"]*"', "", header[:_LONGEST_HEADER])
    return max(_DELIMITERS, key=bare.count)


def _fields(header: str, delimiter: str) -> list[str]:
    if len(header) > _LONGEST_HEADER:
        return []
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []


def _key(column: str) -> str:
    """The property that a column stands for; admins put `EAS-` before it (4)."""
    key = column.strip().strip('"').casefold()
    bare = re.sub(r"^eas[-_ ]", "", key)
    return "name" if bare in ("vdirname", "vdir name") else bare if bare in WANTED | KNOWN_UNUSED | EAS_ONLY else key


READER = CsvReader()
