"""What a handful of samples can and cannot say (exchange.md 1.6, J8, J9)."""

from __future__ import annotations

import math
from collections.abc import Sequence

_Z_95 = 1.959963984540054


def wilson_interval(failed: int, total: int, z: float = _Z_95) -> tuple[float, float]:
    """The 95 % Wilson interval of a share, as fractions; valid if the draws are independent (J9).

    Raises ValueError when `total` is not positive or `failed` lies outside it.
    """
    if total <= 0 or not 0 <= failed <= total:
        raise ValueError(f"no share of {failed} in {total}")
    share = failed / total
    denominator = 1 + z * z / total
    centre = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = (centre - spread) / denominator, (centre + spread) / denominator
    return (0.0 if failed == 0 else low, 1.0 if failed == total else high)


def samples_to_see(share: float, doubt: float = 0.01) -> int:
    """How many clean samples leave less than `doubt` that a fault of this share was missed (1.6).

    >>> samples_to_see(0.5), samples_to_see(0.25)
    (7, 17)
    """
    if not 0 < share <= 1:
        raise ValueError("a share lies between 0 and 1")
    if share == 1:
        return 1
    return math.floor(math.log(doubt) / math.log(1 - share)) + 1


def samples_still_needed(failed: int, total: int, predicted: float) -> int:
    """How many more crossed samples would settle whether the predicted share is true; 0 when these do.

    None failed: as many as leave less than 1 % doubt that a fault of that share was missed, less those there are.
    Some failed: until the 95 % interval is narrower than the predicted share, if the observed share stays as it is.
    Such an interval cannot hold both no fault at all and the predicted one. Valid if draws are independent (J9).
    Raises ValueError when the counts are impossible or the share is not above 0 and at most 1.

    >>> samples_still_needed(0, 0, 0.5), samples_still_needed(0, 3, 0.5), samples_still_needed(2, 4, 0.5)
    (7, 4, 8)
    """
    if not 0 <= failed <= total:
        raise ValueError(f"no share of {failed} in {total}")
    clean = samples_to_see(predicted)
    if failed == 0:
        return max(0, clean - total)
    return max(0, _samples_for_width(failed / total, predicted) - total)


def _samples_for_width(share: float, width: float, z: float = _Z_95) -> int:
    """The fewest samples at which the Wilson interval of this share is narrower than `width`.

    With n samples and m = n + z², the interval is 2 z sqrt(m s + z² (1/4 - s)) / m wide, where s = share (1 - share);
    that is solved for m.
    """
    spread = share * (1 - share)
    root = math.sqrt(4 * spread * spread + width * width * (1 - 4 * spread))
    return max(0, math.floor(z * z * ((2 * spread + root) / (width * width) - 1)) + 1)


def runs(outcomes: Sequence[object]) -> int:
    """How many runs of equal outcomes there are; few long runs mean that draws stick (J9)."""
    return sum(1 for i, outcome in enumerate(outcomes) if i == 0 or outcome != outcomes[i - 1])


def fits(failed: int, total: int, predicted: float) -> bool:
    """Whether an observed share is compatible with a predicted one at 95 % (J3)."""
    low, high = wilson_interval(failed, total)
    return low <= predicted <= high
