"""Resolvers give different addresses for one name (exchange.md 7): seen directly, and often meant so (split DNS).

Whether it matters depends on who asks which resolver, which cannot be seen from here. Addresses that do not answer
from here prove nothing: from inside, a public address is often closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.dns_views import View, every_resolver_answered, views_of
from easwizard.diagnosis.generations import Generation, Sign, signs_at
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.severities import is_retired, severity_of, worst
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import weakest

_MOST_ADDRESSES = 4
_ONE_NETWORK_ONLY = {"wifi", "mobile", "vpn"}


def examine(case: Case) -> Examination:
    clues: list[Clue] = []
    severities: dict[str, Severity] = {}
    for target in case.targets:
        found = () if is_retired(case, target) else tuple(_clues(case, target))
        clues += (clue for clue in found if clue not in clues)
        here = _severity(case, target, found)
        severities[target.host] = worst((here, severities.get(target.host, here))) or here
    return Examination(
        clues=tuple(clues),
        missing=tuple(_missing(case, clues)),
        severity=severity_of(clues, severities),
    )


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    views = views_of(case, target.host)
    if len(views) < 2:
        return
    subject = (target.host,)
    if not any(one.differs_from(other) for one in views for other in views):
        if every_resolver_answered(case, target.host):
            text = f"{target.host}: {' and '.join(v.resolver for v in views)} give the same answer"
            yield Clue(Effect.EXCLUDES, text, "7", Group.PROBE, subject=subject)
        return
    if target.role.is_legacy and _only_missing(views):
        return  # phones need no legacy name (1.2), so that one view lacks it is as it should be
    text = f"{target.host}: {'; '.join(_said(view) for view in views)}"
    yield Clue(Effect.PROVES, text, "7", Group.PROBE, subject=subject, observation=views[0].observation)
    if not target.role.is_legacy:
        yield from _behind(case, target, views)


def _only_missing(views: Sequence[View]) -> bool:
    """Whether those resolvers that know the name agree, so that it is merely absent elsewhere."""
    known = [view for view in views if not view.is_empty]
    return len(known) < len(views) and not any(one.differs_from(other) for one in known for other in known)


def _said(view: View) -> str:
    if view.is_empty:
        return f"{view.resolver} knows no address"
    addresses = sorted(view.addresses)
    more = f" and {len(addresses) - _MOST_ADDRESSES} more" if len(addresses) > _MOST_ADDRESSES else ""
    return f"{view.resolver} says {', '.join(addresses[:_MOST_ADDRESSES])}{more}"


def _behind(case: Case, target: Target, views: Sequence[View]) -> Iterator[Clue]:
    """One resolver leads to an old server only and another to a newer one only."""
    signs = {view.resolver: _alone(case, target, view, views) for view in views}
    old = {label: found for label, found in signs.items() if _all_of(found, Generation.OLD)}
    new = {label: found for label, found in signs.items() if _all_of(found, Generation.NEW)}
    if not old or not new:
        return
    used = [sign for found in (*old.values(), *new.values()) for sign in found]
    text = (
        f"{' and '.join(old)} leads to Exchange {Generation.OLD} ({next(iter(old.values()))[0].words}), "
        f"{' and '.join(new)} to Exchange {Generation.NEW} ({next(iter(new.values()))[0].words})"
    )
    yield Clue(
        Effect.SUPPORTS, text, "3.2, 3.4, 7", Group.PROBE, weakest(sign.basis for sign in used), (target.host,)
    )  # fmt: skip


def _alone(case: Case, target: Target, view: View, views: Sequence[View]) -> tuple[Sign, ...]:
    """The signs at the addresses that only this resolver gives."""
    others = {address for other in views if other is not view for address in other.addresses}
    return tuple(s for address in sorted(view.addresses - others) for s in signs_at(case, target, address))


def _all_of(signs: Sequence[Sign], generation: Generation) -> bool:
    return bool(signs) and all(sign.generation is generation for sign in signs)


def _severity(case: Case, target: Target, clues: Sequence[Clue]) -> Severity:
    """Split DNS is usual; a name that some phones cannot find, or that leads some to old servers, is more."""
    if target.role.is_legacy:
        return Severity.LOW if any(clue.effect is Effect.PROVES for clue in clues) else Severity.INFO
    if any(clue.effect is Effect.SUPPORTS for clue in clues):
        return {"after": Severity.HIGH, "before": Severity.LOW}.get(case.answer("cutover"), Severity.MEDIUM)
    if target.role.faces_devices and any(view.is_empty for view in views_of(case, target.host)):
        return Severity.HIGH if case.answer("network") in _ONE_NETWORK_ONLY else Severity.MEDIUM
    return Severity.LOW


def _missing(case: Case, clues: Sequence[Clue]) -> Iterator[Missing]:
    # A legacy name that one view lacks is usual, and worth no look of its own.
    differing = sorted({host for clue in clues if clue.effect is Effect.PROVES for host in clue.subject})
    if differing:
        yield Missing(
            "which resolver phones and the 2013 servers ask",
            "two views are fine where each of them is asked by those it is meant for",
            f"Resolve-DnsName {differing[0]}   (on each 2013 server, and on the networks that phones use)",
        )
    elif case.targets and len(case.vantage.resolvers) < 2:
        yield Missing(
            "the answers of a second resolver",
            "the internal and the external view of a name may differ",
            "easwizard check ... --resolver internal=IP --resolver external=IP",
        )


PROBLEM = Problem(code="dns/resolvers-disagree", severity=Severity.LOW, examine=examine, reads=("cutover", "network"))
