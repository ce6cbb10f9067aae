"""Several files of one server read together: a web.config settles what its applicationHost.config leaves open (7.2).

Gives only the claims that no single file could make; those of the files themselves stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from easwizard.evidence.iis_claims import claims_of
from easwizard.evidence.iis_parts import ACTIVESYNC, IisPart, WebSite, level_of
from easwizard.evidence.readers.web_config import located
from easwizard.evidence.reading import Claim, Reading


def claims_together(readings: Sequence[Reading]) -> tuple[Claim, ...]:
    """What the files of each server tell together and none told alone."""
    parts: dict[str, list[IisPart]] = {}
    for reading in readings:
        for part in reading.iis:
            if part.server is not None:
                parts.setdefault(part.server.split(".")[0].casefold(), []).append(part)
    alone = {(c.about, c.property) for reading in readings for c in reading.claims}
    added: list[Claim] = []
    for own in parts.values():
        hosts = [part for part in own if part.is_application_host]
        if len(own) > 1 and len(hosts) == 1 and hosts[0].server is not None:
            whole = (hosts[0], *(p for part in own for p in _placed(part, hosts[0])))
            found = claims_of(hosts[0].server, whole)
            added.extend(c for c in found.claims if (c.about, c.property) not in alone)
    return tuple(added)


def _placed(part: IisPart, host: IisPart) -> list[IisPart]:
    """A web.config at every vdir whose folder it may lie in; none where that cannot be told."""
    if part.is_application_host:
        return []
    if part.web_config is not None:
        return [part]
    sites = [site for site in host.sites if site.activesync is not None and _fits(part, site)]
    folders = {(site.activesync.folder or "").casefold() for site in sites if site.activesync is not None}
    # Two sites may share one folder, and then one file speaks for both; two folders cannot be told apart.
    return [located(part, level_of(site.name, ACTIVESYNC)) for site in sites] if len(folders) == 1 else []


def _fits(part: IisPart, site: WebSite) -> bool:
    return part.front_end is None or part.front_end != site.is_back_end
