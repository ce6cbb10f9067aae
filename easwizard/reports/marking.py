"""What a report says of its own names, in its file name and on every page: FULL where nothing is masked (J27)."""

from __future__ import annotations

from easwizard.case.redaction.redact import Level
from easwizard.reports.model import Report

_WORDS = {
    "none": "FULL: names are not masked",
    "internal": "INTERNAL: names are kept, for your own people only",
    "vendor": "REDACTED: made-up names stand for the real ones",
}
_IN_FILE_NAMES = {"none": "FULL", "internal": "INTERNAL", "vendor": "redacted"}
LEVELS: tuple[Level, ...] = ("vendor", "internal", "none")
"""As `--redact` takes them, the most careful first."""


def mark(report: Report) -> str:
    """The words that stand on every page."""
    return mark_of(report.redacted)


def mark_of(level: Level) -> str:
    """The words for a level, also before there is a report at it."""
    return _WORDS[level]


def file_name(name: str, level: Level, suffix: str) -> str:
    """A name for the file of a report that nobody named; `name` is the case's, `suffix` with its dot.

    >>> file_name("../contoso", "none", ".html")
    '---contoso-report-FULL.html'
    """
    harmless = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80] or "case"
    return f"{harmless}-report-{_IN_FILE_NAMES[level]}{suffix}"
