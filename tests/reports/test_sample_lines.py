"""How samples read in the plain report."""

from __future__ import annotations

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation, SampleFacts, Status
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import Sent
from easwizard.reports import plain
from easwizard.reports.model import report_on
from tests.probes.conftest import NOON

TARGET = Target("mail.contoso.test", 443, Role.GENERIC)


def text_of(facts: SampleFacts) -> str:
    seen = Observation("sample:x", TARGET.name, "JUMP1", Status.OK, facts, NOON)
    case = Case(Vantage("JUMP1"), targets=(TARGET,)).with_observations([seen])
    return " ".join(plain.render(report_on(case, NOON)).split())


def signed_in(more: int | None, predicted: float | None = 0.5) -> SampleFacts:
    return SampleFacts(
        address="192.0.2.1",
        credentials=Sent.BASIC,
        account="anna",
        mailbox="2007@London",
        sent=3,
        crossed=3,
        more_needed=more,
        predicted_failed=predicted,
        predicted_basis="inventory" if predicted is not None else None,
        by_outcome={"200": 3},
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (signed_in(4), "predicted 50 % (inventory); 4 more crossed samples would settle whether that is so"),
        (signed_in(0), "predicted 50 % (inventory); enough to settle whether that is so"),
    ],
)
def test_how_many_more_samples_would_settle_it(facts: SampleFacts, words: str) -> None:
    assert words in text_of(facts)


def test_where_nothing_is_predicted_nothing_is_to_be_settled() -> None:
    text = text_of(signed_in(None, None))
    assert "sign-in of anna at mail.contoso.test:443: 3 sent (3 x 200), 3 crossed to the old servers" in text
    assert "settle whether" not in text
