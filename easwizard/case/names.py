"""Names of cases: what can be a file name on every system, since cases travel. Pure."""

from __future__ import annotations

from easwizard.case.untrusted import visible

LONGEST = 80
_FORBIDDEN = '<>:"/\\|?*'
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789")}
"""Devices of Windows: no file can have such a name there, whatever its ending."""


def why_no_case_name(name: str) -> str | None:
    """Why this cannot be the name of a case and what to do; None where it can."""
    if not name.strip():
        return "give it a name"
    wrong = next((character for character in name if character in _FORBIDDEN), None)
    if wrong is not None:
        return f"'{wrong}' cannot be part of a file name; leave it out"
    if visible(name, len(name)) != name:
        return "it has characters that cannot be seen; type it by hand"
    if name != name.strip() or name.endswith(".") or name.startswith("."):
        return "it must not begin or end with a dot or a space"
    if name.partition(".")[0].casefold() in _RESERVED:
        return f"Windows keeps the name {name.partition('.')[0].upper()} for itself; take another"
    if len(name.encode()) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    return None
