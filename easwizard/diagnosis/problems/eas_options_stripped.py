"""OPTIONS is answered 200 without ActiveSync headers: something answers in between, or strips them (exchange.md 3.1).

Without a sign-in the same answer may come from another product; that is `eas/not-exchange`, and here only a hint.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import Look, anonymous, phone_names, sampled, signed_in, where
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.exchange_signs import exchange_at
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import past_the_device, test_account
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import WITHOUT_HEADERS, Meaning

_VERSION = "ms-server-activesync"


def examine(case: Case) -> Examination:
    clues = tuple(clue for target in phone_names(case) for clue in _clues(case, target))
    ill = any(c.is_positive for c in clues)
    missing = [past_the_device("whether the server's own answer carries the headers")] if ill else []
    if phone_names(case) and not any(c.group is Group.SAMPLING for c in clues):
        missing.append(test_account("the headers come only after signing in"))
    only_version = clues and all(c.basis is Basis.INFERRED for c in clues if c.is_positive) and ill
    return Examination(clues, missing=tuple(missing), severity=Severity.LOW if only_version else None)


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    yield from _after_signing_in(case, target)
    looks = anonymous(case, target)
    bare = [look for look in looks if look[1].meaning is Meaning.NOT_EXCHANGE]
    if bare:
        text = f"{target.host} answers OPTIONS with 200 before any sign-in, without ActiveSync headers"
        text += where(bare, looks)
        sign = next((sign for _, f in bare if (sign := exchange_at(case, target, f.address))), None)
        if sign is not None:
            text += f", although Exchange is there: {sign}"
        id = bare[0][0].id
        yield Clue(
            Effect.SUPPORTS, text, "3.1", Group.PROBE, subject=(target.host,), observation=id, strong=sign is not None
        )


def _after_signing_in(case: Case, target: Target) -> Iterator[Clue]:
    subject = (target.host,)
    looks = signed_in(case, target)
    bare = [look for look in looks if look[1].meaning is Meaning.NOT_EXCHANGE]
    counted = sampled(case, target)
    number = sum(f.by_outcome.get(WITHOUT_HEADERS, 0) for _, f in counted)
    if bare or number:
        at = ", ".join(dict.fromkeys(f.address for _, f in bare))
        text = f"sign-ins at {target.host} were answered 200 without ActiveSync headers"
        text += (f" ({number} of {sum(f.sent for _, f in counted)})" if number else "") + (f" at {at}" if at else "")
        id = bare[0][0].id if bare else counted[0][0].id
        yield Clue(Effect.PROVES, text, "3.1, 8", Group.SAMPLING, subject=subject, observation=id)
        return
    good = [look for look in looks if look[1].meaning is Meaning.SIGNED_IN]
    hidden = [look for look in good if not _tells_version(look)]
    if hidden:
        text = f"{target.host} answers sign-ins with the protocol versions and without MS-Server-ActiveSync"
        text += where(hidden, good) + ": something hides it, and phones do not need it"
        id = hidden[0][0].id
        yield Clue(Effect.SUPPORTS, text, "3.3, 8", Group.SAMPLING, Basis.INFERRED, subject, id)
    elif good:
        text = f"{target.host} answers sign-ins with all ActiveSync headers"
        yield Clue(Effect.EXCLUDES, text, "3.1", Group.SAMPLING, subject=subject, observation=good[0][0].id)


def _tells_version(look: Look) -> bool:
    return _VERSION in look[1].headers


PROBLEM = Problem(code="eas/options-stripped", severity=Severity.MEDIUM, examine=examine)
