"""Stage 4 by keys: what to bring and its commands; files and pastes that are brought, told, taken away, kept."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Event, ImportsRead, TargetsNamed
from easwizard.case.requests import Target
from easwizard.cli.shelf import Shelf
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.evidence_list import evidence_list
from easwizard.diagnosis.paste_block import paste_block
from easwizard.evidence.collector.collector import collector_script
from easwizard.exchange.inventory import Role
from easwizard.storage.case_file import read_case
from easwizard.storage.evidence_folder import EvidenceFolder
from easwizard.tui.app import Wizard
from easwizard.tui.messages import Happened
from easwizard.tui.screens.browse import BrowseScreen
from easwizard.tui.screens.browse import listing as listing_of
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.services import CannotSave, Opened
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.evidence.iis_samples import APPLICATION_HOST, NETSH, SECRET, samples
from tests.evidence.test_large_files import pieces
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, drive, told, until
from tests.tui.services import NOW, FakeClipboard, services
from tests.tui.staging import Stand, Story, Theatre, hostile, is_harmless
from tests.workflow.test_bringing import listing

OPEN = cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@SIZES
def test_the_best_comes_first_with_why_and_for_what(theatre: Theatre, size: tuple[int, int]) -> None:
    best = evidence_list(diagnose(OPEN))[0]

    async def story(stand: Stand) -> None:
        await stand.until("What to bring", f"1  {best.evidence[:40]}", "Why  ", "Run  ", "For  ", best.settles[0][0])
        await stand.press("c")
        assert await stand.copied() == best.how

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_every_command_can_be_copied(theatre: Theatre) -> None:
    wanted = evidence_list(diagnose(OPEN))
    assert len(wanted) > 1

    async def story(stand: Stand) -> None:
        for number, one in enumerate(wanted):
            stand.clipboard.texts.clear()
            await stand.press("c")
            assert await stand.copied() == one.how, number
            await stand.press("down")

    theatre.play(OPEN, Stage.EVIDENCE, story)


@SIZES
def test_the_paste_for_the_new_servers_is_copied_whole(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("end")
        await stand.until("One paste for each new server", "oldmail.test", "it only reads")
        await stand.press("c")
        assert await stand.copied() == paste_block(OPEN)

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_without_legacy_names_there_is_no_paste_and_without_findings_nothing_to_bring(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("Nothing is open yet")
        assert "one paste" not in stand.text
        await stand.press("c", "enter", "down")
        assert stand.clipboard.texts == []

    theatre.play(Case(Vantage("jump")), Stage.EVIDENCE, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text_and_never_in_the_paste(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("What to bring")
        for _ in range(6):
            assert is_harmless(stand.text)
            await stand.press("down")
        await stand.press("end", "c")
        assert "click" not in await stand.copied()

    theatre.play(replace(hostile()), Stage.EVIDENCE, story, size)


def test_the_collector_is_written_and_its_hash_is_told(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("one script that collects all of it")
        await stand.press("w")
        await until(stand.pilot, lambda: told(stand.pilot, "SHA-256"))
        assert told(stand.pilot, collector_script().sha256)
        [written] = (stand.folder / "copied").iterdir()
        assert hashlib.sha256(written.read_bytes()).hexdigest() == collector_script().sha256
        await stand.press("w")
        await until(stand.pilot, lambda: len(stand.pilot.app._notifications) > 1)
        assert len([*written.parent.iterdir()]) == 1

    theatre.play(OPEN, Stage.EVIDENCE, story)


# Bringing


async def given(stand: Stand, key: str, text: str) -> None:
    """Open a dialog of one line, paste into it, and say Enter."""
    await stand.press(key)
    await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query("#line")), "no line was asked for")
    stand.pilot.app.screen.query_one("#line", Input).value = text
    await stand.press("enter")


async def drop(stand: Stand, text: str) -> None:
    """What a terminal sends when something is pasted, or a file is dragged into it."""
    stand.pilot.app.post_message(Paste(text))
    await stand.pilot.pause()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of things to bring."""
    folder = tmp_path / "to bring"
    folder.mkdir()
    (folder / "easvdirs.txt").write_text(listing("CAS07"))
    (folder / "notes.docx").write_bytes(b"PK\x03\x04")
    (folder / "applicationHost.config").write_text(APPLICATION_HOST)
    (folder / "applicationHost-EX13A.config").write_text(APPLICATION_HOST)
    return folder


