"""Whether anybody is known to pass requests on to the old servers: only then is a fault of that leg there today.

A 2007 or 2010 server serves its own mailboxes; from 2013 on a server passes them on, always (exchange.md 1.2). So an
inventory of old servers alone says what will fail once a newer one takes the names over, and not that it fails
(J21). What probes, accounts, answers or a paste of a newer server show counts as much as the inventory.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.facts import SampleFacts
from easwizard.case.log_counts import LogKind
from easwizard.diagnosis.clues import Cap, Missing
from easwizard.diagnosis.generations import Generation, generations_at
from easwizard.diagnosis.log_places import kinds_read
from easwizard.diagnosis.vantage import seen_by_proxying_servers
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.products import Product

_SINCE_THERE_ARE_TWO = ("coexistence", "names-moved")
_NOBODY = (
    "no newer server is known here, and it is newer servers that pass requests on to these: it fails once one does"
)
_SERVERS = Missing(
    "whether there is a server of Exchange 2013 or later",
    "only where one takes the names over are requests passed on to the old servers",
    "Get-ExchangeServer | Format-List Name,Fqdn,Site,AdminDisplayVersion,ServerRole   (in the newest Exchange shell)",
)
NOT_YET = "; no newer server is known that would draw them"
"""Said behind odds that nobody draws yet."""


def nobody_proxies(case: Case) -> bool:
    """Whether the inventory holds old servers only, and nothing else shows a newer one.

    False where there is no inventory, or one with servers of no known version: then the question is open.
    """
    held = set(_held(case))
    if not held or None in held or any(_is_new(product) for product in held):
        return False
    return not (_newer_told(case) or _newer_seen(case))


def caps_while_nobody_proxies(case: Case) -> tuple[Cap, ...]:
    """At most possible: a fault of tomorrow is none of today (J21)."""
    return (Cap(Verdict.POSSIBLE, _NOBODY, "1.2, J21"),) if nobody_proxies(case) else ()


def missing_while_nobody_proxies(case: Case) -> tuple[Missing, ...]:
    """The listing that tells whether a newer server is there."""
    return (_SERVERS,) if nobody_proxies(case) else ()


def _held(case: Case) -> Iterator[Product | None]:
    """The versions of everything in the inventory that takes part in serving phones."""
    yield from (v.product for v in case.inventory.vdirs)
    yield from (s.product for s in case.inventory.servers if s.client_access is not False or s.product is not None)


def _is_new(product: Product | None) -> bool:
    return product is not None and not product.is_legacy


def _newer_told(case: Case) -> bool:
    """By the accounts, or by an answer: how often phones with new mailboxes fail, or since when."""
    products = case.answer("products")
    told = {p for p in Product if p.value in products.split("+")} if products != UNKNOWN else set()
    stated = {a.mailbox.product for a in case.accounts if a.mailbox is not None}
    fails = (case.answer(f"fails-{devices}-new") for devices in ("basic", "cert"))
    return (
        any(_is_new(product) for product in told | stated)
        or any(answer not in (UNKNOWN, "not-used") for answer in fails)
        or case.answer("since") in _SINCE_THERE_ARE_TWO
    )


def _newer_seen(case: Case) -> bool:
    """By what answers at a name, by samples that a newer server named itself in, or by its own paste (J7)."""
    if any(facts.by_server for _, facts in case.seen(SampleFacts)):
        return True
    if seen_by_proxying_servers(case):
        return True
    if case.logs is not None and kinds_read(case.logs) & {LogKind.BACK_END, LogKind.HTTP_PROXY}:
        return True  # only newer servers write these
    return any(
        Generation.NEW in generations_at(case, target, address)
        for target in case.targets
        for address in {facts.address for _, facts in case.http(target)}
    )
