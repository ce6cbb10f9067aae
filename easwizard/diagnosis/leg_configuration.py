"""What an inventory says of the legacy leg where not all of it was read on the IIS side (J19, exchange.md 5.3).

A cmdlet shows who demands certificates, not what `/Proxy` offers; Active Directory alone shows only who is drawn.
Both support and never prove.
"""

from __future__ import annotations

from collections.abc import Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group, Subject
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, Role, VirtualDirectory
from easwizard.exchange.routing import Draw, Mailbox, endpoints_of


def unread_clue(case: Case, mailbox: Mailbox, legs: Sequence[Draw], subject: Subject) -> Clue | None:
    """Support from candidates of which the deciding settings were read in part or not at all; None where none."""
    return _demanding(case, mailbox, legs, subject) or _named_for_certificates(case, mailbox, legs, subject)


def _demanding(case: Case, mailbox: Mailbox, legs: Sequence[Draw], subject: Subject) -> Clue | None:
    """Some candidates lead to a demand and the others to none: the default of `/Proxy` is to accept (4.2)."""
    kinds = [_demands(case, leg) for leg in legs]
    refusing = kinds.count(True)
    if not refusing or refusing == len(legs):
        return None
    text = f"{refusing} of {len(legs)} candidates for {mailbox} lead to a demanded certificate"
    if False in kinds:
        text += f" and {kinds.count(False)} do not; what /Proxy offers there was not read, by default it accepts"
    else:
        text += "; of the others it was not read"
    return Clue(
        Effect.SUPPORTS, text, "J19, 5.3, 4.2", Group.EVIDENCE, Basis.INFERRED, subject, strong=False in kinds
    )


def _demands(case: Case, leg: Draw) -> bool | None:
    """Whether every endpoint that a candidate leads to demands a certificate, or none does; else None."""
    host = leg.candidate.internal_host
    places = endpoints_of(case.inventory, host) if host else ()
    vdirs = [case.inventory.vdir(place.server, place.web_site) for place in places]
    kinds = {_demand(vdir) for vdir in vdirs}
    return kinds.pop() if len(kinds) == 1 else None


def _demand(vdir: VirtualDirectory | None) -> bool | None:
    if vdir is None or vdir.client_certificates is None or vdir.proxy_windows is False:
        return None
    return vdir.client_certificates is ClientCertificates.REQUIRE


def _named_for_certificates(case: Case, mailbox: Mailbox, legs: Sequence[Draw], subject: Subject) -> Clue | None:
    """Servers with a second vdir whose InternalUrl is the old certificate name: the article's shape, unread (J19)."""
    if any(leg.candidate.client_certificates is not None for leg in legs):
        return None
    names = {t.host.casefold() for t in case.with_role(Role.LEGACY_CERT)}
    hosts = {leg.candidate.internal_host or "" for leg in legs} - {""}
    certificate, other = hosts & names, hosts - names
    second = [
        leg
        for leg in legs
        if leg.candidate.internal_host in certificate and _on_server(legs, leg.candidate.server, other)
    ]
    if not second:
        return None
    text = (
        f"{len(second)} of {len(legs)} candidates for {mailbox} are second virtual directories under "
        f"{' and '.join(sorted(certificate))}, the old certificate name, beside {' and '.join(sorted(other))}; "
        "whether they demand certificates was not read"
    )
    return Clue(Effect.SUPPORTS, text, "J19, 5.3", Group.EVIDENCE, Basis.INFERRED, subject, strong=True)


def _on_server(legs: Sequence[Draw], server: str, hosts: set[str]) -> bool:
    return any(
        leg.candidate.server.casefold() == server.casefold() and leg.candidate.internal_host in hosts for leg in legs
    )
