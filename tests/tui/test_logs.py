"""Logs by keys: brought by path, folder and pattern, ended half-way, taken away; their tables, filters and rows."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from easwizard.case.case import Case, Vantage
from easwizard.case.log_counts import (
    Capped,
    DeviceCount,
    FileCoverage,
    HourCount,
    LogCounts,
    LogKind,
    NamedBy,
    TargetCount,
)
from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.log_rows import LogRowsScreen
from easwizard.tui.screens.logs import LogsScreen
from easwizard.tui.widgets.line_table import LineTable
from easwizard.workflow.log_files import event_of_logs
from easwizard.workflow.log_reading import read_counted
from easwizard.workflow.log_rows import MOST
from easwizard.workflow.stages import Stage
from tests.evidence.logs.made import BAD, GOOD, START, Asked, Log
from tests.tui.driving import LARGE, SMALL, WAIT_SECONDS, told, until
from tests.tui.staging import Stand, Theatre, is_harmless
from tests.workflow.test_bringing import listing

EMPTY = Case(Vantage("jump"))
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
ALL_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
HOSTILE = "[/x][@click=app.quit]q\u202e\x1b]8;;http://evil\x07=cmd|'/c'!A1"


def asked(number: int, target: str, status: int = 200, **more: object) -> Asked:
    user = f"anna{number % 5}"
    made = Asked(
        START + timedelta(minutes=number), user, f"PHONE{number % 5}", "Sync", "Apple-iPhone", target, status,
        7 if status == 403 else 0, 64 if status == 403 else 0, 12,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def article(count: int = 400, begins: int = 200) -> bytes:
    """A back end that draws one of two old hosts; one of them refuses from a certain request on."""
    log = Log("iis")
    log.head()
    for number in range(count):
        target = (GOOD, BAD)[number % 2]
        log.row(asked(number, target, 403 if target == BAD and number >= begins else 200))
    return bytes(log.content)


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with two logs in folders of their own, and a file that is none."""
    folder = tmp_path / "brought"
    for name, content in (("W3SVC1/u_ex1.log", article()), ("W3SVC2/u_ex2.log", article(100, 100))):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    (folder / "easvdirs.txt").write_text(listing("CAS07"))
    return folder


def counted(*paths: Path) -> Case:
    """A case that has read these logs."""
    counts = read_counted([str(path) for path in paths], lambda _: None, lambda: False)
    return replace(EMPTY, logs=event_of_logs(counts).counts)


async def given(stand: Stand, text: str) -> None:
    await stand.press("a")
    await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query("#line")), "no path was asked for")
    stand.pilot.app.screen.query_one("#line", Input).value = text
    await stand.press("enter")


def table(stand: Stand) -> LineTable:
    return stand.pilot.app.screen.query_one(LineTable)


def cells(stand: Stand) -> list[tuple[str, ...]]:
    return [line.cells for line in table(stand).lines]


async def opened(stand: Stand, *keys: str) -> None:
    """The screen of logs, with its lines."""
    await stand.press(*(keys or ("l",)))
    await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, LogsScreen), "the logs did not open")
    await until(stand.pilot, lambda: bool(table(stand).lines), "no line came")


async def rows_read(stand: Stand, key: str = "r") -> None:
    await stand.press(key)
    await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, LogRowsScreen), "no rows were read")
    screen = stand.pilot.app.screen
    assert isinstance(screen, LogRowsScreen)
    await until(
        stand.pilot,
        lambda: screen._searched is not None and len(table(stand).lines) == screen._searched.found,
        "the search did not end",
    )
    await stand.pilot.pause(0.15)


