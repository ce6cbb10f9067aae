"""Exported rows hold the counts of the report, and the article's signature runs over them in another engine."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from easwizard.evidence.logs.export import SIGNATURE_SQL, export
from easwizard.evidence.logs.rows import Row, rows
from tests.evidence.logs import damages
from tests.evidence.logs.comparing import counted, written
from tests.evidence.logs.made import BAD
from tests.evidence.logs.test_exact_counts import damaged

READERS = {
    "csv": "read_csv('{path}', header=true, nullstr='', all_varchar=false, sample_size=-1)",
    "ndjson": "read_json('{path}')",
    "parquet": "read_parquet('{path}')",
}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("kind", ["iis", "proxy"])
def test_the_signature_in_duckdb_has_the_counts_of_the_report(kind: str, form: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.log", damaged(kind, damages.ALL, 4, 900))
    counts = counted(path)
    out = tmp_path / f"rows.{form}"
    assert export(rows([path]), form, out) == counts.used + sum(file.probe_rows for file in counts.coverage)
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW rows AS SELECT * FROM {READERS[form].format(path=out)}")
    found = {row[0]: row[2:6] for row in connection.execute(SIGNATURE_SQL).fetchall()}
    report = {each.host: (each.requests, each.failed) for each in counts.targets if each.requests}
    assert {host: row[:2] for host, row in found.items()} == report
    refused = {each.target: each.count for each in counts.statuses if each.status == 403 and each.target == BAD}
    assert found[BAD][2] >= max(refused.values())
    assert next(iter(found)) == BAD


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    row = Row(
        "2026-03-01T00:00:00Z", "a.log", "iis", "h", "PrxTo", 200, 0, 0, None, "", "ok", "=cmd|' /C calc'!A0", "+1+1",
        "@SUM(A1)", "-2+3", "-", "", "", "", 5, False, "10.0.0.1",
    )  # fmt: skip
    export([row], "csv", tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert cells["user_name"] == "'=cmd|' /C calc'!A0"
    assert [cells[name][0] for name in ("device_id", "device_type", "user_agent")] == ["'"] * 3
    assert cells["command"] == "-"
