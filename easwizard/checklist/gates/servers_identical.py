"""All servers of one name must be alike (exchange.md 7): phones meet any of them."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.checklist.evidence import Evidence, Planned
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, as_read, by_findings, failed, left_open, passed
from easwizard.exchange.inventory import NamespaceRecord, VirtualDirectory

_ALIKE = ("product", "client_certificates", "basic", "windows", "mapping", "internal_url", "external_url")
_OFTEN_UNREAD = ("upload_read_ahead", "extended_protection")
"""Compared where they are known of both, and no reason to wait where they are not."""
_OF_SERVERS = ("build", "server_mapping")


def look(evidence: Evidence) -> Sight | None:
    planned = evidence.planned
    wrong = by_findings(evidence, "server/pool-member-differs")
    if wrong is not None or planned is None:
        return wrong
    pools = [n for n in planned.inventory.namespaces if n.role.faces_devices and n.endpoints]
    if not pools:
        return None
    differing = [text for pool in pools for text in _differences(planned, pool)]
    if differing:
        return failed("; ".join(differing), [evidence.read])
    unknown = [pool.host for pool in pools if not _all_known(planned, pool)]
    if unknown:
        return left_open(f"not everything is known of the servers of {', '.join(unknown)}")
    well = f"the servers of {', '.join(pool.host for pool in pools)} are alike"
    return as_read(evidence, passed(well, [evidence.read]))


def _vdirs(planned: Planned, pool: NamespaceRecord) -> list[VirtualDirectory]:
    found = (planned.inventory.vdir(e.server, e.web_site) for e in pool.endpoints)
    return [vdir for vdir in found if vdir is not None]


def _differences(planned: Planned, pool: NamespaceRecord) -> Iterator[str]:
    vdirs = _vdirs(planned, pool)
    for name in (*_ALIKE, *_OFTEN_UNREAD):
        yield from _apart(pool.host, name, {v.label: getattr(v, name) for v in vdirs})
    servers = [server for v in vdirs if (server := planned.inventory.server(v.server)) is not None]
    for name in _OF_SERVERS:
        yield from _apart(pool.host, name, {s.name: getattr(s, name) for s in servers})
    for feature in dict.fromkeys(feature for s in servers for feature in s.role_services):
        yield from _apart(pool.host, feature, {s.name: s.role_services.get(feature) for s in servers})


def _apart(host: str, what: str, values: dict[str, object]) -> Iterator[str]:
    known = {label: value for label, value in values.items() if value is not None}
    if len(set(known.values())) > 1:
        told = ", ".join(f"{label} {'empty' if value == '' else value}" for label, value in known.items())
        yield f"{host}, {what.replace('_', ' ')}: {told}"


def _all_known(planned: Planned, pool: NamespaceRecord) -> bool:
    vdirs = _vdirs(planned, pool)
    whole = len(vdirs) == len(pool.endpoints)
    return whole and all(getattr(v, name) is not None for v in vdirs for name in _ALIKE)


GATE = Gate(Topic.VDIRS, "7", lasts=DAY, look=look)
