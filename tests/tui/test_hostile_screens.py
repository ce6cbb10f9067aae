"""Everybody outside says what may harm a screen, and every screen shows it as text: no markup, no control character.

First a case file full of it, as it may come by mail; then real servers, DNS and HTTPS, that say it themselves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from rich.segment import Segment
from textual.pilot import Pilot
from textual.widgets import TextArea

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import Resolver, Target
from easwizard.cli.shelf import Shelf
from easwizard.cli.toolbox import Tools
from easwizard.exchange.inventory import Role
from easwizard.storage.case_file import write_case
from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.start import StartScreen
from easwizard.tui.services import Keys, Practice, Services
from easwizard.workflow.session import Unsaved
from tests.probes.certificates import Authority
from tests.probes.hostile import TalkingServer, context_of, once
from tests.probes.servers import DnsServer
from tests.tui.driving import LARGE, SMALL, drive, screen_text, shown, until
from tests.tui.services import NOW, FakePractice, opened, services
from tests.tui.staging import HOSTILE, hostile, is_harmless
from tests.tui.test_start import TO_THE_FIRST_CASE

RAW = (
    "[/x][@click=app.quit]x[/][bold][$primary][link=http://evil]l[/link]\x1b[2J\x1b]8;;http://evil\x07here\x1b]8;;\x07"
    "\u202etxt.exe\u2066\u200b\x07\x08\r\n\x7f\x9b31m\U000e0041漢字👩\u200d💻e\u0301"
)
"""Markup, an erased screen, a link, directions, what is not seen, a bell, lines, a tag, double width."""
LONG = RAW * 120
_FOLDER = "[bold][@click=app.quit]cases[$primary]"
SIZES = (SMALL, LARGE)
WALK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("1", ("tab", "enter", "left_square_bracket", "end")),
    ("2", ("down", "down", "end", "p", "end", "escape", "home", "r", "enter", "escape")),
    ("3", ("enter", "pagedown", "end", "escape", "down", "enter", "end", "escape")),
    ("3", ("end", "enter", "escape", "p", "escape")),
    ("4", ("down", "end")),
    ("5", ("w", "enter", "end", "escape", "down", "enter", "escape", "w")),
    ("5", ("x", "x", "n", "n", "m", "right", "end", "m")),
    ("5", ("z", "down", "down", "end", "z")),
    ("6", ("enter", "down", "end")),
    ("7", ("t", "end", "right", "d", "end", "j", "pagedown", "end")),
)  # fmt: skip
"""Stages and keys: every page, dialog and raw look that there is."""


def segments(pilot: Pilot[None]) -> Iterator[Segment]:
    for strip in pilot.app.screen._compositor.render_strips():
        yield from strip


def check(pilot: Pilot[None], where: object) -> None:
    """Nothing on the screen can steer a terminal or be clicked by the will of others."""
    assert pilot.app.is_running, where
    assert is_harmless(screen_text(pilot)), where
    for segment in segments(pilot):
        assert segment.control is None, where
        assert all(character.isprintable() for character in segment.text), (where, segment.text)
        style = segment.style
        assert style is None or (style.link is None and "@click" not in style.meta), (where, segment)
    for note in pilot.app._notifications:
        assert not note.markup, note


def case_screen(pilot: Pilot[None]) -> CaseScreen:
    found = pilot.app.screen
    assert isinstance(found, CaseScreen)
    return found


async def walk(pilot: Pilot[None], stages: str = "1234567") -> None:
    """Through these stages and everything that opens from them."""
    screen = case_screen(pilot)
    await until(pilot, lambda: screen.view is not None and screen.pane is not None)
    for number, keys in (step for step in WALK if step[0] in stages):
        while str(screen.stage.number) != number:
            before = screen.stage
            await pilot.press("f6")
            await until(pilot, lambda before=before: screen.stage is not before)  # type: ignore[misc]
        if (number, keys[0]) == ("3", "enter"):
            await everywhere(pilot, number)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            check(pilot, (number, key))
        while pilot.app.screen is not screen:
            await pilot.press("escape")
            await pilot.pause()


async def everywhere(pilot: Pilot[None], where: object) -> None:
    """What opens above any screen."""
    for opens in ("f1", "ctrl+p", "f9", "f9"):
        await pilot.press(opens)
        await pilot.pause()
        check(pilot, (where, opens))
        if opens in ("f1", "ctrl+p"):
            await pilot.press("escape")
            await pilot.pause()


def test_the_check_sees_what_harms() -> None:
    """A check that finds nothing would find nothing."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Careless(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("[@click=app.quit]x[/]")

    async def run() -> None:
        app = Careless()
        async with app.run_test() as pilot:
            with pytest.raises(AssertionError):
                check(pilot, "markup")

    import asyncio

    asyncio.run(run())
    assert not is_harmless("\x1b[2J")
    assert not is_harmless("\u202e")


