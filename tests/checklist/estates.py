"""The article's cut-over as a case: old servers serving, new ones set up beside them, a plan for the window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from easwizard.case.case import Case, Import, Vantage
from easwizard.case.facts import DnsFacts, DnsOutcome, Observation, TlsFacts
from easwizard.case.requests import Member, Target
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory, Role
from easwizard.exchange.replies import PROXY_PATH
from tests.exchange.estates import CERT, DEFAULT, GENERIC, LEGACY_CERT, LEGACY_GENERIC, url
from tests.problems.cases import ASKED, http, observation
from tests.workflow.test_simulate import ALIGNED, cut_over, healthy

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)
PASSWORDS, CERTIFICATES = Target(GENERIC, 443, Role.GENERIC), Target(CERT, 443, Role.CERT)
OLD_NAME, OLD_CERT_NAME = Target(LEGACY_GENERIC, 443, Role.LEGACY_GENERIC), Target(LEGACY_CERT, 443, Role.LEGACY_CERT)
NEW_SERVER = {GENERIC: "127.0.0.11", CERT: "127.0.0.12"}
"""Where the new servers of each name are reached directly."""
MOVES = (f"namespace={GENERIC}=EX13A/{DEFAULT}", f"namespace={CERT}=EX13B/{DEFAULT}")


def beside() -> Inventory:
    """2007 serving as ever, and one new 2013 server for each name, ready but not used."""
    set_up = [change for change in cut_over(renamed=False) if not change.startswith("namespace=")]
    urls = [
        *(f"{kind}-url=EX13A/{DEFAULT}={url(GENERIC)}" for kind in ("internal", "external")),
        *(f"{kind}-url=EX13B/{DEFAULT}={url(CERT)}" for kind in ("internal", "external")),
        f"mapping=EX13B/{DEFAULT}=on",
    ]
    return reduce(apply_change, [*set_up, *urls], healthy())


def plan(*, aligned: bool) -> tuple[str, ...]:
    """What is done in the window: old vdirs under legacy names, with the mend or without it, then the names moved."""
    legacy = [change for change in cut_over() if "EX13" not in change]
    return (*legacy, *(ALIGNED if aligned else ()), *MOVES)


def cut_over_case(
    *looks: Observation, aligned: bool = False, read_at: datetime | None = NOW, inventory: Inventory | None = None
) -> Case:
    return Case(
        Vantage("jump"),
        targets=(PASSWORDS, CERTIFICATES, OLD_NAME),
        members=tuple(Member(host, address, 443) for host, address in NEW_SERVER.items()),
        answers={"tls-in-front": "nothing", "cutover": "before"},
        observations=looks,
        inventory=beside() if inventory is None else inventory,
        imports=(Import("easvdirs.xml", "Export-Clixml", read_at=read_at),),
        changes=plan(aligned=aligned),
    )


def at(look: Observation, moment: datetime = NOW) -> Observation:
    return replace(look, at=moment)


def resolved(
    host: str, *addresses: str, ttl: int = 60, resolver: str = "internal", name: str = "jump"
) -> Observation:
    outcome = DnsOutcome.ANSWER if addresses else DnsOutcome.NXDOMAIN
    facts = DnsFacts(resolver, host, "A", outcome, addresses, ttl=ttl)
    return replace(observation(f"dns:{name}/{resolver}/{host}", host, facts), at=NOW, vantage=name)


def shown(target: Target, address: str, **facts: object) -> Observation:
    """A certificate in order, unless told otherwise."""
    good: dict[str, object] = {
        "names": (target.host,),
        "not_before": "2025-01-01T00:00:00Z",
        "not_after": "2027-01-01T00:00:00Z",
        "trusted": True,
        "name_matches": True,
        "chain_complete": True,
    }
    made = TlsFacts(address, **{**good, **facts})  # type: ignore[arg-type]
    return at(observation(f"tls:{target.name}@{address}", target.name, made))


def certificates(**facts: object) -> tuple[Observation, ...]:
    """One look at each name where it counts."""
    return (
        *(shown(target, NEW_SERVER[target.host], **facts) for target in (PASSWORDS, CERTIFICATES)),
        shown(OLD_NAME, "127.0.0.1", **facts),
    )


def answers(moment: datetime = NOW) -> tuple[Observation, ...]:
    """What the new servers answer to phones that have not signed in."""
    return (
        at(http(PASSWORDS, 401, "Basic", address=NEW_SERVER[GENERIC]), moment),
        at(http(CERTIFICATES, 403, demand=ASKED, address=NEW_SERVER[CERT]), moment),
    )


def proxies(target: Target = OLD_NAME) -> Observation:
    return at(http(target, 401, "Negotiate", "NTLM", path=PROXY_PATH, headers={}))
