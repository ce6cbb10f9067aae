"""The pool of old servers does not keep a sender on one server, and the proxy leg fails at random (J15).

From outside it looks like the article's fault without a name that refuses; only logs or the balancer itself prove it.
"""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.diagnosis.clues import AnswerClue, Cap, Effect, Missing
from easwizard.diagnosis.leg_pattern import unexplained_mix
from easwizard.diagnosis.log_errors import TOO_MANY_LOGINS, leg_error_clues, mixed_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls

_LOG = Missing(
    "403 TooManyProxyLoginAttempts in the logs",
    "it is the mark of a pool that does not keep a sender on one server",
    r'Select-String -Path "$env:ExchangeInstallPath\Logging\HttpProxy\Eas\*.LOG" '
    "-Pattern TooManyProxyLoginAttempts   (on each 2013 server)",
)
_BALANCER = Missing(
    "what stands between the new and the old servers",
    "without a pool behind a balancer this problem cannot be",
    "easwizard check ... --answer legacy-pool=affinity   (or nothing, no-affinity, layer-7)",
)


_MEANING = "the server that was reached never learned of an earlier step, as behind a pool without affinity"


def examine(case: Case) -> Examination:
    mix = unexplained_mix(case)
    asked = () if case.answer("legacy-pool") != "unknown" else (_BALANCER,)
    told = tuple(leg_error_clues(case, TOO_MANY_LOGINS, _MEANING, "J15, logs.md 4", now_and_then=True))
    if told:
        # The log itself shows the mark: what the samples leave open no longer holds it back.
        return Examination((*told, *((mix.clue("J15, 2.10"),) if mix is not None else ())), missing=asked)
    logged = tuple(mixed_clues(case, "J15", 401, 403))
    if mix is None:
        return Examination(logged, caps=(_cap(),), missing=(_LOG, *asked))
    caps, missing = [_cap()], [_LOG, *asked]
    if mix.doubtful:
        names = " and ".join(mix.doubtful)
        caps.append(
            Cap(Verdict.POSSIBLE, f"{names} refuses the leg and may be an InternalUrl: that would explain it", "J4")
        )
        missing.insert(0, internal_urls(f"whether {names} is an InternalUrl of any virtual directory now"))
    return Examination((mix.clue("J15, 2.10"), *logged), tuple(caps), tuple(missing), mix.text)


def _cap() -> Cap:
    return Cap(Verdict.LIKELY, "that a pool without affinity is behind it is inferred until a log shows it", "J15")


PROBLEM = Problem(
    code="proxy/affinity-missing",
    severity=Severity.HIGH,
    examine=examine,
    answers=(
        AnswerClue(
            "legacy-pool", ("no-affinity",), Effect.SUPPORTS,
            "the balancer in front of the old servers spreads connections freely", "J15, 2.10",
        ),
        AnswerClue(
            "legacy-pool", ("affinity",), Effect.EXCLUDES,
            "the balancer in front of the old servers keeps each sender on one server", "J15",
        ),
        AnswerClue(
            "legacy-pool", ("nothing",), Effect.WEAKENS, "no balancer stands in front of the old servers", "J15",
        ),
    ),
    yields_to=("server/pool-member-differs", "dns/server-name-extra-address", "namespace/legacy-rejects-all"),
)  # fmt: skip
