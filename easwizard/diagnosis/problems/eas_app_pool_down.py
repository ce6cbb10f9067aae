"""ActiveSync's application pool is stopped: 503 at once, from Windows' HTTP service itself (exchange.md 3.1, 8).

The signature is only believed, and other stops of HTTP.sys look the same: likely at most, unless the server itself
says that the pool is stopped.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import (
    Look,
    anonymous,
    answered_by_directory,
    old_name_clues,
    phone_names,
    severity_by_use,
    signed_in,
    some_answered,
    where,
)
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.log_refusals import stopped_pool_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.stated import stated_clues
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import application_pool, internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Meaning

_CODE = "eas/app-pool-down"
_WORDS = "answers 503 at once, from Windows' HTTP service and without any header of Exchange"


def examine(case: Case) -> Examination:
    clues = (
        *(clue for target in phone_names(case) for clue in _clues(case, target)),
        *old_name_clues(case, _down, lambda _: _WORDS, "3.1, 8", Basis.BELIEVED),
    )
    listed = tuple(stated_clues(case, _CODE, "lists the application pool of ActiveSync as stopped", "8"))
    logged = tuple(stopped_pool_clues(case))
    ill = [c for c in (*clues, *logged) if c.is_positive]
    missing = [application_pool("whether the pool is stopped, and since when")] if ill else []
    if any(c.effect is Effect.SUPPORTS and c.group is Group.PROBE for c in ill):
        missing.append(internal_urls("whether anything uses this name now"))
    because = "a stopped pool is believed to answer so, and other stops of the HTTP service may look the same"
    return Examination(
        clues=(*clues, *listed, *logged),
        caps=(Cap(Verdict.LIKELY, because, "3.1, 8"),) if ill and not listed else (),
        missing=tuple(missing),
        severity=Severity.HIGH if listed or logged else severity_by_use(case, clues, Severity.HIGH),
    )


def _down(look: Look) -> bool:
    return look[1].meaning is Meaning.SERVER_DOWN


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    looks = anonymous(case, target)
    down = [look for look in looks if _down(look)]
    if down:
        text = f"{target.host} {_WORDS}{where(down, looks)}"
        yield Clue(Effect.PROVES, text, "3.1, 8", Group.PROBE, Basis.BELIEVED, (target.host,), down[0][0].id)
    later = [look for look in signed_in(case, target) if _down(look)]
    if later:
        text = f"a sign-in at {target.host} ({later[0][1].address}) was answered so too: 503 from the HTTP service"
        yield Clue(Effect.PROVES, text, "3.1, 8", Group.SAMPLING, Basis.BELIEVED, (target.host,), later[0][0].id)
    at_times = some_answered(case, target, "503")
    if at_times is not None:
        yield at_times
    elif looks and not later and all(answered_by_directory(f) for _, f in looks):
        text = f"ActiveSync of {target.host} runs at every address that was asked"
        yield Clue(Effect.EXCLUDES, text, "3.1", Group.PROBE, subject=(target.host,), observation=looks[0][0].id)


PROBLEM = Problem(code=_CODE, severity=Severity.HIGH, examine=examine, reads=(INTERNAL_URL,))
