"""What the ActiveSync path of a name answers at each address, and what that is worth. Shared by the eas problems.

A legacy name's answer counts only as far as an InternalUrl uses that name (J4). Who wrote an answer is told by
headers alone, and a device in front may change those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, SampleFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.legacy_names import internal_url_use
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

Look = tuple[Observation, HttpFacts]
"""One answered request with its facts."""

DEVICES_IN_FRONT = ("bridging", "delegation")
"""Answers to `tls-in-front` by which a device stands between us and Exchange, and may answer in its place."""
_BY_THE_DIRECTORY = {
    Meaning.BASIC_CHALLENGE,
    Meaning.WINDOWS_CHALLENGE,
    Meaning.MODERN_CHALLENGE,
    Meaning.CERTIFICATE_DEMANDED,
    Meaning.ANONYMOUS,
}
_SHOWN = 60


def phone_names(case: Case) -> tuple[Target, ...]:
    """The names that phones have in their settings."""
    return case.with_role(Role.GENERIC, Role.CERT)


def old_names(case: Case) -> tuple[Target, ...]:
    """The legacy names that may be an InternalUrl now: all but those that are denied (J4)."""
    named = case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT)
    return tuple(t for t in named if internal_url_use(case, t.host).now != "no")


def anonymous(case: Case, target: Target) -> tuple[Look, ...]:
    """The answers to OPTIONS without credentials, one for each address."""
    looks = case.http(target, ACTIVESYNC_PATH)
    return tuple((o, f) for o, f in looks if o.ok and f.credentials is Sent.NONE and not f.ntlm_offered)


def signed_in(case: Case, target: Target) -> tuple[Look, ...]:
    """The answers to OPTIONS with credentials: the first of each kind at each address is kept."""
    return tuple((o, f) for o, f in case.http(target, ACTIVESYNC_PATH) if o.ok and f.credentials is not Sent.NONE)


def sampled(case: Case, target: Target) -> tuple[tuple[Observation, SampleFacts], ...]:
    """The counted sign-ins; requests without credentials are counted apart (J15)."""
    return tuple((o, f) for o, f in case.samples(target) if o.ok and f.credentials is not Sent.NONE)


def some_answered(case: Case, target: Target, outcome: str) -> Clue | None:
    """Where one address answers alike only now and then, a member behind it may be ill: a clue that it supports.

    By repeated requests without credentials; the summary cannot tell who wrote the odd answers (J15).
    """
    for observation, facts in case.samples(target):
        odd = facts.by_outcome.get(outcome, 0)
        if observation.ok and facts.credentials is Sent.NONE and 0 < odd < facts.sent:
            servers = [name for name, outcomes in facts.by_server.items() if outcome in outcomes]
            by = f", by {', '.join(visible(name, _SHOWN) for name in servers)}" if servers else ""
            text = f"{target.host} at {facts.address} answered {odd} of {facts.sent} requests with {outcome}{by}"
            return Clue(
                Effect.SUPPORTS, text, "3.1, J15", Group.SAMPLING, subject=(target.host,), observation=observation.id
            )
    return None


def answered_by_directory(facts: HttpFacts) -> bool:
    """Whether an anonymous answer shows that an ActiveSync directory is there and runs (3.1)."""
    if facts.meaning is Meaning.NO_USABLE_METHOD:
        return names_exchange(facts) or comes_from_iis(facts)
    return facts.meaning in _BY_THE_DIRECTORY


def where(hits: Sequence[Look], looks: Sequence[Look]) -> str:
    """Nothing where all answered alike; else which addresses did, e.g. ` at 192.0.2.2 (1 of 2)`."""
    if len(hits) == len(looks):
        return ""
    return f" at {', '.join(dict.fromkeys(f.address for _, f in hits))} ({len(hits)} of {len(looks)})"


def names_exchange(facts: HttpFacts) -> bool:
    """Whether the answer names the Exchange server that wrote it (3.2)."""
    return facts.answered_by is not None


def comes_from_iis(facts: HttpFacts) -> bool:
    """Whether IIS or Windows' own HTTP service says that it wrote the answer (3.2); a device may rewrite that."""
    return "microsoft" in facts.headers.get("server", "").casefold()


def other_server(facts: HttpFacts) -> str | None:
    """The `Server` header where it names something else than IIS; a reverse proxy before Exchange does so too."""
    name = facts.headers.get("server", "").strip()
    return visible(name, _SHOWN) if name and not comes_from_iis(facts) else None


def written_by_exchange(facts: HttpFacts, in_front: str) -> bool:
    """Whether the server itself said it, and no device in its place, as far as headers can tell."""
    return names_exchange(facts) or (comes_from_iis(facts) and in_front not in DEVICES_IN_FRONT)


def first_byte_s(observation: Observation) -> float | None:
    """Seconds until the answer began; None when that was not timed."""
    milliseconds = observation.phases_ms.get("first_byte")
    return None if milliseconds is None else milliseconds / 1000


def old_name_clues(
    case: Case, is_ill: Callable[[Look], bool], words: Callable[[HttpFacts], str], source: str, basis: Basis
) -> Iterable[Clue]:
    """What the trouble of a legacy name says: possible from the name alone, likely if it is an InternalUrl (J4)."""
    for target in old_names(case):
        looks = anonymous(case, target)
        hits = [look for look in looks if is_ill(look)]
        if not hits:
            continue
        use = internal_url_use(case, target.host)
        used = use.now == "yes"
        text = f"{target.host} {words(hits[0][1])}{where(hits, looks)}"
        text += (
            f"; it is an InternalUrl now ({use.told_by})" if used else "; that matters only if it is an InternalUrl"
        )
        yield Clue(
            Effect.SUPPORTS,
            text,
            f"{source}, J4",
            Group.ANSWER if used and use.is_answer else Group.PROBE,
            basis,
            (target.host,),
            hits[0][0].id,
            strong=used,
        )


def severity_by_use(case: Case, clues: Iterable[Clue], usual: Severity) -> Severity:
    """The usual severity where a name is ill that phones or, as far as is told, proxying servers use (J4)."""
    ill = {name for clue in clues if clue.is_positive for name in clue.subject}
    unsure = {t.host for t in old_names(case) if internal_url_use(case, t.host).now != "yes"}
    return Severity.MEDIUM if ill and ill <= unsure and usual is Severity.HIGH else usual
