"""Addresses or machines of one name do not answer alike (J14, J15).

For a legacy name it looks like the article's fault and is another: one name, some of whose machines refuse the leg.
What a device in front answers is never compared with what a machine behind it answers (J14); addresses that do not
answer at all are `tls/unreachable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.legacy_names import INTERNAL_URL, LegacyName, Stance, crossings, legacy_names
from easwizard.diagnosis.log_errors import mixed_clues, mixed_legs
from easwizard.diagnosis.log_refusals import stopped_member_clues
from easwizard.diagnosis.machines import Machine, Trait, differing, machines_of
from easwizard.diagnosis.mailboxes import dialled_by_server_name
from easwizard.diagnosis.pools import pools_of
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.severities import severity_of, worst
from easwizard.diagnosis.shares import share_in_words
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import PROXY_PATH, Sent

_MATTERS: Mapping[Trait, Severity] = {
    Trait.DEMAND: Severity.HIGH,
    Trait.ANSWER: Severity.HIGH,
    Trait.BUILD: Severity.LOW,
    Trait.RENEWAL: Severity.INFO,
}
"""How bad a difference is at a name that phones use; the last two an update or a renewal under way shows too."""
_PHONES_RUN_INTO = (Trait.DEMAND, Trait.ANSWER)
_WORDS = {
    Stance.ACCEPTS: "takes the proxy leg",
    Stance.DEMANDS_CERTIFICATE: "demands a client certificate on /Proxy",
    Stance.WITHOUT_WINDOWS: "offers no Windows authentication on /Proxy",
    Stance.NEGOTIATE_ONLY: "offers Negotiate without NTLM on /Proxy",
}


def examine(case: Case) -> Examination:
    facing = [t for t in case.targets if t.role.faces_devices]
    legacy = [(t, n) for n in legacy_names(case) for t in case.targets if t.role.is_legacy and t.host == n.host]
    clues = [clue for target in facing for clue in (*_traits(case, target), *_sampled(case, target))]
    clues += [clue for target, name in legacy if name.internal_url != "no" for clue in _stances(case, target, name)]
    clues += mixed_clues(case, "J15, logs.md 4", 403, 404)
    clues += stopped_member_clues(case)
    # A pool that differs in one place is not alike in another.
    differ = {c.subject for c in clues if c.is_positive}
    clues = [c for c in clues if c.is_positive or c.subject not in differ]
    severities = {t.host: _severity(case, t) for t in facing}
    severities |= {leg.host: Severity.HIGH for leg in mixed_legs(case)}
    severities |= {n.host: Severity.HIGH if n.internal_url == "yes" else Severity.MEDIUM for _, n in legacy}
    asked = [n.host for _, n in legacy if n.is_mixed and n.internal_url == "unknown"]
    return Examination(tuple(clues), missing=tuple(_missing(clues, asked)), severity=severity_of(clues, severities))


def _severity(case: Case, target: Target) -> Severity:
    machines = machines_of(case, target)
    pools = _pools(case, target, machines)
    found = [_MATTERS[trait] for trait in Trait for pool in pools if differing(pool, trait)]
    return worst(found) or Severity.HIGH


def _pools(case: Case, target: Target, machines: Sequence[Machine]) -> list[list[Machine]]:
    by_address = {m.address: m for m in machines}
    return [[by_address[a] for a in sorted(pool)] for pool in pools_of(case, target.host, by_address)]


def _traits(case: Case, target: Target) -> Iterator[Clue]:
    """What the addresses of a name that phones use show, each looked at once."""
    for pool in _pools(case, target, machines_of(case, target)):
        apart = {trait: groups for trait in Trait if (groups := differing(pool, trait))}
        if Trait.DEMAND in apart:
            apart.pop(Trait.ANSWER, None)  # it follows from the demand
        for trait, groups in apart.items():
            said = "; ".join(f"{_labels(machines)}: {machines[0].shows(trait)}" for machines in groups.values())
            odd = min(groups.values(), key=len)[0]
            effect = Effect.PROVES if trait in _PHONES_RUN_INTO else Effect.SUPPORTS
            text = f"at {target.host} {trait.value} differs: {said}"
            yield Clue(effect, text, "J14, J15", Group.PROBE, subject=(target.host,), observation=odd.observation)
        if len(pool) > 1 and all(m.shows(trait) for m in pool for trait in _PHONES_RUN_INTO) and not apart:
            text = f"all {len(pool)} addresses of {target.host} answer alike"
            yield Clue(Effect.EXCLUDES, text, "J15", Group.PROBE, subject=(target.host,))


def _labels(machines: Iterable[Machine]) -> str:
    return " and ".join(m.label for m in machines)


def _sampled(case: Case, target: Target) -> Iterator[Clue]:
    """What the servers behind one address show, asked again and again without credentials (exchange.md 3.4)."""
    for observation, facts in case.samples(target):
        if facts.credentials is not Sent.NONE or not observation.ok:
            continue
        by_server = {name: kept for name, seen in facts.by_server.items() if (kept := _lasting(seen))}
        pairs = [(a, b) for a in by_server for b in by_server if a < b and not by_server[a] & by_server[b]]
        if pairs:
            said = "; ".join(f"{visible(name, 60)}: {_spoken(by_server[name])}" for name in pairs[0])
            text = f"servers behind {target.host} answer differently: {said}"
            yield Clue(
                Effect.PROVES, text, "J15, 3.4", Group.SAMPLING, subject=(target.host,), observation=observation.id
            )
        elif not by_server and len(_lasting(facts.by_outcome)) > 1:
            text = f"{target.host} answers the same request differently: {_spoken(_lasting(facts.by_outcome))}"
            yield Clue(
                Effect.SUPPORTS, text, "J15", Group.SAMPLING, subject=(target.host,), observation=observation.id
            )


def _lasting(outcomes: Mapping[str, int]) -> frozenset[str]:
    """Outcomes that are an answer and do not come and go by themselves, as a 503 or a timeout does."""
    return frozenset(o for o, times in outcomes.items() if times and o[:1] in "234" and not o.startswith("429"))


def _spoken(outcomes: Iterable[str]) -> str:
    return ", ".join(visible(outcome, 60) for outcome in sorted(outcomes))


def _stances(case: Case, target: Target, name: LegacyName) -> Iterator[Clue]:
    """What the addresses of a legacy name do with the proxy leg; whether it matters the InternalUrl decides (J4)."""
    shown = [(id, stance) for id, stance in (*name.stances, *name.members) if stance in _WORDS]
    if not name.is_mixed:
        if len(shown) > 1 and len({stance for _, stance in shown}) == 1:
            text = f"all {len(shown)} addresses of {name.host} do the same with the proxy leg"
            yield Clue(Effect.EXCLUDES, text, "J15, 1.4", Group.PROBE, subject=(name.host,))
        return
    known = name.internal_url == "yes" and not dialled_by_server_name(case)
    address = {o.id: f.address for o, f in case.http(target, PROXY_PATH)}
    said = "; ".join(f"{address[id]} {_WORDS[stance]}" for id, stance in shown)
    odd = next(id for id, stance in shown if stance.refuses)
    yield Clue(
        Effect.SUPPORTS, f"the addresses of {name.host} differ: {said}", "J15, J4, 1.4",
        Group.ANSWER if known else Group.PROBE, subject=(name.host,), observation=odd, strong=known,
    )  # fmt: skip
    if known:
        yield from _leg_is_mixed(case, name)


def _leg_is_mixed(case: Case, name: LegacyName) -> Iterator[Clue]:
    """Crossed samples speak too, while no other name gives a reason for a mixture (J7)."""
    others = [n for n in legacy_names(case) if n.host != name.host and n.internal_url != "no"]
    if any(n.refuses for n in others):
        return
    for crossing in (c for c in crossings(case) if c.is_mixed):
        facts = crossing.facts
        share = share_in_words(facts.crossed_failed, facts.crossed)
        text = f"of the sign-ins of {facts.account} that reached the old servers, {share} failed"
        yield Clue(
            Effect.SUPPORTS, text, "J7, J15", Group.SAMPLING, Basis.CONFIRMED, (name.host,), crossing.observation.id
        )


def _missing(clues: Sequence[Clue], asked: Sequence[str]) -> Iterator[Missing]:
    if asked:
        yield internal_urls(f"whether {' and '.join(asked)} is an InternalUrl of any virtual directory now")
    if not clues:
        why = "what one address stands for cannot be told from outside"
    elif any(c.is_positive for c in clues):
        why = "it shows the odd machine without what stands in front"
    else:
        return
    yield Missing("each machine behind the name, reached directly", why, _CONNECT)


_CONNECT = "easwizard check ... --connect-to HOST=ADDRESS   (once for each server of the name)"

PROBLEM = Problem(
    code="server/pool-member-differs",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL,),
    yields_to=("dns/server-name-extra-address",),
)
