"""What to bring: once each, the best first, with everything that waits for it."""

from __future__ import annotations

from easwizard.diagnosis.clues import Missing
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.evidence_list import evidence_list
from easwizard.diagnosis.finding import Diagnosis, Finding, NextBest
from easwizard.diagnosis.verdicts import Severity, Verdict
from tests.problems import cases

LOG, VDIRS, SWITCH = (Missing(what, f"why {what}", f"get {what}") for what in ("the log", "the vdirs", "the switch"))


def finding(code: str, verdict: Verdict, *missing: Missing) -> Finding:
    return Finding(code, f"Title of {code}", verdict, Severity.HIGH, False, (), "", "", "", (), (), missing, ())


def wanted(*findings: Finding, best: NextBest | None = None) -> list[str]:
    return [one.evidence for one in evidence_list(Diagnosis(findings, (), best))]


def test_each_piece_once_with_all_that_wait_for_it() -> None:
    other = Missing(LOG.evidence, "another reason", LOG.how)
    one, *rest = evidence_list(
        Diagnosis((finding("a/a", Verdict.LIKELY, LOG), finding("b/b", Verdict.POSSIBLE, other)), (), None)
    )
    assert rest == []
    assert one.settles == (("a/a", "Title of a/a"), ("b/b", "Title of b/b"))
    assert one.whys == ("why the log", "another reason")


def test_what_settles_more_comes_first_and_what_is_proven_needs_least() -> None:
    found = (
        finding("a/a", Verdict.CONFIRMED, SWITCH),
        finding("b/b", Verdict.LIKELY, LOG, VDIRS),
        finding("c/c", Verdict.POSSIBLE, VDIRS),
    )
    assert wanted(*found) == ["the vdirs", "the log", "the switch"]


def test_the_best_next_look_and_what_comes_first_by_its_nature_lead() -> None:
    first = Missing("what ends TLS", "it decides", "ask", comes_first=True)
    found = (finding("a/a", Verdict.LIKELY, LOG, VDIRS), finding("b/b", Verdict.CONFIRMED, first))
    assert wanted(*found) == ["what ends TLS", "the log", "the vdirs"]
    best = NextBest(VDIRS.evidence, ("a/a",), VDIRS.how)
    assert wanted(*found, best=best) == ["the vdirs", "what ends TLS", "the log"]


def test_a_best_look_that_no_finding_names_is_there_too() -> None:
    assert wanted(best=NextBest("the vdirs", ("routing/no-candidate",), "get them")) == ["the vdirs"]


def test_of_a_real_case_the_first_is_the_engine_s_own_choice() -> None:
    diagnosis = diagnose(cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)))
    assert diagnosis.next_best is not None
    assert evidence_list(diagnosis)[0].how == diagnosis.next_best.how


def test_nothing_is_wanted_where_nothing_is_known() -> None:
    assert wanted() == []
