"""A few kills of the wizard at drawn moments; `python -m tests.kill 50` is the long run."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered
from easwizard.storage.event_lines import to_line
from tests.kill.killing import Killer, killer
from tests.kill.reporting import Told

TIMES = 5

needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")


@pytest.fixture
def killing(tmp_path: Path) -> Iterator[Killer]:
    with killer(tmp_path / "cases", seed=7) as made:
        yield made


@needs_sigkill
def test_a_killed_wizard_loses_nothing_that_was_written(killing: Killer) -> None:
    killed = [killing.kill(number) for number in (2, 3, 4, 5, 6)]
    assert [one.complaint for one in killed] == [""] * TIMES
    assert sum(one.events for one in killed) > 0
    assert all(0 <= one.lost <= 1 for one in killed), killed


def test_what_was_told_before_the_kill_says_what_must_be_there() -> None:
    """Otherwise the comparison would hold for whatever is found."""
    told, events = Told(Case(Vantage("jump"))), (Answered("since", "coexistence"), Answered("since", "months"))
    lines = b"".join(b'["writing", [%s]]\n' % _quoted(to_line(event)) + b'["written", 1]\n' for event in events[:1])
    told.hear(lines + b'["writing", [' + _quoted(to_line(events[1])) + b"]]\n" + b'["written", ')
    assert [case.answer("since") for case in told.possible()] == ["coexistence", "months"]
    told.hear(b"1]\n")
    assert [case.answer("since") for case in told.possible()] == ["months"]


def _quoted(line: str) -> bytes:
    return json.dumps(line).encode("ascii")
