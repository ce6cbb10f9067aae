"""Autodiscover hands out one of two ActiveSync URLs, by chance (exchange.md 1.8). It hits first set-up only.

Two URLs for two mailboxes are no clue: each AD site and version may have its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group, Subject
from easwizard.diagnosis.handed_out_urls import (
    HandedOut,
    account_of,
    carriers,
    handed_out,
    same_place,
    shown,
)
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import external_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Inventory, VirtualDirectory


def examine(case: Case) -> Examination:
    found = (
        *(c for told in handed_out(case) for c in _two(case, told)),
        *_between_addresses(case),
        *_held(case.inventory),
    )
    ill = {name for clue in found for name in clue.subject}
    clues = (*found, *(_one(told) for told in handed_out(case) if told.host not in ill))
    first_setup = case.answer("phones") == "first-setup"
    return Examination(
        clues=clues,
        missing=(external_urls("which virtual directories carry them, and in which AD site"),) if ill else (),
        severity=Severity.MEDIUM if first_setup else Severity.LOW,
    )


def _about(case: Case, host: str) -> Subject:
    """The Autodiscover name, and the virtual directories that carry what it hands out."""
    urls = [url for told in handed_out(case) if told.host == host for url in told.urls]
    return (host, *carriers(case, urls))


def _two(case: Case, told: HandedOut) -> Iterator[Clue]:
    """One address was asked several times about one mailbox, so two URLs are two for the same phone."""
    places = {same_place(url): url for url in told.urls}
    if len(places) > 1:
        urls = " and ".join(shown(url) for url in places.values())
        text = f"Autodiscover at {told.host} ({told.facts.address}) hands out {urls} for one mailbox"
        about = _about(case, told.host)
        yield Clue(Effect.PROVES, text, "1.8", Group.PROBE, subject=about, observation=told.observation.id)


def _one(told: HandedOut) -> Clue:
    """A coin that fell on one side: that may be chance, so it does not rule anything out."""
    text = f"Autodiscover at {told.host} ({told.facts.address}) handed out the same URL each time it was asked"
    id = told.observation.id
    return Clue(Effect.EXCLUDES, text, "1.8", Group.PROBE, Basis.INFERRED, (told.host,), id)


def _between_addresses(case: Case) -> Iterator[Clue]:
    """Two addresses of one name that answer differently about one mailbox."""
    asked: dict[tuple[str, str], dict[str, HandedOut]] = {}
    for told in handed_out(case):
        account = account_of(case, told)
        if account is not None and len({same_place(url) for url in told.urls}) == 1:
            asked.setdefault((told.host, account.label), {}).setdefault(same_place(told.urls[0]), told)
    for (host, _), places in asked.items():
        if len(places) > 1:
            urls = " and ".join(f"{shown(t.urls[0])} ({t.facts.address})" for t in places.values())
            text = f"{host} hands out different URLs for one mailbox: {urls}"
            yield Clue(Effect.PROVES, text, "1.8", Group.PROBE, subject=_about(case, host))


def _held(inventory: Inventory) -> Iterator[Clue]:
    """Two ExternalUrls in one AD site and version (5.3 step 7)."""
    groups: dict[tuple[str, str], list[VirtualDirectory]] = {}
    for vdir in inventory.vdirs:
        if not vdir.back_end and vdir.product is not None and vdir.site and vdir.external_url:
            groups.setdefault((vdir.site.casefold(), vdir.product.value), []).append(vdir)
    for (_, product), vdirs in sorted(groups.items()):
        places = {same_place(v.external_url or ""): v for v in vdirs}
        if len(places) > 1:
            urls = " and ".join(f"{shown(v.external_url or '')} on {v.label}" for v in places.values())
            text = f"the {product} servers of the AD site {vdirs[0].site} carry {len(places)} ExternalUrls: {urls}"
            labels = tuple(v.label for v in vdirs)
            yield Clue(Effect.PROVES, text, "1.8, 5.3", Group.EVIDENCE, Basis.INFERRED, labels)


PROBLEM = Problem(code="autodiscover/two-external-urls", severity=Severity.LOW, examine=examine, reads=("phones",))
