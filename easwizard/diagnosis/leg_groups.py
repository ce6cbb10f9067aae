"""The old mailboxes of one version and AD site, with the legacy names and the samples that speak of them (J13).

Service discovery draws within one version and site, so nothing may be carried from one group to another. Which site
a legacy name belongs to only an inventory tells; where there are several groups and none, every name may belong to
each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Cap, Subject
from easwizard.diagnosis.legacy_names import Crossing, LegacyName, crossings, legacy_names
from easwizard.diagnosis.log_signature import leg_hosts
from easwizard.diagnosis.mailboxes import dialled_by_server_name, legacy_mailboxes
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Draw, Mailbox, candidates


@dataclass(frozen=True)
class LegGroup:
    """One group; `mailbox` is None while nobody said where any old mailbox is."""

    mailbox: Mailbox | None
    names: tuple[LegacyName, ...]
    crossed: tuple[Crossing, ...]
    names_known: bool
    """Whether the names are known to belong here: by the inventory, or because there is no other group."""
    subject: Subject


def leg_groups(case: Case) -> tuple[LegGroup, ...]:
    """Every group of the case, at least one. Beside 2007 the names of 2010 predict nothing, so it has no group."""
    names, crossed = legacy_names(case), crossings(case)
    mailboxes = [m for m in legacy_mailboxes(case) if m.product is Product.E2007 or dialled_by_server_name(case)]
    if len(mailboxes) < 2:
        mailbox = mailboxes[0] if mailboxes else None
        mine = tuple(c for c in crossed if mailbox is not None and _same(c.mailbox, mailbox))
        subject = dict.fromkeys((*(n.host for n in names), *leg_hosts(case)))
        return (LegGroup(mailbox, names, mine, True, tuple(subject)),)
    return tuple(_group(case, mailbox, mailboxes, names, crossed) for mailbox in mailboxes)


def _group(
    case: Case,
    mailbox: Mailbox,
    mailboxes: list[Mailbox],
    names: tuple[LegacyName, ...],
    crossed: tuple[Crossing, ...],
) -> LegGroup:
    hosts = hosts_of(case, mailbox)
    others = {host for other in mailboxes if other != mailbox for host in hosts_of(case, other)}
    if hosts:
        here = tuple(n for n in names if n.host.casefold() in hosts)
    else:
        here = tuple(n for n in names if n.host.casefold() not in others)
    return LegGroup(
        mailbox=mailbox,
        names=here,
        crossed=tuple(c for c in crossed if _same(c.mailbox, mailbox)),
        names_known=bool(hosts),
        subject=(str(mailbox), *(n.host for n in here)),
    )


def hosts_of(case: Case, mailbox: Mailbox) -> set[str]:
    """The hosts of the InternalUrls of its candidates, by the inventory."""
    return {v.internal_host for v in candidates(case.inventory, mailbox) if v.internal_host}


def _same(one: Mailbox, other: Mailbox) -> bool:
    return one.product is other.product and (one.site or "").casefold() == (other.site or "").casefold()


def site_caps(groups: Sequence[LegGroup]) -> tuple[Cap, ...]:
    """At most likely, while it is not known which AD site each legacy name belongs to (J13)."""
    if all(group.names_known for group in groups):
        return ()
    return (Cap(Verdict.LIKELY, "which AD site each legacy name belongs to is not known", "J13"),)


def configuration_basis(legs: Sequence[Draw]) -> Basis:
    """Configuration confirms only where every candidate's authentication was read on the IIS side (J19)."""
    read_in_iis = all(any(source.startswith("iis:") for source in leg.candidate.sources) for leg in legs)
    return Basis.CONFIRMED if read_in_iis else Basis.INFERRED
