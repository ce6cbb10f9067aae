"""What must be shown of the article's two faults, and of the estates that only look like them (J4, J8 to J14)."""

from __future__ import annotations

import pytest

from easwizard.case.facts import HttpFacts, SampleFacts
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.replies import Sent
from tests.end_to_end.checking import estate, look, verdict

CERT_URL = "internal-url:legacycert.contoso.test"
GENERIC_URL = "internal-url:legacygeneric.contoso.test"


def test_article_shows_predicted_beside_observed() -> None:
    with estate("article") as running:
        report = look(running, "account")
    finding = report.diagnosis.finding("namespace/duplicate")
    assert finding is not None
    assert finding.verdict == "confirmed"
    samples = [f for _, f in report.case.seen(SampleFacts) if f.crossed]
    assert {f.predicted_failed for f in samples} == {0.5}
    assert all(f.interval is not None and f.share_failed is not None for f in samples)
    assert "predicted 50 %" in finding.summary


def test_without_the_answer_on_tls_the_switch_is_only_possible() -> None:
    with estate("article") as running:
        report = look(running, "account", answers=[f"{CERT_URL}=yes", f"{GENERIC_URL}=yes"])
    assert verdict(report, "cba/certificate-not-required") == "possible"
    assert verdict(report, "cba/not-working") in ("likely", "confirmed")


@pytest.mark.parametrize(("answer", "expected"), [("yes", "likely"), ("unknown", "possible"), ("no", "not-examined")])
def test_names_alone_depend_on_the_internal_url(answer: str, expected: str) -> None:
    with estate("article") as running:
        report = look(running, "names", answers=[f"{CERT_URL}={answer}", f"{GENERIC_URL}=yes"])
    assert verdict(report, "namespace/duplicate") == expected
    if expected == "possible":
        finding = report.diagnosis.finding("namespace/duplicate")
        assert finding is not None
        assert "Get-ActiveSyncVirtualDirectory" in finding.missing[0].how


def test_mixed_samples_without_a_known_internal_url_are_not_proof() -> None:
    with estate("article") as running:
        report = look(running, "account", answers=["tls-in-front=nothing"])
    assert verdict(report, "namespace/duplicate") == "likely"


def test_refused_at_first_stops_at_once() -> None:
    with estate("article-401") as running:
        report = look(running, "account", "--refusals", "1")
        received = {a.user: running.credentials_received(a.user) for a in running.accounts if "2007" in a.mailbox}
    assert verdict(report, "account/credentials-rejected") in ("possible", "not-examined", "ruled-out")
    refused = [f for _, f in report.case.seen(SampleFacts) if f.refused_credentials and not f.ok]
    assert refused, "the seed of this scenario begins with refused legs"
    assert all(received[f.account] == 1 for f in refused)
    assert report.outcome is Outcome.PROBLEM


def test_refused_at_first_with_one_account_is_at_most_likely() -> None:
    with estate("article-401") as running:
        report = look(running, "account", "--refusals", "1", "--samples", "3")
    crossed = [f for _, f in report.case.seen(SampleFacts) if f.crossed]
    if not crossed:
        assert verdict(report, "namespace/duplicate") in ("likely", "possible")


def test_wrong_password_is_sent_once_and_never_again() -> None:
    with estate("wrong-password") as running:
        report = look(running, "account")
        users = [a.user for a in running.accounts]
        assert [running.credentials_received(user) for user in users] == [1] * len(users)
    assert report.outcome is Outcome.INCONCLUSIVE
    assert verdict(report, "account/credentials-rejected") == "possible"


@pytest.mark.parametrize("name", ["fixed-by-removal", "fixed-by-alignment"])
@pytest.mark.parametrize("vantage", ["names", "account"])
def test_fixed_estates_say_what_would_clear_them(name: str, vantage: str) -> None:
    with estate(name) as running:
        report = look(running, "account" if vantage == "account" else "names")
    assert report.outcome is Outcome.NO_PROBLEM_FOUND
    assert not [f.code for f in report.diagnosis.findings if f.verdict.asserts]
    finding = report.diagnosis.finding("namespace/duplicate")
    if finding is not None:
        assert any("InternalUrl" in m.why or "InternalUrl" in m.evidence for m in finding.missing)


@pytest.mark.parametrize("name", ["healthy", "healthy-cba"])
def test_healthy_estates_have_nothing_above_ruled_out(name: str) -> None:
    with estate(name) as running:
        for vantage in ("names", "account"):
            report = look(running, "account" if vantage == "account" else "names")
            assert {f.verdict.value for f in report.diagnosis.findings} <= {"ruled-out"}


def test_local_options_say_nothing_and_the_report_says_so() -> None:
    with estate("article-options-local") as running:
        report = look(running, "account")
    sampling = [
        c
        for f in report.diagnosis.findings
        if f.code.startswith("namespace/")
        for c in f.clues
        if c.group == "sampling"
    ]
    assert sampling == []
    assert any("J8" in item.why for item in report.diagnosis.not_examined)


def test_only_the_duplicate_when_certificates_work_on_the_new_servers() -> None:
    with estate("article-cba-fixed") as running:
        report = look(running, "account")
    assert [f.code for f in report.diagnosis.findings if f.verdict.asserts] == ["namespace/duplicate"]


def test_a_change_of_the_running_estate_is_seen() -> None:
    with estate("article-cba-fixed") as running:
        for server in ("EX07A", "EX07B"):
            url = "https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync"
            running.change(f"internal-url={server}/Certificate Site={url}")
        report = look(running, "account", answers=["tls-in-front=nothing", f"{CERT_URL}=no", f"{GENERIC_URL}=yes"])
    assert report.outcome is Outcome.NO_PROBLEM_FOUND


def test_no_password_reaches_a_name_that_is_not_trusted() -> None:
    with estate("healthy") as running:
        report = look(running, "account", without=["--ca"])
        assert [running.credentials_received(a.user) for a in running.accounts] == [0] * len(running.accounts)
    assert not [f for _, f in report.case.seen(HttpFacts) if f.credentials is not Sent.NONE and f.status is not None]
    assert report.outcome is Outcome.INCONCLUSIVE
