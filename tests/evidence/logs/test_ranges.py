"""Any cut into ranges comes to the counts of the whole, wherever the cuts fall."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from easwizard.case.log_counts import LogCounts
from easwizard.evidence.logs import reading
from easwizard.evidence.logs.blocks import BLOCK
from easwizard.evidence.logs.coverage import coverage_of
from easwizard.evidence.logs.finding_files import Source
from easwizard.evidence.logs.kinds import tell
from easwizard.evidence.logs.pieces import Limits
from easwizard.evidence.logs.ranges import split_at
from easwizard.evidence.logs.summing_up import counts_of
from easwizard.evidence.logs.workers import Task, Watch, run_here
from tests.evidence.logs import damages
from tests.evidence.logs.comparing import assert_true, written
from tests.evidence.logs.made import Log, requests
from tests.evidence.logs.test_exact_counts import damaged


def cut_and_counted(path: Path, places: list[int]) -> LogCounts:
    """The counts of a log whose ranges are read each for itself, wrong guesses anew."""
    source = Source(str(path), path.stat().st_size)
    told = tell(path.read_bytes())
    assert told is not None
    pieces = split_at(source, told.family, told.layout, sorted(places))
    tasks: list[Task] = [(piece,) for piece in pieces]
    watch, limits = Watch(source.size, lambda _: None), Limits(BLOCK)
    reads = run_here(tasks, watch, lambda: False, limits)
    again = reading._wrongly_guessed(tasks, reads)
    for place, read in zip(again, run_here(list(again.values()), watch, lambda: False, limits), strict=True):
        reads[place] = read
    parts, tallies = reading._added([pieces], tasks, reads)
    return counts_of(tallies, (coverage_of(source, parts[0]),), False, 100_000)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Log]]:
    """A small log of each kind with everything wrong in it that can be, its long rows apart."""
    kinds = tuple(damage for damage in damages.ALL if damage is not damages.long_row)
    made = {}
    for kind in ("iis", "proxy"):
        log = damaged(kind, kinds, 11, 240)
        damages.cut_last_line(log, requests(1, 9, kind=kind)[0])
        made[kind] = (written(tmp_path_factory.mktemp(kind) / "a.log", log), log)
    return made


@pytest.mark.parametrize("kind", ["iis", "proxy"])
def test_every_place_around_every_line_end(kind: str, logs: dict[str, tuple[Path, Log]]) -> None:
    path, log = logs[kind]
    ends = [i for i, byte in enumerate(log.content) if byte == 10]
    for end in ends[::3]:
        assert_true(cut_and_counted(path, [end, end + 1]), log.truth)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["iis", "proxy"]))
def test_any_cut(data: st.DataObject, kind: str, logs: dict[str, tuple[Path, Log]]) -> None:
    path, log = logs[kind]
    places = data.draw(st.lists(st.integers(1, len(log.content) - 1), max_size=6))
    assert_true(cut_and_counted(path, places), log.truth)
