"""Windows versions by the build that an NTLM challenge tells (exchange.md 4.1, believed)."""

from __future__ import annotations

_BY_BUILD = {
    "5.2.3790": "2003",
    "6.0.6001": "2008",
    "6.0.6002": "2008",
    "6.0.6003": "2008",
    "6.1.7600": "2008 R2",
    "6.1.7601": "2008 R2",
    "6.2.9200": "2012",
    "6.3.9600": "2012 R2",
    "10.0.14393": "2016",
    "10.0.17763": "2019",
    "10.0.20348": "2022",
    "10.0.26100": "2025",
}


def windows_of_build(build: str) -> str | None:
    """The Windows Server with that build, e.g. `Windows Server 2012 R2`; None when the table lacks it."""
    year = _BY_BUILD.get(build)
    return f"Windows Server {year}" if year is not None else None
