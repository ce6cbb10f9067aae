"""What cannot be seen from where we stand, said aloud: an absent observation is never health (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import SampleFacts, Status
from easwizard.case.requests import Target
from easwizard.diagnosis.finding import NotExamined
from easwizard.diagnosis.log_outcome import unseen_in_logs
from easwizard.diagnosis.vantage import seen_by_proxying_servers
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH


def unseen(case: Case) -> tuple[NotExamined, ...]:
    """Everything that was not looked at, in the order an admin would ask about it."""
    seen = (*_sign_ins(case), *_not_grouped(case), *_certificates(case), *_the_leg(case), *_failed_looks(case))
    return (*unseen_in_logs(case), *seen)


def _sign_ins(case: Case) -> Iterator[NotExamined]:
    if not case.accounts:
        yield NotExamined(
            "signing in, and the way on to the old servers",
            "no account was given; anonymous requests end at the new server",
        )
    for observation, facts in case.seen(SampleFacts):
        if not facts.account:
            continue  # asked without credentials, to see who answers
        name = f"the legacy leg of {facts.account} through {observation.target}"
        if observation.status is not Status.OK:
            yield NotExamined(f"sign-in of {facts.account} at {observation.target}", observation.words or "no answer")
        elif facts.mailbox is not None and _on_old_version(facts) and not facts.crossed:
            if facts.front_end_only:
                why = "the answers came from the front end itself; none shows the old server's version (J8)"
            else:
                why = "no sample proved to have reached the old server (J8)"
            yield NotExamined(name, why)


def _not_grouped(case: Case) -> Iterator[NotExamined]:
    """Accounts whose samples judge no legacy name: their AD site is not known, or names predict nothing (J9, J13)."""
    for account in case.accounts:
        mailbox = account.mailbox
        what = f"what the sign-ins of {account.label} say of the legacy names"
        if mailbox is None or not mailbox.product.is_legacy:
            continue
        if mailbox.site is None:
            yield NotExamined(what, "the AD site of its mailbox was not given: --mailbox 2007@AD-SITE (J9, J13)")
        elif mailbox.product is Product.E2010:
            yield NotExamined(
                what, "Exchange 2010 is believed to be reached by server name, so names predict no odds (J13)"
            )


def _on_old_version(facts: SampleFacts) -> bool:
    return facts.mailbox is not None and facts.mailbox.startswith(("2007", "2010"))


def _certificates(case: Case) -> Iterator[NotExamined]:
    if case.with_role(Role.CERT) and case.device_certificate is None:
        yield NotExamined("certificate sign-in", "no client certificate was given")


def _the_leg(case: Case) -> Iterator[NotExamined]:
    own = seen_by_proxying_servers(case)
    seen = {o.target for o in case.observations if o.id in own}
    left = [t for t in case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT) if t.name not in seen]
    if left:
        which = "the legacy names" if not seen else " and ".join(t.host for t in left)
        yield NotExamined(
            f"{which} as the proxying servers see them",
            f"looked at from {case.vantage.host}; the mailbox servers' own DNS, hosts file, firewall and "
            "TLS settings decide (J7)",
        )


def _failed_looks(case: Case) -> Iterator[NotExamined]:
    for target in case.targets:
        if _answered(case, target):
            continue
        yield NotExamined(f"everything behind {target.name}", _why_silent(case, target))


def _why_silent(case: Case, target: Target) -> str:
    """The lowest layer that failed, in words: no resolver answered, or no address did."""
    if not any(o.target in (target.name, target.host) for o in case.observations):
        return "it was not looked at"
    silent = sorted({f"{f.resolver}: {o.words}" for o, f in case.dns(target.host) if not o.ok})
    if silent and not case.addresses(target.host):
        return f"its address is not known ({'; '.join(silent)})"
    return "it gave no HTTP answer"


def _answered(case: Case, target: Target) -> bool:
    return any(o.ok for path in (ACTIVESYNC_PATH, PROXY_PATH) for o, _ in case.http(target, path))
