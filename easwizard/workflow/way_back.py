"""What it would take to go back from one inventory to another: what a rollback costs (exchange.md 2.5, 6.5; J21).

Pure. It tells the steps that a plan leaves behind, and which changes meet phones at once; not how long they take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.routing import endpoints_of

_CMDLET = ("internal_url", "external_url", "client_certificates", "basic")
"""What `Set-ActiveSyncVirtualDirectory` sets; every such call wipes the mapping (2.5)."""
_NAMES = {
    "internal_url": "InternalUrl",
    "external_url": "ExternalUrl",
    "client_certificates": "the demand for certificates",
    "basic": "Basic",
}


@dataclass(frozen=True)
class Cost:
    """One thing that going back takes, or that going forward does at once."""

    about: tuple[str, ...]
    """Virtual directories, names or servers."""
    what: str
    source: str

    def __str__(self) -> str:
        return f"{', '.join(self.about)}: {self.what} ({self.source})"


def way_back(before: Inventory, after: Inventory) -> tuple[Cost, ...]:
    """What going back from `after` to `before` takes, what is alike together."""
    found: dict[tuple[str, str], list[str]] = {}
    for cost in _costs(before, after):
        found.setdefault((cost.what, cost.source), []).extend(cost.about)
    return tuple(Cost(tuple(about), what, source) for (what, source), about in found.items())


def met_at_once(before: Inventory, after: Inventory) -> tuple[Cost, ...]:
    """The vdirs that a plan removes or changes while phones are led to them: a step for the window (J21)."""
    changed = {v.label.casefold() for v in before.vdirs if _now(after, v) != v}
    found: dict[tuple[str, ...], Cost] = {}
    for name in (n for n in before.namespaces if n.role.faces_devices):
        hit = tuple(e.label for e in endpoints_of(before, name.host) if e.label.casefold() in changed)
        if hit:
            what = f"{name.host} leads phones here today, so the change meets them at once: only inside the window"
            found[(name.host, *hit)] = Cost(hit, what, "J21")
    return tuple(found.values())


def _costs(before: Inventory, after: Inventory) -> Iterator[Cost]:
    for old in (v for v in before.vdirs if not v.back_end):
        new = _now(after, old)
        if new is None:
            yield _recreated(old)
        else:
            yield from _set_back(old, new)
    for name in before.namespaces:
        if not name.role.is_legacy and endpoints_of(after, name.host) != endpoints_of(before, name.host):
            yield Cost(
                (name.host,), "lead the name back in DNS and wait for its TTL and for running long polls", "6.5, J22"
            )


def _now(after: Inventory, vdir: VirtualDirectory) -> VirtualDirectory | None:
    return after.vdir(vdir.server, vdir.web_site)


def _recreated(vdir: VirtualDirectory) -> Cost:
    more = "; then its certificate settings again, the mapping in the XML last, and a restart" if vdir.mapping else ""
    return Cost((vdir.label,), _NEW + more, "6.5")


_NEW = "no seamless way back: New-ActiveSyncVirtualDirectory with its URLs"


def _set_back(old: VirtualDirectory, new: VirtualDirectory) -> Iterator[Cost]:
    changed = [field for field in _CMDLET if getattr(old, field) != getattr(new, field)]
    if changed:
        what = f"Set-ActiveSyncVirtualDirectory with the old {', '.join(_NAMES[field] for field in changed)}"
        yield Cost((old.label,), what, "6.5")
    if old.mapping and (changed or not new.mapping):
        what = "the certificate mapping is wiped: into the XML again, after the last Set, and iisreset"
        yield Cost((old.label,), what, "2.5, 6.5")
    if old.proxy_windows != new.proxy_windows:
        yield Cost((old.label,), "Windows authentication on /Proxy as it was", "1.3")
