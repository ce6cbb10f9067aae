"""What is brought adds to what is there, goes again without a trace, and survives where its copies do."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.events import happened
from easwizard.case.requests import Target
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import ClientCertificates, Inventory, Role, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab import cmdlet_output as writers
from easwizard.storage.evidence_folder import CopiesInMemory, EvidenceFolder
from easwizard.workflow.bringing import (
    Outcome,
    Stock,
    events_of,
    stock_of,
    unused_copies,
    with_file,
    with_server,
    without,
)
from easwizard.workflow.given_paths import MOST_FILES, files_in, is_paths
from easwizard.workflow.name_records import named_anew
from tests.evidence.iis_samples import APPLICATION_HOST, LOOK, SECRET

NOW = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)
START = Case(Vantage("jump"))


def listing(server: str = "CAS07", certificates: str = "Ignore", url: str = "legacy.contoso.test") -> str:
    """One vdir as Format-List prints it."""
    return (
        f"Server          : {server}\nName            : Microsoft-Server-ActiveSync (Default Web Site)\n"
        f"WebsiteName     : Default Web Site\nClientCertAuth  : {certificates}\n"
        f"InternalUrl     : https://{url}/Microsoft-Server-ActiveSync\nBasicAuthEnabled : True\n"
    )


def paste(text: str, name: str = "paste", server: str | None = None) -> ImportFile:
    return ImportFile(name, text, server)


def brought(case: Case, copies: CopiesInMemory | EvidenceFolder, *files: ImportFile) -> tuple[Case, Stock]:
    """Bring all, one after another, as if each were opened anew."""
    stock = Stock()
    for file in files:
        before = stock_of(case, copies)
        stock, verdict = with_file(before, file, copies, NOW)
        assert verdict.outcome is Outcome.ADDED, verdict
        case = told(case, before, stock)
    return case, stock


def told(case: Case, before: Stock, after: Stock) -> Case:
    for event in events_of(case, before, after):
        case = happened(case, event)
    return case


def test_a_second_file_adds_to_the_first_and_removing_it_leaves_no_trace() -> None:
    copies = CopiesInMemory()
    one, stock = brought(START, copies, paste(listing()))
    both, after = brought(START, copies, paste(listing()), paste(listing("CAS08"), "two"))
    assert [v.server for v in both.inventory.vdirs] == ["CAS07", "CAS08"]
    assert [i.file for i in both.imports] == ["paste", "two"]
    assert told(both, after, without(after, 1)) == one
    assert told(one, stock, without(stock, 0)) == replace(START, observations=())


def test_a_record_says_when_and_whose_and_its_hash_and_copy() -> None:
    copies = CopiesInMemory()
    case, _ = brought(START, copies, paste(APPLICATION_HOST, "applicationHost.config", "EX13A"))
    [record] = case.imports
    assert (record.server, record.read_at) == ("EX13A", NOW)
    assert record.sha256 == hashlib.sha256(APPLICATION_HOST.encode()).hexdigest()
    assert record.copy is not None
    assert SECRET not in copies.read(record.copy).decode()
    assert SECRET not in repr(case)


def test_the_same_content_twice_is_said_and_not_added() -> None:
    copies = CopiesInMemory()
    _, stock = brought(START, copies, paste(listing()))
    for name, words in (("paste", "this very file"), ("other", "the same content as paste")):
        same, verdict = with_file(stock, paste(listing(), name), copies, NOW)
        assert same is stock
        assert verdict.outcome is Outcome.ALREADY
        assert words in verdict.words


LATER = NOW + timedelta(hours=1)


def test_a_newer_taking_takes_the_place_of_the_older_one() -> None:
    copies = CopiesInMemory()
    case, stock = brought(START, copies, paste(listing(), "vdirs.txt"), paste(listing("CAS08"), "other.txt"))
    after, verdict = with_file(stock, paste(listing(url="mended.contoso.test"), "vdirs.txt"), copies, LATER)
    assert verdict.outcome is Outcome.ADDED
    assert "takes the place of the one of 2026-01-01 14:02 UTC" in verdict.words
    mended = told(case, stock, after)
    assert [i.file for i in mended.imports] == ["other.txt", "vdirs.txt"]
    assert str({v.server: v.internal_url for v in mended.inventory.vdirs}["CAS07"]).endswith(
        "//mended.contoso.test/Microsoft-Server-ActiveSync"
    )
    assert not mended.contradictions
    assert unused_copies(stock, after) == (case.imports[0].copy,)


def test_the_collector_s_time_in_a_name_does_not_make_it_another_file() -> None:
    copies = CopiesInMemory()
    _, stock = brought(START, copies, paste(listing(), "easwizard-CAS07-20260101140000.txt"))
    again = paste(listing(url="mended.contoso.test"), "easwizard-CAS07-20260101150000 (1).txt")
    assert len(with_file(stock, again, copies, LATER)[0].held) == 1


@pytest.mark.parametrize(
    ("file", "when"),
    [
        (paste(listing(url="other.contoso.test"), "vdirs.txt"), NOW),  # brought together: two sources
        (paste(listing("CAS09"), "vdirs.txt"), LATER),  # tells of something else
        (paste(listing(url="other.contoso.test"), "new-shell.txt"), LATER),  # another file
        (paste(listing(url="other.contoso.test"), "vdirs.txt", "CAS07"), LATER),  # taken elsewhere
    ],
)
def test_two_sources_stay_two(file: ImportFile, when: datetime) -> None:
    copies = CopiesInMemory()
    _, stock = brought(START, copies, paste(listing(), "vdirs.txt"))
    assert len(with_file(stock, file, copies, when)[0].held) == 2


def test_what_is_of_no_use_takes_nobody_s_place() -> None:
    copies = CopiesInMemory()
    _, stock = brought(START, copies, paste(listing(), "vdirs.txt"))
    assert with_file(stock, paste("nothing that anybody knows", "vdirs.txt"), copies, LATER)[0] is stock


def test_two_servers_may_have_the_same_file_to_the_letter() -> None:
    copies = CopiesInMemory()
    case, _ = brought(
        START,
        copies,
        paste(APPLICATION_HOST, "applicationHost.config", "A"),
        paste(APPLICATION_HOST, "applicationHost.config", "B"),
    )
    assert {v.server for v in case.inventory.vdirs} == {"A", "B"}
    assert [i.file for i in case.imports] == ["applicationHost.config", "B-applicationHost.config"]


def test_an_ownerless_file_asks_for_its_server_and_an_unreadable_one_says_why(tmp_path: Path) -> None:
    copies = CopiesInMemory()
    stock, verdict = with_file(Stock(), paste(APPLICATION_HOST), copies, NOW)
    assert (stock, verdict.outcome) == (Stock(), Outcome.NEEDS_SERVER)
    for content, words in (
        (b"PK\x03\x04xxxx", "ZIP archive"), (b"", "empty"), (tmp_path / "none.xml", "No such file"),
        (tmp_path, "folder"),
        (b"just words of mine", "none of the formats"),
    ):  # fmt: skip
        stock, verdict = with_file(Stock(), ImportFile("x", content), copies, NOW)
        assert (stock, verdict.outcome) == (Stock(), Outcome.NOT_USED)
        assert words in verdict.words


def test_a_server_that_is_told_later_changes_whose_it_is() -> None:
    copies = CopiesInMemory()
    case, stock = brought(START, copies, paste(APPLICATION_HOST, "x.config", "WRONG"))
    after, verdict = with_server(stock, 0, "EX13A", copies)
    assert verdict.outcome is Outcome.ADDED
    case = told(case, stock, after)
    assert [v.server for v in case.inventory.vdirs] == ["EX13A"]
    assert case.imports[0].server == "EX13A"
    assert unused_copies(stock, after) == ()


def test_looks_of_a_paste_go_with_it() -> None:
    copies = CopiesInMemory()
    case, stock = brought(START, copies, paste(LOOK))
    assert case.observations
    assert told(case, stock, without(stock, 0)).observations == ()
    assert unused_copies(stock, without(stock, 0)) == (case.imports[0].copy,)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "contoso.eascase")


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_what_a_lost_copy_told_stays_until_it_is_removed(folder: EvidenceFolder, harm: str) -> None:
    lost = paste(listing("CAS07", "Required"), "lost")
    case, _ = brought(START, folder, lost, paste(listing("CAS08"), "left"))
    assert case.imports[0].copy is not None
    path = folder.path / case.imports[0].copy
    path.unlink() if harm == "gone" else path.write_bytes(b"something else")
    stock = stock_of(case, folder)
    assert [bool(h.why_lost) for h in stock.held] == [True, False]
    more, verdict = with_file(stock, paste(listing("CAS09"), "new"), folder, NOW)
    assert verdict.outcome is Outcome.ADDED
    after = told(case, stock, more)
    assert [v.server for v in after.inventory.vdirs] == ["CAS07", "CAS08", "CAS09"]
    kept = after.inventory.vdir("CAS07", "Default Web Site")
    assert kept == case.inventory.vdir("CAS07", "Default Web Site")
    assert told(after, more, without(more, 0)).inventory.vdir("CAS07", "Default Web Site") is None


def test_removing_another_file_takes_its_claims_although_a_copy_is_lost(folder: EvidenceFolder) -> None:
    case, _ = brought(START, folder, paste(listing(), "lost"), paste(listing("CAS08"), "left"))
    assert case.imports[0].copy is not None
    (folder.path / case.imports[0].copy).unlink()
    stock = stock_of(case, folder)
    after = told(case, stock, without(stock, 1))
    assert [v.server for v in after.inventory.vdirs] == ["CAS07"]


def test_what_is_brought_anew_counts_more_than_what_is_only_remembered(folder: EvidenceFolder) -> None:
    case, _ = brought(START, folder, paste(listing(certificates="Required"), "lost"))
    assert case.imports[0].copy is not None
    (folder.path / case.imports[0].copy).unlink()
    stock = stock_of(case, folder)
    after = told(case, stock, with_file(stock, paste(listing(certificates="Ignore"), "new"), folder, NOW)[0])
    vdir = after.inventory.vdir("CAS07", "Default Web Site")
    assert vdir is not None
    assert vdir.client_certificates is ClientCertificates.IGNORE


def test_what_new_files_contradict_each_other_about_is_not_filled_in_from_memory(folder: EvidenceFolder) -> None:
    case, _ = brought(START, folder, paste(listing(certificates="Required"), "lost"))
    assert case.imports[0].copy is not None
    (folder.path / case.imports[0].copy).unlink()
    before = stock = stock_of(case, folder)
    for number, word in enumerate(("Ignore", "Accepted")):
        stock, _ = with_file(stock, paste(listing(certificates=word), f"n{number}"), folder, NOW)
    vdir = told(case, before, stock).inventory.vdir("CAS07", "Default Web Site")
    assert vdir is not None
    assert vdir.client_certificates is None


def test_any_order_and_any_interruption_give_the_same_inventory(folder: EvidenceFolder) -> None:
    files = [paste(listing(f"CAS{n:02}"), f"f{n}") for n in range(4)]
    forth, _ = brought(START, folder, *files)
    back, _ = brought(START, folder, *reversed(files))
    assert forth.inventory == back.inventory


def test_names_that_are_named_later_lead_where_the_files_say() -> None:
    copies = CopiesInMemory()
    case, _ = brought(START, copies, paste(listing()))
    assert named_anew(case) is None
    case = replace(case, targets=(Target("legacy.contoso.test", 443, Role.LEGACY_GENERIC),))
    event = named_anew(case)
    assert event is not None
    case = happened(case, event)
    assert [e.label for n in case.inventory.namespaces for e in n.endpoints] == ["CAS07/Default Web Site"]
    assert named_anew(case) is None


def test_a_case_survives_its_journey_through_every_format(folder: EvidenceFolder) -> None:
    vdir = VirtualDirectory(
        "CAS07", "Default Web Site", product=Product.E2007, internal_url="https://legacy.contoso.test/x",
        external_url="",
        client_certificates=ClientCertificates.REQUIRE, basic=True, windows=False, extended_protection="none",
    )  # fmt: skip
    text = writers.clixml([writers.vdir_thing(vdir, "cas07.contoso.test", 1, "8.3.83.6")])
    case, stock = brought(START, folder, ImportFile("easvdirs.xml", text.encode("utf-16")))
    again = stock_of(case, folder)
    assert again.readings == stock.readings
    assert isinstance(case.inventory, Inventory)


# Paths as people give them


def names(text: str, **how: bool) -> list[str]:
    return [file.name for file in files_in(text, **how).files]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("a.xml", "b.xml", "my file.xml", "it's.xml", "c=d.txt", "applicationHost-EX13A.config"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_paths_in_all_their_clothes(here: Path) -> None:
    a, spaced = here / "a.xml", here / "my file.xml"
    for text in (f"{a}", f'"{a}"', f"'{a}' ", a.as_uri(), f"{a}\n", f"{a} {a}"):
        assert names(text) == ["a.xml"], text
    for text in (f"{spaced}", f'"{spaced}"', f"'{spaced}'", spaced.as_uri()):
        assert names(text) == ["my file.xml"], text
    assert names(f"{a} '{spaced}'\n{here / 'b.xml'}") == ["a.xml", "my file.xml", "b.xml"]
    assert names(str(spaced).replace(" ", "\\ "), windows=False) == ["my file.xml"]


def test_servers_folders_and_patterns(here: Path) -> None:
    [file] = files_in(f'EX13A="{here / "my file.xml"}"').files
    assert (file.server, file.name) == ("EX13A", "my file.xml")
    assert files_in(str(here / "applicationHost-EX13A.config")).files[0].server == "EX13A"
    assert len(names(str(here))) == 6
    assert names(str(here / "?.xml")) == ["a.xml", "b.xml"]
    assert names(str(here / "c=d.txt")) == ["c=d.txt"]


def test_what_comes_to_nothing_is_said(here: Path) -> None:
    (here / "empty").mkdir()
    for text, words in (
        (here / "none.xml", "no such file"), (here / "*.zip", "no file is called so"), (here / "empty", "no file"),
    ):  # fmt: skip
        [(_, why)] = files_in(f'"{text}"').troubles
        assert words in why
    (here / "many").mkdir()
    for number in range(MOST_FILES + 1):
        (here / "many" / str(number)).touch()
    assert "more than" in files_in(str(here / "many")).troubles[0][1]


def test_a_drop_is_told_from_a_paste(here: Path) -> None:
    assert is_paths(f"'{here / 'my file.xml'}' {here / 'a.xml'} ")
    assert is_paths(f"EX13A={here / 'a.xml'}")
    for text in ("", "Name : x", listing(), f"{here / 'none.xml'}", "x" * 10_000, "\x00"):
        assert not is_paths(text)
