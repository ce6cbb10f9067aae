"""New and old servers may have no TLS version in common: all mailboxes on the old version fail (J16, 2.9).

What the old names speak is seen from here; what the new servers speak as clients is not, so it never confirms.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import Observation, Reason, TlsFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.leg_pattern import always_fails, names_in_use, passed
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.log_errors import NO_SECURE_CHANNEL, leg_error_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis

_REGISTRY = Missing(
    "the TLS versions that the new servers speak as clients",
    "without a version in common no request reaches the old servers",
    r"Get-ChildItem -Recurse 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols' | "
    "Where-Object PSChildName -eq Client | Get-ItemProperty   (elevated, on each 2013 server)",
)
_LOG = Missing(
    "500 SecureChannelFailure in the back-end log of a new server",
    "it is the mark of a handshake between the servers that failed",
    r'Select-String -Path "$env:ExchangeInstallPath\Logging\HttpProxy\Eas\*.LOG" -Pattern SecureChannelFailure   '
    "(on each 2013 server)",
)


def examine(case: Case) -> Examination:
    used = {n.host for n in names_in_use(case)}
    targets = [t for t in case.targets if t.role.is_legacy and t.host in used]
    hints = [clue for target in targets for clue in _hint(case, target)]
    clues = [clue for clue in hints if clue.is_positive]
    if clues and len(clues) == len(targets):
        clues += [sign.clue("J16, 1.5") for sign in always_fails(case)]
    if passed(case) and targets:
        text = f"{passed(case)} sign-ins reached an old server and were served there: both sides speak some version"
        clues.append(Clue(Effect.EXCLUDES, text, "J8, J16", Group.SAMPLING))
    meaning = "the two servers found no common way to speak TLS"
    clues += leg_error_clues(case, NO_SECURE_CHANNEL, meaning, "J16, logs.md 4")
    because = "what the new servers speak as clients cannot be seen from here"
    missing = (_REGISTRY, _LOG) if any(c.is_positive for c in clues) else (_REGISTRY,) if targets else ()
    return Examination(
        (*clues, *(h for h in hints if not h.is_positive)), (Cap(Verdict.LIKELY, because, "J16"),), missing
    )


def _hint(case: Case, target: Target) -> Iterator[Clue]:
    looks = [(o, f) for o, f in case.tls(target) if o.ok or o.reason is Reason.TLS_VERSION]
    old = [(o, f) for o, f in looks if _speaks_only_old(o, f)]
    if old:
        observation, facts = old[0]
        where = "" if len(old) == len(looks) else f" at {len(old)} of {len(looks)} addresses"
        spoken = f" ({visible(facts.protocol, 20)})" if facts.protocol else ""
        text = f"{target.host}{where} speaks only TLS of its time{spoken}, as Windows 2003 and 2008 do"
        yield Clue(
            Effect.SUPPORTS, text, "J16, 2.9", Group.PROBE, Basis.INFERRED, (target.host,), observation.id
        )  # fmt: skip
    elif looks:
        observation, facts = looks[0]
        text = f"{target.host} speaks TLS of today"
        yield Clue(Effect.WEAKENS, text, "J16", Group.PROBE, subject=(target.host,), observation=observation.id)


def _speaks_only_old(observation: Observation, facts: TlsFacts) -> bool:
    return facts.legacy_only or observation.reason is Reason.TLS_VERSION


PROBLEM = Problem(
    code="proxy/tls-no-common-version",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL, "fails-basic-old"),
    yields_to=("namespace/legacy-rejects-all",),
)
