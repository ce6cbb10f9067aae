"""The rows behind the counts: filters of `easwizard logs`, what is shown of the rows that fit, exports and tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from easwizard.cli.console import UsageError, complain
from easwizard.cli.keeping import new_report_file

if TYPE_CHECKING:
    from easwizard.evidence.logs.reading import LogReading
    from easwizard.evidence.logs.rows import Row

_HOUR = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d)(?::\d\d)*Z?)?")


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted; an empty part takes all. Compared without regard to case."""

    user: str = ""
    """Without its domain."""
    device: str = ""
    target: str = ""
    hour: str = ""
    """How the time begins: `2026-03-01` or `2026-03-01T21`, in UTC."""

    @property
    def is_set(self) -> bool:
        return bool(self.user or self.device or self.target or self.hour)

    def takes(self, row: Row) -> bool:
        """Whether a row fits."""
        return (
            (not self.user or row.user_name.casefold() == self.user)
            and (not self.device or row.device_id.casefold() == self.device)
            and (not self.target or row.target.casefold() == self.target)
            and row.time_utc.startswith(self.hour)
        )


def filter_of(user: str | None, device: str | None, target: str | None, hour: str | None) -> Filter:
    """The filter of the words that were given. Raises UsageError for an hour that is none."""
    when = ""
    if hour:
        match = _HOUR.fullmatch(hour.strip())
        if match is None:
            raise UsageError(f"--hour '{hour}' is neither YYYY-MM-DD nor YYYY-MM-DDTHH; the hour is in UTC")
        when = f"{match[1]}T{match[2]}" if match[2] else match[1]
    return Filter(
        (user or "").casefold().rpartition("\\")[2], (device or "").casefold(), (target or "").casefold(), when
    )


@dataclass(frozen=True)
class Fitting:
    """The first rows that fit, and how many there are."""

    rows: tuple[Row, ...]
    total: int


def fitting(names: Sequence[str], wanted: Filter, most: int) -> Fitting:
    """Reads the logs once more, row by row."""
    shown: list[Row] = []
    total = 0
    for row in _rows(names, wanted):
        total += 1
        if len(shown) < most:
            shown.append(row)
    return Fitting(tuple(shown), total)


def _rows(names: Sequence[str], wanted: Filter) -> Iterator[Row]:
    from easwizard.evidence.logs.rows import rows

    return (row for row in rows(names) if wanted.takes(row))


def export(names: Sequence[str], wanted: Filter, form: str, path: Path) -> None:
    """Write the rows that fit into a new file. Raises UsageError; a file that was begun is taken away again."""
    from easwizard.evidence.logs.export import NoParquet
    from easwizard.evidence.logs.export import export as write_rows

    try:
        count = write_rows(_rows(names, wanted), form, path)
    except NoParquet as error:
        raise UsageError(f"--export parquet: {error}") from None
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UsageError(f"-o '{path}': {error.strerror}") from error
    complain(f"{count} rows are in {path}")


def export_file(form: str | None, name: str | None) -> Path | None:
    """The file of `-o`, which must be new. Raises UsageError before anything is read."""
    if form is None and name is None:
        return None
    if form is None or name is None:
        raise UsageError("--export and -o go together: --export csv -o ROWS.csv")
    return new_report_file(Path(name), "-o")


def tables_folder(name: str | None) -> Path | None:
    """The folder of `--tables`, which must be there. Raises UsageError before anything is read."""
    if name is None:
        return None
    path = Path(name)
    if not path.is_dir():
        raise UsageError(f"--tables '{name}': there is no such folder")
    return path


def write_tables(reading: LogReading, folder: Path) -> None:
    """The six tables of Export-ActiveSyncLog as CSV, guarded against formulas. Raises UsageError; overwrites none."""
    for name, rows in reading.tables().items():
        path = new_report_file(folder / f"{name}.csv", "--tables")
        try:
            _write_csv(path, rows)
        except OSError as error:
            raise UsageError(f"--tables: {path} could not be written: {error.strerror}") from error
    complain(f"the tables are in {folder}")


def _write_csv(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    from easwizard.evidence.logs.export import guarded

    with path.open("x", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([guarded(cell) for cell in row] for row in rows)
