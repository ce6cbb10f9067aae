"""Ranges in other processes come to the same counts; progress is told; a stop keeps what was counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.evidence.logs import ranges, reading
from easwizard.evidence.logs.reading import Progress, Settings, read_logs
from tests.evidence.logs import damages
from tests.evidence.logs.comparing import assert_true, written
from tests.evidence.logs.made import Log
from tests.evidence.logs.test_exact_counts import clean, damaged


@pytest.mark.parametrize("kind", ["iis", "proxy"])
def test_two_processes_count_as_one(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "SMALLEST", 10_000)
    monkeypatch.setattr(reading, "SMALLEST", 10_000)
    log = damaged(kind, damages.ALL, 21, 900)
    told: list[Progress] = []
    path = written(tmp_path / "a.log", log)
    settings = Settings(processes=2, in_process=0, listed=10_000)
    assert_true(read_logs([path], settings, told.append).counts, log.truth)
    assert told[-1].done == told[-1].size == len(log.content)


def test_many_small_files_share_processes(tmp_path: Path) -> None:
    logs = [clean(kind, 60, seed) for seed in range(6) for kind in ("iis", "proxy")]
    for i, log in enumerate(logs):
        written(tmp_path / f"{i}.log", log)
    counts = read_logs([tmp_path], Settings(processes=2, in_process=0)).counts
    assert [file.used for file in counts.coverage] == [
        logs[int(Path(file.file).stem)].truth.used for file in counts.coverage
    ]
    assert sum(d.recovered for d in counts.devices) == sum(
        device[2] for log in logs for device in log.truth.devices.values()
    )


def test_a_stop_keeps_what_was_counted_and_says_so(tmp_path: Path) -> None:
    log = clean("iis", 2_000)
    path = written(tmp_path / "a.log", log)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    counts = read_logs([path], Settings(block=20_000), stop=stop).counts
    assert counts.partial
    assert 0 < counts.used < log.truth.used
    assert not counts.coverage[0].complete


def test_what_is_written_after_the_log_was_found_is_not_read(tmp_path: Path) -> None:
    log = clean("iis", 300)
    path = written(tmp_path / "a.log", log)
    more = clean("iis", 50, 77)

    def stop() -> bool:
        if path.stat().st_size == len(log.content):
            with path.open("ab") as file:
                file.write(more.content)
        return False

    assert_true(read_logs([path], Settings(block=5_000, listed=1_000), stop=stop).counts, log.truth)


def test_progress_has_a_rate_and_the_time_left() -> None:
    progress = Progress(25, 100, 5.0)
    assert (progress.rate, progress.seconds_left) == (5.0, 15.0)
    assert Progress(0, 100, 0.0).seconds_left is None


def test_a_log_without_an_end_is_one_unfinished_row(tmp_path: Path) -> None:
    log = Log("iis")
    log.head()
    log.content += b"2026-03-01 00:00:00 10"
    log.truth.rows, log.truth.rejected = 1, log.truth.rejected.__class__({"unfinished": 1})
    assert_true(read_logs([written(tmp_path / "a.log", log)]).counts, log.truth)
