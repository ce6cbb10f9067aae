"""Legacy candidates of one site and version that do not all accept the proxy leg: the article's fault.

Rests on exchange.md 1.4 to 1.6 and 5.3, and on J1 to J9: a name is not a candidate until an InternalUrl is known
to use it, and what a jump box sees of the legacy leg supports but never confirms by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.statistics import fits, samples_to_see
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group, Missing, Subject
from easwizard.diagnosis.legacy_names import (
    INTERNAL_URL,
    Crossing,
    LegacyName,
    Stance,
    crossings,
    legacy_names,
    predicted_failure,
)
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.shares import percent, share_in_words
from easwizard.diagnosis.vantage import jump_box_caps
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls, old_mailbox_account, proxy_log
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import VirtualDirectory
from easwizard.exchange.routing import Draw, Mailbox, Outcome, draws, leg_odds, leg_odds_by_name


def examine(case: Case) -> Examination:
    names, crossed = legacy_names(case), crossings(case)
    subject = tuple(name.host for name in names)
    clues = (
        *_from_names(names, crossed, subject),
        *_from_samples(case, crossed, subject),
        *_from_inventory(case, subject),
    )
    return Examination(
        clues=clues,
        caps=tuple(_caps(names, crossed, clues)),
        missing=tuple(_missing(names, crossed, clues)),
        summary=_summary(names, crossed),
    )


def _from_names(names: Sequence[LegacyName], crossed: Sequence[Crossing], subject: Subject) -> Iterator[Clue]:
    leg_works_somewhere = any(n.accepts and n.internal_url != "no" for n in names) or any(
        c.crossed_ok for c in crossed
    )
    if not leg_works_somewhere:
        return
    for name in names:
        if not name.refuses or name.internal_url == "no":
            continue
        known = name.internal_url == "yes"
        role = "is an InternalUrl (your answer)" if known else "may be an InternalUrl"
        yield Clue(
            Effect.SUPPORTS,
            f"{name.host} {role} and {_refusal(name)}, while the leg works elsewhere",
            "J1, J4, J5",
            Group.ANSWER if known else Group.PROBE,
            subject=subject,
            observation=name.observation(_first_refusal(name)),
            strong=known,
        )


def _first_refusal(name: LegacyName) -> Stance:
    return next(stance for stance in name.known if stance.refuses)


def _refusal(name: LegacyName) -> str:
    if _first_refusal(name) is Stance.DEMANDS_CERTIFICATE:
        return "demands a client certificate on /Proxy, which a proxying server never has"
    return "offers no Windows authentication on /Proxy"


def _from_samples(case: Case, crossed: Sequence[Crossing], subject: Subject) -> Iterator[Clue]:
    for crossing in crossed:
        if crossing.is_mixed:
            facts = crossing.facts
            yield Clue(
                Effect.SUPPORTS,
                f"of the sign-ins of {facts.account} that reached the old servers, "
                f"{share_in_words(facts.crossed_failed, facts.crossed)} failed{_beside_prediction(crossing)}",
                "J3, J8, J9",
                Group.SAMPLING,
                subject=subject,
                observation=crossing.observation.id,
            )
    clean = sum(c.crossed_ok for c in crossed)
    troubled = any(c.facts.crossed_failed or c.never_worked or c.facts.refused_credentials for c in crossed)
    if clean and not troubled and clean >= _enough(case, crossed):
        yield Clue(
            Effect.WEAKENS,
            f"{clean} sign-ins reached the old servers and none failed there",
            "J8",
            Group.SAMPLING,
            subject=subject,
        )


def _enough(case: Case, crossed: Sequence[Crossing]) -> int:
    """Clean samples that leave less than 1 % doubt at the share that should fail; one half if nothing predicts."""
    predicted = next((p[0] for c in crossed if (p := _prediction(case, c)) and 0 < p[0] <= 1), 0.5)
    return samples_to_see(predicted)


def _prediction(case: Case, crossing: Crossing) -> tuple[float, str] | None:
    mailbox = next((a.mailbox for a in case.accounts if a.label == crossing.facts.account), None)
    return predicted_failure(case, mailbox) if mailbox is not None else None


def _beside_prediction(crossing: Crossing) -> str:
    """An observed share that does not fit is said, and is no contradiction (J3)."""
    facts = crossing.facts
    if facts.predicted_failed is None:
        return ""
    fitting = fits(facts.crossed_failed, facts.crossed, facts.predicted_failed)
    return f"; predicted {percent(facts.predicted_failed)}{'' if fitting else ', which does not fit'}"


def _from_inventory(case: Case, subject: Subject) -> Iterator[Clue]:
    for mailbox in legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        about = subject or tuple(sorted({leg.candidate.internal_host or "" for leg in legs} - {""}))
        if {Outcome.OK, Outcome.REFUSED} <= outcomes:
            yield Clue(Effect.PROVES, _odds(mailbox, legs), "5.3, J1 to J3", Group.EVIDENCE, _basis(legs), about)
        elif outcomes == {Outcome.OK}:
            text = f"all {len(legs)} candidates for {mailbox} lead to endpoints that accept the proxy leg"
            yield Clue(Effect.EXCLUDES, text, "5.3, J1", Group.EVIDENCE, _basis(legs), about)


def _odds(mailbox: Mailbox, legs: Sequence[Draw]) -> str:
    by_object, by_name = leg_odds(legs), leg_odds_by_name(legs)
    if by_object.exact is None:
        low, high = percent(1 - by_object.high), percent(1 - by_object.low)
        return (
            f"some of the {len(legs)} candidates for {mailbox} refuse the proxy leg: {low} to {high} of requests fail"
        )
    text = f"of {len(legs)} candidates for {mailbox}, {percent(1 - by_object.exact)} of the draws are refused"
    if by_name.exact is not None and by_name.exact != by_object.exact:
        text += f" if drawn by virtual directory, {percent(1 - by_name.exact)} if by name"
    return text


def _basis(legs: Sequence[Draw]) -> Basis:
    """Configuration confirms only where every candidate's authentication was read on the IIS side (J19)."""
    return Basis.CONFIRMED if all(_read_in_iis(leg.candidate) for leg in legs) else Basis.INFERRED


