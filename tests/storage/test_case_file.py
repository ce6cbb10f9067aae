"""The case file: nothing is lost between two lines, a torn line does no harm, and what is no case is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from easwizard.case.case import Account, Case, DeviceCertificate, Import, Vantage
from easwizard.case.events import (
    AcceptanceWithdrawn,
    Answered,
    AnswerWithdrawn,
    CertificateChosen,
    Event,
    FindingAccepted,
    LogsRead,
    MembersNamed,
    Observed,
    TargetsNamed,
    TicketFilled,
    events_of,
    told,
)
from easwizard.case.facts import DnsOutcome, Status
from easwizard.case.log_counts import (
    DeviceCount,
    FileCoverage,
    HourCount,
    LogCounts,
    LogKind,
    NamedBy,
    Outcome,
    PickSign,
    StatusCount,
    TargetCount,
    UserCount,
    UserSplit,
    UserTarget,
)
from easwizard.case.mending import Acceptance, GateRecord, GateState, StepRecord, StepState
from easwizard.case.requests import Member, Resolver
from easwizard.storage.case_file import CaseFile, CaseFileError, NewerCaseFile, read_case, write_case
from easwizard.storage.event_lines import from_line, to_line
from tests.problems import cases

_THEN = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
FULL = replace(
    cases.case(
        cases.dns(cases.CERT, DnsOutcome.ANSWER),
        cases.accepts(cases.OLD_GENERIC),
        cases.refuses(cases.OLD_CERT),
        cases.samples("anna", 3, 4),
        accounts=(Account("anna", cases.OLD), Account("bob")),
        tls_in_front="nothing",
    ),
    vantage=Vantage("jump", (Resolver("internal", "127.0.0.1", 5353),)),
    device_certificate=DeviceCertificate("phone.pfx", "CN=anna", has_sid=False),
    members=(Member("mail.test", "127.0.0.2", 8443), Member("mail.test", "127.0.0.3")),
    imports=(Import("vdirs.xml", "Export-Clixml", {"server": 1}, server="EX13A", read_at=_THEN, sha256="00"),),
    logs=LogCounts(
        coverage=(
            FileCoverage("u_ex.log", LogKind.BACK_END, 9, 7, 1, {"columns": 1}, _THEN, _THEN, layouts=2, size=900),
            FileCoverage("x.log", None, complete=False, problem="no log"),
        ),
        targets=(
            TargetCount("old.test", NamedBy.PRX_TO, 7, 3, 1, users=UserSplit(1, 2), interval_by_user=(0.25, 0.5)),
        ),
        statuses=(StatusCount("old.test", NamedBy.PRX_TO, 403, 0, None, 2, Outcome.FAILED, error_code="x"),),
        timeline=(HourCount(_THEN, "old.test", NamedBy.PRX_TO, 7, 3, 1),),
        users=(UserCount("anna", 7, 3, 1, (UserTarget("old.test", NamedBy.PRX_TO, 7, 3, 1),)),),
        user_total=1,
        devices=(
            DeviceCount("DEV1", "anna", "iPhone", "x", 7, 3, _THEN, None, ("old.test",), busiest_day=_THEN.date()),
        ),
        picks=(PickSign(NamedBy.PRX_TO, UserSplit(1, 2), 2, 0.125),),
        partial=True,
    ),
    steps=(
        StepRecord("namespace/duplicate/align", "align", StepState.DONE, _THEN, "anna", "EX07A"),
        StepRecord("namespace/duplicate/align", "align", StepState.WAITING, _THEN, until=_THEN, note="caches"),
    ),
    accepted=(Acceptance("dns/ttl-too-long", "", "moves in May", date(2026, 5, 1), "anna", _THEN),),
    gates=(GateRecord("gate/freeze", _THEN, GateState.WAIVED, "bob", "agreed", waived_until=date(2026, 5, 1)),),
    changes=("remove-vdir=EX07A/Default Web Site",),
    ticket=MappingProxyType({"call-back": "extension 12"}),
)
EVENTS: tuple[Event, ...] = (
    TargetsNamed((cases.GENERIC,)),
    Answered("since", "coexistence"),
    Answered("owa", "works"),
    AnswerWithdrawn("since"),
    FindingAccepted(Acceptance("dns/ttl-too-long", "", "moves in May", date(2026, 5, 1))),
    FindingAccepted(Acceptance("dns/ttl-too-long", "", "moves in June", date(2026, 6, 1))),
    AcceptanceWithdrawn("dns/ttl-too-long", ""),
    TicketFilled("call-back", "extension 12"),
    TicketFilled("call-back", ""),
    CertificateChosen(None),
    LogsRead(None),
    MembersNamed(()),
    Observed(cases.accepts(cases.OLD_GENERIC)),
)


def test_a_case_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, FULL)
    assert read_case(file) == FULL


def test_what_is_appended_is_there_at_once(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    with CaseFile.create(file, FULL) as open_file:
        for event in EVENTS:
            known = open_file.append([event])
            assert read_case(file) == known == open_file.case
    assert read_case(file).answer("since") == "unknown"


def test_closing_compacts_without_changing_the_case(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    with CaseFile.create(file, FULL) as open_file:
        for number in range(50):
            open_file.append([Answered("since", f"{number}")])
        long = file.stat().st_size
    assert file.stat().st_size < long
    assert read_case(file) == FULL.with_answer("since", "49")
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


def test_a_file_cut_anywhere_loses_the_last_line_at_most(tmp_path: Path) -> None:
    """Whatever byte a kill stops at: the file opens, and holds everything before the torn line."""
    file = tmp_path / "contoso.eascase"
    write_case(file, FULL)
    whole = file.read_bytes()
    lines = whole.decode().splitlines()[1:]
    header = whole.index(b"\n") + 1
    for length in range(header, len(whole), 97):
        file.write_bytes(whole[:length])
        kept = whole[:length].count(b"\n") - 1
        assert read_case(file) == told(from_line(line) for line in lines[:kept])


def test_writing_goes_on_after_a_torn_line(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, FULL)
    with file.open("ab") as stream:
        stream.write(b'{"event":"answered","question":"since","val')
    with CaseFile.open(file) as open_file:
        open_file.append([Answered("owa", "fails")])
        assert read_case(file) == FULL.with_answer("owa", "fails")


_WRITER = """
import sys
from pathlib import Path
from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered
from easwizard.storage.case_file import CaseFile
with CaseFile.create(Path(sys.argv[1]), Case(Vantage("jump"))) as file:
    for number in range(1_000_000):
        file.append([Answered("since", str(number))])
        print(number, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_killed_writer_loses_nothing_that_it_had_reported(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(file)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    reported = -1
    for line in writer.stdout:
        reported = int(line)
        if reported >= 200:
            writer.kill()
            break
    reported = max([reported, *(int(line) for line in writer.stdout.read().splitlines() if line)])
    writer.wait()
    writer.stdout.close()
    with CaseFile.open(file) as again:
        assert int(again.case.answer("since")) >= reported


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no case file"),
        (b"hello\n", "no case file"),
        (b'{"format":"easwizard-report","version":1}\n', "no case file"),
        (b'{"format":"easwizard-case","version":0}\n', "no case file"),
        (b"\xff\xfe\x00", "not text"),
        (b'{"format":"easwizard-case","version":1}\nnonsense\n', "line 2: it is not JSON"),
        (b'{"format":"easwizard-case","version":1}\n{"event":"dreamt"}\n', "line 2: it is no event"),
        (b'{"format":"easwizard-case","version":1}\n[]\n', "line 2: it is no event"),
        (b'{"format":"easwizard-case","version":1}\n{"event":"answered","question":1,"value":"x"}\n', "line 2"),
        (b'{"format":"easwizard-case","version":1}\n{"event":"answered","question":"x"}\n', "line 2: required field"),
        (b'{"format":"easwizard-case","version":1}\n' + b"[" * 100_000 + b"\n", "line 2"),
    ],
)
def test_what_is_no_case_is_refused_with_the_place(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "contoso.eascase"
    file.write_bytes(content)
    with pytest.raises(CaseFileError) as refused:
        read_case(file)
    assert words in str(refused.value)
    assert str(file) in str(refused.value)
    assert file.read_bytes() == content


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match="cannot be written"):
        write_case(tmp_path / "nowhere" / "contoso.eascase", FULL)
    with pytest.raises(CaseFileError, match="cannot be read"):
        read_case(tmp_path / "contoso.eascase")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom file rights stop")
