"""Packs as files: the same bytes for the same parts, and everything hostile in a zip refused in words."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Case, Import, Vantage
from easwizard.storage import pack_file
from easwizard.storage.case_file import case_lines, read_case
from easwizard.storage.evidence_folder import EvidenceFolder, copy_name
from easwizard.storage.pack_file import (
    CASE,
    EVIDENCE,
    MANIFEST,
    PackError,
    manifest,
    put_in_place,
    read_pack,
    zipped,
)
from easwizard.storage.unpacking import case_in, unpack

NOW = datetime(2026, 1, 1, 14, 2, 33, tzinfo=UTC)
COPY = copy_name("servers.txt", b"Name : EX07A")
IMPORT = Import("servers.txt", "format-list", copy=COPY)


def members(case: Case | None = None, more: dict[str, bytes] | None = None) -> dict[str, bytes]:
    case = case or Case(Vantage("jump"), imports=(IMPORT,))
    return {CASE: case_lines(case).encode(), f"{EVIDENCE}{COPY}": b"Name : EX07A", **(more or {})}


def whole(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {**parts, MANIFEST: manifest(parts, "vendor", "0.1.0", NOW)}


def packed(folder: Path, parts: dict[str, bytes] | None = None) -> Path:
    path = folder / "contoso.zip"
    put_in_place(path, zipped(parts if parts is not None else whole(members()), NOW))
    return path


def test_a_pack_comes_back_as_it_was_made(tmp_path: Path) -> None:
    parts = whole(members())
    pack = read_pack(packed(tmp_path, parts))
    assert pack.members == members()
    assert (pack.manifest.level, pack.manifest.created_utc) == ("vendor", "2026-01-01T14:02:33Z")
    assert pack.said == ()
    assert [file.name for file in tmp_path.iterdir()] == ["contoso.zip"], "nothing half written is left"


def test_the_same_parts_make_the_same_bytes() -> None:
    assert zipped(whole(members()), NOW) == zipped(whole(members()), NOW)


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    path = packed(tmp_path)
    before = path.read_bytes()
    with pytest.raises(PackError, match="nothing is overwritten"):
        put_in_place(path, b"other")
    assert path.read_bytes() == before


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be written"):
        put_in_place(tmp_path / "gone" / "contoso.zip", b"")


def test_a_pack_that_would_be_too_large_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_file, "MOST_BYTES", 10)
    with pytest.raises(PackError, match="leave out some evidence"):
        zipped(members(), NOW)


# What was changed on the way is said


def test_changed_added_and_missing_parts_are_said(tmp_path: Path) -> None:
    parts = whole(members(more={"README.txt": b"read me", "ticket.txt": b"ten lines"}))
    parts["README.txt"] = b"read me not"
    parts["more.txt"] = b"?"
    del parts["ticket.txt"]
    said = read_pack(packed(tmp_path, parts)).said
    assert [words.split()[0] for words in said] == ["README.txt", "more.txt", "ticket.txt"]
    assert "was changed since" in said[0]
    assert "was added later" in said[1]
    assert "is missing" in said[2]


def test_a_newer_pack_is_opened_and_said_to_be_one(tmp_path: Path) -> None:
    parts = whole(members())
    parts[MANIFEST] = parts[MANIFEST].replace(b'"version": 1', b'"version": 2')
    assert "newer easwizard" in read_pack(packed(tmp_path, parts)).said[0]


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[]", b'{"format":"easwizard-pack"}', b'{"format":"easwizard-pack","version":true}', b"[" * 100_000,
     b"\xff\xfe", b'{"format":"easwizard-case","version":1}'],
    ids=["empty", "half", "list", "no-version", "true", "deep", "no-text", "other"],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, broken: bytes) -> None:
    with pytest.raises(PackError, match=r"contoso\.zip: is no pack of easwizard"):
        read_pack(packed(tmp_path, {**members(), MANIFEST: broken}))


@pytest.mark.parametrize("listed", [b'"members": 3', b'"members": [3, {"name": 5}, {"name": "case.eascase"}]'])
def test_a_manifest_that_lists_nothing_makes_every_part_a_stranger(tmp_path: Path, listed: bytes) -> None:
    made = b'{"format": "easwizard-pack", "version": 1, ' + listed + b"}"
    pack = read_pack(packed(tmp_path, {**members(), MANIFEST: made}))
    assert len(pack.said) == 2
    assert pack.manifest.level == "unknown"


@pytest.mark.parametrize("without", [CASE, MANIFEST])
def test_a_zip_without_a_case_or_a_manifest_is_none_of_ours(tmp_path: Path, without: str) -> None:
    parts = whole(members())
    del parts[without]
    with pytest.raises(PackError, match=f"there is no {without} in it"):
        read_pack(packed(tmp_path, parts))


# Hostile zips


def crafted(folder: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    """A good pack with something more in it."""
    path = folder / "contoso.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in whole(members()).items():
            archive.writestr(name, data)
        change(archive)
    return path


@pytest.mark.parametrize(
    "name",
    ["../case.eascase", "/etc/passwd", "evidence/../../x", "C:\\x", "C:x", "evidence\\..\\x", "a//b", "./x", "x.",
     " x", "x ", "a\x1b[2Jb", "a\u202eb", "evidence/" + "n" * 300, "x|y", "evidence/.", ".."],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = crafted(tmp_path, lambda archive: archive.writestr(name, b"x"))
    with pytest.raises(PackError, match="leads elsewhere or hides something") as refused:
        read_pack(path)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("evidence/link")
    entry.external_attr = (kind | 0o777) << 16
    path = crafted(tmp_path, lambda archive: archive.writestr(entry, b"/etc/passwd"))
    with pytest.raises(PackError, match="no ordinary file"):
        read_pack(path)


def test_two_parts_of_one_name_are_refused_whatever_their_letters(tmp_path: Path) -> None:
    path = crafted(tmp_path, lambda archive: archive.writestr("CASE.eascase", b"x"))
    with pytest.raises(PackError, match="two parts called"):
        read_pack(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_file, "MOST_BYTES", 5_000_000)

    def add(archive: zipfile.ZipFile) -> None:
        archive.writestr("evidence/zeros", b"\0" * 6_000_000, zipfile.ZIP_DEFLATED)

    path = crafted(tmp_path, add)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(PackError, match="would unpack to more than 5 MB"):
        read_pack(path)


def test_a_part_that_lies_about_its_size_is_never_unpacked_further(tmp_path: Path) -> None:
    """The size stands in two places; neither may let more out than was looked at."""

    def add(archive: zipfile.ZipFile) -> None:
        archive.writestr("evidence/zeros", b"\0" * 6_000_000, zipfile.ZIP_DEFLATED)

    data = crafted(tmp_path, add).read_bytes().replace(struct.pack("<I", 6_000_000), struct.pack("<I", 100))
    path = tmp_path / "lying.zip"
    path.write_bytes(data)
    with pytest.raises(PackError, match="is damaged"):
        read_pack(path)


def test_thousands_of_parts_are_refused_before_they_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(archive: zipfile.ZipFile) -> None:
        for number in range(2_100):
            archive.writestr(f"evidence/{number}", b"")

    path = crafted(tmp_path, add)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was listed"))
    with pytest.raises(PackError, match="more than 2000 parts"):
        read_pack(path)


def test_a_locked_part_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path).read_bytes())
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(data)
    with pytest.raises(PackError, match="locked by a password"):
        read_pack(path)


def test_an_unknown_way_of_packing_is_refused(tmp_path: Path) -> None:
    path = crafted(tmp_path, lambda archive: archive.writestr("evidence/x", b"x", zipfile.ZIP_LZMA))
    with pytest.raises(PackError, match="packed in an unknown way"):
        read_pack(path)


@pytest.mark.parametrize("cut", [0, 10, 21, 200, -1, -30])
def test_half_a_pack_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "half.zip"
    path.write_bytes(packed(tmp_path).read_bytes()[:cut])
    with pytest.raises(PackError, match=r"half\.zip"):
        read_pack(path)


def test_every_flipped_byte_is_refused_or_said_or_harmless(tmp_path: Path) -> None:
    """Whatever is wrong with a pack, it ends in PackError or in a pack with its parts as they were, or it is said."""
    good, path = packed(tmp_path).read_bytes(), tmp_path / "flipped.zip"
    for place in range(0, len(good), 7):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        try:
            pack = read_pack(path)
        except PackError:
            continue
        assert pack.said or pack.members == members()


def test_a_comment_or_a_second_end_is_refused(tmp_path: Path) -> None:
    """Two readers of such a zip may see two different lists of parts."""
    path = crafted(tmp_path, lambda archive: setattr(archive, "comment", b"hello"))
    with pytest.raises(PackError, match="changed on the way"):
        read_pack(path)


def test_a_zip_of_a_folder_of_ours_opens(tmp_path: Path) -> None:
    """Who unpacks a pack and packs it again gets an entry for the folder."""
    path = crafted(tmp_path, lambda archive: archive.writestr(zipfile.ZipInfo("evidence/"), b""))
    assert read_pack(path).members == members()


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be read"):
        read_pack(tmp_path / "gone.zip")


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"MZ" + b"\0" * 1000)
    with pytest.raises(PackError, match="no pack of easwizard"):
        read_pack(path)


# Making a case of it


def test_a_pack_becomes_a_new_case_with_its_copies(tmp_path: Path) -> None:
    pack = read_pack(packed(tmp_path))
    folder = tmp_path / "cases"
    made = unpack(pack, case_in(pack), folder, "contoso")
    again = unpack(pack, case_in(pack), folder, "contoso")
    assert (made.path.name, again.path.name) == ("contoso.eascase", "contoso-2.eascase")
    assert made.said == ()
    assert read_case(made.path) == case_in(pack)
    assert EvidenceFolder(made.path).read(COPY) == b"Name : EX07A"


@pytest.mark.parametrize("copy", ["../../evil.0123456789ab.txt", "con.e3b0c44298fc.xml", "x.0123456789ab.txt", "x"])
def test_a_copy_whose_name_does_not_fit_is_left_out_and_said(tmp_path: Path, copy: str) -> None:
    case = Case(Vantage("jump"), imports=(Import("x", "format-list", copy=copy),))
    pack = read_pack(packed(tmp_path, whole({CASE: case_lines(case).encode()})))
    pack = pack_file.Pack(pack.manifest, {**pack.members, f"{EVIDENCE}{copy}": b""}, ())
    made = unpack(pack, case, tmp_path / "cases", "contoso")
    assert len(made.said) == 1
    assert [file.name for file in (tmp_path / "cases").iterdir()] == ["contoso.eascase"]


def test_a_copy_that_is_missing_is_said(tmp_path: Path) -> None:
    parts = members()
    del parts[f"{EVIDENCE}{COPY}"]
    pack = read_pack(packed(tmp_path, whole(parts)))
    assert f"evidence/{COPY} is not in the pack" in unpack(pack, case_in(pack), tmp_path / "cases", "contoso").said


def test_a_broken_case_is_told_by_its_line(tmp_path: Path) -> None:
    pack = read_pack(packed(tmp_path, whole({CASE: b'{"format":"easwizard-case","version":1}\n{"event":"x"}\n'})))
    with pytest.raises(PackError, match=r"^case\.eascase, line 2"):
        case_in(pack)


def test_a_name_that_cannot_be_a_case_is_not_taken(tmp_path: Path) -> None:
    pack = read_pack(packed(tmp_path))
    assert unpack(pack, case_in(pack), tmp_path / "cases", "con").path.name == "pack.eascase"