def _read_in_iis(vdir: VirtualDirectory) -> bool:
    return any(source.startswith("iis:") for source in vdir.sources)


def _caps(names: Sequence[LegacyName], crossed: Sequence[Crossing], clues: Sequence[Clue]) -> Iterator[Cap]:
    positive = {c.group for c in clues if c.is_positive}
    yield from jump_box_caps(clues)
    mixed = [c for c in crossed if c.is_mixed]
    if mixed and not any(c.through_new_server for c in mixed):
        because = "no newer server named itself in the answers: the name may still lead to the old servers"
        yield Cap(Verdict.LIKELY, because, "3.2, J8")
    refusing = [n for n in names if n.refuses and n.internal_url != "no"]
    unknown = refusing and all(n.internal_url == "unknown" for n in refusing)
    if unknown and not positive & {Group.LOG, Group.EVIDENCE}:
        yield Cap(Verdict.LIKELY, "no refusing name is known to be an InternalUrl now", "J4")


def _missing(names: Sequence[LegacyName], crossed: Sequence[Crossing], clues: Sequence[Clue]) -> Iterator[Missing]:
    groups = {c.group for c in clues if c.is_positive and c.group is not Group.ANSWER}
    open_names = [n.host for n in names if n.internal_url == "unknown" and (n.refuses or not n.known)]
    if open_names:
        yield internal_urls(f"whether {' and '.join(open_names)} is an InternalUrl of any virtual directory now")
    elif not names:
        yield internal_urls("how many legacy InternalUrls there are, and where each one leads")
    if not crossed and Group.EVIDENCE not in groups:
        yield old_mailbox_account("only a request that crosses to the old servers shows their answers")
    stuck = [c.facts.account for c in crossed if c.never_worked]
    if stuck:
        yield proxy_log(
            f"{' and '.join(stuck)} was refused every time: draws that stick per user would look so, and so would "
            "an account that may not use ActiveSync"
        )
    elif Group.SAMPLING not in groups and names:
        yield proxy_log("the log names each target and its status: the proof that needs no samples")


def _summary(names: Sequence[LegacyName], crossed: Sequence[Crossing]) -> str:
    refusing = [n.host for n in names if n.refuses and n.internal_url != "no"]
    accepting = [n.host for n in names if n.accepts and n.internal_url != "no"]
    parts = []
    if refusing and accepting:
        parts.append(f"{' and '.join(refusing)} refuses the proxy leg, {' and '.join(accepting)} accepts it")
    crossed_all = sum(c.facts.crossed for c in crossed)
    if crossed_all:
        failed = sum(c.facts.crossed_failed for c in crossed)
        parts.append(f"{share_in_words(failed, crossed_all)} of the sign-ins that reached the old servers failed")
        predicted = next((c.facts.predicted_failed for c in crossed if c.facts.predicted_failed is not None), None)
        if predicted is not None:
            parts.append(f"predicted {percent(predicted)}")
    return "; ".join(parts)


PROBLEM = Problem(
    code="namespace/duplicate",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL,),
    answers=(
        AnswerClue(
            "fails-basic-old", ("sometimes",), Effect.SUPPORTS,
            "Basic devices with a mailbox on the old version fail now and then", "1.5",
        ),
        AnswerClue(
            "fails-cert-old", ("sometimes",), Effect.SUPPORTS,
            "certificate devices with a mailbox on the old version fail now and then", "1.5",
        ),
        AnswerClue(
            "fails-basic-old", ("never",), Effect.WEAKENS,
            "Basic devices with a mailbox on the old version never fail", "1.5",
        ),
        AnswerClue(
            "fails-basic-new", ("sometimes", "always"), Effect.WEAKENS,
            "devices with a mailbox on the new version fail too, and these never use the legacy leg", "8",
        ),
        AnswerClue("scope", ("one-user", "one-device-type"), Effect.WEAKENS, "one user or device type fails", "8"),
    ),
)  # fmt: skip
