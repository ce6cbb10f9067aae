"""What the logs say in every form of the report: the same numbers, coverage first, and text that stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from lxml import html as reader

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.log_counts import FileCoverage, HourCount, LogCounts, LogKind, NamedBy, TargetCount
from easwizard.case.redaction.redact import redact
from easwizard.reports import html, json_form, markdown, plain
from easwizard.reports.log_coverage import coverage_notes
from easwizard.reports.log_table import LogTable, text_lines
from easwizard.reports.log_timeline import BINS, signs, timeline
from easwizard.reports.model import Report, report_on
from easwizard.reports.odds import leg_odds_of
from tests.problems import cases
from tests.problems.log_cases import BAD, GOOD, article, back_end, with_logs
from tests.reports.samples import NASTY, NOON

HEADING = "What the logs say"


@pytest.fixture(name="report")
def _report(tmp_path: Path) -> Report:
    log = back_end(tmp_path / "u_ex.log", article(from_hour=3))
    return report_on(with_logs(Case(Vantage("jump")), log), NOON)


def flat(text: str) -> str:
    return " ".join(text.split())


def page_words(report: Report) -> str:
    page = reader.document_fromstring(html.render(report))
    [part] = [each for each in page.findall("body/main/section") if each.get("id") == "logs"]
    return flat("".join(str(text) for text in part.itertext()))


def test_every_form_tells_the_same(report: Report) -> None:
    forms = (plain.render(report), unescape(markdown.render(report)).replace("\\", ""), page_words(report))
    for text in map(flat, forms):
        told = text[text.index("What the logs say") :]
        for part in (GOOD, BAD, "fails since 2026-03-01 09:00 UTC: 100 %, before 0 %", "77.5 % (71-83)"):
            assert part in told
        assert told.index("IIS, back end") < told.index(BAD), "the coverage comes first"


def test_the_drawing_has_the_hours_in_it(report: Report) -> None:
    page = html.render(report)
    assert page.count('class="failed"') >= 2 * 11, "hours from nine on, in both drawings"
    assert 'class="tick"' in page
    # Until nine nothing failed: 14 hours were read, and bars are only where requests failed.
    told = timeline(report.case.logs or LogCounts())
    assert told is not None
    bad = next(line for line in told.lines if line.target == BAD)
    assert [b.share for b in bad.bins] == [0.0] * 3 + [1.0] * (len(bad.bins) - 3)
    assert signs(bad, ascii_only=True) == "___" + "#" * (len(bad.bins) - 3)


def test_the_json_has_what_the_command_prints(report: Report) -> None:
    told = json.loads(json_form.render(report))["logs"]
    assert [file["used"] for file in told["coverage"]] == [400]
    assert {target["host"] for target in told["targets"]} == {GOOD, BAD}
    assert json.loads(json_form.render(report_on(Case(Vantage("jump")), NOON)))["logs"] is None
    assert set(told) <= set(json.loads(json_form.schema())["properties"]["logs"]["properties"]) | {
        "user_total", "device_total", "errors", "http_errors", "redirects", "access_states", "protocol_versions",
        "agents", "talkers", "picks", "capped", "partial",
    }  # fmt: skip


def test_without_logs_there_is_no_such_part() -> None:
    report = report_on(Case(Vantage("jump")), NOON)
    for text in (plain.render(report), markdown.render(report), html.render(report)):
        assert HEADING not in text


def nasty_counts() -> LogCounts:
    """Everything that a log may name, said by somebody who means no good."""
    hours = tuple(HourCount(NOON, each, NamedBy.PRX_TO, 9, 3) for each in NASTY)
    targets = tuple(TargetCount(each, NamedBy.PRX_TO, 9, 3, version=each) for each in NASTY)
    files = tuple(FileCoverage(each, LogKind.BACK_END, 9, 9, problem=each, rejected={each: 2}) for each in NASTY)
    return LogCounts(coverage=files, targets=targets, timeline=hours)


def test_hostile_logs_stay_text() -> None:
    report = report_on(replace(Case(Vantage("jump")), logs=nasty_counts()), NOON)
    page = html.render(report)
    read = reader.document_fromstring(page)
    assert not read.findall(".//script") + read.findall(".//img") + read.findall(".//iframe")
    for text in (plain.render(report), markdown.render(report), page):
        assert "\x1b" not in text
        assert "\u202e" not in text
    # In a block of code text is as it was; everywhere else it is escaped.
    assert "<script" not in re.sub(r"(?s)```text\n.*?\n```", "", markdown.render(report))
    json.loads(json_form.render(report))


def test_names_of_the_site_are_redacted_and_the_verdict_stays(report: Report) -> None:
    made = redact(report.case, "vendor")
    hidden = report_on(made.case, NOON)
    for text in (plain.render(hidden), markdown.render(hidden), html.render(hidden), json_form.render(hidden)):
        assert not re.search(r"oldmail|oldcert|user[0-9]\b(?!\d)|DEVUSER|10\.0\.0\.[459]\b", text)
    before, after = report.diagnosis.findings[0], hidden.diagnosis.findings[0]
    assert (before.code, before.verdict) == (after.code, after.verdict) == ("namespace/duplicate", after.verdict)


def test_odds_of_logs_stand_beside_the_others(tmp_path: Path) -> None:
    looked = cases.answered(
        cases.case(
            cases.accepts(cases.OLD_GENERIC),
            cases.refuses(cases.OLD_CERT),
            cases.samples("carol", 5, 4),
            accounts=(Account("carol", cases.OLD),),
        ),
        oldmail="yes", oldcert="yes",
    )  # fmt: skip
    [odds] = leg_odds_of(with_logs(looked, back_end(tmp_path / "u_ex.log", article())))
    assert "seen 4 of 9" in odds.seen_words
    assert "in logs 200 of 400 = 50 %" in odds.seen_words
    assert odds.predicted_words.startswith("predicted 50 %")


def test_what_was_not_read_is_said() -> None:
    files = (
        FileCoverage("a.log", LogKind.BACK_END, 10, 5, rejected={"columns": 3}),
        FileCoverage("b.log", LogKind.HTTP_PROXY, 10, 5),
        FileCoverage("c.log", None, complete=False, problem="it cannot be read"),
    )
    said = " ".join(coverage_notes(LogCounts(coverage=files, partial=True)))
    for part in (
        "3 rows rejected",
        "another number of columns",
        "several hops",
        "stopped",
        "c.log: it cannot be read",
    ):
        assert part in said
    assert "nothing here says that any worked or failed" in " ".join(coverage_notes(LogCounts(coverage=files[2:])))


def test_a_long_timeline_keeps_to_its_columns() -> None:
    hours = tuple(HourCount(NOON + timedelta(hours=n), "a", NamedBy.PRX_TO, 4, n % 2) for n in range(0, 1000, 3))
    told = timeline(LogCounts(timeline=hours))
    assert told is not None
    [line] = told.lines
    assert len(line.bins) <= BINS
    assert sum(b.requests for b in line.bins) == 4 * len(hours)
    assert sum(b.failed for b in line.bins) == sum(each.failed for each in hours)


def test_tables_keep_to_their_width() -> None:
    rows = (("x" * 90, "12", "a meaning of many words that goes on and on until it is long"), ("y", "7", "short"))
    lines = list(text_lines(LogTable("t", ("target", "count", "meaning"), rows), 80))
    assert all(len(line) <= 80 for line in lines)
    assert flat(" ".join(line[40:] for line in lines)).count("on and on") == 1
