"""`easwizard diff`: the article's fix shows as what it changed and nothing else; hostile reports are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from easwizard.case.case import Account, Case
from easwizard.cli import main
from easwizard.exchange.changes import apply_change
from easwizard.reports import json_form
from easwizard.reports.model import report_on
from easwizard.storage.case_file import write_case
from tests.checklist.estates import NOW
from tests.exchange.estates import LEGACY_CERT, LEGACY_GENERIC, url
from tests.problems.cases import (
    GENERIC,
    OLD,
    OLD_CERT,
    OLD_GENERIC,
    accepts,
    answered,
    case,
    dns,
    http,
    refuses,
    samples,
)
from tests.workflow.test_simulate import ALIGNED, scenario


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["diff", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def compared(capsys: pytest.CaptureFixture[str], before: object, after: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = ran(capsys, before, after, "--json")
    document: dict[str, Any] = json.loads(out)
    assert (document["format"], document["version"]) == ("easwizard-diff", 1)
    return code, document


def estate(*changes: str) -> Case:
    return replace(case(), inventory=reduce(apply_change, changes, scenario("article-cba-fixed")))


def probed(ok: int, failed: int, server: str = "EX13A") -> Case:
    """The article's fault as looks show it, or mended."""
    second = refuses(OLD_CERT) if failed else accepts(OLD_CERT)
    looks = (
        http(GENERIC, 401, "Basic", headers={"x-feserver": server, "date": f"at {server}"}),
        accepts(OLD_GENERIC),
        second if failed else replace(second, id=refuses(OLD_CERT).id),
        samples("carol", ok, failed, server=server),
    )
    return answered(case(*looks, accounts=(Account("carol", OLD),)), oldmail="yes", oldcert="yes")


def saved(folder: Path, name: str, known: Case) -> Path:
    path = folder / f"{name}.eascase"
    write_case(path, known)
    return path


def told(folder: Path, name: str, known: Case) -> Path:
    path = folder / f"{name}.json"
    path.write_text(json_form.render(report_on(known, NOW)), encoding="utf-8")
    return path


def test_the_same_is_the_same_in_either_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = [write(tmp_path, "a", estate()) for write in (saved, told)]
    for before in forms:
        for after in forms:
            code, document = compared(capsys, before, after)
            assert code == 0
            assert all(not document[part][how] for part in ("findings", "facts", "routes") for how in document[part])
    assert ran(capsys, *forms)[1] == "NOTHING CHANGED: same findings, facts and routes\n"


def test_an_alignment_shows_as_what_it_changed_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = saved(tmp_path, "a", estate()), told(tmp_path, "b", estate(*ALIGNED))
    code, document = compared(capsys, before, after)
    assert code == 1
    (duplicate,) = document["findings"]["changed"]
    assert duplicate["code"] == "namespace/duplicate"
    verdict = next(change for change in duplicate["changes"] if change["field"] == "verdict")
    assert (verdict["before"], verdict["after"]) == ("confirmed", "ruled-out")
    assert not document["findings"]["removed"]
    facts = document["facts"]
    assert (facts["added"], facts["removed"]) == ([], [])
    assert [fact["id"] for fact in facts["changed"]] == ["vdir:ex07a/certificate site", "vdir:ex07b/certificate site"]
    for fact in facts["changed"]:
        assert {change["field"]: (change["before"], change["after"]) for change in fact["changes"]} == {
            "internal_url": (url(LEGACY_CERT), url(LEGACY_GENERIC)),
            "mapping": (True, False),
        }
    routes = {
        route["device"]: {change["field"]: (change["before"], change["after"]) for change in route["changes"]}
        for route in document["routes"]["changed"]
        if route["mailbox"] == "2007"
    }
    assert routes == {device: {"success": (0.5, 1.0)} for device in ("basic", "certificate")}
    code, out, _ = ran(capsys, before, after)
    assert code == 1
    assert "verdict: confirmed -> ruled-out" in out
    assert "success: 0.5 -> 1.0" in out
    assert max(len(line) for line in out.splitlines() if "https://" not in line) <= 80


