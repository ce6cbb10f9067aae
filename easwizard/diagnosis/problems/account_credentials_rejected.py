"""The server refused the user name and password, or a failed leg looks so: at most possible at first (J10).

456 and 457 are no such riddle: they name the account's own state (exchange.md 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, SampleFacts
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Effect, Group
from easwizard.diagnosis.log_accounts import account_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import same_login_in_owa, sign_in_log
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Sent

_POST_PATH = "/autodiscover/autodiscover.xml"
_ACCOUNT_STATES = {"456": "the account is blocked", "457": "the password has expired"}


def examine(case: Case) -> Examination:
    sign_ins = [(o, f) for o, f in case.seen(SampleFacts) if o.ok and f.credentials is Sent.BASIC]
    posts = [(o, f) for o, f in case.seen(HttpFacts) if o.ok and f.path == _POST_PATH and f.credentials is Sent.BASIC]
    worked = {f.account for _, f in sign_ins if f.ok}
    states = [clue for o, f in sign_ins for clue in _state(o, f)] + [*account_clues(case)]
    clues = (
        *states,
        *(clue for o, f in posts for clue in _posted(o, f)),
        *(clue for o, f in sign_ins for clue in _sampled(case, o, f, worked)),
    )
    refused = [c for c in clues if c.is_positive]
    if not refused:
        return Examination(clues=clues)
    because = "a 401 before any success is no proof of a wrong password: a failed leg may look so"
    decided = states or case.answer("owa") == "fails"
    return Examination(
        clues=clues,
        caps=() if decided else (Cap(Verdict.POSSIBLE, because, "J10"),),
        missing=(
            same_login_in_owa("it decides without another try here; also check the form of the user name"),
            sign_in_log("a line 401 1 with 1326, 1330, 1331, 1907 or 1909 is the password or the account itself"),
        ),
        summary="; ".join(c.text for c in refused),
    )


def _state(observation: Observation, facts: SampleFacts) -> Iterator[Clue]:
    for status, words in _ACCOUNT_STATES.items():
        if status in facts.by_outcome:
            text = f"{observation.target} answered {facts.account} with {status}: {words}"
            yield Clue(
                Effect.PROVES, text, "3.1, 8", Group.SAMPLING, subject=(facts.account,), observation=observation.id
            )


def _posted(observation: Observation, facts: HttpFacts) -> Iterator[Clue]:
    """The phone's own Autodiscover request: no legacy leg is behind it, so a success there is one (J10)."""
    account = facts.account or ""
    offered = {challenge.casefold() for challenge in facts.challenges}
    if facts.status == 200 and facts.handed_out:
        text = f"the same user name and password of {account} worked at Autodiscover, where no leg is behind"
        yield Clue(Effect.EXCLUDES, text, "J10", Group.PROBE, subject=(account,), observation=observation.id)
    elif facts.status == 401 and "basic" in offered:
        text = f"Autodiscover at {observation.target} answered the password of {account} with 401 too"
        yield Clue(Effect.SUPPORTS, text, "J10", Group.PROBE, Basis.BELIEVED, (account,), observation.id)


def _sampled(case: Case, observation: Observation, facts: SampleFacts, worked: set[str]) -> Iterator[Clue]:
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
        text += _form(case, facts.account)
        yield Clue(
            Effect.SUPPORTS, text, "J10, 1.5", Group.SAMPLING, Basis.BELIEVED, subject, observation.id
        )  # fmt: skip


def _form(case: Case, account: str) -> str:
    r"""A name without its domain is a frequent reason (8): which form to try, by the domain that a server told."""
    if "@" in account or "\\" in account:
        return ""
    domains = sorted({f.identity.domain for _, f in case.seen(HttpFacts) if f.identity and f.identity.domain})
    domain = visible(domains[0], 60) if len(domains) == 1 else "DOMAIN"
    return f"; the name was sent without a domain, and the server may want {domain}\\{account} or a full user@domain"


PROBLEM = Problem(
    code="account/credentials-rejected",
    severity=Severity.MEDIUM,
    examine=examine,
    answers=(
        AnswerClue("owa", ("works",), Effect.WEAKENS, "the same user's Outlook on the web works", "J10"),
        AnswerClue("owa", ("fails",), Effect.SUPPORTS, "the same user's Outlook on the web fails too", "J10"),
    ),
)