async def while_busy(holds: Callable[[], object]) -> None:
    """Wait beside a thread that works hard; a pilot would wait until it rests."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not holds():  # noqa: ASYNC110 - what is awaited happens in a thread that tells nobody
            await asyncio.sleep(0.005)


async def reading(stand: Stand, path: Path) -> None:
    """Until some of the log is read."""
    screen = stand.pilot.app.screen
    assert isinstance(screen, CaseScreen)
    await stand.press("a")
    await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query("#line")), "no path was asked for")
    stand.pilot.app.screen.query_one("#line", Input).value = str(path)
    stand.pilot.app.simulate_key("enter")
    await while_busy(lambda: screen.bringing.course is not None and screen.bringing.course.taken)


# Bringing


@SIZES
def test_a_log_is_counted_and_kept_by_its_path_and_hash_only(
    theatre: Theatre, logs: Path, size: tuple[int, int]
) -> None:
    path = logs / "W3SVC1" / "u_ex1.log"

    async def story(stand: Stand) -> None:
        await given(stand, str(path))
        await stand.until("Brought: 1 file", "Logs: 1 file", "400 rows used", "W3SVC1/u_ex1.log")
        assert stand.case.logs is not None
        [file] = stand.case.logs.coverage
        assert (file.file, file.used, file.kind) == (str(path), 400, LogKind.BACK_END)
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert stand.case.imports == ()
        await stand.press("down")
        await stand.until("400 ActiveSync, 0 probes", file.sha256[:30])
        await stand.press("enter")
        await stand.until(str(path)[:30])
        await stand.press("escape")

    theatre.play(EMPTY, Stage.EVIDENCE, story, size)
    assert not [*theatre.folder.glob("**/*.evidence")]


def test_a_folder_is_taken_with_all_below_it_and_what_is_no_log_is_evidence(theatre: Theatre, logs: Path) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, str(logs))
        await stand.until("Brought: 3 files", "easvdirs.txt", "Logs: 2 files", "500 rows used")
        assert [v.server for v in stand.case.inventory.vdirs] == ["CAS07"]

    theatre.play(EMPTY, Stage.EVIDENCE, story)


def test_a_pattern_names_logs_and_a_later_log_is_counted_with_those_of_before(theatre: Theatre, logs: Path) -> None:
    async def story(stand: Stand) -> None:
        await given(stand, str(logs / "*1" / "u_ex*.log"))
        await stand.until("Logs: 1 file", "400 rows used")
        await given(stand, str(logs / "W3SVC2"))
        await stand.until("Logs: 2 files", "500 rows used")
        assert stand.case.logs is not None
        assert sum(target.requests for target in stand.case.logs.targets) == 500

    theatre.play(EMPTY, Stage.EVIDENCE, story)


def test_one_log_is_taken_away_and_the_rest_is_counted_anew_and_then_all(theatre: Theatre, logs: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log", logs / "W3SVC2" / "u_ex2.log")

    async def story(stand: Stand) -> None:
        await stand.until("Logs: 2 files")
        await stand.press("down", "x")
        await stand.until("The other logs are read again")
        await stand.press("y")
        await stand.until("Logs: 1 file", "100 rows used")
        await stand.press("home", "x")
        await stand.until("All that logs told")
        await stand.press("y")
        await stand.until_gone("rows used")
        assert stand.case.logs is None

    theatre.play(case, Stage.EVIDENCE, story)
    assert (logs / "W3SVC1" / "u_ex1.log").exists()


def test_what_is_left_is_not_lost_where_it_cannot_be_counted_anew(theatre: Theatre, logs: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log", logs / "W3SVC2" / "u_ex2.log")
    (logs / "W3SVC2" / "u_ex2.log").unlink()

    async def story(stand: Stand) -> None:
        await stand.until("Logs: 2 files")
        await stand.press("down", "x")
        await until(stand.pilot, lambda: told(stand.pilot, "are not there any more"))
        assert stand.case.logs == case.logs
        await given(stand, str(logs / "W3SVC1"))
        await stand.until("1 of the 2 logs that were counted")
        await stand.press("escape")
        assert stand.case.logs == case.logs

    theatre.play(case, Stage.EVIDENCE, story)


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes a while to read in this process."""
    path = tmp_path_factory.mktemp("long") / "u_ex.log"
    path.write_bytes(article(20_000) * 6)
    return path


def test_ctrl_x_keeps_what_was_counted_and_says_partial(theatre: Theatre, long_log: Path) -> None:
    async def story(stand: Stand) -> None:
        await reading(stand, long_log)
        await while_busy(lambda: "ctrl+x ends it" in stand.text and "MB/s" in stand.text)
        stand.pilot.app.simulate_key("ctrl+x")
        await stand.until("partial")
        assert stand.case.logs is not None
        assert stand.case.logs.partial
        assert 0 < stand.case.logs.used < 120_000
        await opened(stand)
        await stand.until("PARTIAL", "Ended half-way")

    theatre.play(EMPTY, Stage.EVIDENCE, story)


