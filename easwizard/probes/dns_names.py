"""Asks one resolver for one record type of a name, and reads the way of aliases to the answer.

dnspython's resolver hides the response codes that matter here, so questions are asked one by one (transport.md 6).
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.IN.SRV
import dns.rrset

from easwizard.case.facts import ChainLink, DnsFacts, DnsOutcome, Observation, Reason
from easwizard.case.requests import ResolveName
from easwizard.case.untrusted import visible
from easwizard.probes.attempt import OnPhase
from easwizard.probes.ending import OK, Ending, Scribe
from easwizard.probes.failures import Failure
from easwizard.probes.identity import dns_id

_MOST_HOPS = 8
_TRIES = 2
"""UDP loses packets, so each question is asked again within its deadline."""
_MOST_RECORDS = 100
_ADDRESSES = (dns.rdatatype.A, dns.rdatatype.AAAA)


@dataclass
class _Way:
    """The way from a name over its aliases to the records."""

    at: dns.name.Name
    aliases: list[ChainLink] = field(default_factory=list)
    records: dns.rrset.RRset | None = None
    loops: bool = False

    @property
    def ttl(self) -> int | None:
        ttls = [link.ttl for link in self.aliases] + ([self.records.ttl] if self.records is not None else [])
        return min(ttls, default=None)


class NameProbe:
    """Carries out one `ResolveName`."""

    def __init__(self, request: ResolveName, scribe: Scribe, seconds: float, on_phase: OnPhase) -> None:
        self._request, self._scribe, self._seconds, self._on_phase = request, scribe, seconds, on_phase
        self._way: _Way | None = None
        self._outcome: DnsOutcome | None = None
        self._ending: Ending | None = None
        self._phases: dict[str, float] = {}

    async def look(self) -> None:
        """Ask, and follow aliases that the resolver itself does not follow."""
        self._on_phase("dns")
        since = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                self._outcome, self._ending = await self._follow(), OK
        except (dns.exception.Timeout, TimeoutError):
            self._outcome, self._ending = DnsOutcome.TIMEOUT, Ending.of(Failure(Reason.DNS_TIMEOUT))
        except dns.exception.DNSException as error:
            self._ending = Ending.of(Failure(Reason.DNS_MALFORMED, type(error).__name__))
        except (OSError, EOFError) as error:
            self._ending = Ending.of(Failure(Reason.DNS_UNREACHABLE, type(error).__name__))
        finally:
            self._phases["dns"] = round((time.monotonic() - since) * 1000, 3)

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        request = self._request
        facts = self._facts()
        done = self._ending or ending
        return (self._scribe.write(dns_id(request), request.host, facts, done, self._phases),)

    def _facts(self) -> DnsFacts:
        way, request = self._way, self._request
        records = list(way.records) if way is not None and way.records is not None else []
        texts = tuple(visible(record.to_text()) for record in sorted(records, key=_order)[:_MOST_RECORDS])
        is_address = bool(records) and records[0].rdtype in _ADDRESSES
        return DnsFacts(
            resolver=request.resolver.label,
            name=request.host,
            type=request.record_type,
            outcome=self._outcome,
            addresses=tuple(sorted(texts)) if is_address else (),
            chain=tuple(way.aliases) if way is not None else (),
            ttl=way.ttl if way is not None else None,
            records=() if is_address else texts,
        )

    async def _follow(self) -> DnsOutcome:
        kind = dns.rdatatype.from_text(self._request.record_type)
        self._way = way = _Way(dns.name.from_text(self._request.host))
        while True:
            asked = way.at
            response = await self._ask(asked, kind)
            _walk(way, response, kind)
            if way.loops:
                return DnsOutcome.LOOP
            if response.rcode() != dns.rcode.NOERROR:
                return _refusal(response, way)
            if way.records is not None:
                return DnsOutcome.ANSWER
            if way.at == asked:
                return DnsOutcome.REFUSED if _is_referral(response) else DnsOutcome.NO_ADDRESS

    async def _ask(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        query = dns.message.make_query(name, kind)
        resolver, seconds = self._request.resolver, self._seconds / _TRIES
        for left in reversed(range(_TRIES)):
            try:
                response, _ = await dns.asyncquery.udp_with_fallback(
                    query, resolver.address, timeout=seconds, port=resolver.port, ignore_unexpected=True
                )
                return response
            except dns.exception.Timeout:
                if not left:
                    raise
        raise AssertionError("unreachable: the last try returns or raises")


def _walk(way: _Way, response: dns.message.Message, kind: dns.rdatatype.RdataType) -> None:
    """Go on along the aliases in one response, as far as they lead."""
    while way.records is None:
        way.records = _found(response, way.at, kind)
        alias = _found(response, way.at, dns.rdatatype.CNAME)
        if way.records is not None or alias is None:
            return
        target = alias[0].target
        name = visible(target.to_text(omit_final_dot=True).lower())
        way.loops = name in {link.name for link in way.aliases} or len(way.aliases) >= _MOST_HOPS
        way.at = target
        way.aliases.append(ChainLink(name, alias.ttl))
        if way.loops:
            return


def _found(
    response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    found = response.get_rrset(response.answer, name, dns.rdataclass.IN, kind)
    return found if found else None


def _is_referral(response: dns.message.Message) -> bool:
    """Whether a server only says whom to ask instead: it would not look, so nothing is known to be missing.

    An answer that the name has no such record carries a SOA (RFC 2308), or nothing at all.
    """
    kinds = {records.rdtype for records in response.authority}
    authoritative = bool(response.flags & dns.flags.AA)
    return not authoritative and dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _refusal(response: dns.message.Message, way: _Way) -> DnsOutcome:
    """What a response code other than NOERROR says; rare codes count as the server's failure."""
    code = response.rcode()
    if code == dns.rcode.NXDOMAIN:
        return DnsOutcome.DANGLING if way.aliases else DnsOutcome.NXDOMAIN
    return DnsOutcome.REFUSED if code == dns.rcode.REFUSED else DnsOutcome.SERVFAIL


def _order(record: object) -> tuple[int, int, str]:
    """Services by priority, then weight, as they are tried; everything else by its text."""
    if isinstance(record, dns.rdtypes.IN.SRV.SRV):
        return record.priority, -record.weight, record.to_text()
    return 0, 0, str(record)
