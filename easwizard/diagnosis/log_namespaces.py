"""What logs say of the problems of the legacy names, for one group of old mailboxes (J13).

A log of the leg itself may confirm (J7). That nothing was refused weakens and never excludes: a log shows what was
drawn while it was written, not every candidate there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.log_counts import NamedBy
from easwizard.case.statistics import samples_to_see
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.leg_groups import LegGroup, hosts_of, leg_groups
from easwizard.diagnosis.legacy_names import predicted_failure
from easwizard.diagnosis.log_legs import LogLeg, denied, log_legs
from easwizard.diagnosis.log_signature import Signature, all_refuse, serving, signature_clue, signatures
from easwizard.diagnosis.server_names import is_server_name
from easwizard.exchange.certainty import Basis

_STRAY = 0.05
"""Refusals in proportion to what was served that blocked users and devices make up (logs.md 4: 403 0)."""
_HALF = 0.5
"""The share that the article speaks of, where nothing predicts another one."""


def logged_in(case: Case, group: LegGroup) -> tuple[Signature, ...]:
    """The signatures that concern this group: by the inventory, else every group may be meant."""
    hosts = hosts_of(case, group.mailbox) if group.mailbox is not None else set[str]()
    elsewhere = {
        host
        for other in leg_groups(case)
        if other.mailbox is not None and other.mailbox != group.mailbox
        for host in hosts_of(case, other.mailbox)
    } - hosts
    return tuple(each for each in signatures(case) if not set(each.hosts) & elsewhere)


def namespace_clues(case: Case, group: LegGroup) -> Iterator[Clue]:
    """For `namespace/duplicate`: the article's signature, or many requests that nothing refused."""
    hosts = hosts_of(case, group.mailbox) if group.mailbox is not None else set[str]()
    predicted = predicted_failure(case, group.mailbox) if group.mailbox is not None else None
    share = predicted[0] if predicted is not None else None
    found = logged_in(case, group)
    for signature in found:
        in_one_site = bool(hosts) and set(signature.hosts) <= hosts
        yield signature_clue(case, signature, group.subject, share, in_one_site=in_one_site)
    if not found:
        yield from _clean(case, group, share)


def _clean(case: Case, group: LegGroup, predicted: float | None) -> Iterator[Clue]:
    legs = list(serving(case))
    served, refused = sum(leg.served for leg in legs), sum(leg.refused for leg in log_legs(case))
    enough = samples_to_see(predicted if predicted and 0 < predicted <= 1 else _HALF)
    if served >= enough and refused <= served * _STRAY:
        hosts = " and ".join(leg.host for leg in legs)
        text = f"the logs show {served} requests that {hosts} served for newer servers, and {refused} refused there"
        yield Clue(Effect.WEAKENS, text, "1.7, J8", Group.LOG, subject=group.subject)


def rejects_all_clues(case: Case, group: LegGroup) -> Iterator[Clue]:
    """For `namespace/legacy-rejects-all`: every host that logs name refuses, or one of them serves."""
    bad = all_refuse(case)
    if bad:
        yield _all_refuse(case, bad, group)
    for leg in serving(case):
        text = f"{leg.host} served {leg.served} of {leg.requests} requests that were passed on to it (log)"
        basis = Basis.CONFIRMED if len(leg_groups(case)) == 1 else Basis.INFERRED
        yield Clue(Effect.EXCLUDES, text, "1.7, J4", Group.LOG, basis, group.subject)
        return


def _all_refuse(case: Case, bad: tuple[LogLeg, ...], group: LegGroup) -> Clue:
    """Other candidates may exist that were not drawn in that time, so it supports; strongly where InternalUrls do."""
    told = ", ".join(f"{leg.host} refused {leg.refused} of {leg.requests}" for leg in bad)
    text = f"every old server that the logs name refuses what is passed on to it: {told}"
    named = all(leg.named_by is NamedBy.PRX_TO and not denied(case, leg.host) for leg in bad)
    sure = named and all(leg.status == 403 for leg in bad)
    basis = Basis.CONFIRMED if sure else Basis.INFERRED
    strong = named and not is_plain_401(bad)
    return Clue(Effect.SUPPORTS, text, "1.7, 5.3, J7", Group.LOG, basis, group.subject, strong=strong)


def is_plain_401(legs: Sequence[LogLeg]) -> bool:
    """Whether all that is refused is refused with 401: a wrong Kerberos name looks just like it (J17)."""
    return bool(legs) and all(leg.status == 401 for leg in legs)


def kerberos_clues(case: Case) -> Iterator[Clue]:
    """For `proxy/spn-conflict`: every leg is refused with a plain 401, which no `Error:` explains."""
    bad = all_refuse(case)
    if is_plain_401(bad) and not all(is_server_name(case, leg.host) for leg in bad):
        told = ", ".join(f"{leg.host} refused {leg.refused} of {leg.requests}" for leg in bad)
        text = f"every leg in the logs ends with a plain 401, as a Kerberos name on a wrong account makes it: {told}"
        yield Clue(Effect.SUPPORTS, text, "J17, 1.5", Group.LOG, Basis.INFERRED, tuple(leg.host for leg in bad))
