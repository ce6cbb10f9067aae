"""A name leads to the wrong generation of servers (exchange.md 7): a legacy name to newer ones, or the reverse.

A legacy name that leads to a newer front end makes it proxy to itself; a name in phones that still leads to old
servers after the cut-over skips the new ones. Headers can be stripped or added on the way, and a jump box asks its
own resolvers and not the servers' (J7), so nothing here ever confirms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.generations import Generation, Sign, generations_at, signs_at
from easwizard.diagnosis.legacy_names import INTERNAL_URL, internal_url_use
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.severities import is_retired, severity_of
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis, weakest

_AFTER = "after"
_MAY_BE_ITS_OWN_WINDOWS = {"bridging", "delegation"}
_OLD_PRODUCTS = {"2007", "2010"}


def examine(case: Case) -> Examination:
    targets = [t for t in case.targets if not _has_two_ages(case, t) and not is_retired(case, t)]
    clues = tuple(clue for target in targets for clue in _clues(case, target))
    severities = {t.host: _severity(case, t) for t in targets}
    because = "where a name leads was seen from here, by this machine's resolvers, and replies only hint at servers"
    positive = any(clue.is_positive for clue in clues)
    return Examination(
        clues=(*clues, *_excluded(case, targets)) if not positive else clues,
        caps=(Cap(Verdict.LIKELY, because, "J7, 3.2"),),
        missing=tuple(_missing(case, clues)),
        severity=severity_of(clues, severities),
    )


def _has_two_ages(case: Case, target: Target) -> bool:
    """A host that was named both as an old and as a new name cannot be at the wrong place."""
    return len({t.role.is_legacy for t in case.targets if t.host == target.host}) == 2


def _severity(case: Case, target: Target) -> Severity:
    if target.role.is_legacy:
        return Severity.HIGH if internal_url_use(case, target.host).now == "yes" else Severity.MEDIUM
    return Severity.HIGH


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    unwanted = Generation.NEW if target.role.is_legacy else Generation.OLD
    addresses = case.addresses(target.host)
    wrong = {a: [s for s in signs_at(case, target, a) if s.generation is unwanted] for a in addresses}
    wrong = {address: signs for address, signs in wrong.items() if signs}
    if not wrong:
        return
    if target.role.is_legacy and _may_have_an_old_version(case):
        yield _legacy_leads_to_new(case, target, wrong, len(addresses))
    elif target.role.faces_devices and case.answer("cutover") != "before":
        yield _device_name_leads_to_old(case, target, wrong, len(addresses))


def _legacy_leads_to_new(case: Case, target: Target, wrong: dict[str, list[Sign]], total: int) -> Clue:
    best = _best(wrong)
    text = f"{target.host} leads to Exchange {Generation.NEW}{_where(wrong, total)}: {best.words}"
    strong = best.names_exchange and _old_version_is_known(case)
    if not strong:
        text += "; whether there is an older version for it to lead to is not known" if best.names_exchange else ""
    return Clue(
        Effect.SUPPORTS, text, f"7, {best.source}", Group.PROBE, best.basis, (target.host,), best.observation, strong
    )  # fmt: skip


def _device_name_leads_to_old(case: Case, target: Target, wrong: dict[str, list[Sign]], total: int) -> Clue:
    best = _best(wrong)
    text = f"{target.host} leads to Exchange {Generation.OLD}{_where(wrong, total)}: {best.words}"
    after = case.answer("cutover") == _AFTER
    text += "; the names have moved (your answer)" if after else "; before the cut-over that is right"
    group = Group.ANSWER if after else Group.PROBE
    # A device that ends TLS may answer with the Windows of its own (J14).
    strong = after and (best.names_exchange or case.answer("tls-in-front") not in _MAY_BE_ITS_OWN_WINDOWS)
    return Clue(
        Effect.SUPPORTS, text, f"3.2, {best.source}", group, best.basis, (target.host,), best.observation, strong
    )  # fmt: skip


def _best(wrong: dict[str, list[Sign]]) -> Sign:
    """The surest sign: of Exchange itself before that of the Windows below, what is confirmed before the rest."""
    signs = [sign for found in wrong.values() for sign in found]
    return min(signs, key=lambda s: (not s.names_exchange, s.basis is not Basis.CONFIRMED))


def _where(wrong: dict[str, list[Sign]], total: int) -> str:
    return f" at {', '.join(wrong)}" + ("" if len(wrong) == total else f" ({len(wrong)} of {total} addresses)")


def _products(case: Case) -> set[str]:
    return set(case.answer("products").split("+"))


def _may_have_an_old_version(case: Case) -> bool:
    """False where the admin named the products and none is 2007 or 2010: "legacy" may mean 2013 to somebody."""
    return _products(case) == {UNKNOWN} or bool(_products(case) & _OLD_PRODUCTS)


def _old_version_is_known(case: Case) -> bool:
    """Whether anything beside the role says that there are 2007 or 2010 servers."""
    if _products(case) & _OLD_PRODUCTS or legacy_mailboxes(case):
        return True
    if any(a.mailbox is not None and a.mailbox.product.is_legacy for a in case.accounts):
        return True
    return any(
        Generation.OLD in generations_at(case, target, address)
        for target in case.targets
        for address in case.addresses(target.host)
    )


def _excluded(case: Case, targets: Sequence[Target]) -> Iterator[Clue]:
    """Every name leads where it should, as one statement: a single address that does not say leaves it open."""
    judged = [t for t in targets if t.role.is_legacy or t.role.faces_devices]
    surest: list[Sign] = []
    for target in judged:
        for address in case.addresses(target.host) or ("",):
            signs = [s for s in signs_at(case, target, address) if s.generation is _wanted(target)]
            if not signs:
                return
            surest.append(_best({address: signs}))
    basis = weakest(sign.basis for sign in surest)
    for target in judged:
        text = f"{target.host} leads to Exchange {_wanted(target)} at every address"
        yield Clue(Effect.EXCLUDES, text, "3.2, 3.4", Group.PROBE, basis, (target.host,))


def _wanted(target: Target) -> Generation:
    return Generation.OLD if target.role.is_legacy else Generation.NEW


def _missing(case: Case, clues: Sequence[Clue]) -> Iterator[Missing]:
    hosts = [host for clue in clues if clue.is_positive for host in clue.subject]
    if hosts:
        if case.answer("cutover") == UNKNOWN and not all(_is_legacy(case, host) for host in hosts):
            yield Missing(
                "whether the names have moved already",
                "before the cut-over a name in phones leads to the old servers rightly",
                "easwizard check ... --answer cutover=after   (or before)",
            )
        yield Missing(
            "which address the 2013 servers themselves get for this name, and whose it is",
            "their resolver and hosts file decide, and headers may be changed on the way",
            f"Resolve-DnsName {hosts[0]}   (on each 2013 server; look through its hosts file too)",
        )


def _is_legacy(case: Case, host: str) -> bool:
    return any(t.role.is_legacy for t in case.targets if t.host == host)


PROBLEM = Problem(
    code="dns/wrong-target",
    severity=Severity.HIGH,
    examine=examine,
    reads=("cutover", "products", "tls-in-front", INTERNAL_URL),
)
