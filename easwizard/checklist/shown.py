"""The certificate of each name where it counts: phones' names on the new servers, legacy names where DNS leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from easwizard.case.facts import Observation, TlsFacts
from easwizard.case.requests import Target
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.gate import Sight, failed, left_open, passed
from easwizard.exchange.inventory import Role


@dataclass(frozen=True)
class Shown:
    """One look at one certificate."""

    target: Target
    observation: Observation
    facts: TlsFacts

    @property
    def where(self) -> str:
        return f"{self.target.host} at {self.facts.address}"


Judge = Callable[[Shown], str | bool | None]
"""True where it is well, words where it is not, None where the look does not tell."""


def all_shown(evidence: Evidence, judge: Judge, well: str) -> Sight | None:
    """A failure where any look is not well; a pass where every name was seen where it counts, and all are well."""
    shown = {target: list(_shown(evidence, target)) for target in evidence.case.targets if _counts(target)}
    looks = [each for found in shown.values() for each in found]
    if not shown:
        return None
    wrong = [(each, verdict) for each in looks if isinstance(verdict := judge(each), str)]
    if wrong:
        text = "; ".join(f"{each.where} {verdict}" for each, verdict in wrong)
        return failed(text, looked(each.observation for each, _ in wrong))
    unseen = [target.host for target, found in shown.items() if not found]
    if unseen:
        how = "" if evidence.has_moved else " on the new servers (--connect-to HOST=IP looks there)"
        return left_open(f"not seen yet{how}: {', '.join(unseen)}")
    doubtful = [each.where for each in looks if judge(each) is None]
    if doubtful:
        return left_open(f"the look does not tell it of {', '.join(doubtful)}")
    return passed(well, looked(each.observation for each in looks))


def _counts(target: Target) -> bool:
    return target.role.faces_devices or target.role.is_legacy or target.role is Role.AUTODISCOVER


def _shown(evidence: Evidence, target: Target) -> Iterator[Shown]:
    """Phones' names on the new servers; what stays on the old ones wherever DNS leads."""
    to_prove = evidence.addresses_to_prove(target.host)
    for observation, facts in evidence.case.tls(target):
        if observation.ok and (not target.role.faces_devices or facts.address in to_prove):
            yield Shown(target, observation, facts)