def test_what_is_taken_away_and_added(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = estate(), estate("remove-vdir=EX07A/Certificate Site", "add-server=EX13Z=2013@London")
    _, document = compared(capsys, saved(tmp_path, "a", before), saved(tmp_path, "b", after))
    assert [fact["target"] for fact in document["facts"]["removed"]] == ["EX07A/Certificate Site"]
    assert [fact["target"] for fact in document["facts"]["added"]] == ["EX13Z"]
    _, back = compared(capsys, tmp_path / "b.eascase", tmp_path / "a.eascase")
    assert back["facts"]["added"] == document["facts"]["removed"]


def test_looks_that_differ_only_by_chance_are_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other times, another server of the pool, other counts of the same kind."""
    before = probed(10, 10)
    after = probed(9, 11, server="EX13B")
    later = tuple(
        replace(o, at=o.at + timedelta(hours=2), elapsed_ms=5.0, phases_ms={"tcp": 1.0}) for o in after.observations
    )
    files = saved(tmp_path, "a", before), saved(tmp_path, "b", replace(after, observations=later))
    code, document = compared(capsys, *files)
    nothing: dict[str, list[Any]] = {"added": [], "removed": [], "changed": []}
    assert (code, document["facts"], document["findings"]) == (0, nothing, nothing)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("9 of 20 (45 %, 26 to 66 %)", "11 of 20 (55 %, 34 to 74 %)", True),
        ("leads to 127.0.0.1", "leads to 127.0.0.2", False),
        ("EX13A refuses", "EX14A refuses", False),
        ("build 15.0.913.22", "build 15.0.1497.2", False),
        ("3 servers refuse", "3 servers accept", False),
    ],
)
def test_counts_of_a_summary_are_no_change_and_names_are(
    before: str, after: str, same: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, summary in (("a", before), ("b", after)):
        finding = {"code": "x/y", "verdict": "likely", "severity": "high", "summary": summary}
        (tmp_path / name).write_bytes(report(findings=[finding]))
    assert ran(capsys, tmp_path / "a", tmp_path / "b")[0] == (0 if same else 1)


def test_a_fix_that_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = compared(capsys, saved(tmp_path, "a", probed(10, 10)), saved(tmp_path, "b", probed(20, 0)))
    assert code == 1
    changes = {fact["id"]: {c["field"]: c["after"] for c in fact["changes"]} for fact in document["facts"]["changed"]}
    assert changes["sample:carol"] == {"failing": "never"}
    assert changes[refuses(OLD_CERT).id]["meaning"] == "leg-accepted"
    assert len(changes) == 2


def test_a_cache_that_counts_down_is_no_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from easwizard.case.facts import DnsFacts, DnsOutcome

    def living(ttl: int) -> Path:
        look = dns(GENERIC, DnsOutcome.ANSWER)
        assert isinstance(look.facts, DnsFacts)
        return saved(tmp_path, str(ttl), case(replace(look, facts=replace(look.facts, ttl=ttl))))

    assert compared(capsys, living(299), living(17))[0] == 0
    assert compared(capsys, living(3600), living(300))[0] == 1


def test_an_acceptance_is_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        saved(tmp_path, name, probed(10, 10))
    accept = ["accept", "namespace/duplicate", str(tmp_path / "b.eascase"), "--reason", "x", "--until", "2999-01-01"]
    assert main(accept) == 0
    _, document = compared(capsys, tmp_path / "a.eascase", tmp_path / "b.eascase")
    (changed,) = document["findings"]["changed"]
    assert [change["field"] for change in changed["changes"]] == ["accepted"]


# What cannot be read


def report(**parts: Any) -> bytes:
    return json.dumps({"format": "easwizard-report", "version": 1, **parts}).encode()


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "neither a case nor JSON"),
    "text": (b"hello", "neither a case nor JSON"),
    "bytes": (b"\xff\x00\xfe\x01", "neither a case nor JSON"),
    "deep": (b"[" * 200_000, "nested too deeply"),
    "number": (b'{"format": ' + b"9" * 10_000 + b"}", "neither a case nor JSON"),
    "no number": (report(findings=[{"code": "x", "verdict": float("nan")}]), "neither a case nor JSON"),
    "list": (b"[]", "no JSON object"),
    "other": (b'{"format": "easwizard-lab\\u001b[2J", "version": 1}', "\\x1b"),
    "newer": (b'{"format": "easwizard-report", "version": 2}', "version 2"),
    "true": (b'{"format": "easwizard-report", "version": true}', "version True"),
    "findings": (report(findings={}), "'findings' is no list"),
    "finding": (report(findings=[1]), "'findings', entry 1: it is no object"),
    "code": (report(findings=[{"code": None}]), "'findings', entry 1: 'code' is missing or no text"),
    "facts": (report(observations=[{"id": "x", "facts": []}, {"id": "y", "facts": [1]}]), "entry 2"),
    "inventory": (report(inventory=[1]), "'inventory' is no object"),
    "vdir": (report(inventory={"vdirs": [{"server": "x"}]}), "'web_site'"),
    "routes": (report(routes="x"), "'routes' is no list"),
    "case": (b'{"format":"easwizard-case","version":1}\n{"event":"no-such-event"}\n', "line 2"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("first", [True, False])
def test_hostile_files_end_in_one_clear_line(
    content: bytes, words: str, first: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, good = tmp_path / "broken.json", told(tmp_path, "good", case())
    broken.write_bytes(content)
    code, out, err = ran(capsys, *((broken, good) if first else (good, broken)))
    assert (code, out) == (2, "")
    assert "broken.json" in err
    assert words in err
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_odd_values_are_shown_harmless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def odd(name: str, value: Any) -> Path:
        path = tmp_path / name
        finding = {"code": "x\x1b[2J/\u202ey", "verdict": value, "severity": [value], "summary": {"a": value}}
        path.write_bytes(report(findings=[finding, finding], routes=[{"device": value}], observations=[]))
        return path

    code, out, _ = ran(capsys, odd("a", {"b": ["c", None]}), odd("b", "z" * 10_000))
    assert code == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert max(map(len, out.splitlines())) < 500


@pytest.mark.parametrize("write", [lambda p: p.mkdir(), lambda p: None], ids=["folder", "nothing"])
def test_what_is_not_there(write: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "x.json")
    code, _, err = ran(capsys, tmp_path / "x.json", told(tmp_path, "good", case()))
    assert (code, "x.json" in err) == (2, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_what_windows_powershell_redirected_is_read(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = told(tmp_path, "good", estate())
    other = tmp_path / "redirected.json"
    other.write_text(good.read_text(encoding="utf-8"), encoding=encoding)
    assert ran(capsys, good, other)[0] == 0


def test_a_masked_report_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, vendor = told(tmp_path, "good", case()), tmp_path / "vendor.json"
    document = json.loads(good.read_text(encoding="utf-8"))
    vendor.write_text(json.dumps({**document, "redacted": "vendor"}), encoding="utf-8")
    code, _, err = ran(capsys, good, vendor)
    assert (code, "names are masked" in err) == (0, True)


@pytest.mark.skipif(sys.platform == "win32", reason="a sparse file is not made so there")
def test_a_file_of_any_size_is_not_read_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000_000)
    code, _, err = ran(capsys, huge, told(tmp_path, "good", case()))
    assert (code, "larger than 50 MB" in err) == (2, True)
