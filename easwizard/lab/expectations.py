"""Whether a diagnosis says of an estate what its scenario expects. Pure; knows verdicts as words only."""

from __future__ import annotations

from collections.abc import Mapping

from easwizard.lab.scenario import Expectation

_NOT_EXAMINED = "not-examined"
_ACCUSING = ("confirmed", "likely")


def unmet(expectation: Expectation, verdicts: Mapping[str, str], exit_code: int) -> tuple[str, ...]:
    """What does not hold, in words; empty when all of it does.

    `verdicts` are by problem code; a code that is not there counts as not examined, as in the JSON report.
    """
    complaints = []
    for code, allowed in expectation.must.items():
        verdict = verdicts.get(code, _NOT_EXAMINED)
        if verdict not in allowed:
            complaints.append(f"{code} is {verdict}, expected {' or '.join(allowed)}")
    for code, verdict in verdicts.items():
        if verdict in _ACCUSING and expectation.spares(code):
            complaints.append(f"{code} is {verdict}, expected neither confirmed nor likely")
    if expectation.exit is not None and exit_code != expectation.exit:
        complaints.append(f"the exit code is {exit_code}, expected {expectation.exit}")
    return tuple(complaints)
