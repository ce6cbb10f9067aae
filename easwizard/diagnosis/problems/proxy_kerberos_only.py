"""A balanced legacy name offers Negotiate without NTLM, so the proxy leg needs Kerberos that it cannot have (J17).

A server's own name with Negotiate alone is healthy. Where nothing tells whether a name is a server's own, it is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.leg_pattern import always_fails, names_in_use, passed
from easwizard.diagnosis.legacy_names import INTERNAL_URL, LegacyName
from easwizard.diagnosis.log_errors import NO_KERBEROS, leg_error_clues
from easwizard.diagnosis.mailboxes import caps_of_2010
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_names import is_server_name
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis

_NO_TICKET = "no Kerberos ticket was to be had for that name"


def examine(case: Case) -> Examination:
    names = names_in_use(case)
    clues = [clue for name in names for clue in _from_name(case, name)]
    clues += leg_error_clues(case, NO_KERBEROS, _NO_TICKET, "J17, logs.md 4", weak=True)
    offering = [n for n in names if n.negotiate_only]
    if offering:
        clues += _from_the_leg(case, offering, alone=len(offering) == len(names))
    return Examination(
        clues=tuple(clues), caps=tuple(_caps(case, offering)), missing=tuple(_missing(case, offering, names))
    )


def _from_name(case: Case, name: LegacyName) -> Iterator[Clue]:
    if name.negotiate_only:
        yield _without_ntlm(case, name)
    elif name.accepts:
        text = f"/Proxy on {name.host} takes the sign-in of a proxying server"
        yield Clue(Effect.EXCLUDES, text, "1.4, J17", Group.PROBE, subject=(name.host,), observation=_first(name))


def _first(name: LegacyName) -> str | None:
    return next((id for id, stance in (*name.stances, *name.members) if stance.is_known), None)


def _without_ntlm(case: Case, name: LegacyName) -> Clue:
    """Strong only where the name is an InternalUrl and known to be a pool's."""
    looked_at = len(name.stances) + len(name.members)
    where = (
        "" if len(name.negotiate_only) == looked_at else f" at {len(name.negotiate_only)} of {looked_at} addresses"
    )
    pool = is_server_name(case, name.host) is False
    used = name.internal_url == "yes"
    whose = "which is no server's own name" if pool else "which may be a server's own name"
    text = f"/Proxy on {name.host}, {whose}, offers Negotiate without NTLM{where}"
    return Clue(
        Effect.SUPPORTS, text, "J17, J4, 1.3", Group.ANSWER if used else Group.PROBE, Basis.INFERRED,
        (name.host,), name.negotiate_only[0], strong=pool and used,
    )  # fmt: skip


def _from_the_leg(case: Case, offering: list[LegacyName], *, alone: bool) -> Iterator[Clue]:
    """What the leg itself shows, while no name without this mark may be in use."""
    if not alone:
        return
    for sign in always_fails(case):
        yield from (sign.clue("J17, 1.5", (name.host,)) for name in offering)
    if passed(case):
        text = f"{passed(case)} sign-ins reached an old server and were served there"
        yield Clue(Effect.WEAKENS, text, "J8", Group.SAMPLING)


def _caps(case: Case, offering: list[LegacyName]) -> Iterator[Cap]:
    yield Cap(Verdict.LIKELY, "that Kerberos fails for this name is inferred until the leg's own log shows it", "J17")
    if all(n.internal_url != "yes" for n in offering):
        yield Cap(Verdict.POSSIBLE, "no such name is known to be an InternalUrl now", "J4")
    if all(is_server_name(case, n.host) is None for n in offering):
        yield Cap(Verdict.POSSIBLE, "the name may be a server's own, and then it is healthy", "J17")
    yield from caps_of_2010(case)


def _missing(case: Case, offering: list[LegacyName], names: tuple[LegacyName, ...]) -> Iterator[Missing]:
    unknown = [n.host for n in offering if n.internal_url == "unknown"]
    if unknown:
        yield internal_urls(f"whether {' and '.join(unknown)} is an InternalUrl of any virtual directory now")
    if offering or not any(n.known for n in names):
        host = offering[0].host if offering else "LEGACY-NAME"
        yield Missing(
            "which account holds the Kerberos name of the legacy host, if any",
            "a pool of 2007 servers cannot share one, and a server's own name has one by default",
            f"setspn -Q http/{host}",
        )


PROBLEM = Problem(code="proxy/kerberos-only", severity=Severity.HIGH, examine=examine, reads=(INTERNAL_URL,))
