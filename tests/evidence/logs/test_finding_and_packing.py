"""Files, folders, globs, gzip and zip; what cannot be read is said, never left out in silence."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest

from easwizard.case.log_counts import LogKind
from easwizard.evidence.logs.reading import NoLogs, Settings, read_logs
from tests.evidence.logs.comparing import SMALL, assert_true, counted, written
from tests.evidence.logs.made import Log
from tests.evidence.logs.test_exact_counts import clean


@pytest.fixture(scope="module")
def log() -> Log:
    return clean("iis", 400)


def test_gzip_and_zip_read_as_the_plain_file(log: Log, tmp_path: Path) -> None:
    packed = tmp_path / "u_ex.log"  # told by its content, not its name
    packed.write_bytes(gzip.compress(bytes(log.content)))
    assert_true(counted(packed), log.truth)
    with zipfile.ZipFile(tmp_path / "logs.bin", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("W3SVC2/u_ex260301.log", bytes(log.content))
    counts = counted(tmp_path / "logs.bin")
    assert_true(counts, log.truth)
    assert counts.coverage[0].file.endswith("logs.bin/W3SVC2/u_ex260301.log")


def test_a_folder_is_read_to_its_depths_and_leaves_out_what_is_no_log(log: Log, tmp_path: Path) -> None:
    (tmp_path / "W3SVC2").mkdir()
    written(tmp_path / "W3SVC2" / "u_ex1.LOG", log)
    proxy = clean("proxy", 100)
    written(tmp_path / "HttpProxy_1.log", proxy)
    (tmp_path / "notes.txt").write_text("not a log", encoding="utf-8")
    counts = counted(tmp_path)
    assert {file.kind for file in counts.coverage} == {LogKind.BACK_END, LogKind.HTTP_PROXY}
    assert counts.used == log.truth.used + proxy.truth.used
    assert counts.several_vantages


def test_a_file_named_twice_counts_once(log: Log, tmp_path: Path) -> None:
    path = written(tmp_path / "u_ex1.log", log)
    counts = read_logs([tmp_path, path, tmp_path / "u_*.log"], SMALL).counts
    assert_true(counts, log.truth)


def test_a_name_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoLogs, match="missing"):
        read_logs([tmp_path / "missing*.log"])


def test_what_is_no_log_is_a_problem_when_it_was_named(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("hello\n", encoding="utf-8")
    (file,) = counted(tmp_path / "x.log").coverage
    assert file.kind is None
    assert "not a log" in file.problem


def test_a_cut_gzip_counts_what_it_has_and_says_so(log: Log, tmp_path: Path) -> None:
    whole = gzip.compress(bytes(log.content))
    (tmp_path / "x.gz").write_bytes(whole[: len(whole) * 3 // 4])
    (file,) = counted(tmp_path / "x.gz", Settings(block=4_096)).coverage
    assert 0 < file.used < log.truth.used
    assert not file.complete
    assert "ends before it is whole" in file.problem


def test_a_packed_log_is_read_up_to_a_limit(log: Log, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(bytes(log.content)))
    (file,) = counted(tmp_path / "x.gz", Settings(block=4_096, unpacked=len(log.content) // 2)).coverage
    assert 0 < file.used < log.truth.used
    assert not file.complete
    assert "unpacks to more" in file.problem


def test_coverage_names_the_hash_of_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a plain file and of a packed one its own; none of one that is too large."""
    log = clean("iis", 30)
    plain, packed = written(tmp_path / "a.log", log), tmp_path / "b.log.gz"
    packed.write_bytes(gzip.compress(bytes(log.content)))
    meant = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (plain, packed)]
    assert [each.sha256 for each in read_logs([tmp_path]).counts.coverage] == meant
    monkeypatch.setattr("easwizard.evidence.logs.fingerprint.MOST_HASHED", packed.stat().st_size)
    assert [each.sha256 for each in read_logs([tmp_path]).counts.coverage] == ["", meant[1]]
