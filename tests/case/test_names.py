"""Names of cases: what one system allows and another does not is refused everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.case.names import why_no_case_name


@pytest.mark.parametrize("name", ["contoso", "contoso 2026-01-01", "Größe_1", "a.b", "console", "com", "lpt10"])
def test_an_ordinary_name_will_do(name: str, tmp_path: Path) -> None:
    assert why_no_case_name(name) is None
    (tmp_path / f"{name}.eascase").touch()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "name"),
        ("   ", "name"),
        ("a/b", "'/'"),
        ("..\\b", "'\\'"),
        ("a:b", "':'"),
        ("con", "CON"),
        ("NUL.case", "NUL"),
        ("lpt9", "LPT9"),
        ("end.", "dot"),
        (".hidden", "dot"),
        ("space ", "space"),
        ("esc\x1b[2J", "cannot be seen"),
        ("bidi\u202e", "cannot be seen"),
        ("line\nbreak", "cannot be seen"),
        ("x" * 81, "longer"),
        ("ü" * 41, "longer"),
    ],
)
def test_what_cannot_be_a_file_name_somewhere_is_refused_with_the_reason(name: str, words: str) -> None:
    reason = why_no_case_name(name)
    assert reason is not None
    assert words in reason