@SIZES
def test_a_file_is_added_by_its_path_and_read_line_by_line(
    theatre: Theatre, files: Path, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("Brought: 1 file", "easvdirs.txt", "1 vdir", "Format-List, read 2026-01-01 14:02 UTC")
        [record] = stand.case.imports
        assert (record.file, record.format) == ("easvdirs.txt", "Format-List")
        assert record.sha256 == hashlib.sha256((files / "easvdirs.txt").read_bytes()).hexdigest()
        assert [v.server for v in stand.case.inventory.vdirs] == ["CAS07"]
        await stand.press("enter")
        await stand.until("Understood", "1 ActiveSync virtual directory", "Still not known", str(record.sha256))
        await stand.press("escape")
        await stand.until("What to bring, the best first")

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


@SIZES
def test_what_cannot_be_used_is_shown_with_why_and_is_not_in_the_case(
    theatre: Theatre, files: Path, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", f'"{files / "none.xml"}" "{files / "notes.docx"}"')
        await stand.until("Brought: nothing yet", "not used", "notes.docx", "none.xml", "ZIP archive")
        assert stand.case == replace(OPEN, stage=stand.case.stage)
        await stand.press("down")
        await stand.until("there is no such file", "nothing of it was taken")
        await stand.press("x")
        await stand.until_gone("none.xml")
        await stand.press("x")
        await stand.until_gone("Brought")

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


@SIZES
def test_an_ownerless_file_asks_for_its_server(theatre: Theatre, files: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "applicationHost.config"))
        await stand.until("On which server was applicationHost.config taken?")
        await stand.press("E", "X", "1", "6", "enter")
        await stand.until("Brought: 1 file", "EX16")
        assert [(i.server, i.file) for i in stand.case.imports] == [("EX16", "applicationHost.config")]
        assert {v.server for v in stand.case.inventory.vdirs} == {"EX16"}
        await given(stand, "s", "EX17")
        await stand.until("EX17")
        assert {v.server for v in stand.case.inventory.vdirs} == {"EX17"}

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_without_an_answer_it_waits_among_what_was_not_taken(theatre: Theatre, files: Path) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "applicationHost.config"))
        await stand.until("On which server")
        await stand.press("escape")
        await stand.until("needs its server", "nothing of it was taken")
        assert stand.case.imports == ()

    theatre.play(OPEN, Stage.EVIDENCE, story)


@SIZES
def test_a_paste_says_what_it_reads_as_and_is_taken(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("p")
        await stand.until("Nothing yet")
        await drop(stand, listing("CAS07"))
        await stand.until("Reads as Format-List: 1 x ActiveSync virtual directory")
        await stand.press("ctrl+s")
        await stand.until("Brought: 1 file", "pasted-1", "1 vdir")
        assert stand.case.imports[0].file == "pasted-1"

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_a_paste_without_an_owner_asks_for_it_and_nonsense_stays_where_it_is(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("p")
        await drop(stand, "just words")
        await stand.until("Not readable")
        await stand.press("ctrl+s")
        assert "just words" in stand.text
        area = stand.pilot.app.screen.query_one("#text", TextArea)
        area.text = NETSH
        await stand.until("on which server was it taken?")
        await stand.press("ctrl+s")
        await until(stand.pilot, lambda: getattr(stand.pilot.app.focused, "id", "") == "server")
        await stand.press("E", "X", "1", "6", "enter")
        await stand.until("Brought: 1 file", "EX16")
        assert stand.case.imports[0].server == "EX16"

    theatre.play(OPEN, Stage.EVIDENCE, story)


def test_a_file_that_is_dropped_is_added_and_a_text_goes_to_the_paste(theatre: Theatre, files: Path) -> None:
    async def story(stand: Stand) -> None:
        await drop(stand, f"'{files / 'easvdirs.txt'}' ")
        await stand.until("Brought: 1 file")
        await drop(stand, listing("CAS08"))
        await stand.until("Reads as Format-List")
        await stand.press("ctrl+s")
        await stand.until("Brought: 2 files")

    theatre.play(OPEN, Stage.EVIDENCE, story)


@SIZES
def test_files_are_chosen_by_browsing(theatre: Theatre, files: Path, size: tuple[int, int]) -> None:
    (files / ".hidden.txt").write_text(listing("CAS09"))
    (files / "deeper").mkdir()

    async def story(stand: Stand) -> None:
        await stand.press("b")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, BrowseScreen))
        screen = stand.pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        screen._open(files)
        await stand.until("deeper", ".hidden.txt", "notes.docx")
        await stand.press("enter")
        await stand.until(files.parent.name)
        assert screen.folder == files.parent.resolve()
        await stand.press("enter")
        await until(stand.pilot, lambda: screen.folder == files.resolve())
        await stand.press("end", "space", "up", "up", "space")
        await stand.until("2 files marked")
        await stand.press("enter")
        await stand.until("Brought: 1 file", ".hidden.txt", "notes.docx")

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_a_folder_that_cannot_be_read_is_said_and_drives_stand_above() -> None:
    assert "cannot be looked into" in listing_of(Path("/none/of/this")).trouble
    assert listing_of(None).folder is None


