"""Writes rows for a bigger engine: CSV, lines of JSON, or Parquet; and the article's signature as SQL over them.

CSV is guarded: a cell that a spreadsheet would take for a formula gets an apostrophe. Parquet needs pyarrow.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from easwizard.evidence.logs.rows import Row

SIGNATURE_SQL = """\
SELECT target, named_by,
       COUNT(*) AS requests,
       SUM(CASE WHEN outcome IN ('failed', 'credentials') THEN 1 ELSE 0 END) AS failed,
       SUM(CASE WHEN status = 403 THEN 1 ELSE 0 END) AS refused,
       SUM(CASE WHEN status = 403 AND substatus = 7 THEN 1 ELSE 0 END) AS certificate_wanted,
       COUNT(DISTINCT CASE WHEN status = 403 THEN user_name END) AS users_refused,
       CAST(MIN(CASE WHEN status = 403 THEN time_utc END) AS VARCHAR(40)) AS first_refused
FROM rows
WHERE NOT probe AND outcome <> 'handshake'
GROUP BY target, named_by
ORDER BY refused DESC, target
"""
"""The article's fault shows as two targets, of which one refuses nearly everything and the other nearly nothing."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE = 50_000


class NoParquet(Exception):
    """Parquet was asked for and pyarrow is not there; the message says how to get it."""


def export(rows: Iterable[Row], form: str, path: Path) -> int:
    """Write rows as `csv`, `ndjson` or `parquet`; how many. Raises NoParquet, OSError, KeyError of another form."""
    return _WRITERS[form](rows, path)


def guarded(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("-"), guarded(-3)
    ("'=1+1", '-', -3)
    """
    return f"'{value}" if isinstance(value, str) and len(value) > 1 and value.startswith(_FORMULA) else value


def _write_csv(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row._fields)
        for row in rows:
            writer.writerow([str(cell).lower() if isinstance(cell, bool) else guarded(cell) for cell in row])
            count += 1
    return count


def _write_ndjson(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(rows: Iterable[Row], path: Path) -> int:
    try:
        pyarrow: Any = import_module("pyarrow")  # it has no types
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise NoParquet("Parquet needs pyarrow: pip install easwizard[parquet]; or take csv or ndjson") from error
    schema: Any = pyarrow.schema([(name, _arrow_type(pyarrow, name)) for name in Row._fields])
    count = 0
    source = iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while part := list(islice(source, _AT_ONCE)):
            columns = [list(column) for column in zip(*part, strict=True)]
            writer.write_table(pyarrow.table(dict(zip(Row._fields, columns, strict=True)), schema=schema))
            count += len(part)
    return count


def _arrow_type(pyarrow: Any, name: str) -> Any:
    if name == "probe":
        return pyarrow.bool_()
    return pyarrow.int64() if name in _NUMBERS else pyarrow.string()


_NUMBERS = ("status", "substatus", "win32", "back_end_status", "took_ms")
_WRITERS: dict[str, Callable[[Iterable[Row], Path], int]] = {
    "csv": _write_csv,
    "ndjson": _write_ndjson,
    "parquet": _write_parquet,
}
