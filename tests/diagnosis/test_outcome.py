"""The one word on a whole case, in the order of the contract (DESIGN 5)."""

from __future__ import annotations

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import Reason
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.outcome import Outcome, outcome
from tests.problems.cases import (
    GENERIC,
    NEW,
    OLD,
    OLD_CERT,
    answered,
    case,
    certificate_samples,
    http,
    redirected_samples,
    samples,
    signed_in,
    tcp,
)

ANNA, CAROL = Account("anna", OLD), Account("carol", NEW)
FINE = http(GENERIC, 401, "Basic")
PROBLEM, NOTHING, OPEN = Outcome.PROBLEM, Outcome.NO_PROBLEM_FOUND, Outcome.INCONCLUSIVE
CLOUD = {"x-ms-location": "https://outlook.office365.com/Microsoft-Server-ActiveSync"}
TO_THE_CLOUD = signed_in(GENERIC, 451, "carol", headers=CLOUD)


@pytest.mark.parametrize(
    ("known", "word"),
    [
        (case(), OPEN),
        (case(FINE), NOTHING),
        (case(http(GENERIC, 404)), PROBLEM),
        (case(FINE, http(GENERIC, 404, address="127.0.0.2")), PROBLEM),
        # A legacy name that may be unused is possible only, and that does not change the word.
        (case(FINE, http(OLD_CERT, 404)), NOTHING),
        (answered(case(FINE, http(OLD_CERT, 404)), oldcert="yes"), PROBLEM),
        # What says more about our view than about the estate.
        (case(tcp(GENERIC, Reason.REFUSED)), OPEN),
        (case(FINE, samples("carol", 0, 0, refused=1), accounts=(CAROL,), owa="fails"), OPEN),
        (case(FINE, samples("carol", 0, 2, outcomes={"457": 2}), accounts=(CAROL,)), OPEN),
        # Accounts.
        (case(FINE, accounts=(CAROL,)), OPEN),
        (case(FINE, samples("carol", 3, 0, crossed=False), accounts=(CAROL,)), NOTHING),
        (case(FINE, samples("anna", 3, 0, crossed=False), accounts=(ANNA,)), OPEN),
        (case(FINE, samples("anna", 3, 0), accounts=(ANNA,)), NOTHING),
        # Failures without an explanation are not health.
        (case(FINE, samples("carol", 0, 4), accounts=(CAROL,)), OPEN),
        (case(FINE, samples("carol", 8, 1, crossed=False), accounts=(CAROL,)), OPEN),
        # A certificate is refused like an account, unless it was let in anywhere.
        (case(FINE, certificate_samples(0, 14, {"a": {"403": 14}})), OPEN),
        (case(FINE, certificate_samples(1, 7, {"a": {"200": 1}, "b": {"403": 7}})), NOTHING),
        # A mailbox in the cloud is a note, and it crossed nothing.
        (case(FINE, TO_THE_CLOUD, redirected_samples("carol", 1), accounts=(CAROL,)), NOTHING),
        (case(FINE, TO_THE_CLOUD, redirected_samples("anna", 1), accounts=(ANNA,)), OPEN),
    ],
)
def test_the_word_on_a_case(known: Case, word: Outcome) -> None:
    assert outcome(known, diagnose(known)) is word


def test_a_note_is_never_a_problem() -> None:
    known = case(FINE, TO_THE_CLOUD, redirected_samples("carol", 1), accounts=(CAROL,), hybrid="yes")
    diagnosis = diagnose(known)
    found = diagnosis.finding("eas/redirected")
    assert found is not None
    assert found.severity == "info"
    assert outcome(known, diagnosis) is NOTHING
