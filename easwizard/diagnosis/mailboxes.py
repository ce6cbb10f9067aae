"""Which mailboxes a diagnosis judges: those of the accounts, and those an inventory implies."""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.exchange.routing import Mailbox


def legacy_mailboxes(case: Case) -> tuple[Mailbox, ...]:
    """Every pair of old product and AD site that the accounts state or the inventory holds (J13: per site)."""
    stated = {a.mailbox for a in case.accounts if a.mailbox is not None}
    held = {Mailbox(v.product, v.site) for v in case.inventory.vdirs if v.product is not None and not v.back_end}
    legacy = {m for m in stated | held if m.product.is_legacy and m.site is not None}
    return tuple(sorted(legacy, key=str))
