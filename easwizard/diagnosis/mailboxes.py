"""Which mailboxes a diagnosis judges: those of the accounts, and those an inventory implies (J13)."""

from __future__ import annotations

from easwizard.case.case import UNKNOWN, Case
from easwizard.diagnosis.clues import Cap
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox


def legacy_mailboxes(case: Case) -> tuple[Mailbox, ...]:
    """Every pair of old product and AD site that the accounts state or the inventory holds (J13: per site)."""
    stated = {a.mailbox for a in case.accounts if a.mailbox is not None}
    held = {Mailbox(v.product, v.site) for v in case.inventory.vdirs if v.product is not None and not v.back_end}
    legacy = sorted((m for m in stated | held if m.product.is_legacy and m.site is not None), key=str)
    return tuple({(m.product, (m.site or "").casefold()): m for m in reversed(legacy)}.values())[::-1]


def legacy_products(case: Case) -> frozenset[Product]:
    """The old products that are known to be there; empty when nothing tells."""
    answer = case.answer("products")
    told = {p for p in Product if p in answer.split("+")} if answer != UNKNOWN else set()
    stated = {a.mailbox.product for a in case.accounts if a.mailbox is not None}
    held = {v.product for v in case.inventory.vdirs if v.product is not None}
    return frozenset(p for p in told | stated | held if p.is_legacy)


def dialled_by_server_name(case: Case) -> bool:
    """Whether the only old servers are 2010, which are believed to be reached by server name (1.2, J13)."""
    return legacy_products(case) == {Product.E2010}


def caps_of_2010(case: Case) -> tuple[Cap, ...]:
    """At most possible, where only 2010 is behind: what a legacy name answers predicts nothing there (J13)."""
    if not dialled_by_server_name(case):
        return ()
    because = "Exchange 2010 is believed to be reached by server name, so the legacy names predict nothing"
    return (Cap(Verdict.POSSIBLE, because, "J13"),)
