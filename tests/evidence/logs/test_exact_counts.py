"""Counts are exact, of both kinds: on clean logs, under every kind of damage, under all together (logs.md 6)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from easwizard.evidence.logs.reading import Settings
from tests.evidence.logs import damages
from tests.evidence.logs.comparing import assert_true, counted, written
from tests.evidence.logs.made import Log, requests

KINDS = ("iis", "proxy")


def clean(kind: str, count: int = 600, seed: int = 3) -> Log:
    log = Log(kind, seed)
    log.head()
    for asked in requests(count, seed, kind=kind):
        log.row(asked)
    return log


def damaged(kind: str, kinds: tuple[damages.Damage, ...], seed: int = 5, count: int = 300) -> Log:
    """A log with each of the damages several times, at chance places."""
    log = Log(kind, seed)
    log.head()
    chance = random.Random(seed)
    waiting = [damage for damage in kinds for _ in range(3)]
    chance.shuffle(waiting)
    for asked in requests(count, seed, kind=kind):
        log.row(asked)
        if waiting and chance.random() < 0.2:
            waiting.pop()(log, asked)
    return log


@pytest.mark.parametrize("kind", KINDS)
def test_a_clean_log(kind: str, tmp_path: Path) -> None:
    log = clean(kind, 4_000)
    assert log.truth.used > 3_000
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


@pytest.mark.parametrize("damage", damages.ALL, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_one_damage(kind: str, damage: damages.Damage, tmp_path: Path) -> None:
    log = damaged(kind, (damage,))
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_before_any_fields(kind: str, tmp_path: Path) -> None:
    log = Log(kind)
    asked = requests(2, 1, kind=kind)
    damages.rows_before_fields(log, asked[0])
    log.head()
    log.row(asked[1])
    assert log.truth.rejected == {"no-fields": 2}
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_last_line(kind: str, tmp_path: Path) -> None:
    log = clean(kind, 50)
    damages.cut_last_line(log, requests(1, 9, kind=kind)[0])
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


@pytest.mark.parametrize("block", [700, 4_096, 65_536, 1 << 22])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_everything_together(kind: str, seed: int, block: int, tmp_path: Path) -> None:
    log = damaged(kind, damages.ALL, seed, 500)
    damages.cut_last_line(log, requests(1, 9, kind=kind)[0])
    assert len(log.truth.rejected) > 3
    assert_true(counted(written(tmp_path / "a.log", log), Settings(block=block, listed=10_000)), log.truth)


def test_a_plain_header_before_and_after_the_directives(tmp_path: Path) -> None:
    for first in (True, False):
        log = Log("proxy")
        asked = requests(40, 2, kind="proxy")
        log.head()
        if first:
            log.content[:0] = log.layout.encode() + b"\r\n"
        else:
            log.raw(log.layout.encode())
        for each in asked:
            log.row(each)
        assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


def test_a_log_that_has_only_a_plain_header(tmp_path: Path) -> None:
    log = Log("proxy")
    log.head()
    log.content[:] = log.layout.replace("DateTime,RequestId", "DateTime,RequestId").encode() + b"\r\n"
    for each in requests(40, 2, kind="proxy"):
        log.row(each)
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)


def test_the_layout_is_never_guessed_from_the_number_of_columns(tmp_path: Path) -> None:
    """Two layouts of the same length, their columns in another order (logs.md 2)."""
    log = Log("iis")
    asked = requests(60, 8)
    for i, each in enumerate(asked):
        if i % 20 == 0:
            log.head(2 if i == 20 else 1)
        log.row(each)
    assert_true(counted(written(tmp_path / "a.log", log)), log.truth)
