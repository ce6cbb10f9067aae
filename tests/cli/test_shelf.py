"""The folder of cases: one writer at a time, reading for everybody, clear words for what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered
from easwizard.cli.shelf import Shelf
from easwizard.storage.case_file import read_case, write_case
from easwizard.tui.services import CannotOpen, HeldByAnother

NOW = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)
ROOT_WRITES_EVERYWHERE = hasattr(os, "geteuid") and os.geteuid() == 0


def shelf(folder: Path) -> Shelf:
    return Shelf(folder, lambda: NOW)


def test_a_new_case_is_on_the_shelf_and_opens_again(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    opened = shelf(folder).create("contoso")
    assert opened.journal is not None
    opened.journal.append([Answered("since", "coexistence")])
    opened.journal.close()
    (found,) = shelf(folder).recent()
    assert found.name == "contoso"
    again = shelf(folder).open(found.path)
    assert again.case.answer("since") == "coexistence"
    assert again.journal is not None
    again.journal.close()
    assert [file.name for file in folder.iterdir()] == ["contoso.eascase"]


def test_the_newest_case_stands_first_and_other_files_are_no_cases(tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new")):
        write_case(tmp_path / f"{name}.eascase", Case(Vantage("jump")))
        os.utime(tmp_path / f"{name}.eascase", (1_000_000 + number, 1_000_000 + number))
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".contoso.eascase").touch()
    assert [found.name for found in shelf(tmp_path).recent()] == ["new", "old"]
    assert shelf(tmp_path / "nowhere").recent() == []


def test_an_existing_case_is_never_touched_by_a_new_one(tmp_path: Path) -> None:
    write_case(tmp_path / "contoso.eascase", Case(Vantage("jump"), answers={"since": "coexistence"}))
    before = (tmp_path / "contoso.eascase").read_bytes()
    with pytest.raises(CannotOpen, match="another name"):
        shelf(tmp_path).create("contoso")
    assert (tmp_path / "contoso.eascase").read_bytes() == before


@pytest.mark.parametrize("name", ["", "a/b", "..", "con", "nul.x", "end.", "a\x00b"])
def test_names_that_cannot_be_are_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotOpen):
        shelf(tmp_path).create(name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotOpen, match="EASWIZARD_CASES"):
        shelf(tmp_path / "file").create("contoso")


@pytest.mark.skipif(ROOT_WRITES_EVERYWHERE or sys.platform == "win32", reason="root writes everywhere")
def test_a_case_in_a_folder_that_cannot_be_written_is_read_only(tmp_path: Path) -> None:
    write_case(tmp_path / "contoso.eascase", Case(Vantage("jump")))
    tmp_path.chmod(0o500)
    try:
        opened = shelf(tmp_path).open(tmp_path / "contoso.eascase")
    finally:
        tmp_path.chmod(0o700)
    assert opened.journal is None
    assert "cannot be written" in (opened.why_read_only or "")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe\x00", b'{"format":"something-else","version":1}\n', b"[" * 100_000]
)
def test_a_file_that_is_no_case_is_refused_unchanged_and_leaves_no_lock(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.eascase"
    file.write_bytes(content)
    with pytest.raises(CannotOpen, match=r"x\.eascase"):
        shelf(tmp_path).open(file)
    assert file.read_bytes() == content
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.eascase"]


def test_what_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "x.eascase", tmp_path):
        with pytest.raises(CannotOpen, match="no such file"):
            shelf(tmp_path).open(path)


def test_a_case_of_a_newer_version_is_read_only_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "x.eascase"
    header = json.dumps({"format": "easwizard-case", "version": 99})
    file.write_text(f'{header}\n{{"event":"answered","question":"since","value":"coexistence"}}\n', encoding="utf-8")
    opened = shelf(tmp_path).open(file)
    assert opened.journal is None
    assert "newer" in (opened.why_read_only or "")
    assert opened.case.answer("since") == "coexistence"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.eascase"]


_HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from easwizard.cli.shelf import Shelf
opened = Shelf(Path(sys.argv[1]), lambda: datetime.now(UTC)).open(Path(sys.argv[1], "x.eascase"))
print("held", flush=True)
sys.stdin.read()
"""


def test_one_writer_at_a_time_and_take_over_from_a_dead_one(tmp_path: Path) -> None:
    file = tmp_path / "x.eascase"
    write_case(file, Case(Vantage("jump")))
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HeldByAnother, match=f"process {holder.pid}"):
            shelf(tmp_path).open(file)
        assert shelf(tmp_path).read(file).journal is None
        holder.kill()
        holder.wait()
    opened = shelf(tmp_path).open(file)
    assert opened.journal is not None
    opened.journal.close()


_FILL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from easwizard.case.events import Answered
from easwizard.cli.shelf import Shelf
from easwizard.tui.services import CannotSave
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Shelf(Path(sys.argv[1]), lambda: datetime.now(UTC)).create("x").journal
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
kept = 0
try:
    for number in range(1000):
        journal.append([Answered(f"question-{number}", "a value that is long enough to matter")])
        kept += 1
except CannotSave as error:
    print(kept, len(journal.case.answers), error, flush=True)
import os; os._exit(0)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on file sizes here")
def test_a_full_disk_is_said_and_loses_only_what_could_not_be_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    kept, known, words = done.stdout.split(maxsplit=2)
    assert "free some space" in words
    assert 0 < int(kept) == int(known)
    read = read_case(tmp_path / "x.eascase")
    assert len(read.answers) == int(kept)
    assert (tmp_path / "x.eascase").read_bytes().endswith(b"\n"), "half a line must not stand there"
