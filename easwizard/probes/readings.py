"""From one attempt to the facts of an HTTP observation. Judges by exchange's table only."""

from __future__ import annotations

from easwizard.case.facts import HttpFacts
from easwizard.exchange.replies import Reply, Sent, answered_by, product_of, read
from easwizard.probes.attempt import Attempt

METHOD = "OPTIONS"


def http_facts(attempt: Attempt, path: str, sent: Sent, account: str | None) -> HttpFacts:
    """What the attempt says about one request; the demand for a certificate also where no answer came."""
    answer, failure = attempt.answer, attempt.failure
    address = attempt.destination.address
    if answer is None:
        demand = attempt.transcript.demand(reason=failure.reason if failure is not None else None)
        return HttpFacts(address, METHOD, path, sent, account, client_certificate=demand)
    demand = attempt.transcript.demand(status=answer.status)
    challenges = frozenset(challenge.casefold() for challenge in answer.challenges)
    reply = Reply(path, sent, answer.status, challenges, answer.headers, demand.was_asked)
    product = product_of(answer.headers)
    return HttpFacts(
        address=address,
        method=METHOD,
        path=path,
        credentials=sent,
        account=account,
        status=answer.status,
        substatus=answer.substatus,
        challenges=answer.challenges,
        headers=answer.headers,
        meaning=read(reply).meaning,
        product=product.value if product is not None else None,
        answered_by=answered_by(answer.headers),
        client_certificate=demand,
    )