@SIZES
def test_a_file_is_taken_away_after_a_question_and_the_same_is_not_taken_twice(
    theatre: Theatre, files: Path, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("Brought: 1 file")
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("there already", "was brought already")
        assert len(stand.case.imports) == 1
        await stand.press("home", "x")
        await stand.until("Take easvdirs.txt away?")
        await stand.press("enter", "n")
        assert len(stand.case.imports) == 1
        await stand.press("x", "y")
        await until(stand.pilot, lambda: not stand.case.imports)
        assert stand.case.inventory.vdirs == ()

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_names_that_come_after_the_files_lead_where_these_say(theatre: Theatre, files: Path) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("Brought: 1 file")
        target = Target("legacy.contoso.test", 443, Role.LEGACY_GENERIC)
        stand.pilot.app.screen.post_message(Happened((TargetsNamed((target,)),)))
        await until(stand.pilot, lambda: stand.case.targets == (target,))
        [record] = stand.case.inventory.namespaces
        assert [e.label for e in record.endpoints] == ["CAS07/Default Web Site"]

    theatre.play(OPEN, Stage.EVIDENCE, story)


def test_hidden_names_are_shown_hidden_and_typed_ones_are_meant(theatre: Theatre, files: Path) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, "a", str(files / "applicationHost-EX13A.config"))
        await stand.until("Brought: 1 file", "EX13A")
        await stand.press("f9")
        await stand.until_gone("EX13A")
        await until(stand.pilot, lambda: "server-" in stand.text)
        hidden = next(word for word in stand.text.split() if word.startswith("server-"))
        (files / "second.config").write_text(APPLICATION_HOST + "\n")
        await given(stand, "a", f"{hidden}={files / 'second.config'}")
        await until(stand.pilot, lambda: len(stand.case.imports) == 2)
        assert stand.case.imports[1].server == "EX13A"

    theatre.play(OPEN, Stage.EVIDENCE, story)


# Large files


def test_a_large_file_shows_how_far_it_is_and_can_be_ended(theatre: Theatre, tmp_path: Path) -> None:
    large, small = tmp_path / "large.xml", tmp_path / "small.txt"
    with large.open("wb") as stream:
        stream.writelines(pieces(12_000))
    small.write_text(listing("CAS07"))

    async def story(stand: Stand) -> None:
        await given(stand, "a", f"'{small}' '{large}'")
        await stand.until("Reading 2 of 2  large.xml", "objects", "ctrl+x ends it")
        await stand.press("ctrl+x")
        await stand.until_gone("ctrl+x ends it")
        await stand.until("Brought: 1 file", "small.txt")
        assert [i.file for i in stand.case.imports] == ["small.txt"]

    theatre.play(OPEN, Stage.EVIDENCE, story)


