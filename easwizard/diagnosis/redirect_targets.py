"""Where a redirect sends a phone: the target decides whether it is a fault at all (J12).

The target is a header, so its text is hostile. Which host names are the vendor's cloud is believed, not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urljoin, urlsplit

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.exchange.replies import ACTIVESYNC_PATH

_CLOUD = ("outlook.com", "office.com", "office365.com", "office365.us", "outlook.cn")
"""Domains of the vendor's cloud [B]; the target is made of the organisation relationship's URL (1.2)."""
_SHOWN = 120


class Place(StrEnum):
    """What a redirect leads to."""

    ITSELF = "itself"
    OWN_PAGE = "own-page"
    """Another path of the same name, e.g. `/owa/`."""
    CLOUD = "cloud"
    LEGACY = "legacy"
    PHONE_NAME = "phone-name"
    """Another name of the case that phones use."""
    ELSEWHERE = "elsewhere"
    UNTOLD = "untold"


@dataclass(frozen=True)
class RedirectTarget:
    """Where a redirect leads, with the address in words that are safe to show."""

    place: Place
    shown: str
    path: str = ""


def is_cloud(host: str) -> bool:
    """Whether a host name belongs to the vendor's cloud, as believed."""
    name = host.casefold().rstrip(".")
    return any(name == domain or name.endswith("." + domain) for domain in _CLOUD)


def redirect_target(case: Case, target: Target, facts: HttpFacts) -> RedirectTarget:
    """Where the answer sends on; `UNTOLD` where it names no address that can be read (3.1)."""
    header = "x-ms-location" if facts.status == 451 else "location"
    url = _absolute(facts.headers.get(header, ""), target)
    host = _host(url)
    if url is None or host is None:
        return RedirectTarget(Place.UNTOLD, "an address that is not told")
    return RedirectTarget(_place(case, target, host, url.path), visible(f"{host}{url.path}", _SHOWN), url.path)


def _absolute(value: str, target: Target) -> SplitResult | None:
    if not value.strip():
        return None
    try:
        return urlsplit(urljoin(f"https://{target.name}{ACTIVESYNC_PATH}", value.strip()))
    except ValueError:
        return None


def _host(url: SplitResult | None) -> str | None:
    return url.hostname if url is not None and url.scheme in ("http", "https") else None


def _place(case: Case, target: Target, host: str, path: str) -> Place:
    if host == target.host.casefold():
        return Place.ITSELF if path.casefold().rstrip("/") == ACTIVESYNC_PATH.casefold() else Place.OWN_PAGE
    if is_cloud(host):
        return Place.CLOUD
    known = next((t for t in case.targets if t.host.casefold() == host), None)
    if known is None:
        return Place.ELSEWHERE
    if known.role.is_legacy:
        return Place.LEGACY
    return Place.PHONE_NAME if known.role.faces_devices else Place.ELSEWHERE