def test_ended_while_logs_are_added_the_counts_of_before_stay(theatre: Theatre, logs: Path, long_log: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await reading(stand, long_log)
        stand.pilot.app.simulate_key("ctrl+x")
        await until(stand.pilot, lambda: told(stand.pilot, "counts of before stay"))
        assert stand.case.logs == case.logs

    theatre.play(case, Stage.EVIDENCE, story)


# Tables


@ALL_SIZES
def test_the_pages_say_what_fails_for_whom_and_since_when(
    theatre: Theatre, logs: Path, size: tuple[int, int]
) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await opened(stand)
        first, second = cells(stand)
        assert first[:5] == ("✗ mixed", BAD, "PrxTo", "200", "100")
        assert first[5] == "50.0 %"
        assert second[:5] == ("✓ good", GOOD, "PrxTo", "200", "0")
        await stand.until("▲ began", "█", "░")
        if size != (60, 20):
            await stand.until("fails since 2026-03-02 01:00 UTC")
        await stand.press("2")
        assert cells(stand)[0][:3] == ("2026-03-01 21:00", "5", "0")
        assert cells(stand)[-1][2] != "0"
        await stand.press("3")
        assert cells(stand)[0][1:5] == (
            "403 7 64", "100", "failed", "a client certificate is required and none came",
        )  # fmt: skip
        await stand.press("4")
        assert {line[1] for line in cells(stand)} == {f"anna{number}" for number in range(5)}
        await stand.press("5")
        assert ("PHONE0", "anna0", "80", "20") in [line[1:5] for line in cells(stand)]
        await stand.press("6")
        assert cells(stand) == [("✗ mixed", "Sync", "400", "100", "25.0 %")]
        await stand.press("7")
        assert cells(stand)[0][3:] == ("400", "400", "0", "0")
        await stand.press("tab")
        assert len(cells(stand)) == 2

    theatre.play(case, Stage.EVIDENCE, story, size)


@SIZES
def test_enter_narrows_and_a_typed_filter_too(theatre: Theatre, logs: Path, size: tuple[int, int]) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await opened(stand)
        await stand.press("enter")
        await stand.until(f"Only target {BAD}")
        assert [line[1] for line in cells(stand)] == [BAD]
        await stand.press("4")
        assert {line[2:4] for line in cells(stand)} == {("40", "20")}
        await stand.press("3")
        assert {line[0] for line in cells(stand)} == {BAD}
        await stand.press("backspace", "slash")
        stand.pilot.app.screen.query_one("#logs-search", Input).value = "user=ANNA1 target=legacyg*"
        await stand.press("enter", "1")
        assert [line[1:5] for line in cells(stand)] == [(GOOD, "PrxTo", "40", "0")]
        await stand.press("6")
        await stand.until("! Not narrowed by user and target: r reads the rows")
        await stand.press("backspace", "slash")
        stand.pilot.app.screen.query_one("#logs-search", Input).value = "2026-03-02 01"
        await stand.press("enter", "2")
        assert [line[0] for line in cells(stand)] == ["2026-03-02 01:00"]

    theatre.play(case, Stage.EVIDENCE, story, size)


def test_a_line_and_a_table_are_copied(theatre: Theatre, logs: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await opened(stand)
        await stand.press("c")
        assert f"target: {BAD}" in await stand.copied()
        await stand.press("C")
        await until(stand.pilot, lambda: len(stand.clipboard.texts) == 2)
        assert stand.clipboard.texts[-1].splitlines()[1].split("\t")[1] == BAD

    theatre.play(case, Stage.EVIDENCE, story)


def test_the_plot_is_drawn_in_ascii_where_the_terminal_has_no_more(theatre: Theatre, logs: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        app = stand.pilot.app
        assert isinstance(app, Wizard)
        app.ascii_only = True
        await opened(stand)
        await stand.until("^ began")
        plot = str(app.screen.query_one("#logs-detail-text").render())
        assert plot.isascii()
        assert "#" in plot
        assert ":" in plot

    theatre.play(case, Stage.EVIDENCE, story)


def test_a_million_devices_are_capped_and_that_is_said(theatre: Theatre) -> None:
    device = DeviceCount("PHONE1", "anna", "iPhone", "Apple", 9, 3)
    hour = HourCount(datetime(2026, 3, 1, 22, tzinfo=UTC), BAD, NamedBy.PRX_TO, 9, 3)
    counts = LogCounts(
        (FileCoverage("/none/u_ex.log", LogKind.BACK_END, 1_000_000, 1_000_000),),
        targets=(TargetCount(BAD, NamedBy.PRX_TO, 1_000_000, 3),),
        timeline=(hour,), devices=(device,), device_total=20_000, capped=(Capped("devices", 20_000, 980_000),),
    )  # fmt: skip

    async def story(stand: Stand) -> None:
        await opened(stand)
        await stand.press("5")
        await stand.until("More different devices than are kept: 20,000 kept")

    theatre.play(replace(EMPTY, logs=counts), Stage.EVIDENCE, story, LARGE)


def test_without_logs_the_screen_says_what_to_bring(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("f5")
        await stand.until("No log is in this case yet")
        await stand.press("r", "slash", "escape")
        await stand.until("What to bring, the best first")

    theatre.play(EMPTY, Stage.EVIDENCE, story)


# Rows


@SIZES
def test_the_rows_behind_a_number_are_as_many_as_it_says(theatre: Theatre, logs: Path, size: tuple[int, int]) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await opened(stand)
        await rows_read(stand, "f")
        await stand.until("100 rows fit; that is all of them", "403 7 64", "a client certificate is required")
        assert {(line[1], line[4]) for line in cells(stand)} == {("403 7 64", BAD)}
        assert len(cells(stand)) == 100
        await stand.press("c")
        assert "u_ex1.log" in await stand.copied()
        await stand.press("escape", "2", "end")
        assert (line := table(stand).line) is not None
        await rows_read(stand)
        assert len(cells(stand)) == int(line.cells[1])
        await stand.press("escape", "3")
        await rows_read(stand)
        assert len(cells(stand)) == 100
        await stand.press("escape", "5")
        await rows_read(stand)
        assert len(cells(stand)) == 80

    theatre.play(case, Stage.EVIDENCE, story, size)


def test_the_first_thousand_rows_are_shown_and_that_is_said(theatre: Theatre, long_log: Path) -> None:
    case = counted(long_log)

    async def story(stand: Stand) -> None:
        await opened(stand)
        await rows_read(stand)
        assert len(cells(stand)) == MOST
        await stand.until("The first 1,000 rows that fit; there may be more")
        await stand.press("end")
        assert table(stand).marked == MOST - 1

    theatre.play(case, Stage.EVIDENCE, story)


def test_a_search_is_ended_by_ctrl_x(theatre: Theatre, long_log: Path) -> None:
    """Nothing fits, so that it would go on to the end."""
    case = counted(long_log)

    async def story(stand: Stand) -> None:
        await opened(stand)
        screen = stand.pilot.app.screen
        assert isinstance(screen, LogsScreen)
        await stand.press("slash")
        stand.pilot.app.screen.query_one("#logs-search", Input).value = "device=NOBODY"
        await stand.press("enter")
        stand.pilot.app.simulate_key("r")
        await while_busy(lambda: "ctrl+x ends it" in stand.text)
        stand.pilot.app.simulate_key("ctrl+x")
        await stand.until("None was found until it was ended", "0 rows found; ended half-way")

    theatre.play(case, Stage.EVIDENCE, story)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("gone", "it is not there any more"),
        ("cut", "it is shorter than"),
        ("other", "SHA-256"),
        ("grown", "has grown"),
    ],
)
def test_a_log_that_is_not_what_was_counted_is_said(theatre: Theatre, logs: Path, what: str, words: str) -> None:
    path = logs / "W3SVC1" / "u_ex1.log"
    case, content = counted(path), path.read_bytes()
    if what == "gone":
        path.unlink()
    else:
        changed = {"cut": content[: len(content) // 2], "other": content.replace(b"anna1", b"anna9"),
                   "grown": content + content[-200:]}  # fmt: skip
        path.write_bytes(changed[what])

    async def story(stand: Stand) -> None:
        await opened(stand)
        await rows_read(stand)
        await stand.until("u_ex1.log", words)

    theatre.play(case, Stage.EVIDENCE, story, LARGE)


# What logs may say


def nasty_log(path: Path) -> Path:
    log = Log("iis")
    log.head()
    for number in range(40):
        text = HOSTILE.replace(" ", "+")
        log.row(asked(number, BAD, 403, device=f"{text}{number}", agent=text, user=f"{text}{number}", error=text))
    path.write_bytes(bytes(log.content))
    return path


@ALL_SIZES
def test_hostile_agents_users_and_devices_are_text(theatre: Theatre, size: tuple[int, int]) -> None:
    case = counted(nasty_log(theatre.folder / "u_ex.log"))

    async def story(stand: Stand) -> None:
        assert stand.case.logs is not None
        await stand.until("40 rows used") if size != (60, 20) else None
        assert stand.case.logs.used == 40
        await opened(stand)
        for page in "1234567":
            await stand.press(page, "down")
            assert is_harmless(stand.text), page
            await stand.press("C")
        await stand.press("5", "enter")
        await rows_read(stand)
        assert is_harmless(stand.text)
        assert len(cells(stand)) == 1
        await stand.press("c", "C")
        await until(stand.pilot, lambda: len(stand.clipboard.texts) >= 9)
        assert not any("\x1b" in text or "\u202e" in text for text in stand.clipboard.texts)

    theatre.play(case, Stage.EVIDENCE, story, size)


@SIZES
def test_hidden_names_are_on_no_page_and_in_no_row(theatre: Theatre, logs: Path, size: tuple[int, int]) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")
    secret = ("anna", "phone1", "legacy", "contoso.test", "u_ex1")

    async def story(stand: Stand) -> None:
        await stand.press("f9")
        await until(stand.pilot, lambda: "u_ex1" not in stand.text)
        await opened(stand)

        def hides(place: str) -> None:
            assert not [name for name in secret if name in stand.text.casefold()], (place, stand.text)

        for page in "123456":
            await stand.press(page)
            hides(page)
        await stand.press("4", "enter")
        await stand.until("Only user user-")
        await rows_read(stand)
        hides("rows")
        assert len(cells(stand)) == 80
        await stand.press("f9")
        await stand.until("anna")
        await stand.press("escape")
        await stand.until("Only user anna")

    theatre.play(case, Stage.EVIDENCE, story, size)


# From a clue


@SIZES
def test_a_clue_of_the_logs_leads_to_the_logs_of_its_target(
    theatre: Theatre, logs: Path, size: tuple[int, int]
) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await stand.until("CONFIRMED")
        await stand.press("w")
        await stand.until("For it")
        await stand.press("enter")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, LogsScreen))
        await stand.until("Only target legacy")
        await stand.press("escape")
        await stand.until("For it")

    theatre.play(case, Stage.DIAGNOSIS, story, size)


def test_the_palette_leads_to_the_logs(theatre: Theatre, logs: Path) -> None:
    case = counted(logs / "W3SVC1" / "u_ex1.log")

    async def story(stand: Stand) -> None:
        await stand.press("ctrl+p")
        await stand.press(*"logs")
        await stand.until("What the logs say")
        await stand.press("down", "enter")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, LogsScreen))

    theatre.play(case, Stage.SYMPTOMS, story)