# A case on disk


def on_disk(tmp_path: Path, story: Story, path: Path | None = None, *, readable: bool = False) -> None:
    """Open a case of the real shelf at stage 4 and tell the story."""
    shelf = Shelf(tmp_path, lambda: NOW)
    opened = shelf.create("contoso") if path is None else shelf.read(path) if readable else shelf.open(path)
    clipboard = FakeClipboard()
    app = Wizard(services(tmp_path / "copied", clipboard=clipboard), opened)
    journal = opened.journal if opened.journal is not None else Unsaved(opened.case)

    async def told_story(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None)
        stand = Stand(pilot, clipboard, cast(Unsaved, journal), tmp_path)
        await stand.press("4")
        await until(pilot, lambda: bool(pilot.app.screen.query("#stage-evidence")))
        await story(stand)

    try:
        drive(app, told_story)
    finally:
        if opened.journal is not None:
            opened.journal.close()


def test_a_saved_case_is_opened_again_with_its_folder_and_goes_on(tmp_path: Path, files: Path) -> None:
    async def first(stand: Stand) -> None:
        await given(stand, "a", str(files / "applicationHost-EX13A.config"))
        await stand.until("Brought: 1 file", "contoso.evidence")

    async def second(stand: Stand) -> None:
        await stand.until("Brought: 1 file", "EX13A")
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("Brought: 2 files")
        assert {v.server for v in stand.case.inventory.vdirs} == {"CAS07", "EX13A"}
        await stand.press("home", "x", "y")
        await until(stand.pilot, lambda: len(stand.case.imports) == 1)
        assert {v.server for v in stand.case.inventory.vdirs} == {"CAS07"}

    case = tmp_path / "contoso.eascase"
    on_disk(tmp_path, first)
    folder = tmp_path / "contoso.evidence"
    [copy] = folder.iterdir()
    assert read_case(case).imports[0].copy == copy.name
    on_disk(tmp_path, second, case)
    assert [i.copy for i in read_case(case).imports] == [p.name for p in folder.iterdir()]
    for path in (case, *folder.iterdir()):
        assert SECRET not in path.read_text(encoding="utf-8"), path


def test_no_planted_secret_is_in_a_copy_the_case_or_on_a_screen(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name, (_, text) in samples().items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "listing.txt").write_text(f"{listing('CAS07')}AnonymousUserPass : {SECRET}\n", encoding="utf-8")
    seen: list[str] = []

    async def story(stand: Stand) -> None:
        screen = stand.pilot.app.screen
        for path in sorted(folder.iterdir()):
            await given(stand, "a", f"EX13A={path}")
            await until(stand.pilot, lambda: cast(CaseScreen, screen).bringing.course is None)
        await until(stand.pilot, lambda: len(stand.case.imports) > 6)
        await stand.press("home")
        for _ in stand.case.imports:
            seen.append(stand.text)
            await stand.press("enter")
            seen.append(stand.text)
            await stand.press("escape", "down")

    on_disk(tmp_path, story)
    kept = [tmp_path / "contoso.eascase", *(tmp_path / "contoso.evidence").iterdir()]
    assert len(kept) > 7
    assert not [p for p in kept if SECRET in p.read_text(encoding="utf-8")]
    assert not [text for text in seen if SECRET in text]


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_lost_copy_is_said_and_its_claims_stay_until_it_is_taken_away(
    tmp_path: Path, files: Path, harm: str
) -> None:
    async def first(stand: Stand) -> None:
        await given(stand, "a", f"'{files / 'easvdirs.txt'}'")
        await stand.until("Brought: 1 file")

    async def second(stand: Stand) -> None:
        await stand.until("copy lost", "until you take it away")
        await given(stand, "a", str(files / "applicationHost-EX13A.config"))
        await stand.until("Brought: 2 files")
        assert {v.server for v in stand.case.inventory.vdirs} == {"CAS07", "EX13A"}
        await stand.press("home", "x", "y")
        await until(stand.pilot, lambda: len(stand.case.imports) == 1)
        assert {v.server for v in stand.case.inventory.vdirs} == {"EX13A"}

    on_disk(tmp_path, first)
    [copy] = (tmp_path / "contoso.evidence").iterdir()
    copy.unlink() if harm == "gone" else copy.write_text("something else")
    on_disk(tmp_path, second, tmp_path / "contoso.eascase")


