"""Counts samples: what each one was, and which of them say something about the legacy leg (J8 to J12). Pure.

Samples without credentials end at the new server (J8): they only show who answers behind an address (J15).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from easwizard.case.facts import HttpFacts, Reason, SampleFacts
from easwizard.case.requests import SampleAnonymous, SampleSignIn
from easwizard.case.statistics import runs, samples_still_needed, wilson_interval
from easwizard.case.untrusted import visible
from easwizard.exchange.products import Product
from easwizard.exchange.replies import Meaning, Sent, crossed_to_legacy, product_of
from easwizard.exchange.routing import Mailbox

_BEHIND_THE_FRONT_END = {401, 403, 500, 502, 503, 504}
"""Statuses by which a front end passes on that the leg behind it failed."""
_THROTTLED = {"x-ms-asthrottle", "retry-after"}
_ENDS_AFTER_THE_REQUEST = {Reason.CLOSED, Reason.RESET, Reason.FIRST_BYTE_TIMEOUT}
_SHORT: Mapping[Reason, str] = {
    Reason.FIRST_BYTE_TIMEOUT: "timeout",
    Reason.RESET: "reset",
    Reason.CLOSED: "closed",
}
_NORMAL_WITHOUT_CREDENTIALS = {200, 401, 403}
_REDIRECTS = {301, 302, 307, 308, 451}
_LONGEST_OUTCOME = 100
WITHOUT_HEADERS = "200 without ActiveSync headers"


class Kind(Enum):
    """What a sample counts as."""

    OK = auto()
    FAILED = auto()
    REDIRECTED = auto()
    REFUSED = auto()
    """401 to a sent password."""
    OTHER = auto()
    NOT_SENT = auto()
    """The certificate of the far side was not trusted, so nothing was sent."""


@dataclass(frozen=True)
class Sample:
    """One sign-in, boiled down to what counts."""

    address: str
    outcome: str
    kind: Kind
    server: str | None = None
    proof: bool = False
    """Whether the answer proves that the legacy server was reached."""
    may_be_the_leg: bool = False
    """Whether the failure may come from behind the front end."""
    worth_repeating: bool = True
    """False when a certificate was at hand and nobody asked for it: once more would be the same."""


def sample_of(facts: HttpFacts, reason: Reason | None, mailbox: Mailbox | None, *, asked: bool) -> Sample:
    """Boil one sign-in down. `asked` is whether the request was sent before it failed."""
    outcome = _outcome(facts, reason)
    kind = _kind(facts, reason)
    never_asked = facts.credentials is Sent.CERTIFICATE and facts.client_certificate.was_asked is False
    return Sample(
        address=facts.address,
        outcome=outcome,
        kind=kind,
        server=facts.answered_by,
        proof=kind is Kind.OK and proves_crossing(facts.headers, mailbox),
        may_be_the_leg=kind in (Kind.FAILED, Kind.REFUSED) and _may_be_the_leg(facts, reason, asked),
        worth_repeating=not (never_asked and asked),
    )


def proves_crossing(headers: Mapping[str, str], mailbox: Mailbox | None) -> bool:
    """Whether an answer proves that the legacy server was reached (J8).

    Where the mailbox is not known to be on an old version, only the old server's own header is proof.
    """
    if mailbox is not None and mailbox.product.is_legacy:
        return crossed_to_legacy(headers, mailbox.product)
    product: Product | None = product_of(headers)
    return product is not None and product.is_legacy


def _outcome(facts: HttpFacts, reason: Reason | None) -> str:
    if facts.status is None:
        return _short(reason)
    return WITHOUT_HEADERS if facts.meaning is Meaning.NOT_EXCHANGE else str(facts.status)


def _short(reason: Reason | None) -> str:
    return _SHORT.get(reason, reason.value) if reason is not None else Reason.INTERNAL.value


def _kind(facts: HttpFacts, reason: Reason | None) -> Kind:
    if reason is Reason.NOT_TRUSTED:
        return Kind.NOT_SENT
    if facts.meaning is Meaning.SIGNED_IN:
        return Kind.OK
    if facts.meaning is Meaning.REDIRECTED:
        return Kind.REDIRECTED
    if facts.meaning is Meaning.NOT_EXCHANGE:
        return Kind.OTHER
    return Kind.REFUSED if facts.status == 401 and facts.credentials is Sent.BASIC else Kind.FAILED


def _may_be_the_leg(facts: HttpFacts, reason: Reason | None, asked: bool) -> bool:
    if facts.credentials is Sent.CERTIFICATE and facts.client_certificate.was_asked is False:
        return False  # the front end itself refused, for it never saw who was asking
    if _THROTTLED & facts.headers.keys():
        return False  # the server holds this account back, whatever leg it would have used (J11)
    if facts.status is not None:
        return facts.status in _BEHIND_THE_FRONT_END
    return asked and reason in _ENDS_AFTER_THE_REQUEST


def settle(samples: Sequence[Sample], worked_before: bool) -> list[Sample]:
    """The samples with every 401 decided: a failure if the same password works at all, else a refusal (J10)."""
    works = worked_before or any(sample.kind is Kind.OK for sample in samples)
    if not works:
        return list(samples)
    return [replace(sample, kind=Kind.FAILED) if sample.kind is Kind.REFUSED else sample for sample in samples]


def count(
    request: SampleSignIn, samples: Sequence[Sample], stopped: str | None, worked_before: bool = False
) -> SampleFacts:
    """Everything the samples say, in numbers."""
    settled = settle(samples, worked_before)
    sent = [sample for sample in settled if sample.kind is not Kind.NOT_SENT]
    good = sum(sample.kind is Kind.OK for sample in sent)
    proven = sum(sample.proof for sample in sent)
    crossings = _crossings(sent)
    failed = sum(crossings)
    return SampleFacts(
        address=request.addresses[0] if len(request.addresses) == 1 else None,
        credentials=request.sent,
        account=request.account,
        mailbox=str(request.mailbox) if request.mailbox is not None else None,
        sent=len(sent),
        ok=good,
        failed=sum(sample.kind is Kind.FAILED for sample in sent),
        redirected=sum(sample.kind is Kind.REDIRECTED for sample in sent),
        crossed=len(crossings),
        crossed_failed=failed,
        front_end_only=good - proven,
        refused_credentials=sum(sample.kind is Kind.REFUSED for sample in sent),
        stopped=stopped,
        more_needed=_more_needed(failed, len(crossings), request.predicted_failed),
        share_failed=failed / len(crossings) if crossings else None,
        interval=wilson_interval(failed, len(crossings)) if crossings else None,
        runs=runs(crossings),
        predicted_failed=request.predicted_failed,
        predicted_basis=request.predicted_basis,
        by_outcome=_counted(sample.outcome for sample in settled),
        by_server=_grouped([sample for sample in sent if sample.server], lambda sample: sample.server or ""),
        by_address=_grouped(settled, lambda sample: sample.address),
    )


def anonymous_sample(
    address: str,
    status: int | None,
    challenges: Sequence[str] = (),
    server: str | None = None,
    reason: Reason | None = None,
) -> Sample:
    """One request without credentials; 200, 401 and 403 are how a server that works may answer it (3.1).

    No more than this is read from an answer: there may be many, and what it means is for looks to say.
    """
    if status is None:
        return Sample(address, _short(reason), Kind.FAILED)
    kind = Kind.OK if status in _NORMAL_WITHOUT_CREDENTIALS else Kind.FAILED
    offered = " " + ", ".join(sorted(challenges, key=str.casefold)) if challenges else ""
    outcome = visible(f"{status}{offered}", _LONGEST_OUTCOME)
    return Sample(address, outcome, Kind.REDIRECTED if status in _REDIRECTS else kind, server)


def count_anonymous(request: SampleAnonymous, samples: Sequence[Sample], stopped: str | None) -> SampleFacts:
    """What the samples say of who answers at an address; `samples` in the order in which they began.

    A run is a row of equal answers, by the same server: few long ones mean that a balancer sticks (J9).
    """
    return SampleFacts(
        address=request.address,
        credentials=Sent.NONE,
        account="",
        mailbox=None,
        sent=len(samples),
        ok=sum(sample.kind is Kind.OK for sample in samples),
        failed=sum(sample.kind is Kind.FAILED for sample in samples),
        redirected=sum(sample.kind is Kind.REDIRECTED for sample in samples),
        stopped=stopped,
        runs=runs([(sample.outcome, sample.server) for sample in samples]),
        by_outcome=_counted(sample.outcome for sample in samples),
        by_server=_grouped([sample for sample in samples if sample.server], lambda sample: sample.server or ""),
        by_address=_grouped(samples, lambda sample: sample.address),
    )


def _more_needed(failed: int, crossed: int, predicted: float | None) -> int | None:
    """How many more crossed samples would settle a prediction; None where nothing, or no failure, is predicted."""
    return samples_still_needed(failed, crossed, predicted) if predicted and predicted <= 1 else None


def _crossings(samples: Sequence[Sample]) -> list[bool]:
    """For each sample that crossed the leg, in order, whether it failed there; empty when none proved to cross."""
    if not any(sample.proof for sample in samples):
        return []
    return [
        sample.kind is Kind.FAILED
        for sample in samples
        if sample.proof or (sample.kind is Kind.FAILED and sample.may_be_the_leg)
    ]


def _counted(outcomes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(outcomes).items()))


def _grouped(samples: Iterable[Sample], key: Callable[[Sample], str]) -> dict[str, dict[str, int]]:
    groups: dict[str, list[str]] = {}
    for sample in samples:
        groups.setdefault(key(sample), []).append(sample.outcome)
    return {name: _counted(outcomes) for name, outcomes in sorted(groups.items())}
