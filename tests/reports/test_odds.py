"""The odds of the leg: what was seen beside what was predicted, and the bar that draws it."""

from __future__ import annotations

import pytest

from easwizard.case.case import Account
from easwizard.reports.interval_bar import ASCII_BAR, interval_bar, predicted_mark
from easwizard.reports.odds import leg_odds_of
from tests.problems import cases

LEGS = (cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
TWO = (Account("anna", cases.OLD), Account("bob", cases.OLD))


def test_the_samples_of_all_accounts_of_one_kind_of_mailbox_count_together() -> None:
    case = cases.case(*LEGS, cases.samples("anna", 4, 3), cases.samples("bob", 3, 4), accounts=TWO)
    (odds,) = leg_odds_of(case)
    assert (odds.failed, odds.crossed, odds.seen, odds.predicted) == (7, 14, 0.5, 0.5)
    assert odds.seen_words == "seen 7 of 14 = 50 % (27 to 73 %)"
    assert odds.predicted_words == "predicted 50 % if all names are drawn alike"


def test_a_share_that_does_not_fit_says_so() -> None:
    (odds,) = leg_odds_of(cases.case(*LEGS, cases.samples("anna", 14, 0), accounts=TWO))
    assert odds.seen_words.endswith("which does not fit")


def test_a_prediction_alone_and_samples_alone() -> None:
    (predicted,) = leg_odds_of(cases.case(*LEGS, accounts=TWO))
    assert (predicted.seen, predicted.interval) == (None, None)
    assert predicted.seen_words == "no sign-in is known to have reached the old servers"
    (seen,) = leg_odds_of(cases.case(cases.samples("anna", 1, 1), accounts=TWO))
    assert (seen.predicted, seen.predicted_words) == (None, "nothing predicts it")


def test_samples_that_never_crossed_and_new_mailboxes_say_nothing() -> None:
    assert leg_odds_of(cases.case(cases.samples("anna", 5, 0, crossed=False), accounts=TWO)) == ()
    new = (Account("anna", cases.NEW),)
    assert leg_odds_of(cases.case(*LEGS, cases.samples("anna", 3, 3), accounts=new)) == ()


@pytest.mark.parametrize("width", [0, 5, 11, 58])
def test_a_bar_has_its_width_and_the_ends_their_cells(width: int) -> None:
    for interval, seen in (((0.0, 1.0), 0.5), ((0.0, 0.0), 0.0), ((1.0, 1.0), 1.0), ((-1.0, 7.0), 3.0)):
        assert len(interval_bar(width, interval, seen)) == max(width, 5)


def test_a_bar_in_full_and_in_ascii() -> None:
    assert interval_bar(13, (0.25, 0.75), 0.5) == "├──▓▓▓│▓▓▓──┤"
    assert interval_bar(13, (0.0, 0.2)) == "├▓▓▓────────┤"
    assert interval_bar(13, (0.25, 0.75), 0.5, ASCII_BAR) == "|--###|###--|"


def test_the_prediction_stands_below_its_share_on_the_side_with_room() -> None:
    width = 40
    for share in (0.0, 0.25, 0.5, 0.9, 1.0):
        mark = predicted_mark(width, share)
        assert len(mark) <= width
        assert mark.index("▲") == interval_bar(width, (0, 0), share).index("│")
        assert f"predicted {share * 100:.0f} %" in mark
