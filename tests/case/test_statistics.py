"""What a handful of samples can say (exchange.md 1.6, J9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.statistics import fits, runs, samples_still_needed, samples_to_see, wilson_interval

WILSON = {
    (9, 20): (0.2582, 0.6579),
    (5, 10): (0.2366, 0.7634),
    (1, 10): (0.0179, 0.4042),
    (0, 10): (0.0, 0.2775),
    (10, 10): (0.7225, 1.0),
    (0, 1): (0.0, 0.7935),
    (50, 100): (0.4038, 0.5962),
}


@pytest.mark.parametrize(("counts", "interval"), WILSON.items())
def test_the_wilson_interval(counts: tuple[int, int], interval: tuple[float, float]) -> None:
    assert wilson_interval(*counts) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -1)])
def test_there_is_no_share_of_nothing(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(*counts)


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    failed, total = counts
    low, high = wilson_interval(failed, total)
    assert 0 <= low <= failed / total <= high <= 1
    mirrored = wilson_interval(total - failed, total)
    assert mirrored == pytest.approx((1 - high, 1 - low))
    assert fits(failed, total, failed / total)


NEEDED = {0.5: 7, 0.25: 17, 1: 1, 0.99: 2, 0.999: 1, 0.1: 44, 1 / 3: 12}


@pytest.mark.parametrize(("share", "count"), NEEDED.items())
def test_samples_to_see(share: float, count: int) -> None:
    assert samples_to_see(share) == count


@given(st.floats(0.001, 0.98), st.floats(0.001, 0.5))
def test_that_many_clean_samples_and_no_fewer_leave_less_than_the_doubt(share: float, doubt: float) -> None:
    count = samples_to_see(share, doubt)
    assert (1 - share) ** count < doubt * (1 + 1e-9)
    assert (1 - share) ** (count - 1) >= doubt * (1 - 1e-9)


@pytest.mark.parametrize("share", [0, -0.1, 1.1])
def test_a_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="between"):
        samples_to_see(share)


STILL_NEEDED = {
    (0, 0, 0.5): 7,
    (0, 3, 0.5): 4,
    (0, 7, 0.5): 0,
    (0, 30, 0.5): 0,
    (0, 7, 0.25): 10,
    (0, 0, 1): 1,
    (4, 4, 1): 0,
    (2, 4, 0.5): 8,
    (6, 12, 0.5): 0,
    (1, 1, 0.5): 3,
    (3, 12, 0.25): 32,
}


@pytest.mark.parametrize(("counts", "more"), STILL_NEEDED.items())
def test_how_many_more_would_settle_it(counts: tuple[int, int, float], more: int) -> None:
    assert samples_still_needed(*counts) == more


def width(failed: int, total: int) -> float:
    low, high = wilson_interval(failed, total)
    return high - low


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.02, 1))
def test_after_as_many_more_of_the_same_kind_it_is_settled_and_not_before(
    failed: int, parts: int, predicted: float
) -> None:
    """Counts are multiples of what was seen, so that the share stays exactly as it is."""
    total = max(failed, parts)
    whole = total + samples_still_needed(failed, total, predicted)
    enough = -(-whole // total)
    assert width(failed * enough, total * enough) < predicted * (1 + 1e-9)
    if whole > total and (times := (whole - 1) // total) >= 1:
        assert width(failed * times, total * times) >= predicted * (1 - 1e-9)


@pytest.mark.parametrize("counts", [(2, 1, 0.5), (-1, 1, 0.5), (0, 1, 0), (1, 1, 1.5)])
def test_nothing_settles_the_impossible(counts: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="share"):
        samples_still_needed(*counts)


RUNS = {"": 0, "f": 1, "ffff": 1, "sf": 2, "sfsf": 4, "ssffs": 3}


@pytest.mark.parametrize(("outcomes", "count"), RUNS.items())
def test_runs(outcomes: str, count: int) -> None:
    assert runs([outcome == "f" for outcome in outcomes]) == count


@pytest.mark.parametrize(
    ("failed", "total", "predicted", "expected"),
    [(9, 20, 0.5, True), (9, 20, 0.25, False), (9, 20, 0.9, False), (5, 20, 0.25, True), (0, 7, 0.5, False)],
)
def test_an_observed_share_fits_a_predicted_one_or_not(
    failed: int, total: int, predicted: float, expected: bool
) -> None:
    assert fits(failed, total, predicted) is expected
