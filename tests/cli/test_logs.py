"""`easwizard logs` from files to exit code: coverage, the contract's JSON, filters, exports, Ctrl-C, hostile logs."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from easwizard.cli import log_reading, main
from easwizard.evidence.logs.reading import LogReading, Progress
from easwizard.storage.case_file import read_case
from tests.problems.log_cases import BAD, GOOD, Hit, article, back_end, everyday, front_end, http_proxy

HOSTILE = ("\x1b[2J\x1b[31mred", "=cmd|'/C_calc'!A0", "<script>alert(1)</script>", "@SUM(A1)", "\u202eevil")


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["logs", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = ran(capsys, *arguments, "--json")
    return code, json.loads(out)


def test_the_articles_logs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 7: confirmed, both hosts named, the share with its interval, the hour it began; coverage before all."""
    log = back_end(tmp_path / "u_ex.log", article(from_hour=3))
    code, out, err = ran(capsys, str(log))
    assert code == 1
    assert err == ""
    assert out.index("What was read") < out.index("PROBLEM FOUND") < out.index("Targets")
    assert "CONFIRMED high namespace/duplicate" in out
    told = " ".join(out.split())
    for part in (GOOD, BAD, "155 of 310 (50 %, 44 to 56 %", "since 2026-03-01 09:00 UTC", "10 users were hit"):
        assert part in told
    assert "fails since 2026-03-01 09:00 UTC: 100 %, before 0 %" in told
    assert all(len(line) <= 80 for line in out.splitlines())


def test_json_is_the_contracts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = as_json(capsys, str(back_end(tmp_path / "u_ex.log", article())))
    assert (code, told["format"], told["version"], told["verdict"]) == (1, "easwizard-logs", 1, "problem")
    contract = {
        "coverage": {"file", "kind", "rows", "used", "probe_rows", "rejected", "first_utc", "last_utc"},
        "targets": {"host", "named_by", "requests", "failed", "share_failed", "interval", "users"},
        "statuses": {"target", "status", "substatus", "win32", "count", "meaning"},
        "timeline": {"hour_utc", "target", "requests", "failed"},
        "users": {"user", "requests", "failed"},
        "commands": {"command", "requests", "failed"},
        "latency_ms": {"target", "p50", "p95", "p99"},
        "findings": {"code", "verdict", "clues"},
    }
    for key, fields in contract.items():
        assert told[key], key
        assert fields <= set(told[key][0]), key
    [file] = told["coverage"]
    assert (file["kind"], file["rows"], file["used"], file["first_utc"]) == (
        "iis-back-end", 400, 400, "2026-03-01T06:00:00Z",
    )  # fmt: skip
    by_host = {target["host"]: target for target in told["targets"]}
    assert by_host[BAD]["failed"] == by_host[BAD]["requests"] == 200
    assert by_host[GOOD]["users"] == {"all_good": 10, "mixed": 0, "all_bad": 0}


def test_a_healthy_estate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = as_json(capsys, str(back_end(tmp_path / "u_ex.log", everyday())))
    assert (code, told["verdict"]) == (0, "no-problem-found")
    assert [f["code"] for f in told["findings"] if f["verdict"] != "ruled-out"] == []


def test_logs_without_activesync_say_nothing_of_health(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, str(back_end(tmp_path / "u_ex.log", [])))
    assert code == 3
    assert "nothing here says that any worked or failed" in " ".join(out.split())


@pytest.mark.parametrize("arguments", [[], ["missing.log"], ["--hour", "yesterday", "x"], ["--export", "csv", "x"]])
def test_wrong_words(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("easwizard: ")


def test_folders_and_globs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hits = article()
    back_end(tmp_path / "u_ex1.log", [h for h in hits if h.minute < 300])
    back_end(tmp_path / "u_ex2.log", [h for h in hits if h.minute >= 300])
    (tmp_path / "notes.txt").write_text("not a log")
    for named in (str(tmp_path), str(tmp_path / "u_ex*.log")):
        _, told = as_json(capsys, named)
        assert sum(file["used"] for file in told["coverage"]) == 400


def test_filters_list_the_rows_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(back_end(tmp_path / "u_ex.log", article()))
    _, told = as_json(capsys, log, "--user", "TEST\\User3", "--target", BAD.upper(), "--hour", "2026-03-01 07")
    assert told["rows_total"] == len(told["rows"]) == 1
    assert {(r["user_name"], r["target"], r["status"], r["time_utc"][:13]) for r in told["rows"]} == {
        ("user3", BAD, 403, "2026-03-01T07")
    }
    _, out, _ = ran(capsys, log, "--device", "devuser3", "--rows", "2")
    assert "Rows that fit: 40, the first 2" in out
    assert out.count("DEVUSER3") >= 2


def test_exports_obey_the_filters_and_overwrite_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, to = str(back_end(tmp_path / "u_ex.log", article())), tmp_path / "rows.csv"
    code, _, err = ran(capsys, log, "--export", "csv", "-o", str(to), "--user", "user3")
    assert code == 1
    assert "40 rows" in err
    with to.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    assert {row["user_name"] for row in rows} == {"user3"}
    code, out, err = ran(capsys, log, "--export", "csv", "-o", str(to))
    assert (code, out) == (2, "")
    assert "there is such a file already" in err


def test_the_six_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, folder = str(back_end(tmp_path / "u_ex.log", article())), tmp_path / "tables"
    folder.mkdir()
    assert ran(capsys, log, "--tables", str(folder))[0] == 1
    names = {"Users", "Servers", "Hourly", "StatusCodes", "PolicyCompliance", "UserAgents"}
    assert {path.stem for path in folder.iterdir()} == names
    assert BAD in (folder / "Servers.csv").read_text(encoding="utf-8")


def test_sql_needs_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "--sql")
    assert code == 0
    assert out.startswith("SELECT")


