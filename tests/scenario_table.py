"""The table scenario x code, as Markdown: `python -m tests.scenario_table`, with `--write` into its file.

It shows what each scenario promises; the end-to-end tests hold the program to every line of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from easwizard.diagnosis.problem import catalogue
from easwizard.lab.scenario import Expectation, Scenario
from easwizard.lab.scenario_reader import load_scenario, scenario_names

FILE = Path(__file__).parent.parent / "easwizard" / "lab" / "scenarios" / "README.md"
LOOKS = {"names": "names alone", "account": "accounts too", "evidence": "files alone", "logs": "logs alone"}
"""Vantages, in the words of the table."""
_LETTER = {"confirmed": "C", "likely": "L", "possible": "p", "ruled-out": "r", "not-examined": "-"}


def table() -> str:
    """The whole page."""
    return "\n".join(_lines(tuple(load_scenario(name) for name in scenario_names()))) + "\n"


def _lines(scenarios: tuple[Scenario, ...]) -> Iterator[str]:
    yield "# Practice estates and what must be found in each"
    yield ""
    yield "Made by `python -m tests.scenario_table --write`; a test keeps it true. C confirmed, L likely, p possible,"
    yield "r ruled out, - not examined; several letters: each of them is right. What a scenario's file lists under"
    yield "`must_not` is neither confirmed nor likely there; `*` means everything else."
    yield ""
    yield "## By scenario"
    yield ""
    yield f"| scenario | what it is | {' | '.join(f'{look} | exit' for look in LOOKS.values())} |"
    yield "|---" * (2 + 2 * len(LOOKS)) + "|"
    for scenario in scenarios:
        seen = [cell for look in LOOKS for cell in _found(scenario.expectations.get(look))]
        yield f"| `{scenario.name}` | {scenario.title} | {' | '.join(seen)} |"
    yield ""
    yield "## By problem"
    yield ""
    yield "| problem | must be found in | must not be blamed in |"
    yield "|---|---|---|"
    for entry in catalogue():
        found = [s.name for s in scenarios if any(entry.code in e.must for e in _expected(s).values())]
        spared = [s.name for s in scenarios if s.name not in found and _spares(s, entry.code)]
        yield f"| `{entry.code}` | {', '.join(f'`{name}`' for name in found) or '-'} | {_counted(spared)} |"


def _expected(scenario: Scenario) -> Mapping[str, Expectation]:
    return scenario.expectations


def _spares(scenario: Scenario, code: str) -> bool:
    return any(expectation.spares(code) for expectation in _expected(scenario).values())


def _found(expectation: Expectation | None) -> tuple[str, str]:
    if expectation is None:
        return ("", "")
    cells = [
        f"`{code}` {''.join(_LETTER[verdict] for verdict in verdicts)}"
        for code, verdicts in expectation.must.items()
        if set(verdicts) & {"confirmed", "likely", "possible"}
    ]
    return (", ".join(cells) or "nothing wrong", str(expectation.exit if expectation.exit is not None else ""))


def _counted(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown or "-"


def main() -> int:
    if "--write" in sys.argv[1:]:
        FILE.write_text(table(), encoding="utf-8")
    else:
        sys.stdout.write(table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
