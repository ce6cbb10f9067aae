"""What an escalation pack is made of, beside its manifest: the same case in every form, for whoever opens it (J27).

Gets a report that is redacted already, and hides nothing itself. Writes no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from easwizard.case.redaction.redact import Level
from easwizard.reports.forms import FORMS
from easwizard.reports.marking import mark
from easwizard.reports.model import Report
from easwizard.reports.times import both

README = "README.txt"
_REPORTS = {"summary.md": "short", "report.html": "html", "report.txt": "plain", "report.json": "json"}
"""File to form."""
_FOR: Mapping[Level, str] = {
    "vendor": "Made-up names stand for the real ones: the same name everywhere, also inside addresses and URLs. Who\n"
    "sent this pack keeps the list of them; commands with made-up names are filled in again there with\n"
    "    easwizard report --restore FILE.txt --map NAME.private-map.json",
    "internal": "Names are kept, passwords and keys are not in it. It is for people of the same organisation:\n"
    "hand it to nobody else.",
    "none": "Nothing is masked. It is for people who may know everything about these servers:\n"
    "hand it to nobody else.",
}


def pack_members(
    report: Report,
    case: str,
    ticket: str,
    evidence: Mapping[str, bytes],
    left_out: Sequence[tuple[str, str]] = (),
) -> dict[str, bytes]:
    """The parts by name, in the order in which one reads them.

    `case` and `ticket` are the texts of these two parts, `evidence` the copies by their names, `left_out` what is
    not in the pack, and why.
    """
    texts = {README: _readme(report, bool(evidence), left_out), "ticket.txt": ticket}
    texts |= {name: FORMS[form].render(report) for name, form in _REPORTS.items()}
    members = {name: text.encode("utf-8") for name, text in (texts | {"case.eascase": case}).items()}
    return members | {f"evidence/{name}": evidence[name] for name in sorted(evidence)}


def _readme(report: Report, with_evidence: bool, left_out: Sequence[tuple[str, str]]) -> str:
    lines = [
        "easwizard escalation pack",
        f"{mark(report)}",
        f"made {both(report.created)} by easwizard {report.tool_version}; verdict: {report.outcome.value}",
        "",
        _FOR[report.redacted],
        "",
        "To open it as a case, with the same screens as the sender:",
        "    easwizard THIS-FILE.zip",
        "It is unpacked into a new case; nothing is sent anywhere, and nothing on a server is changed.",
        "",
        "Without easwizard:",
        "    ticket.txt    the call in ten lines, for the ticket; what is open has its question",
        "    summary.md    the short report, for the ticket",
        "    report.html   the whole report, in any browser; loads nothing from elsewhere",
        "    report.txt    the same as plain text",
        "    report.json   the same for programs",
        "    case.eascase  the case itself, for easwizard",
        *(["    evidence      copies of what was brought, without passwords and keys"] if with_evidence else []),
        "    manifest.json size and SHA-256 of every part",
    ]
    if left_out:
        lines += ["", "Left out:", *(f"    {what}: {why}" for what, why in left_out)]
    return "\n".join(lines) + "\n"
