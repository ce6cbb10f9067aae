"""`check --verify`: a fix in a practice estate, looked at again; what is said, written down, refused; exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.requests import Resolver, Target
from easwizard.cli import main
from easwizard.exchange.inventory import Role
from easwizard.exchange.routing import Mailbox
from easwizard.lab.estate import Estate
from easwizard.storage.case_file import read_case, write_case
from easwizard.storage.case_lock import CaseLock
from easwizard.workflow.begun import done_with_way_back
from easwizard.workflow.mending import done
from tests.end_to_end.checking import estate
from tests.workflow.test_mending import ALIGN, OLD, article, plan, step


@pytest.fixture
def running() -> Iterator[Estate]:
    """An estate of its own for each test: it is mended."""
    with estate("article-split") as found:
        yield found


def known(running: Estate) -> Case:
    """What is known before the fix: names, inventory, the account on the old version; nothing was looked at."""
    old = next(a for a in running.accounts if a.mailbox.startswith("2007"))
    resolvers = tuple(Resolver(label, *place) for label, place in running.resolvers.items())
    return Case(
        Vantage("elsewhere", resolvers),
        targets=tuple(Target(n.host, running.port, n.role) for n in running.inventory.namespaces),
        accounts=(Account(old.user, Mailbox(OLD.product, OLD.site)),),
        inventory=running.inventory,
        answers={"cutover": "after"},
    )


def told(case: Case, minutes_ago: int) -> Case:
    made = plan(case)
    when = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return replace(case, steps=(done_with_way_back(case, made, step(made, "align"), when, "ada"),))


def arguments(running: Estate, file: Path) -> list[str]:
    words = ["--verify", str(file), "--ca", str(running.ca_file), "--pace", "0", "--samples", "8"]
    for label, (address, port) in running.resolvers.items():
        words += ["--resolver", f"{label}={address}:{port}"]
    return words


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["check", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def password(running: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    old = next(a for a in running.accounts if a.mailbox.startswith("2007"))
    monkeypatch.setenv("EASWIZARD_PASSWORD", old.printed_password)
    monkeypatch.setenv("LOGNAME", "bert")


@pytest.mark.usefixtures("password")
def test_a_fix_is_verified_by_looking_and_written_down(
    running: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "contoso.eascase"
    case = told(known(running), minutes_ago=61)
    write_case(file, case)
    for change in plan(case).changes:
        running.change(change)
    code, out, err = ran(capsys, *arguments(running, file))
    steps = out.partition("easwizard ")[0]
    assert "[ok] Look again\n      to do -> verified" in steps
    assert "[ok] Look at the name that stays\n" in steps
    assert "[ ]  Set the InternalUrl on every old server of the site\n      still done" in steps
    assert code == 0
    assert "cert.contoso.test" not in err, "no open step needs it"
    kept = {r.step: r for r in read_case(file).steps}
    assert kept["look-again"].state is StepState.VERIFIED
    assert kept["look-again"].who == "bert"
    assert kept["align"].who == "ada"
    again, out, _ = ran(capsys, *arguments(running, file), "--json")
    form = json.loads(out)
    assert (again, form["verdict"]) == (0, "no-problem-found")
    assert {"plan": ALIGN, "step": "align", "before": "done", "after": "done"}.items() <= form["verified"][0].items()
    assert len([r for r in read_case(file).steps if r.step == "look-again"]) == 1


@pytest.mark.usefixtures("password")
def test_what_did_not_work_fails_and_before_the_wait_is_over_it_is_too_early(
    running: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late, early = tmp_path / "late.eascase", tmp_path / "early.eascase"
    write_case(late, told(known(running), minutes_ago=61))
    write_case(early, told(known(running), minutes_ago=1))
    code, out, _ = ran(capsys, *arguments(running, late))
    assert code == 1
    assert "[x]  Look again\n      to do -> failed" in out
    assert "undo: the way back of the whole plan" in out
    assert [r.state for r in read_case(late).steps if r.step == "look-again"] == [StepState.FAILED]
    code, out, _ = ran(capsys, *arguments(running, early), "--json")
    look = next(each for each in json.loads(out)["verified"] if each["step"] == "look-again")
    assert (code, look["before"], look["after"]) == (1, "waiting", "too early")
    assert look["until_utc"] > datetime.now(UTC).isoformat()[:16]
    assert [r.step for r in read_case(early).steps if r.step == "look-again"] == []


# Without an estate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contoso.eascase"
    write_case(path, article())
    return path


def test_nothing_to_verify_is_said_and_the_code_is_that_of_what_is_known(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ran(capsys, "--verify", file)
    assert code == 1, "the inventory of the article is a problem, verified or not"
    assert "nothing to verify: no step of any plan" in err
    assert out.startswith("STEPS: none is open")
    empty = tmp_path / "empty.eascase"
    write_case(empty, Case(Vantage("jump")))
    assert ran(capsys, "--verify", empty)[0] == 3


def test_what_no_look_can_tell_is_said_and_nothing_is_asked_for(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = replace(article(), targets=())
    write_case(file.with_name("blind.eascase"), told(case, minutes_ago=61))
    code, out, err = ran(capsys, "--verify", file.with_name("blind.eascase"))
    assert code == 1
    assert "nothing here can be seen by looking" in err
    assert "is not among the names of this case" in out


def test_without_network_the_steps_are_judged_by_what_is_known(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_case(file.with_name("known.eascase"), told(article(), minutes_ago=1))
    code, out, _ = ran(capsys, "--verify", file.with_name("known.eascase"), "--no-network")
    assert code == 1
    assert "Look again\n      still waiting until " in out


def test_a_password_that_is_missing_is_named_before_anything_is_sent(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EASWIZARD_PASSWORD", raising=False)
    write_case(file.with_name("begun.eascase"), told(article(), minutes_ago=61))
    code, out, err = ran(capsys, "--verify", file.with_name("begun.eascase"), "--resolver", "lab=127.0.0.1:9")
    assert (code, out) == (2, "")
    assert "EASWIZARD_PASSWORD" in err
    assert "requests" not in err


def test_no_name_and_no_server_answers(
    file: Path, closed_port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps that need no sign-in ask for no password; what cannot be reached is not verified."""
    monkeypatch.delenv("EASWIZARD_PASSWORD", raising=False)
    target = Target("127.0.0.1", closed_port, Role.LEGACY_GENERIC)
    case = replace(article(), targets=(target,), inventory=replace(article().inventory, namespaces=()))
    made = plan(case)
    look = step(made, "target")
    assert look.check.hosts == ("127.0.0.1",)
    case = replace(case, steps=(done(made, look, datetime.now(UTC) - timedelta(minutes=1)),))
    write_case(file.with_name("closed.eascase"), case)
    code, out, err = ran(capsys, "--verify", file.with_name("closed.eascase"))
    assert code == 1
    assert f"127.0.0.1:{closed_port}" in err
    assert "[ok]" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["generic.contoso.test"], "names: they are those of the case"),
        (["--save", "other.eascase"], "--save"),
        (["--import", "vdirs.txt"], "--import"),
        (["--plan"], "--plan"),
        (["--redact", "vendor"], "easwizard report redacts the case"),
        (["--samples", "0"], "--samples goes from 1 to 100"),
    ],
)
def test_what_does_not_go_together_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    before = file.read_bytes()
    code, out, err = ran(capsys, "--verify", file, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert file.read_bytes() == before


def test_a_file_that_is_none_or_held_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such file" in ran(capsys, "--verify", file.with_name("none.eascase"))[2]
    broken = file.with_name("broken.eascase")
    broken.write_text("not a case\n", encoding="utf-8")
    assert ran(capsys, "--verify", broken)[0] == 2
    lock = CaseLock(file, datetime.now(UTC))
    try:
        code, _, err = ran(capsys, "--verify", file)
    finally:
        lock.release()
    assert code == 2
    assert "close it there" in err


def test_hostile_notes_stay_harmless(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = article()
    record = StepRecord(ALIGN, "align", StepState.FAILED, datetime.now(UTC), "ada", "", None, "\x1b[2J\u202egone")
    write_case(file.with_name("hostile.eascase"), replace(case, steps=(record,)))
    _, out, _ = ran(capsys, "--verify", file.with_name("hostile.eascase"), "--no-network")
    assert "gone" in out
    assert all(line.isprintable() for line in out.splitlines())
