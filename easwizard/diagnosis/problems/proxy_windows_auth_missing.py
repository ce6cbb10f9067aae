"""The legacy /Proxy offers no Windows authentication, so the proxying server cannot sign in (exchange.md 1.3, 1.4).

A bare 403 or 404 there is no clue at all: from outside it is plain hardening (J5). Where only 2010 is behind, which
is believed to be reached by server name, a legacy name says little (J13).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.leg_proxying import caps_while_nobody_proxies, missing_while_nobody_proxies
from easwizard.diagnosis.legacy_names import INTERNAL_URL, LegacyName, Stance, legacy_names
from easwizard.diagnosis.log_errors import NO_NTLM, leg_error_clues
from easwizard.diagnosis.mailboxes import caps_of_2010
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import jump_box_caps
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls, legacy_log
from easwizard.exchange.certainty import Basis


def examine(case: Case) -> Examination:
    names = legacy_names(case)
    logged = leg_error_clues(case, NO_NTLM, "Windows authentication is not offered on /Proxy", "1.4, logs.md 4")
    clues = (*(clue for name in names for clue in _from_name(name)), *_from_inventory(case), *logged)
    missing = [*missing_while_nobody_proxies(case)]
    if names:
        missing.append(internal_urls("whether this name is an InternalUrl now"))
    if any(c.is_positive for c in clues):
        missing.append(legacy_log("the legacy server's own log shows 401 2 for the proxy leg"))
    caps = (*jump_box_caps(case, clues), *caps_while_nobody_proxies(case))
    if not any(c.is_positive and c.group in (Group.EVIDENCE, Group.LOG) for c in clues):
        caps = (*caps, *caps_of_2010(case))
    return Examination(clues=clues, caps=caps, missing=tuple(missing))


def _from_name(name: LegacyName) -> Iterator[Clue]:
    looks = (*name.stances, *name.members)
    without = [id for id, stance in looks if stance is Stance.WITHOUT_WINDOWS]
    if without and name.internal_url != "no":
        known = name.internal_url == "yes"
        where = "" if len(without) == len(looks) else f" at {len(without)} of {len(looks)} addresses"
        text = f"/Proxy on {name.host} answers 401 without Negotiate and NTLM{where}"
        group = Group.ANSWER if known else Group.PROBE
        yield Clue(
            Effect.SUPPORTS, text, "1.4, J4", group, Basis.INFERRED, (name.host,), without[0], strong=known
        )  # fmt: skip
    elif name.accepts:
        text = f"/Proxy on {name.host} offers Windows authentication"
        seen = name.observation(Stance.ACCEPTS)
        yield Clue(Effect.EXCLUDES, text, "1.4", Group.PROBE, subject=(name.host,), observation=seen)


def _from_inventory(case: Case) -> Iterator[Clue]:
    for vdir in case.inventory.vdirs:
        if vdir.product is not None and vdir.product.is_legacy and vdir.proxy_windows is False:
            text = f"Windows authentication is off on /Proxy of {vdir.label}"
            yield Clue(Effect.PROVES, text, "1.3, 2.3", Group.EVIDENCE, subject=(vdir.label,))


PROBLEM = Problem(code="proxy/windows-auth-missing", severity=Severity.HIGH, examine=examine, reads=(INTERNAL_URL,))
