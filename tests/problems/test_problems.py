"""Each problem firing, staying silent and lacking evidence; and the look-alikes that must not be called it."""

from __future__ import annotations

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import CertificateDemand, DnsOutcome, Reason
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
from easwizard.diagnosis.problem import Entry, Examination, Problem, catalogue
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.replies import PROXY_PATH, Sent
from tests.problems.cases import (
    ASKED,
    CERT,
    GENERIC,
    NEW,
    NOT_ASKED,
    OLD,
    OLD_CERT,
    OLD_GENERIC,
    accepts,
    answered,
    case,
    certificate_samples,
    dns,
    finding,
    http,
    refuses,
    samples,
    tcp,
    verdict,
)

ANNA, BOB, CAROL = Account("anna", OLD), Account("bob", OLD), Account("carol", NEW)
UNSITED = Account("anna", type(OLD)(OLD.product))
NAMES = (accepts(OLD_GENERIC), refuses(OLD_CERT))
ONE_ADDRESS_REFUSES = (accepts(OLD_GENERIC), accepts(OLD_CERT), refuses(OLD_CERT, "127.0.0.2"))
BARE_403 = (accepts(OLD_GENERIC), http(OLD_CERT, 403, path=PROXY_PATH))
BARE_404 = (accepts(OLD_GENERIC), http(OLD_CERT, 404, path=PROXY_PATH))
OPTIONAL_ABOVE = http(OLD_CERT, 401, "Basic", demand=CertificateDemand(ASKED.asked, "handshake", required=False))
NO_WINDOWS = http(OLD_GENERIC, 401, "Basic", path=PROXY_PATH)
NEGOTIATE_ONLY = http(OLD_GENERIC, 401, "Negotiate", path=PROXY_PATH)

DUPLICATE = "namespace/duplicate"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (answered(case(*NAMES), oldcert="yes", oldmail="yes"), "likely"),
        (answered(case(*NAMES), oldcert="unknown"), "possible"),
        (answered(case(*NAMES), oldcert="no", oldmail="yes"), "not-examined"),
        (answered(case(*ONE_ADDRESS_REFUSES), oldcert="yes"), "not-examined"),
        (answered(case(*BARE_403), oldcert="yes"), "not-examined"),
        (answered(case(*BARE_404), oldcert="yes"), "not-examined"),
        (answered(case(*NAMES, OPTIONAL_ABOVE), oldcert="yes"), "not-examined"),
        (answered(case(refuses(OLD_CERT)), oldcert="yes"), "not-examined"),
        (answered(case(*NAMES, samples("anna", 4, 3), accounts=(ANNA,)), oldcert="yes"), "confirmed"),
        (answered(case(*NAMES, samples("anna", 4, 3, server=""), accounts=(ANNA,)), oldcert="yes"), "likely"),
        (case(*NAMES, samples("anna", 4, 3), accounts=(ANNA,)), "likely"),
        (case(samples("anna", 4, 3), accounts=(ANNA,)), "possible"),
        (case(samples("anna", 4, 3), accounts=(UNSITED,)), "not-examined"),
        (case(samples("carol", 4, 3), accounts=(CAROL,)), "not-examined"),
        (answered(case(*NAMES, samples("anna", 20, 0), accounts=(ANNA,)), oldcert="yes"), "possible"),
        (answered(case(*NAMES, samples("anna", 6, 0), accounts=(ANNA,)), oldcert="yes"), "likely"),
        (answered(case(*NAMES, samples("anna", 20, 0, crossed=False), accounts=(ANNA,)), oldcert="yes"), "likely"),
        (
            answered(case(*NAMES, samples("anna", 9, 0), samples("bob", 0, 7), accounts=(ANNA, BOB)), oldcert="yes"),
            "likely",
        ),
        (answered(case(*NAMES, fails_basic_old="sometimes"), oldcert="unknown"), "likely"),
        (answered(case(*NAMES, fails_basic_old="never"), oldcert="yes"), "possible"),
        (case(fails_basic_old="sometimes"), "possible"),
        (case(fails_basic_old="unknown"), "not-examined"),
    ],
)
def test_duplicate(known: Case, expected: str) -> None:
    assert verdict(known, DUPLICATE) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (answered(case(refuses(OLD_CERT)), oldcert="yes"), "not-examined"),
        (answered(case(refuses(OLD_CERT)), oldcert="unknown"), "not-examined"),
        (answered(case(*NAMES), oldcert="yes", oldmail="no"), "likely"),
        (answered(case(*NAMES), oldcert="yes", oldmail="unknown"), "not-examined"),
        (answered(case(*NAMES, samples("anna", 1, 6), accounts=(ANNA,)), oldcert="yes", oldmail="no"), "ruled-out"),
        (case(samples("anna", 0, 7), accounts=(ANNA,)), "not-examined"),
        (case(fails_basic_old="always"), "possible"),
    ],
)
def test_all_refuse(known: Case, expected: str) -> None:
    assert verdict(known, "namespace/legacy-rejects-all") == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (answered(case(NO_WINDOWS), oldmail="yes"), "likely"),
        (answered(case(NO_WINDOWS), oldmail="unknown"), "possible"),
        (answered(case(NO_WINDOWS), oldmail="no"), "not-examined"),
        (answered(case(NEGOTIATE_ONLY), oldmail="yes"), "not-examined"),
        (case(accepts(OLD_GENERIC)), "ruled-out"),
        (answered(case(http(OLD_GENERIC, 404, path=PROXY_PATH)), oldmail="yes"), "not-examined"),
    ],
)
def test_windows_authentication(known: Case, expected: str) -> None:
    assert verdict(known, "proxy/windows-auth-missing") == expected


