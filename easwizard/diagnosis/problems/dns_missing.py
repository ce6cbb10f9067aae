"""A name does not resolve (exchange.md 7, DNS): what every resolver said, kept apart from those that were silent."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import DnsFacts, DnsOutcome, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.legacy_names import INTERNAL_URL, internal_url_use
from easwizard.diagnosis.log_errors import NO_NAME, leg_error_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity

_NOTHING_THERE = {DnsOutcome.NXDOMAIN, DnsOutcome.NO_ADDRESS, DnsOutcome.DANGLING}


def examine(case: Case) -> Examination:
    logged = leg_error_clues(case, NO_NAME, "the server that passes requests on cannot resolve it", "logs.md 4")
    clues = (*(clue for target in case.targets for clue in _clues(case, target)), *logged)
    absent = [t for t in case.targets if any(c.is_positive and t.host in c.subject for c in clues)]
    silent = any(o.ok is False for o, _ in case.seen(DnsFacts))
    missing = (_other_resolver(),) if silent else ()
    return Examination(clues=clues, missing=missing, severity=_severity(case, absent))


def _severity(case: Case, absent: list[Target]) -> Severity:
    """A legacy name matters as far as an InternalUrl uses it; a retired one should be missing (J4, 6.1)."""
    by_use = {"yes": Severity.HIGH, "no": Severity.INFO}
    severities = [
        by_use.get(internal_url_use(case, t.host).now, Severity.MEDIUM) if t.role.is_legacy else Severity.HIGH
        for t in absent
    ]
    return min(severities, key=lambda severity: severity.rank, default=Severity.HIGH)


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    looks = case.dns(target.host)
    answered = [(o, f) for o, f in looks if o.ok]
    if any(f.addresses for _, f in answered):
        resolvers = sorted({f.resolver for _, f in answered if f.addresses})
        text = f"{target.host} resolves ({', '.join(resolvers)})"
        yield Clue(Effect.EXCLUDES, text, "7", Group.PROBE, subject=(target.host,))
        return
    absent = [(o, f) for o, f in answered if f.outcome in _NOTHING_THERE]
    if absent:
        yield _absent(target, absent, complete=len(absent) == len(looks))


def _absent(target: Target, absent: list[tuple[Observation, DnsFacts]], complete: bool) -> Clue:
    said = sorted({f"{f.resolver}: {f.outcome}" for _, f in absent})
    text = f"{target.host} has no address ({', '.join(said)})"
    effect = Effect.PROVES if complete else Effect.SUPPORTS
    return Clue(effect, text, "7", Group.PROBE, subject=(target.host,), observation=absent[0][0].id)


def _other_resolver() -> Missing:
    return Missing(
        "the answer of the resolver that was silent",
        "a name may exist in one view of DNS only",
        "easwizard check ... --resolver internal=IP --resolver external=IP",
        comes_first=True,
    )


PROBLEM = Problem(code="dns/missing", severity=Severity.HIGH, examine=examine, reads=(INTERNAL_URL,))
