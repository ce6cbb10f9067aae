"""A short run of the fuzz script: no input may raise, and the mutated inputs still reach the readers."""

from __future__ import annotations

from tests.evidence import fuzz


def test_no_mutated_input_raises() -> None:
    found, failures = fuzz.run(400, seed=7)
    assert not failures, f"input {failures[0][0]}: {failures[0][1][:300]!r}\n{failures[0][2]}"
    for format in ("Export-Clixml", "ConvertTo-Json", "Export-Csv", "Format-List"):
        assert found[format] > 5
