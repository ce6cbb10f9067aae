"""The lock of a case: one writer at a time, and the dead hold nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.storage.case_lock import CaseLock, CaseLocked, read_holder

NOW = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)
_HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from easwizard.storage.case_lock import CaseLock
lock = CaseLock(Path(sys.argv[1]), datetime(2026, 1, 1, tzinfo=UTC))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_keeps_us_out_until_it_dies(tmp_path: Path) -> None:
    case = tmp_path / "contoso.eascase"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(case)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(CaseLocked) as locked:
        CaseLock(case, NOW)
    assert locked.value.holder is not None
    assert locked.value.holder.process == holder.pid
    holder.kill()
    holder.wait()
    holder.stdout.close()
    holder.stdin.close()
    CaseLock(case, NOW).release()


def test_released_it_leaves_nothing_behind(tmp_path: Path) -> None:
    lock = CaseLock(tmp_path / "contoso.eascase", NOW)
    assert [entry.name for entry in tmp_path.iterdir() if entry.suffix == ".holder"]
    lock.release()
    lock.release()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"host": "x", "process": "y", "since": ""}'])
def test_a_note_that_says_nothing_names_nobody(tmp_path: Path, note: str) -> None:
    file = tmp_path / "note"
    file.write_text(note, encoding="utf-8")
    assert read_holder(file) is None
    assert read_holder(tmp_path / "missing") is None


def test_a_lock_taken_in_one_thread_is_released_in_another(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as other:
        lock = other.submit(CaseLock, tmp_path / "contoso.eascase", NOW).result()
    lock.release()
    assert not list(tmp_path.iterdir())
