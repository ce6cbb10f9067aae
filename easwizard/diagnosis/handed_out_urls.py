"""The ActiveSync URLs that Autodiscover tells phones, and what is wrong with one (exchange.md 1.8).

The URL is the ExternalUrl of a virtual directory; it comes from a server, so its text is hostile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from easwizard.case.case import Account, Case
from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.untrusted import visible
from easwizard.diagnosis.activesync_answers import phone_names
from easwizard.diagnosis.redirect_targets import is_cloud
from easwizard.diagnosis.server_names import is_server_name
from easwizard.exchange.inventory import host_of
from easwizard.exchange.replies import ACTIVESYNC_PATH

_NOT_FOR_PHONES = (".local", ".lan", ".internal", ".corp", ".localhost")
"""Endings of names that only an inside DNS knows [I]."""
_SHOWN = 120


class Fit(StrEnum):
    """How one URL fits what phones need."""

    RIGHT = "right"
    SHAPE = "shape"
    """Not `https://HOST/Microsoft-Server-ActiveSync`."""
    SERVER = "server"
    """The name of one server, or one that only an inside DNS knows."""
    LEGACY = "legacy"
    CLOUD = "cloud"
    STRANGE = "strange"
    """A name that the admin did not give as one that phones use."""


@dataclass(frozen=True)
class HandedOut:
    """One answer of Autodiscover that named URLs."""

    observation: Observation
    facts: HttpFacts

    @property
    def host(self) -> str:
        """The Autodiscover name that was asked."""
        return self.observation.target.rpartition(":")[0]

    @property
    def urls(self) -> tuple[str, ...]:
        return self.facts.handed_out


def handed_out(case: Case) -> tuple[HandedOut, ...]:
    """Every answer of Autodiscover that told an ActiveSync URL."""
    return tuple(HandedOut(o, f) for o, f in case.seen(HttpFacts) if o.ok and f.handed_out)


def account_of(case: Case, told: HandedOut) -> Account | None:
    """Whose mailbox it was about; the observation's id ends with the address that was asked about."""
    return next((a for a in case.accounts if told.observation.id.endswith(f"/{visible(a.label)}")), None)


def same_place(url: str) -> str:
    """What makes two URLs one for a phone: host and path, without regard to case, port and a last slash."""
    try:
        parts = urlsplit(url)
        return f"{(parts.hostname or '').casefold()}{parts.path.rstrip('/').casefold()}"
    except ValueError:
        return url


def carriers(case: Case, urls: Iterable[str]) -> tuple[str, ...]:
    """The labels of the virtual directories whose ExternalUrl is one of these, where the inventory tells."""
    places = {same_place(url) for url in urls}
    vdirs = [v for v in case.inventory.vdirs if not v.back_end and v.external_url]
    return tuple(v.label for v in vdirs if same_place(v.external_url or "") in places)


def shown(url: str) -> str:
    return visible(url, _SHOWN)


def fit(case: Case, url: str) -> Fit:
    """How a URL fits; the shape comes first, for a phone cannot use any other (1.8)."""
    host = host_of(url)
    if not host or not _has_the_shape(url):
        return Fit.SHAPE
    if any(t.host.casefold() == host for t in phone_names(case)):
        return Fit.RIGHT
    if any(t.host.casefold() == host for t in case.targets if t.role.is_legacy):
        return Fit.LEGACY
    if is_cloud(host):
        return Fit.CLOUD
    return Fit.SERVER if _only_inside(host) or is_server_name(case, host) else Fit.STRANGE


def _has_the_shape(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.path.rstrip("/").casefold() == ACTIVESYNC_PATH.casefold()


def _only_inside(host: str) -> bool:
    return "." not in host or host.endswith(_NOT_FOR_PHONES)
