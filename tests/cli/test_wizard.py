"""`easwizard` and `easwizard lab` as they are started: on a terminal of their own, and without one."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.cli.arguments import parser, with_command
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.toolbox import Tools
from easwizard.storage.case_file import write_case
from easwizard.tui.services import CannotOpen, Keys, WrongKey

CTRL_Q = b"\x11"
SECONDS = 30.0


@pytest.mark.parametrize(
    ("argv", "full"),
    [
        ([], ["wizard"]),
        (["x.eascase"], ["wizard", "x.eascase"]),
        (["./folder/x"], ["wizard", "./folder/x"]),
        (["C:\\cases\\x"], ["wizard", "C:\\cases\\x"]),
        (["check", "a.test"], ["check", "a.test"]),
        (["--version"], ["--version"]),
        (["chekc"], ["chekc"]),
    ],
)
def test_no_command_or_a_case_means_the_wizard(argv: Sequence[str], full: Sequence[str]) -> None:
    assert with_command(argv) == full


def test_help_does_not_list_the_command_that_nobody_types() -> None:
    words = parser().format_help()
    assert "[CASE.eascase]" in words
    assert "\n    wizard" not in words


@pytest.mark.parametrize(("argv", "words"), [([], "check"), (["lab"], "lab --check"), (["x.eascase"], "terminal")])
def test_without_a_terminal_it_says_what_to_do_instead(argv: Sequence[str], words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "easwizard", *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "terminal" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


class Terminal:
    """What a program on a terminal of its own shows, and keys for it."""

    def __init__(self, handle: int, process: subprocess.Popen[bytes]) -> None:
        self._handle, self.process, self.seen = handle, process, b""

    def until(self, words: bytes) -> None:
        """Read until these words were drawn."""
        end = time.monotonic() + SECONDS
        while words not in self.seen:
            assert time.monotonic() < end, self.seen[-2000:]
            if select.select([self._handle], [], [], 0.5)[0]:
                self._read()
            else:
                assert self.process.poll() is None, self.seen[-2000:]

    def press(self, keys: bytes) -> None:
        os.write(self._handle, keys)

    def ended(self) -> int:
        """Read until the program ends, so that it never waits for us; returns its exit code."""
        end = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < end
            if select.select([self._handle], [], [], 0.1)[0]:
                self._read()
        return self.process.returncode

    def _read(self) -> None:
        try:
            self.seen += os.read(self._handle, 65536)
        except OSError:
            self.process.wait(SECONDS)  # the other end is closed: it is about to end


@contextmanager
def on_a_terminal(*argv: str, cases: Path) -> Iterator[Terminal]:
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "EASWIZARD_CASES": str(cases), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "easwizard", *argv],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


needs_a_pty = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal of this kind here")


@needs_a_pty
def test_the_wizard_opens_and_ends_by_a_key(tmp_path: Path) -> None:
    with on_a_terminal(cases=tmp_path) as terminal:
        terminal.until(b"I have an outage")
        terminal.press(CTRL_Q)
        assert terminal.ended() == 0


@needs_a_pty
def test_the_wizard_opens_on_a_case(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, Case(Vantage("jump")))
    with on_a_terminal(str(file), cases=tmp_path) as terminal:
        terminal.until(b"Symptoms")
        terminal.press(CTRL_Q)
        assert terminal.ended() == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["contoso.eascase"], "no lock stays behind"


@needs_a_pty
@pytest.mark.parametrize("content", [None, "this is no case"])
def test_what_is_no_case_ends_with_2_before_any_screen(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "x.eascase"
    if content is not None:
        file.write_text(content)
    with on_a_terminal(str(file), cases=tmp_path) as terminal:
        assert terminal.ended() == 2
        assert b"x.eascase" in terminal.seen
        assert b"\x1b[?1049h" not in terminal.seen, "no screen was opened"


@needs_a_pty
def test_lab_opens_the_wizard_on_a_running_estate(tmp_path: Path) -> None:
    with on_a_terminal("lab", "article", cases=tmp_path) as terminal:
        terminal.until(b"Stage by stage")
        terminal.press(b"s")
        terminal.until(b"Symptoms")
        terminal.press(CTRL_Q)
        assert terminal.ended() == 0


# What the command line plugs in


def test_practice_is_filled_in_and_can_be_looked_at() -> None:
    estates = PracticeEstates()
    practice = estates.start("article")
    try:
        assert len(practice.case.targets) == 4
        assert practice.case.answer("internal-url:legacycert.contoso.test") == "yes"
        assert set(practice.keys.passwords) == {account.label for account in practice.case.accounts}
        assert "Autumn" not in repr(practice), "passwords are never shown"
        assert Tools().prober(practice.case, practice.keys)
        certificate = Tools().certificate(practice.keys)
        assert certificate.subject
        ca = practice.keys.ca_file
        assert ca is not None
        assert ca.exists()
        estates.start("healthy")
        assert not ca.exists(), "the estate before is gone"
    finally:
        estates.stop()
        estates.stop()


def test_every_scenario_can_be_practised() -> None:
    titles = PracticeEstates().scenarios()
    assert titles["article"]
    assert all(titles.values())


def test_a_scenario_that_is_not_there_is_said() -> None:
    with pytest.raises(CannotOpen, match="no-such-scenario"):
        PracticeEstates().start("no-such-scenario")


def test_wrong_files_are_wrong_keys(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("no certificate")
    case = Case(Vantage("jump"))
    with pytest.raises(WrongKey, match=r"x\.pem"):
        Tools().prober(case, Keys(ca_file=tmp_path / "x.pem"))
    with pytest.raises(WrongKey, match=r"x\.pem"):
        Tools().certificate(Keys(certificate_file=tmp_path / "x.pem"))
    with pytest.raises(WrongKey, match="PFX"):
        Tools().certificate(Keys())