def hostile_file(path: Path) -> None:
    """A case file whose every text is as it was sent, not made harmless on its way."""
    write_case(path, replace(hostile(), vantage=Vantage(HOSTILE, (Resolver(HOSTILE, "127.0.0.1"),))))
    inside, raw = (json.dumps(text)[1:-1] for text in (HOSTILE, RAW))
    text = path.read_text(encoding="utf-8")
    assert inside in text
    path.write_text(text.replace(inside * 20, json.dumps(LONG)[1:-1]).replace(inside, raw), encoding="utf-8")


@contextmanager
def at(tmp_path: Path) -> Iterator[Services]:
    """A real shelf in a folder with a bad name, and copies beside it."""
    folder = tmp_path / _FOLDER
    folder.mkdir()
    given = services(folder / "copied")
    yield replace(given, shelf=Shelf(folder, lambda: NOW), vantage=RAW)


def bad_name() -> str:
    """Of a case: what this system lets stand in a file name."""
    return "[@click=app.quit]q[$primary]" + ("" if os.name == "nt" else "\x1b[2J\u202e\x07漢字👩💻")


@pytest.mark.parametrize("size", SIZES)
def test_a_hostile_case_file_is_text_on_every_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    with at(tmp_path) as given:
        folder = tmp_path / _FOLDER
        hostile_file(folder / f"{bad_name()}.eascase")

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: shown(pilot, "[@click=app.quit]q"))
            check(pilot, "start")
            await everywhere(pilot, "start")
            await pilot.press(*TO_THE_FIRST_CASE, "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
            await walk(pilot)

        drive(Wizard(given), play, size)


@pytest.mark.parametrize("size", [SMALL, (60, 20)])
def test_paths_in_messages_are_text(tmp_path: Path, size: tuple[int, int]) -> None:
    with at(tmp_path) as given:

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press("e")
            await until(pilot, lambda: shown(pilot, "Open case"))
            await pilot.press(*"[/x][@click=app.quit]q[$primary]", "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen) and pilot.app._notifications)
            await until(pilot, lambda: shown(pilot, "[/x]"))
            check(pilot, "not opened")
            await pilot.press("n")
            await until(pilot, lambda: shown(pilot, "New case"))
            await pilot.press(*"[@click=app.quit]n[bold]", "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
            screen = case_screen(pilot)
            await until(pilot, lambda: screen.pane is not None)
            await pilot.press("c")
            await until(pilot, lambda: any("Written to" in note.message for note in pilot.app._notifications))
            check(pilot, "copied")

        drive(Wizard(given), play, size)


# Servers that say it themselves


def answer(query: dns.message.Message, _: bool) -> bytes:
    """An alias whose labels are as bad as DNS allows, and an address for it."""
    response = dns.message.make_response(query)
    question = query.question[0]
    alias = dns.name.Name(
        [*(label.encode()[:60] for label in (RAW, "[@click=app.quit]x[/]", "[$primary]")), b"test", b""]
    )
    if question.name != alias:
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "CNAME", alias.to_text()))
    if question.rdtype == dns.rdatatype.A:
        response.answer.append(dns.rrset.from_text(alias, 60, "IN", "A", "127.0.0.1"))
    return response.to_wire()


def said() -> bytes:
    """An answer with everything in every field that HTTP lets through as bytes."""
    text = RAW.replace("\r\n", "").encode("utf-8")
    lines = [
        b"HTTP/1.1 401 " + text,
        b'WWW-Authenticate: Basic realm="' + text + b'"',
        b"WWW-Authenticate: [@click=app.quit]x[/] [bold]",
        b"X-FEServer: [@click=app.quit]x[/][$primary]" + "漢字👩".encode(),
        b"X-OWA-Version: " + b"[/x]" * 2500,
        b"Server: [link=http://evil]" + b"x" * 10_000,
        b"Content-Length: 4",
    ]
    return b"\r\n".join([*lines, b"", b"[/x]"])


def plainer() -> bytes:
    """The same without control characters, which end a look at a strict reader of HTTP."""
    return b"".join(bytes([byte]) for byte in said() if byte >= 0x20 or byte in (13, 10)).replace(b"\x7f", b"")


@contextmanager
def hostile_estate(reply: bytes) -> Iterator[Case]:
    """A name whose DNS, certificate and answers mean no good."""
    authority = Authority("[/x]\u202e[bold]CA")
    issued = authority.issue("[@click=app.quit].test", "[bold].test", common_name="[/x]\u202e\x1b[2J[$primary]")
    with DnsServer(answer) as resolver, TalkingServer(context_of(issued), once(reply)) as server:
        targets = tuple(
            Target(host, server.port, role)
            for host, role in (("mail.test", Role.GENERIC), ("oldcert.test", Role.LEGACY_CERT))
        )
        vantage = Vantage("jump", (Resolver(RAW, "127.0.0.1", resolver.port),))
        yield Case(vantage, targets, answers={"internal-url:oldcert.test": "yes"})


@pytest.mark.parametrize(("reply", "stages"), [(said(), "35"), (plainer(), "1234567")], ids=["controls", "markup"])
def test_hostile_servers_are_text_on_every_screen(tmp_path: Path, reply: bytes, stages: str) -> None:
    with hostile_estate(reply) as case:
        journal = Unsaved(case)
        given = replace(services(tmp_path), toolbox=Tools())

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
            screen = case_screen(pilot)
            await until(pilot, lambda: screen.view is not None and screen.pane is not None)
            await pilot.press("3", "ctrl+r")
            await until(pilot, lambda: screen.looking.course.over)
            await until(pilot, lambda: screen.view is not None and screen.view.case.observations)
            await walk(pilot, stages)

        drive(Wizard(given, replace(opened(case), journal=journal)), play)
        seen = repr(journal.case.observations)
        assert "[@click=app.quit]" in seen
        assert "\\x1b" in seen


def test_hostile_servers_and_pastes_are_text_in_an_outage(tmp_path: Path) -> None:
    with hostile_estate(plainer()) as case:
        practice = Practice(RAW, case, Keys(), pace_seconds=0.0)
        given = replace(services(tmp_path, practice=FakePractice(case)), toolbox=Tools())

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: shown(pilot, "How do you want to work"))
            check(pilot, "the title of a practice estate")
            await pilot.press("o")
            await until(pilot, lambda: shown(pilot, "question 1 of 3"))
            await pilot.press("s", "n", "s", "n", "enter")
            await until(pilot, lambda: shown(pilot, "question 2 of 3"))
            check(pilot, "a question")
            await pilot.press("end", "enter")
            await until(pilot, lambda: shown(pilot, "question 3 of 3"))
            await pilot.press("end", "enter")
            await until(pilot, lambda: shown(pilot, "two pastes"))
            names = pilot.app.screen.query_one("#names", TextArea)
            names.text = f"{names.text}\n{RAW}\n{LONG}"
            pilot.app.screen.query_one("#vdirs", TextArea).text = LONG
            await pilot.pause()
            check(pilot, "pastes")
            await everywhere(pilot, "pastes")
            await pilot.press("ctrl+r")
            await until(pilot, lambda: shown(pilot, "the answer") and shown(pilot, "Decide"))
            check(pilot, "the answer")
            await everywhere(pilot, "the answer")

        drive(Wizard(given, practice=practice), play)
