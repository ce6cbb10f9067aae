"""The server refused the user name and password, or a failed leg looks so: at most possible at first (J10)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import Observation, SampleFacts
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import proxy_log, same_login_in_owa
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Sent


def examine(case: Case) -> Examination:
    sign_ins = [(o, f) for o, f in case.seen(SampleFacts) if o.ok and f.credentials is Sent.BASIC]
    worked = {f.account for _, f in sign_ins if f.ok}
    clues = tuple(clue for o, f in sign_ins for clue in _clues(o, f, worked))
    refused = [c for c in clues if c.is_positive]
    if not refused:
        return Examination(clues=clues)
    because = "a 401 before any success is no proof of a wrong password: a failed leg may look so"
    caps = () if case.answer("owa") == "fails" else (Cap(Verdict.POSSIBLE, because, "J10"),)
    return Examination(
        clues=clues,
        caps=caps,
        missing=(
            same_login_in_owa("it decides without another try here; also check the form of the user name"),
            proxy_log("a line 401 1 with 1326, 1330, 1331, 1907 or 1909 is the password or the account itself"),
        ),
        summary="; ".join(c.text for c in refused),
    )


def _clues(observation: Observation, facts: SampleFacts, worked: set[str]) -> Iterator[Clue]:
    subject = (facts.account,)
    if facts.account in worked:
        if facts.ok:
            text = f"the same user name and password of {facts.account} signed in {facts.ok} times"
            yield Clue(Effect.EXCLUDES, text, "J10", Group.SAMPLING, subject=subject, observation=observation.id)
    elif facts.refused_credentials:
        times = "once" if facts.refused_credentials == 1 else f"{facts.refused_credentials} times"
        text = f"the password of {facts.account} was sent {times} to {observation.target} and answered with 401"
        if facts.stopped:
            text += "; it was not sent again"
        yield Clue(
            Effect.SUPPORTS, text, "J10, 1.5", Group.SAMPLING, Basis.BELIEVED, subject, observation.id
        )  # fmt: skip


PROBLEM = Problem(
    code="account/credentials-rejected",
    severity=Severity.MEDIUM,
    examine=examine,
    answers=(
        AnswerClue("owa", ("works",), Effect.WEAKENS, "the same user's Outlook on the web works", "J10"),
        AnswerClue("owa", ("fails",), Effect.SUPPORTS, "the same user's Outlook on the web fails too", "J10"),
    ),
)
