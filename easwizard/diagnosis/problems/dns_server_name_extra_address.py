"""A server's own name leads to a second address with a web site that behaves differently (J15).

The address of a certificate site registers itself in DNS under the server's name. Where that name is an InternalUrl,
every mailbox behind it fails at random, and removing the virtual directory does not cure it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.legacy_names import INTERNAL_URL, LegacyName, Stance, legacy_names
from easwizard.diagnosis.pools import pools_of
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_names import is_server_name, server_of
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity

_WORDS = {
    Stance.ACCEPTS: "takes the proxy leg",
    Stance.DEMANDS_CERTIFICATE: "demands a client certificate",
    Stance.WITHOUT_WINDOWS: "offers no Windows authentication",
}


def examine(case: Case) -> Examination:
    targets = {t.host: t for t in case.targets if t.role.is_legacy}
    names = [name for name in legacy_names(case) if name.internal_url != "no"]
    clues = [clue for name in names for clue in _clues(case, targets[name.host], name)]
    severities = {n.host: Severity.HIGH if n.internal_url == "yes" else Severity.MEDIUM for n in names}
    return Examination(
        clues=tuple(dict.fromkeys(clues)),
        missing=tuple(_missing(clues)),
        severity=severity_of(clues, severities),
    )


def _clues(case: Case, target: Target, name: LegacyName) -> Iterator[Clue]:
    if is_server_name(case, target.host) is not True:
        return
    stances = _stances_together(case, target, name)
    if not stances:
        return
    server = target.host.partition(".")[0].upper()
    said = "; ".join(f"{address} {_WORDS[stance]}" for address, stance in stances.items())
    text = f"{target.host} is a server's own name and has {len(stances)} addresses: {said}"
    same = all(server in _computers(case, target, address) for address in stances)
    if same:
        text += f"; {server} itself answers at each of them"
    observation = next((id for id, stance in name.stances if stance.refuses), None)
    effect = Effect.PROVES if same else Effect.SUPPORTS
    yield Clue(effect, text, "J15, 4.1", Group.PROBE, subject=(target.host,), observation=observation, strong=True)


def _stances_together(case: Case, target: Target, name: LegacyName) -> dict[str, Stance]:
    """The stances of addresses that one resolver gives together, where they differ; two views are another matter."""
    by_id = {o.id: f.address for o, f in case.http(target)}
    clear = {by_id[id]: stance for id, stance in name.stances if id in by_id and stance in _WORDS}
    for pool in pools_of(case, target.host, clear):
        if len({clear[address].refuses for address in pool}) > 1:
            return {address: clear[address] for address in sorted(pool)}
    return {}


def _computers(case: Case, target: Target, address: str) -> set[str]:
    """The servers that named themselves at one address, in upper case."""
    told = (server_of(facts) for o, facts in case.http(target) if o.ok and facts.address == address)
    return {server for server in told if server is not None}


def _missing(clues: Sequence[Clue]) -> Iterator[Missing]:
    if clues:
        host = clues[0].subject[0]
        yield Missing(
            "the addresses that the 2013 servers get for the server's own name",
            "their resolver decides, and it shows whether both addresses are in the zone",
            f"Resolve-DnsName {host} -Type A   (on each 2013 server)",
        )


PROBLEM = Problem(
    code="dns/server-name-extra-address", severity=Severity.HIGH, examine=examine, reads=(INTERNAL_URL,)
)
