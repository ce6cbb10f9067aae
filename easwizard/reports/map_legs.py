"""The part of the map behind the new servers: which old names a request is passed on to, how often, and what they do.

A name's own answer is a fact about the name; it breaks the leg only where the name is an InternalUrl now (J4).
"""

from __future__ import annotations

from collections.abc import Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.legacy_names import LegacyName, Stance, legacy_names
from easwizard.diagnosis.mailboxes import dialled_by_server_name, legacy_mailboxes, legacy_products
from easwizard.diagnosis.shares import percent
from easwizard.exchange.products import Product
from easwizard.exchange.replies import PROXY_PATH
from easwizard.exchange.routing import Draw, Mailbox, Outcome, draws
from easwizard.reports.map_parts import Row, Tone

_REFUSALS = {Stance.DEMANDS_CERTIFICATE: "wants a certificate", Stance.WITHOUT_WINDOWS: "no Windows sign-in"}
_BROKEN = "the broken leg"
_ONLY_IF = "breaks the leg only if it is an InternalUrl now"
_NOT_BY_NAME = "says nothing of 2010, which is reached by server name"
_BY_NAME = "a server by name"
NEVER = "never"


def mailboxes(case: Case) -> tuple[Mailbox | None, ...]:
    """Whose legs are drawn: each kind of old mailbox that the inventory has legs for, else all together as None."""
    told = tuple(m for m in legacy_mailboxes(case) if draws(case.inventory, m))
    return told or ((None,) if legacy_names(case) else ())


def whose(case: Case, mailbox: Mailbox | None) -> str:
    """The mailbox in words."""
    if mailbox is not None:
        return f"mailbox on {mailbox}"
    known = sorted(product.value for product in legacy_products(case))
    return f"mailbox on {' or '.join(known)}" if known else "mailbox on the old version"


def way_on(case: Case, mailbox: Mailbox | None) -> str:
    """What the hop behind the front end does: a mailbox-role server makes the leg (J7), 2010 goes by name (J13)."""
    by_name = mailbox.product is Product.E2010 if mailbox is not None else dialled_by_server_name(case)
    if by_name:
        return _BY_NAME
    return "one of its site's" if mailbox is None and _several_sites(case) else "one of"


def leg_rows(case: Case, mailbox: Mailbox | None) -> tuple[Row, ...]:
    """Every old name that a request of this mailbox may be passed on to; the ones that are never drawn come last."""
    legs = draws(case.inventory, mailbox) if mailbox is not None else ()
    names = legacy_names(case)
    shares = _shares(legs) or _equal(case, names)
    hosts = [*dict.fromkeys((*(name.host for name in names), *shares))]
    rows = [_row(case, mailbox, host, shares.get(host), legs) for host in hosts]
    return tuple(sorted(rows, key=lambda row: row.odds == NEVER))


def _shares(legs: Sequence[Draw]) -> dict[str, float]:
    """How often each name is drawn when every virtual directory is drawn alike (J2)."""
    found: dict[str, float] = {}
    for leg in legs:
        if leg.candidate.internal_host:
            found[leg.candidate.internal_host] = found.get(leg.candidate.internal_host, 0.0) + 1 / len(legs)
    return found


def _equal(case: Case, names: Sequence[LegacyName]) -> dict[str, float]:
    """All alike, where the answers say of every name whether it is an InternalUrl now.

    Not where several AD sites share the names, for each site draws among its own (J13).
    """
    used = [name for name in names if name.internal_url == "yes"]
    if dialled_by_server_name(case) or not used or any(name.internal_url == "unknown" for name in names):
        return {}
    if _several_sites(case):
        return {}
    return {name.host: 1 / len(used) for name in used}


def _several_sites(case: Case) -> bool:
    return len({(mailbox.site or "").casefold() for mailbox in legacy_mailboxes(case)}) > 1


def _row(case: Case, mailbox: Mailbox | None, host: str, share: float | None, legs: Sequence[Draw]) -> Row:
    name = next((name for name in legacy_names(case) if name.host == host), None)
    if share is None and name is not None and name.internal_url == "no":
        return Row(host, "is no InternalUrl (your answer)", Tone.QUIET, odds=NEVER)
    said, tone = _by_inventory(host, legs) if name is None or not name.known else _stance(name)
    if name is not None and not name.known and tone is Tone.DOUBT:
        said = _unclear(case, host) or said
    if tone is Tone.BAD and way_on(case, mailbox) == _BY_NAME:
        return Row(host, said, Tone.DOUBT, odds="?", note=_NOT_BY_NAME)
    is_drawn = share is not None or (name is not None and name.internal_url == "yes")
    if tone is Tone.BAD and not is_drawn:
        return Row(host, said, Tone.DOUBT, odds="?", note=_ONLY_IF)
    return Row(
        host, said, tone, odds="?" if share is None else percent(share), note=_BROKEN if tone is Tone.BAD else ""
    )


def _stance(name: LegacyName) -> tuple[str, Tone]:
    if not name.refuses:
        return "takes the leg", Tone.GOOD
    what = next((_REFUSALS[stance] for stance in name.known if stance in _REFUSALS), "refuses")
    refusing = sum(stance.refuses for stance in name.known)
    some = "" if refusing == len(name.known) else f" at {refusing} of {len(name.known)}"
    return f"{what}{some}", Tone.BAD


def _by_inventory(host: str, legs: Sequence[Draw]) -> tuple[str, Tone]:
    outcomes = {a.result.outcome for leg in legs if leg.candidate.internal_host == host for a in leg.arrivals}
    if outcomes == {Outcome.OK}:
        return "takes the leg (inventory)", Tone.GOOD
    if Outcome.REFUSED in outcomes:
        some = "" if outcomes == {Outcome.REFUSED} else " in part"
        return f"refuses{some} (inventory)", Tone.BAD
    return "not looked at yet", Tone.DOUBT


def _unclear(case: Case, host: str) -> str | None:
    """What was seen of a name that showed no stance; from here, which is not where the leg starts (J7)."""
    for target in (t for t in case.targets if t.host == host):
        for observation, facts in case.http(target, PROXY_PATH):
            if not observation.ok:
                return f"{observation.words} (from here)"
            return f"{facts.status} {' '.join(facts.challenges)} on /Proxy".replace("  ", " ")
        for observation, _ in (*case.tls(target), *case.tcp(target)):
            if not observation.ok:
                return f"{observation.words} (from here)"
        # One view may lack a name that another gives: it has an address, and a look at it is still to come.
        for observation, dns in () if case.addresses(host) else case.dns(host):
            if not dns.addresses:
                return f"no address ({dns.resolver}: {observation.words or dns.outcome})"
    return None
