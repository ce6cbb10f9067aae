"""A report without the names of the site: everything in it follows anew from the redacted case. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from easwizard.case.redaction.leaks import LeakCheck
from easwizard.case.redaction.redact import Level, Redacted, preview, redact
from easwizard.reports.model import Report, report_on


def redacted_report(report: Report, level: Level, seed: Mapping[str, str] | None = None) -> tuple[Report, Redacted]:
    """The report at that level, of the same moment, and what was replaced for it.

    `seed` is the private map of an earlier redaction, whose stand-ins are kept.
    """
    if level == "none":
        return report, redact(report.case, level)
    made = redact(report.case, level, seed)
    return replace(report_on(made.case, report.created), redacted=level, tool_version=report.tool_version), made


def checked(text: str, what: str, made: Redacted) -> str:
    """The rendered text, if no known name survives in it. Raises LeakFound, which calls the text `what`."""
    if made.level == "vendor":
        LeakCheck(made.names).check(what, text)
    return text


def replaced(made: Redacted) -> str:
    """One line on what was replaced, for the admin's own screen."""
    kept = " Names are kept; hand it to your own people only." if made.level == "internal" else ""
    return f"redacted for {_FOR[made.level]}: replaced {preview(made.counts)}.{kept}"


_FOR = {"vendor": "others", "internal": "internal use", "none": "nobody"}
