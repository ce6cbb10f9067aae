"""Copies beside a case: whole or not there, never outside their folder, never over another one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from easwizard.storage.evidence_folder import CopiesInMemory, CopyError, EvidenceFolder, copy_name


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "contoso.eascase")


def test_a_copy_comes_back_as_it_was_and_stands_beside_the_case(folder: EvidenceFolder, tmp_path: Path) -> None:
    copy = folder.keep("servers.xml", b"one")
    assert folder.read(copy) == b"one"
    assert [p.name for p in (tmp_path / "contoso.evidence").iterdir()] == [copy]
    assert copy.startswith("servers.")
    assert copy.endswith(".xml")


def test_the_same_again_is_one_file_and_another_content_another_one(folder: EvidenceFolder) -> None:
    first = folder.keep("a.xml", b"one")
    assert folder.keep("a.xml", b"one") == first
    second = folder.keep("a.xml", b"two")
    assert second != first
    assert (folder.read(first), folder.read(second)) == (b"one", b"two")


HOSTILE = (
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.xml", "a/b", ".", "..", "", " ", "con", "NUL.xml",
    "com1.config", "lpt\u00b9.txt", "x" * 500 + ".xml", "\u00e9" * 200, "[/x][bold]\x1b[2J\u202e.xml", "a\x00b",
    "a\nb.txt",
    "\ud800.xml", "-rf", "x:y.xml", "trailing. ", "aux .txt", "*?.xml", "~", "%PATH%", ".hidden", "a.b/c.d",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_hostile_names_make_ordinary_files_in_the_folder(folder: EvidenceFolder, name: str) -> None:
    copy = folder.keep(name, b"x")
    assert folder.read(copy) == b"x"
    assert [p.name for p in folder.path.iterdir()] == [copy]
    assert copy.isprintable()
    assert not set(copy) & set('<>:"/\\|?*%\x00')
    assert copy.partition(".")[0].strip().casefold() not in {"con", "nul", "com1", "lpt¹", "aux"}
    assert copy[0] not in ". "
    assert len(copy.encode()) < 120


def test_a_copy_that_was_changed_or_is_gone_is_said(folder: EvidenceFolder) -> None:
    copy = folder.keep("a.xml", b"one")
    (folder.path / copy).write_bytes(b"other")
    with pytest.raises(CopyError, match="was changed"):
        folder.read(copy)
    with pytest.raises(CopyError, match=r"was changed"):
        folder.keep("a.xml", b"one")
    assert (folder.path / copy).read_bytes() == b"other", "nothing is overwritten"
    (folder.path / copy).unlink()
    with pytest.raises(CopyError, match=r"not in .* any more"):
        folder.read(copy)


@pytest.mark.parametrize(
    "copy", ["../contoso.eascase", "/etc/passwd", "..", "x", "a.xml", "../x.e3b0c44298fc.xml", "\x00"]
)
def test_a_case_cannot_make_us_read_or_remove_outside_the_folder(folder: EvidenceFolder, copy: str) -> None:
    victim = folder.path.parent / "x.e3b0c44298fc.xml"
    victim.write_bytes(b"")
    folder.keep("a.xml", b"one")
    with pytest.raises(CopyError):
        folder.read(copy)
    folder.remove(copy)
    assert victim.exists()
    assert len(list(folder.path.iterdir())) == 1


def test_the_folder_goes_with_its_last_copy_and_not_before(folder: EvidenceFolder) -> None:
    first, second = folder.keep("a.xml", b"one"), folder.keep("b.xml", b"two")
    folder.remove(first)
    assert [p.name for p in folder.path.iterdir()] == [second]
    folder.remove(second)
    folder.remove(second)
    assert not folder.path.exists()


def test_what_a_kill_left_half_written_is_cleared(folder: EvidenceFolder) -> None:
    copy = folder.keep("a.xml", b"one")
    (folder.path / ".abc.new").write_bytes(b"ha")
    folder.clear()
    assert [p.name for p in folder.path.iterdir()] == [copy]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CopyError, match="no copy can be written"):
            EvidenceFolder(tmp_path / "c.eascase").keep("a", b"x")
    finally:
        tmp_path.chmod(0o700)


def test_something_else_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "c.evidence").write_text("a file")
    with pytest.raises(CopyError, match="no copy can be written"):
        EvidenceFolder(tmp_path / "c.eascase").keep("a", b"x")


def test_copies_in_memory_are_the_same_to_whoever_uses_them() -> None:
    copies = CopiesInMemory()
    copy = copies.keep("a.xml", b"one")
    assert copy == copy_name("a.xml", b"one")
    assert copies.read(copy) == b"one"
    copies.remove(copy)
    copies.remove(copy)
    with pytest.raises(CopyError, match="memory"):
        copies.read(copy)
