"""From one attempt to the facts of an HTTP observation. Judges by exchange's table only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from easwizard.case.facts import HttpFacts
from easwizard.exchange.products import Product, parse_build, product_of_build
from easwizard.exchange.replies import (
    ACTIVESYNC_PATH,
    PROXY_PATH,
    Meaning,
    Reply,
    Sent,
    answered_by,
    product_of,
    read,
)
from easwizard.probes.attempt import Attempt

METHOD = "OPTIONS"
_HAVE_A_MEANING = {ACTIVESYNC_PATH.casefold(), PROXY_PATH.casefold()}
"""The table of replies is about the ActiveSync directory (3.1) and its /Proxy (1.4); elsewhere it would mislead."""
_BUILD = re.compile(r"(?:Exchange/)?(\d{1,5}(?:\.\d{1,6}){2,3})", re.IGNORECASE)


def http_facts(attempt: Attempt, path: str, sent: Sent, account: str | None, method: str = METHOD) -> HttpFacts:
    """What the attempt says about one request; the demand for a certificate also where no answer came."""
    answer, failure = attempt.answer, attempt.failure
    address = attempt.destination.address
    if answer is None:
        demand = attempt.transcript.demand(reason=failure.reason if failure is not None else None)
        return HttpFacts(address, method, path, sent, account, client_certificate=demand)
    demand = attempt.transcript.demand(status=answer.status)
    challenges = frozenset(challenge.casefold() for challenge in answer.challenges)
    build = build_of(answer.headers)
    product = product_of(answer.headers) or _product_of_build(build)
    return HttpFacts(
        address=address,
        method=method,
        path=path,
        credentials=sent,
        account=account,
        status=answer.status,
        substatus=answer.substatus,
        challenges=answer.challenges,
        headers=answer.headers,
        meaning=_meaning(Reply(path, sent, answer.status, challenges, answer.headers, demand.was_asked)),
        product=product.value if product is not None else None,
        answered_by=answered_by(answer.headers),
        client_certificate=demand,
        build=build,
    )


def build_of(headers: Mapping[str, str]) -> str | None:
    """The full Exchange build that a header tells, without leading zeros, e.g. `15.1.2176.9` (3.2)."""
    for name in ("x-owa-version", "x-serverapplication"):
        match = _BUILD.fullmatch(headers.get(name, "").strip())
        if match:
            return ".".join(str(int(part)) for part in match[1].split("."))
    return None


def _product_of_build(build: str | None) -> Product | None:
    numbers = parse_build(build) if build is not None else None
    return product_of_build(numbers) if numbers is not None else None


def _meaning(reply: Reply) -> Meaning | None:
    return read(reply).meaning if reply.path.casefold() in _HAVE_A_MEANING else None
