"""What shows that Exchange, or at least its IIS, answers at an address, on whatever path (exchange.md 3.2, 3.4, 4).

A reverse proxy may hide all of it, so the absence of every sign is no proof of another product.
"""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.activesync_answers import comes_from_iis

_HEADERS = (
    "x-owa-version",
    "x-calculatedbetarget",
    "x-beserver",
    "x-diaginfo",
    "x-caserrorcode",
    "x-serverapplication",
)
"""Headers that only Exchange sends (3.2)."""
_LOGON_PAGE = "/owa/auth"
_SHOWN = 60


def exchange_at(case: Case, target: Target, address: str) -> str | None:
    """The best sign of Exchange at one address, in words; None when nothing there shows any."""
    facts = [f for o, f in case.http(target) if o.ok and f.address == address]
    signs = [sign for f in facts for sign in (_exchange(f),) if sign is not None]
    return next(iter(signs), None) or next((sign for f in facts if (sign := _windows(f))), None)


def _exchange(facts: HttpFacts) -> str | None:
    if facts.answered_by:
        return f"{visible(facts.answered_by, _SHOWN)} names itself"
    if facts.build or facts.product:
        return f"it tells the version {visible(facts.build or facts.product or '', _SHOWN)}"
    header = next((name for name in _HEADERS if name in facts.headers), None)
    if header is not None:
        return f"it sends {header}"
    if _LOGON_PAGE in facts.headers.get("location", "").casefold():
        return "its web page leads to the logon page of Outlook on the web"
    return None


def _windows(facts: HttpFacts) -> str | None:
    """IIS, or Windows authentication: what Exchange runs on, and few other mail servers do."""
    if facts.identity is not None and facts.identity.computer:
        return f"the Windows server {visible(facts.identity.computer, _SHOWN)} answers"
    if comes_from_iis(facts):
        return "IIS answers"
    offered = {challenge.casefold() for challenge in facts.challenges}
    return "it offers Windows authentication" if offered & {"negotiate", "ntlm"} else None