def test_hostile_content_is_harmless_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a client may send: agents, commands, users and hosts with escapes, formulas and markup."""
    hits = [Hit(f"user{n}", n, "403 0 0", GOOD, error=HOSTILE[n % 5], command=HOSTILE[n % 5]) for n in range(50)]
    log = back_end(tmp_path / "u_ex.log", hits)
    text = log.read_text(encoding="utf-8")
    for number, name in enumerate(HOSTILE):
        text = text.replace(f"user{number} ", f"{name.replace(' ', '')} ").replace("Apple-iPhone", HOSTILE[1])
    log.write_text(text, encoding="utf-8", newline="")
    to, folder = tmp_path / "rows.csv", tmp_path / "tables"
    folder.mkdir()
    code, out, err = ran(
        capsys, str(log), "--export", "csv", "-o", str(to), "--tables", str(folder), "--target", GOOD
    )
    assert code != 2
    printed = out + err + "".join(path.read_text(encoding="utf-8") for path in (to, *folder.iterdir()))
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    for path in (to, *folder.iterdir()):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row if len(cell) > 1]
        assert [cell for cell in cells if cell.startswith(("=", "@", "\t", "\r"))] == []
    _, told = as_json(capsys, str(log))
    assert "\x1b" not in json.dumps(told, ensure_ascii=False)


def test_ctrl_c_keeps_what_was_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes with the first word of progress, which is told while the logs are read."""
    log = back_end(tmp_path / "u_ex.log", article())
    content = log.read_bytes()
    paths = [tmp_path / f"large{number}.log" for number in range(4)]
    for path in paths:
        path.write_bytes(content * 80)
    monkeypatch.setattr(log_reading, "Told", Interrupting)
    code, out, err = ran(capsys, *map(str, paths), "--json")
    told = json.loads(out)
    assert code == 130
    assert told["partial"] is True
    assert 0 < sum(file["used"] for file in told["coverage"]) < 4 * 80 * 400
    assert "interrupted" in err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "as it was before"


class Interrupting(log_reading.Told):
    """Sends the signal that Ctrl-C sends as soon as anything was read."""

    def __call__(self, progress: Progress) -> None:
        if not getattr(self, "sent", False):
            self.sent = True
            signal.raise_signal(signal.SIGINT)


def test_progress_names_rate_and_time_left() -> None:
    mega = 1024 * 1024
    assert log_reading.progress_words(Progress(300 * mega, 1024 * mega, 2.0)) == (
        "read 300 of 1024 MB, 150 MB/s, about 5 s left"
    )
    assert log_reading.progress_words(Progress(0, 1024 * mega, 0.0)) == "read 0 of 1024 MB"


def test_a_thread_without_signals_reads_too(tmp_path: Path) -> None:
    log, found = str(back_end(tmp_path / "u_ex.log", article())), list[LogReading]()
    thread = threading.Thread(target=lambda: found.append(log_reading.read([log])[0]))
    thread.start()
    thread.join()
    assert found[0].counts.used == 400


def test_as_a_process_without_unicode(tmp_path: Path) -> None:
    """A terminal of another code page gets signs that it has."""
    log = back_end(tmp_path / "u_ex.log", article())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "easwizard", "logs", str(log)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 1
    assert b"###" in done.stdout
    assert b"?" not in done.stdout


# Logs beside other evidence


def test_check_takes_logs_with_other_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "W3SVC2"
    folder.mkdir()
    back_end(folder / "u_ex.log", article())
    proxy = http_proxy(tmp_path / "HttpProxy_1.LOG", everyday())
    servers = tmp_path / "servers.txt"
    servers.write_text("Name : EX13A\nFqdn : ex13a.test\nAdminDisplayVersion : Version 15.0 (Build 1497.2)\n")
    case = tmp_path / "kept.eascase"
    words = [f"--import={each}" for each in (folder, proxy, servers)]
    code = main(["check", "--no-network", "--json", "--save", str(case), *words])
    told = json.loads(capsys.readouterr().out)
    assert code == 1
    found = {finding["code"]: finding for finding in told["findings"]}
    assert found["namespace/duplicate"]["verdict"] == "confirmed"
    assert [read["file"] for read in told["imports"]] == ["servers.txt"]
    kept = read_case(case)
    assert kept.logs is not None
    assert {file.file for file in kept.logs.coverage} == {str(folder / "u_ex.log"), str(proxy)}


def test_a_file_that_is_no_log_is_evidence_still(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "u_ex.log").write_text("nothing of use")
    assert main(["check", "--no-network", "--import", str(tmp_path / "u_ex.log")]) == 2
    assert "u_ex.log" in capsys.readouterr().err


def test_a_front_end_log_alone_sees_no_leg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, str(front_end(tmp_path / "u_ex.log", [Hit("anna", n) for n in range(50)])))
    assert "only the back-end log (W3SVC2)" in " ".join(out.split())
