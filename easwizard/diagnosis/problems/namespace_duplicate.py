"""Legacy candidates of one site and version that do not all accept the proxy leg: the article's fault.

Rests on exchange.md 1.4 to 1.6 and 5.3, and on J1 to J9, J13 and J15: a name is not a candidate until an InternalUrl
is known to use it, what a jump box sees of the legacy leg supports but never confirms by itself, and random failures
alone are the mark of several faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.statistics import fits, samples_to_see
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.leg_configuration import unread_clue
from easwizard.diagnosis.leg_groups import LegGroup, configuration_basis, leg_groups, site_caps
from easwizard.diagnosis.leg_proxying import (
    NOT_YET,
    caps_while_nobody_proxies,
    missing_while_nobody_proxies,
    nobody_proxies,
)
from easwizard.diagnosis.legacy_names import INTERNAL_URL, Crossing, LegacyName, Stance, predicted_failure
from easwizard.diagnosis.log_namespaces import logged_in, namespace_clues
from easwizard.diagnosis.log_signature import words_of
from easwizard.diagnosis.mailboxes import caps_of_2010, legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.shares import percent, share_in_words
from easwizard.diagnosis.vantage import jump_box_caps
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls, old_mailbox_account, proxy_log
from easwizard.exchange.routing import Draw, Mailbox, Outcome, draws, leg_odds, leg_odds_by_name


def examine(case: Case) -> Examination:
    groups = leg_groups(case)
    clues = tuple(clue for group in groups for clue in _clues(case, group))
    return Examination(
        clues=clues,
        caps=tuple(_caps(case, groups, clues)),
        missing=(*missing_while_nobody_proxies(case), *_missing(groups, clues)),
        summary=_summary(case, groups[0]) if len(groups) == 1 else "",
    )


def _clues(case: Case, group: LegGroup) -> Iterator[Clue]:
    yield from _from_names(group)
    yield from _from_samples(case, group)
    yield from _from_inventory(case, group)
    yield from namespace_clues(case, group)


def _from_names(group: LegGroup) -> Iterator[Clue]:
    """A name that refuses as a whole while another does not; one whose addresses differ is another matter (J15)."""
    for name in _refusing(group.names):
        others = [n for n in group.names if n is not name and n.internal_url != "no"]
        if not any(n.accepts or n.is_mixed for n in others) and not any(c.served for c in group.crossed):
            continue
        known = name.internal_url == "yes"
        role = f"is an InternalUrl ({name.told_by})" if known else "may be an InternalUrl"
        yield Clue(
            Effect.SUPPORTS,
            f"{name.host} {role} and {_refusal(name)}, while the leg works elsewhere",
            "J1, J4, J5",
            Group.ANSWER if known and name.is_answer else Group.PROBE,
            subject=group.subject,
            observation=name.observation(_first_refusal(name)),
            strong=known and group.names_known,
        )


def _refusing(names: Sequence[LegacyName]) -> list[LegacyName]:
    """The names that refuse as a whole and are or may be an InternalUrl (J4)."""
    return [n for n in names if n.refuses_wholly and n.internal_url != "no"]


def _first_refusal(name: LegacyName) -> Stance:
    return next(stance for stance in name.known if stance.refuses)


def _refusal(name: LegacyName) -> str:
    if _first_refusal(name) is Stance.DEMANDS_CERTIFICATE:
        return "demands a client certificate on /Proxy, which a proxying server never has"
    return "offers no Windows authentication on /Proxy"


def _from_samples(case: Case, group: LegGroup) -> Iterator[Clue]:
    within = [n.host for n in group.names if n.is_mixed and n.internal_url != "no"]
    # Where one name explains the mixture by itself, it says nothing of several names.
    for crossing in () if within and not _refusing(group.names) else group.crossed:
        if crossing.is_mixed:
            facts = crossing.facts
            yield Clue(
                Effect.SUPPORTS,
                f"of the sign-ins of {facts.account} that reached the old servers, "
                f"{share_in_words(facts.crossed_failed, facts.crossed)} failed{_beside_prediction(crossing)}",
                "J3, J8, J9",
                Group.SAMPLING,
                subject=group.subject,
                observation=crossing.observation.id,
            )
    if _is_clean(case, group):
        clean = sum(c.served for c in group.crossed)
        text = f"{clean} sign-ins reached the old servers and none failed there"
        yield Clue(Effect.WEAKENS, text, "J8", Group.SAMPLING, subject=group.subject)


def _is_clean(case: Case, group: LegGroup) -> bool:
    """Whether enough samples crossed without a failure to doubt that anything refuses here (J8)."""
    clean = sum(c.served for c in group.crossed)
    troubled = any(c.facts.crossed_failed or c.never_worked or c.facts.refused_credentials for c in group.crossed)
    return bool(clean) and not troubled and clean >= _enough(case, group)


def _enough(case: Case, group: LegGroup) -> int:
    """Clean samples that leave less than 1 % doubt at the share that should fail; one half if nothing predicts."""
    predicted = predicted_failure(case, group.mailbox) if group.mailbox is not None else None
    return samples_to_see(predicted[0] if predicted and 0 < predicted[0] <= 1 else 0.5)


def _beside_prediction(crossing: Crossing) -> str:
    """An observed share that does not fit is said, and is no contradiction (J3)."""
    facts = crossing.facts
    if facts.predicted_failed is None:
        return ""
    fitting = fits(facts.crossed_failed, facts.crossed, facts.predicted_failed)
    return f"; predicted {percent(facts.predicted_failed)}{'' if fitting else ', which does not fit'}"


def _from_inventory(case: Case, group: LegGroup) -> Iterator[Clue]:
    for mailbox in [group.mailbox] if group.mailbox is not None else legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        about = group.subject or tuple(sorted({leg.candidate.internal_host or "" for leg in legs} - {""}))
        # A candidate refuses as a whole or not at all: endpoints of one host that differ are another matter (J15).
        if any(leg.odds.high == 0 for leg in legs) and any(leg.odds.low > 0 for leg in legs):
            odds = _odds(mailbox, legs) + (NOT_YET if nobody_proxies(case) else "")
            yield Clue(Effect.PROVES, odds, "5.3, J1 to J3", Group.EVIDENCE, configuration_basis(legs), about)
        elif outcomes == {Outcome.OK}:
            text = f"all {len(legs)} candidates for {mailbox} lead to endpoints that accept the proxy leg"
            yield Clue(Effect.EXCLUDES, text, "5.3, J1", Group.EVIDENCE, configuration_basis(legs), about)
        elif unread := unread_clue(case, mailbox, legs, about):
            yield unread


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


def _caps(case: Case, groups: Sequence[LegGroup], clues: Sequence[Clue]) -> Iterator[Cap]:
    yield from jump_box_caps(case, clues)
    yield from caps_while_nobody_proxies(case)
    yield from caps_of_2010(case)
    yield from _caps_of_unread(groups, clues)
    if not _one_group_stands_out(case, groups):
        yield from site_caps(groups)
    mixed = [c for group in groups for c in group.crossed if c.is_mixed]
    if mixed and not any(c.through_new_server for c in mixed):
        because = "no newer server named itself in the answers: the name may still lead to the old servers"
        yield Cap(Verdict.LIKELY, because, "3.2, J8")
    if not any(c.is_positive and c.group in (Group.LOG, Group.EVIDENCE) for c in clues):
        yield from _caps_without_configuration(case, groups, mixed)


def _caps_of_unread(groups: Sequence[LegGroup], clues: Sequence[Clue]) -> Iterator[Cap]:
    """Active Directory alone shows no refusal: random failures beside it have other reasons too (J15, J19)."""
    evidence = [c for c in clues if c.group is Group.EVIDENCE and c.is_positive]
    refusing = [n for group in groups for n in _refusing(group.names)]
    if evidence and not refusing and all(c.effect is Effect.SUPPORTS for c in evidence):
        because = "not every candidate's authentication was read on the IIS side, and no name was seen to refuse"
        yield Cap(Verdict.LIKELY, because, "J19")


def _one_group_stands_out(case: Case, groups: Sequence[LegGroup]) -> bool:
    """Whether one site fails at random and enough crossed in every other: then a refusing name can only be its."""
    mixed = [g for g in groups if any(c.is_mixed for c in g.crossed)]
    others = [g for g in groups if g not in mixed]
    return len(mixed) == 1 and all(_is_clean(case, g) for g in others)


def _caps_without_configuration(case: Case, groups: Sequence[LegGroup], mixed: Sequence[Crossing]) -> Iterator[Cap]:
    """How far symptoms go: other faults of the leg have the same victims at the same random times (J4, J15)."""
    refusing = [n for group in groups for n in _refusing(group.names)]
    if not refusing:
        because = "no legacy name refuses the leg as a whole, and other faults of the leg fail at random too"
        yield Cap(Verdict.POSSIBLE, because, "J15")
        return
    if any(n.internal_url == "yes" for n in refusing):
        return
    yield Cap(Verdict.LIKELY, "no refusing name is known to be an InternalUrl now", "J4")
    rival = _RIVALS.get(case.answer("legacy-pool"))
    if rival is not None:
        yield Cap(Verdict.POSSIBLE, f"no refusing name is known to be an InternalUrl now, and {rival}", "J4, J15")
    if mixed and not _fit_well(mixed):
        because = (
            "no refusing name is known to be an InternalUrl now, and the share that failed does not speak for it: "
            "too few sign-ins crossed, or it does not fit"
        )
        yield Cap(Verdict.POSSIBLE, because, "J3, J4, J15")
    if mixed and all(_only_unavailable(c) for c in mixed):
        because = "no refusing name is known to be an InternalUrl now, and 503 alone may be throttling or back-off"
        yield Cap(Verdict.POSSIBLE, because, "1.6, J4, J11")


_RIVALS = {
    "no-affinity": "a pool of old servers without affinity fails at random too",
    "layer-7": "a balancer that shares connections to the old servers fails at random too",
}


def _fit_well(mixed: Sequence[Crossing]) -> bool:
    """Whether enough samples crossed to see the predicted share, and what failed fits it (J3)."""
    predicted = next((c.facts.predicted_failed for c in mixed if c.facts.predicted_failed), None)
    failed, crossed = sum(c.facts.crossed_failed for c in mixed), sum(c.facts.crossed for c in mixed)
    return predicted is not None and crossed >= samples_to_see(predicted) and fits(failed, crossed, predicted)


def _only_unavailable(crossing: Crossing) -> bool:
    """Whether every failure was a 503, which a busy or throttling server answers too."""
    return set(crossing.facts.by_outcome) == {"200", "503"}


def _missing(groups: Sequence[LegGroup], clues: Sequence[Clue]) -> Iterator[Missing]:
    names = [n for group in groups for n in group.names]
    crossed = [c for group in groups for c in group.crossed]
    seen = {c.group for c in clues if c.is_positive and c.group is not Group.ANSWER}
    open_names = dict.fromkeys(n.host for n in names if n.internal_url == "unknown" and (n.refuses or not n.known))
    if open_names:
        yield internal_urls(f"whether {' and '.join(open_names)} is an InternalUrl of any virtual directory now")
    elif not names:
        yield internal_urls("how many legacy InternalUrls there are, and where each one leads")
    if not crossed and not seen & {Group.EVIDENCE, Group.LOG}:
        yield old_mailbox_account("only a request that crosses to the old servers shows their answers")
    stuck = [c.facts.account for c in crossed if c.never_worked]
    if stuck:
        yield proxy_log(
            f"{' and '.join(stuck)} was refused every time: draws that stick per user would look so, and so would "
            "an account that may not use ActiveSync"
        )
    elif not seen & {Group.SAMPLING, Group.LOG} and names:
        yield proxy_log("the log names each target and its status: the proof that needs no samples")


def _summary(case: Case, group: LegGroup) -> str:
    logged = logged_in(case, group)
    if logged:
        return words_of(logged[0])
    refusing = [n.host for n in _refusing(group.names)]
    accepting = [n.host for n in group.names if n.accepts and n.internal_url != "no"]
    parts = []
    if refusing and accepting:
        parts.append(f"{' and '.join(refusing)} refuses the proxy leg, {' and '.join(accepting)} accepts it")
    crossed_all = sum(c.facts.crossed for c in group.crossed)
    if crossed_all:
        failed = sum(c.facts.crossed_failed for c in group.crossed)
        parts.append(f"{share_in_words(failed, crossed_all)} of the sign-ins that reached the old servers failed")
        predicted = [c.facts.predicted_failed for c in group.crossed if c.facts.predicted_failed is not None]
        if predicted:
            parts.append(f"predicted {percent(predicted[0])}")
    return "; ".join(parts)


PROBLEM = Problem(
    code="namespace/duplicate",
    severity=Severity.HIGH,
    examine=examine,
    reads=(INTERNAL_URL, "legacy-pool"),
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
