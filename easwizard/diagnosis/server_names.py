"""Which host names are a server's own name, and which stand for a pool (J6, J17).

From outside a server tells its name in an NTLM challenge (exchange.md 4.1) or in `X-FEServer` (3.2). Where nobody
told, the answer is None: a name with one address may be either.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, ServerIdentity


def is_server_name(case: Case, host: str) -> bool | None:
    """Whether a host name is some server's own; None when nothing tells.

    A name with several addresses that no server claims stands for a pool.
    """
    wanted = host.casefold()
    if wanted in _full_names(case) or wanted.partition(".")[0] in _short_names(case, wanted):
        return True
    if _legacy_servers_known(case) or list(_identities(case, wanted)) or len(case.addresses(host)) > 1:
        return False
    return None


def server_of(facts: HttpFacts) -> str | None:
    """The NetBIOS name of the server that answered, in upper case; None when it did not say."""
    name = facts.answered_by or (facts.identity.computer if facts.identity is not None else None)
    return name.upper() if name else None


def _full_names(case: Case) -> set[str]:
    held = {server.fqdn or server.name for server in case.inventory.servers}
    told = {identity.dns_computer for identity in _identities(case)}
    return {name.casefold() for name in held | told if name}


def _short_names(case: Case, host: str) -> set[str]:
    """Computer names of servers whose full name is not known, so that only the first label can be compared."""
    held = {server.name for server in case.inventory.servers if not server.fqdn and "." not in server.name}
    told = {i.computer for i in _identities(case, host) if i.computer and not i.dns_computer}
    named = {f.answered_by for _, f in case.seen(HttpFacts) if f.answered_by and "." not in f.answered_by}
    return {name.casefold() for name in held | told | named}


def _legacy_servers_known(case: Case) -> bool:
    return any(s.fqdn and s.product is not None and s.product.is_legacy for s in case.inventory.servers)


def _identities(case: Case, host: str | None = None) -> Iterator[ServerIdentity]:
    """What servers told of themselves, at one host or at all of them."""
    places = {t.name for t in case.targets if host in (None, t.host.casefold())}
    for observation, facts in case.seen(HttpFacts):
        if facts.identity is not None and observation.target in places:
            yield facts.identity
