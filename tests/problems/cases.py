"""Small cases made by hand: what one look would have shown, in a line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.facts import (
    Asked,
    CertificateDemand,
    DnsFacts,
    DnsOutcome,
    Facts,
    HttpFacts,
    Observation,
    Reason,
    SampleFacts,
    Status,
    TcpFacts,
)
from easwizard.case.requests import Target
from easwizard.case.statistics import wilson_interval
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Finding
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Reply, Sent, answered_by, product_of, read
from easwizard.exchange.routing import Mailbox

AT = datetime(2026, 1, 1, tzinfo=UTC)
GENERIC = Target("mail.test", 443, Role.GENERIC)
CERT = Target("cert.test", 443, Role.CERT)
OLD_GENERIC = Target("oldmail.test", 443, Role.LEGACY_GENERIC)
OLD_CERT = Target("oldcert.test", 443, Role.LEGACY_CERT)
AUTODISCOVER = Target("autodiscover.test", 443, Role.AUTODISCOVER)
OLD = Mailbox(Product.E2007, "London")
NEW = Mailbox(Product.E2013, "London")
NOT_ASKED = CertificateDemand(Asked.NO)
ASKED = CertificateDemand(Asked.PATH, "renegotiation", required=True)


def case(*observations: Observation, accounts: tuple[Account, ...] = (), **answers: str) -> Case:
    """A case with all four names; answers as keywords, `_` for `-` and `__` for `:`, or by `answered`."""
    return Case(
        Vantage("jump"),
        targets=(GENERIC, CERT, OLD_GENERIC, OLD_CERT),
        accounts=accounts,
        answers={key.replace("__", ":").replace("_", "-"): value for key, value in answers.items()},
        observations=observations,
    )


def answered(known: Case, **hosts: str) -> Case:
    """With an answer on the InternalUrl of each name, by its first label."""
    for label, value in hosts.items():
        known = known.with_answer(f"internal-url:{label}.test", value)
    return known


def observation(id: str, target: str, facts: Facts, reason: Reason | None = None) -> Observation:
    status = Status.OK if reason is None else Status.FAILED
    return Observation(id, target, "jump", status, facts, AT, reason)


def http(
    target: Target,
    status: int,
    *challenges: str,
    path: str = ACTIVESYNC_PATH,
    demand: CertificateDemand = NOT_ASKED,
    sent: Sent = Sent.NONE,
    address: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
    account: str = "phone",
    seconds: float | None = None,
) -> Observation:
    """One reply, read as the program reads it; `seconds` until its first byte."""
    headers = {"x-feserver": "EX13A"} if headers is None else headers
    reply = Reply(path, sent, status, frozenset(c.casefold() for c in challenges), headers, demand.was_asked)
    facts = HttpFacts(
        address=address,
        method="OPTIONS",
        path=path,
        credentials=sent,
        account=None if sent is Sent.NONE else account,
        status=status,
        challenges=challenges,
        headers=headers,
        meaning=read(reply).meaning,
        product=product_of(headers),
        answered_by=answered_by(headers),
        client_certificate=demand,
    )
    look = observation(f"http:{target.name}@{address}{path}/{sent}/{status}", target.name, facts)
    return look if seconds is None else replace(look, phases_ms={"first_byte": seconds * 1000})


def signed_in(
    target: Target,
    status: int,
    account: str = "carol",
    *challenges: str,
    headers: dict[str, str] | None = None,
    address: str = "127.0.0.1",
    seconds: float | None = None,
) -> Observation:
    """One answer to a sent password; a 200 carries the headers of 2013 unless told otherwise."""
    if headers is None and status == 200:
        headers = {"ms-server-activesync": "15.0", "ms-asprotocolversions": "12.1,14.1", "x-feserver": "EX13A"}
    return http(
        target, status, *challenges, sent=Sent.BASIC, address=address, headers=headers, account=account,
        seconds=seconds,
    )  # fmt: skip


def autodiscover(*urls: str, address: str = "127.0.0.1", email: str = "carol@test") -> Observation:
    """What Autodiscover V2 told at one address, asked several times about one mailbox."""
    path = "/autodiscover/autodiscover.json"
    facts = HttpFacts(address, "GET", path, status=200, handed_out=urls)
    return observation(f"http:{AUTODISCOVER.name}@{address}/none{path}/{email}", AUTODISCOVER.name, facts)


def posted(account: str, status: int, *challenges: str, urls: tuple[str, ...] = ()) -> Observation:
    """A phone's own Autodiscover request, signed in."""
    path = "/autodiscover/autodiscover.xml"
    facts = HttpFacts(
        "127.0.0.1", "POST", path, Sent.BASIC, account, status, challenges=challenges, handed_out=urls
    )  # fmt: skip
    return observation(f"http:{AUTODISCOVER.name}@127.0.0.1/basic{path}/{account}", AUTODISCOVER.name, facts)