NEVER_ASKS = http(CERT, 401, "Basic")
ASKS = http(CERT, 403, demand=ASKED)
ACCEPTS_ONLY = http(CERT, 401, "Basic", demand=CertificateDemand(ASKED.asked, "renegotiation", required=False))
NOT_REQUIRED = "cba/certificate-not-required"


@pytest.mark.parametrize(
    ("known", "switch", "at_large"),
    [
        (case(), "not-examined", "not-examined"),
        (case(NEVER_ASKS, tls_in_front="nothing"), "likely", "not-examined"),
        (case(NEVER_ASKS), "possible", "likely"),
        (case(NEVER_ASKS, tls_in_front="delegation"), "ruled-out", "possible"),
        (case(NEVER_ASKS, tls_in_front="bridging"), "not-examined", "likely"),
        (case(ASKS, tls_in_front="nothing"), "ruled-out", "not-examined"),
        (case(ACCEPTS_ONLY, tls_in_front="nothing"), "possible", "not-examined"),
        (case(http(CERT, 404), tls_in_front="nothing"), "not-examined", "not-examined"),
        (case(http(CERT, 503), tls_in_front="nothing"), "not-examined", "not-examined"),
        (case(http(CERT, 302), tls_in_front="nothing"), "not-examined", "not-examined"),
        (case(http(CERT, 403), tls_in_front="nothing"), "not-examined", "not-examined"),
    ],
)
def test_certificates_not_required(known: Case, switch: str, at_large: str) -> None:
    assert (verdict(known, NOT_REQUIRED), verdict(known, "cba/not-working")) == (switch, at_large)


REFUSED_ON_THE_WAY = http(CERT, 403, demand=ASKED, sent=Sent.CERTIFICATE)
REFUSED_WITHOUT_A_WAY = http(CERT, 401, demand=ASKED, sent=Sent.CERTIFICATE)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(certificate_samples(2, 3, {"a": {"200": 1, "403": 3}, "b": {"200": 1}})), "ruled-out"),
        (case(certificate_samples(1, 7, {"a": {"200": 1}, "b": {"403": 7}})), "possible"),
        (case(REFUSED_ON_THE_WAY, certificate_samples(0, 14, {"a": {"403": 14}})), "possible"),
        (case(REFUSED_WITHOUT_A_WAY, certificate_samples(0, 14, {"a": {"401": 14}})), "likely"),
    ],
)
def test_certificate_sign_in(known: Case, expected: str) -> None:
    """A certificate that was taken and refused later may have met the refusing leg, not a missing switch."""
    assert verdict(known, "cba/not-working") == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(dns(GENERIC, DnsOutcome.ANSWER)), "ruled-out"),
        (case(dns(GENERIC, DnsOutcome.NXDOMAIN)), "confirmed"),
        (case(dns(GENERIC, DnsOutcome.DANGLING)), "confirmed"),
        (case(dns(GENERIC, DnsOutcome.NXDOMAIN, "external"), dns(GENERIC, DnsOutcome.ANSWER)), "ruled-out"),
        (case(dns(GENERIC, DnsOutcome.NXDOMAIN), dns(GENERIC, DnsOutcome.TIMEOUT, "external")), "possible"),
        (case(dns(GENERIC, DnsOutcome.TIMEOUT)), "not-examined"),
        (case(dns(GENERIC, DnsOutcome.SERVFAIL)), "not-examined"),
    ],
)
def test_missing_names(known: Case, expected: str) -> None:
    assert verdict(known, "dns/missing") == expected


