"""A Kerberos name http/<legacy name> on a wrong account: the leg always fails though every name looks healthy (J17).

Only `setspn -Q` shows it. From outside it is what is left when old mailboxes never work and nothing else tells why.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.leg_pattern import always_fails, names_in_use, passed
from easwizard.diagnosis.legacy_names import INTERNAL_URL, LegacyName
from easwizard.diagnosis.log_errors import NO_KERBEROS, leg_error_clues
from easwizard.diagnosis.log_namespaces import kerberos_clues
from easwizard.diagnosis.log_signature import all_refuse
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_names import is_server_name
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import kerberos_name, legacy_log, proxy_log
from easwizard.exchange.certainty import Basis

_NO_TICKET = "no Kerberos ticket was to be had for that name"


def examine(case: Case) -> Examination:
    pools = [n for n in names_in_use(case) if is_server_name(case, n.host) is not True]
    logged = leg_error_clues(case, NO_KERBEROS, _NO_TICKET, "J17, logs.md 4", weak=True)
    clues = (*_clues(case, pools), *logged, *kerberos_clues(case))
    because = "from outside a wrong Kerberos name looks healthy: only setspn shows it"
    return Examination(clues, (Cap(Verdict.POSSIBLE, because, "J17"),), tuple(_missing(case, pools, clues)))


def _clues(case: Case, pools: list[LegacyName]) -> Iterator[Clue]:
    names = names_in_use(case)
    if not pools or len(pools) < len(names) or not all(n.accepts for n in names):
        return
    subject = tuple(n.host for n in pools)
    for sign in always_fails(case):
        text = f"{sign.text}, although every legacy name accepts the proxy leg"
        yield Clue(Effect.SUPPORTS, text, "J17, 1.5", sign.group, Basis.INFERRED, subject, sign.observation)
    if passed(case):
        text = f"{passed(case)} sign-ins reached an old server and were served there"
        yield Clue(Effect.EXCLUDES, text, "J8", Group.SAMPLING, Basis.INFERRED, subject)


def _missing(case: Case, pools: list[LegacyName], clues: tuple[Clue, ...]) -> Iterator[Missing]:
    hosts = [name.host for name in pools] or [leg.host for leg in all_refuse(case)]
    yield from (kerberos_name(host) for host in hosts[:1])
    if any(c.group is Group.LOG for c in clues):
        yield legacy_log("there 401 2 says that /Proxy offers no way that fits, 401 1 that the sign-in itself failed")
    elif any(c.is_positive for c in clues):
        yield proxy_log("it names the target and the status of the legs that fail")


PROBLEM = Problem(
    code="proxy/spn-conflict",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL, "fails-basic-old"),
    yields_to=(
        "proxy/tls-no-common-version",
        "proxy/kerberos-only",
        "namespace/legacy-rejects-all",
        "dns/wrong-target",
    ),
)