def test_a_case_that_may_only_be_read_refuses_in_its_own_words(tmp_path: Path, files: Path) -> None:
    async def first(stand: Stand) -> None:
        await given(stand, "a", str(files / "easvdirs.txt"))
        await stand.until("Brought: 1 file")

    async def second(stand: Stand) -> None:
        await stand.until("Brought: 1 file")
        for number, key in enumerate(("a", "b", "p", "x", "s"), start=1):
            await stand.press(key)
            await until(stand.pilot, lambda n=number: len(stand.pilot.app._notifications) >= n)  # type: ignore[misc]
        assert told(stand.pilot, "may only be read")
        assert not isinstance(stand.pilot.app.screen, ModalScreen)
        await stand.press("enter")
        await stand.until("Understood", "1 ActiveSync virtual directory")

    on_disk(tmp_path, first)
    on_disk(tmp_path, second, tmp_path / "contoso.eascase", readable=True)


def test_the_case_speaks_of_a_copy_only_when_it_is_there(tmp_path: Path, files: Path) -> None:
    """Where the case cannot be written, the copy that was kept goes again; what was before stays."""

    class Full(Unsaved):
        def append(self, events: Iterable[Event]) -> Case:
            told = tuple(events)
            if any(isinstance(event, ImportsRead) for event in told):
                [copy] = folder.path.iterdir()
                assert folder.read(copy.name)
                raise CannotSave("the disk is full")
            return super().append(told)

    folder = EvidenceFolder(tmp_path / "contoso.eascase")
    journal = Full(OPEN)
    app = Wizard(services(tmp_path / "copied"), Opened("contoso", OPEN, journal, copies=folder))

    async def story(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None)
        stand = Stand(pilot, FakeClipboard(), journal, tmp_path)
        await stand.press("4")
        await stand.until("What to bring")
        await given(stand, "a", str(files / "easvdirs.txt"))
        await until(pilot, lambda: told(pilot, "the disk is full"))
        await until(pilot, lambda: not folder.path.exists())

    drive(app, story)
    assert journal.case.imports == ()


HOSTILE_NAME = "[@click=app.quit]x[bold]\x1b[2J\u202e.txt"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file of such a name")
@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_names_and_contents_are_text(theatre: Theatre, tmp_path: Path, size: tuple[int, int]) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    text = (
        listing("[/x][bold]CAS\x1b[2J", url="[@click=app.quit]old.test") + "[/x]\x1b]8;;http://evil\x07 : \u202ex\n"
    )
    (folder / HOSTILE_NAME).write_text(text, encoding="utf-8")
    (folder / f"2{HOSTILE_NAME}").write_text("\x1b[2J[/x] nothing", encoding="utf-8")

    async def story(stand: Stand) -> None:
        await given(stand, "a", str(folder))
        await until(stand.pilot, lambda: bool(stand.case.imports))
        await stand.until("Brought: 1 file")
        for key in ("up", "down", "home", "enter", "escape", "x", "n", "s", "escape", "b"):
            await stand.press(key)
            assert is_harmless(stand.text)
        screen = stand.pilot.app.screen
        assert isinstance(screen, BrowseScreen)
        screen._open(folder)
        await stand.until("[@click")
        assert is_harmless(stand.text)

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_a_practice_estate_offers_what_it_says_of_itself(theatre: Theatre, tmp_path: Path) -> None:
    folder = tmp_path / "its own files"
    folder.mkdir()
    (folder / "easvdirs.txt").write_text(listing(), encoding="utf-8")
    theatre.practice.written = (folder,)

    async def story(stand: Stand) -> None:
        await stand.press("a")
        await stand.until("Enter takes what this practice estate says of itself.")
        await stand.press("enter")
        await stand.until("easvdirs.txt", "1 file")

    theatre.play(OPEN, Stage.EVIDENCE, story)