# The event loop


@pytest.fixture(scope="module")
def watched() -> dict[str, object]:
    """A log that is large enough to be read by another process; once more where it was slow by chance."""
    told = _watched()
    return _watched() if told["costly"] else told


def _watched() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.tui.watched_logs", "55"],
        env=dict(os.environ), capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_nothing_keeps_the_event_loop_while_a_large_log_is_read(watched: dict[str, object]) -> None:
    assert watched["partial"] is False
    assert isinstance(watched["used"], int)
    assert watched["used"] > 100_000
    assert watched["costly"] == []


def test_a_case_keeps_its_logs_through_its_file(theatre: Theatre, logs: Path) -> None:
    """What is on the screen is what is in the case: opened again, nothing is read anew."""
    case = counted(logs / "W3SVC1" / "u_ex1.log")
    (logs / "W3SVC1" / "u_ex1.log").unlink()

    async def story(stand: Stand) -> None:
        await stand.until("Logs: 1 file", "400 rows used")
        await opened(stand)
        assert cells(stand)[0][1] == BAD

    theatre.play(case, Stage.EVIDENCE, story)


def test_the_wizard_needs_no_logs_screen_until_somebody_comes() -> None:
    """Its modules are not loaded with the first screen."""
    code = "import sys, easwizard.tui.app; print('easwizard.tui.screens.logs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