def test_a_file_that_may_not_be_written_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, FULL)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(CaseFileError, match="cannot be written"):
            write_case(file, Case(Vantage("other")))
        assert read_case(file) == FULL
    finally:
        tmp_path.chmod(0o700)


def test_text_from_a_file_is_hostile() -> None:
    line = to_line(Answered("since", "x")).replace('"x"', '"\\u001b[2J\\u202e"')
    assert from_line(line) == Answered("since", "\\x1b[2J\\u202e")


def test_fields_of_a_later_version_are_passed_over() -> None:
    line = to_line(Answered("since", "x")).replace('"value":"x"', '"value":"x","mood":"good"')
    assert from_line(line) == Answered("since", "x")


def test_a_newer_case_is_read_as_far_as_it_goes_and_never_written(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, FULL)
    text = file.read_text(encoding="utf-8").replace('"version":1', '"version":2', 1)
    file.write_text(text + '{"event":"dreamt","of":"electric sheep"}\n', encoding="utf-8")
    before = file.read_bytes()
    assert read_case(file) == FULL
    with pytest.raises(NewerCaseFile):
        CaseFile.open(file)
    assert file.read_bytes() == before


def test_every_event_survives_its_line() -> None:
    for event in (*events_of(FULL), *EVENTS):
        assert from_line(to_line(event)) == event


def test_words_of_ours_come_back_as_what_they_were() -> None:
    observation = told(from_line(to_line(event)) for event in events_of(FULL)).observations[0]
    assert isinstance(observation.status, Status)


def test_what_a_kill_left_half_written_goes_at_the_next_opening(tmp_path: Path) -> None:
    path = tmp_path / "contoso.eascase"
    write_case(path, Case(Vantage("jump")))
    half, other = tmp_path / ".contoso.eascase.x1_y.new", tmp_path / ".contoso.eascase.swp"
    half.write_text("{", encoding="utf-8")
    other.write_text("of an editor", encoding="utf-8")
    read_case(path)
    assert half.exists(), "who only reads changes nothing"
    CaseFile.open(path).close()
    assert sorted(tmp_path.iterdir()) == [other, path]


def test_a_pack_is_told_from_a_case(tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    file.write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(CaseFileError, match=r"this is a pack; `easwizard pack\.zip` unpacks it"):
        read_case(file)