def redirected_samples(account: str, redirected: int) -> Observation:
    """Sign-ins at the generic name that were all answered 451."""
    facts = SampleFacts(
        None, Sent.BASIC, account, None, sent=redirected, redirected=redirected, by_outcome={"451": redirected}
    )
    return observation(f"sample:{account}", GENERIC.name, facts)


def asked_often(target: Target, outcomes: dict[str, int], by_server: dict[str, dict[str, int]]) -> Observation:
    """Repeated requests without credentials to one address."""
    facts = SampleFacts(
        "127.0.0.1", Sent.NONE, "", None, sent=sum(outcomes.values()), by_outcome=outcomes, by_server=by_server
    )
    return observation(f"sample:{target.name}@127.0.0.1/none", target.name, facts)


def accepts(target: Target, address: str = "127.0.0.1") -> Observation:
    return http(target, 401, "Negotiate", "NTLM", path=PROXY_PATH, address=address)


def refuses(target: Target, address: str = "127.0.0.1") -> Observation:
    return http(target, 403, path=PROXY_PATH, demand=ASKED, address=address)


def pasted(target: Target, status: int, *challenges: str, server: str = "EX13A") -> Observation:
    """What a proxying server's own paste says of an old name, with the id that its reader gives (J7)."""
    look = http(target, status, *challenges, path=PROXY_PATH, headers={})
    return replace(look, id=f"paste:{server.casefold()}:http:{target.name}", vantage=server)


def samples(
    account: str,
    ok: int,
    failed: int,
    *,
    crossed: bool = True,
    refused: int = 0,
    server: str = "EX13A",
    outcomes: dict[str, int] | None = None,
) -> Observation:
    """Sign-ins at the generic name; failures count as crossed where successes did."""
    total = ok + failed if crossed and ok else 0
    facts = SampleFacts(
        address=None,
        credentials=Sent.BASIC,
        account=account,
        mailbox="2007@London",
        sent=ok + failed + refused,
        ok=ok,
        failed=failed,
        crossed=total,
        crossed_failed=failed if total else 0,
        front_end_only=0 if crossed else ok,
        refused_credentials=refused,
        share_failed=failed / total if total else None,
        interval=wilson_interval(failed, total) if total else None,
        predicted_failed=0.5,
        predicted_basis="names-assumed-equal",
        by_outcome=outcomes or {},
        by_server={server: {"200": ok, "403": failed}} if server else {},
    )
    return observation(f"sample:{account}", GENERIC.name, facts)


def certificate_samples(ok: int, failed: int, by_address: dict[str, dict[str, int]]) -> Observation:
    facts = SampleFacts(
        None, Sent.CERTIFICATE, "phone", None, sent=ok + failed, ok=ok, failed=failed, by_address=by_address
    )
    return observation("sample:phone", CERT.name, facts)


def dns(target: Target, outcome: DnsOutcome, resolver: str = "internal") -> Observation:
    addresses = ("127.0.0.1",) if outcome is DnsOutcome.ANSWER else ()
    facts = DnsFacts(resolver, target.host, "A", outcome, addresses)
    reason = Reason.DNS_TIMEOUT if outcome is DnsOutcome.TIMEOUT else None
    return observation(f"dns:{resolver}/{target.host}", target.host, facts, reason)


def tcp(target: Target, reason: Reason | None, address: str = "127.0.0.1") -> Observation:
    facts = TcpFacts(address, target.port, "open" if reason is None else "refused")
    return observation(f"tcp:{target.name}@{address}", target.name, facts, reason)


def finding(known: Case, code: str) -> Finding | None:
    return diagnose(known).finding(code)


def verdict(known: Case, code: str) -> str:
    found = finding(known, code)
    return found.verdict.value if found is not None else "not-examined"


def newer(look: Observation) -> Observation:
    return replace(look, at=datetime(2026, 1, 2, tzinfo=UTC))