@pytest.mark.parametrize(("answer", "severity"), [("no", "info"), ("unknown", "medium"), ("yes", "high")])
def test_a_missing_legacy_name_matters_as_far_as_it_is_used(answer: str, severity: str) -> None:
    found = finding(answered(case(dns(OLD_CERT, DnsOutcome.NXDOMAIN)), oldcert=answer), "dns/missing")
    assert found is not None
    assert found.severity == severity


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(tcp(GENERIC, None), http(GENERIC, 401, "Basic")), "ruled-out"),
        (case(tcp(GENERIC, Reason.REFUSED)), "confirmed"),
        (case(tcp(GENERIC, Reason.REFUSED), tcp(GENERIC, None, "127.0.0.2")), "likely"),
    ],
)
def test_unreachable(known: Case, expected: str) -> None:
    assert verdict(known, "tls/unreachable") == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(samples("anna", 0, 0, refused=1), accounts=(ANNA,)), "possible"),
        (case(samples("anna", 0, 0, refused=1), accounts=(ANNA,), owa="works"), "possible"),
        (case(samples("anna", 0, 0, refused=1), accounts=(ANNA,), owa="fails"), "confirmed"),
        (case(samples("anna", 3, 3), accounts=(ANNA,)), "ruled-out"),
        (case(accounts=(ANNA,)), "not-examined"),
    ],
)
def test_credentials(known: Case, expected: str) -> None:
    assert verdict(known, "account/credentials-rejected") == expected


def test_two_accepting_names_are_a_note_without_steps() -> None:
    both = answered(case(accepts(OLD_GENERIC), accepts(OLD_CERT)), oldmail="yes", oldcert="yes")
    found = finding(both, "namespace/differs")
    assert found is not None
    assert (found.severity, found.remedies) == ("info", ())
    assert not found.verdict.asserts


def test_every_problem_has_words_and_cites_its_rules() -> None:
    for entry in catalogue():
        assert entry.words.helpdesk
        assert entry.words.engineer
        assert len([r for r in entry.words.remedies if r.recommended]) == min(1, len(entry.words.remedies))


def test_not_asked_is_not_unknown() -> None:
    assert NOT_ASKED.was_asked is False
    assert CertificateDemand().was_asked is None


def test_what_must_be_seen_first_is_the_next_look() -> None:
    silent = diagnose(case(dns(GENERIC, DnsOutcome.TIMEOUT)))
    closed = diagnose(case(tcp(GENERIC, Reason.REFUSED)))
    assert silent.next_best is not None
    assert closed.next_best is not None
    assert "--resolver" in silent.next_best.how
    assert "Test-NetConnection" in closed.next_best.how
    assert any("did not answer" in item.why for item in silent.not_examined)


def test_a_rule_that_fails_is_shown_and_hides_nothing() -> None:
    def fails(_: Case) -> Examination:
        raise KeyError("x")

    broken = Entry(Problem("test/broken", Severity.HIGH, fails), catalogue()[0].words)
    diagnosis = diagnose(case(tcp(GENERIC, Reason.REFUSED)), [broken, *catalogue()])
    assert [f.code for f in diagnosis.findings] == ["tls/unreachable"]
    assert [item.why for item in diagnosis.not_examined if item.what == "test/broken"] == [
        f"needs {INTERNAL_ERROR}: KeyError: please report it"
    ]
