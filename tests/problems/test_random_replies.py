"""Replies made at random never make the engine raise, break the algebra, or confirm without a confirmed reason.

And evidence of one direction never turns a verdict the other way, whatever stands beside it.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from easwizard.case.case import Account, Case
from easwizard.case.facts import Asked, CertificateDemand, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
from easwizard.diagnosis.problem import Entry, Examination, catalogue
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from tests.problems.cases import CERT, GENERIC, OLD, OLD_CERT, OLD_GENERIC, answered, case, http, samples

TARGETS = st.sampled_from([GENERIC, CERT, OLD_GENERIC, OLD_CERT])
DEMANDS = st.builds(
    CertificateDemand,
    st.sampled_from(Asked),
    required=st.sampled_from([True, False, None]),
)
SCHEMES = st.lists(st.sampled_from(["Basic", "Negotiate", "NTLM", "Bearer", "Digest"]), unique=True, max_size=3)


@st.composite
def replies(draw: st.DrawFn) -> Observation:
    target: Target = draw(TARGETS)
    return http(
        target,
        draw(st.sampled_from([200, 301, 400, 401, 403, 404, 451, 500, 502, 503])),
        *draw(SCHEMES),
        path=draw(st.sampled_from([ACTIVESYNC_PATH, PROXY_PATH])),
        demand=draw(DEMANDS),
        sent=draw(st.sampled_from(Sent)),
        address=draw(st.sampled_from(["127.0.0.1", "127.0.0.2"])),
    )


@st.composite
def sign_ins(draw: st.DrawFn) -> Observation:
    counts = st.integers(0, 20)
    return samples("anna", draw(counts), draw(counts), crossed=draw(st.booleans()), refused=draw(st.integers(0, 3)))


YES_NO = st.sampled_from(["yes", "no", "unknown"])


@given(
    looks=st.lists(replies(), max_size=8),
    sampled=st.none() | sign_ins(),
    oldcert=YES_NO,
    oldmail=YES_NO,
    in_front=st.sampled_from(["nothing", "bridging", "delegation", "unknown"]),
)
def test_the_engine_stands_anything(
    looks: list[Observation], sampled: Observation | None, oldcert: str, oldmail: str, in_front: str
) -> None:
    observations = looks if sampled is None else [*looks, sampled]
    known = answered(
        case(*observations, accounts=(Account("anna", OLD),), tls_in_front=in_front), oldcert=oldcert, oldmail=oldmail
    )
    diagnosis = diagnose(known)
    assert diagnosis == diagnose(known)
    assert not [item for item in diagnosis.not_examined if INTERNAL_ERROR in item.why]
    for finding in diagnosis.findings:
        positive = [c for c in finding.clues if c.is_positive]
        if finding.verdict is Verdict.CONFIRMED:
            assert any(c.basis is Basis.CONFIRMED for c in positive)
            assert any(c.group is not Group.ANSWER for c in positive)
        if finding.verdict is Verdict.RULED_OUT:
            assert any(c.effect is Effect.EXCLUDES and c.basis is Basis.CONFIRMED for c in finding.clues)
        if finding.code.startswith("namespace/") and finding.verdict is Verdict.CONFIRMED:
            assert any(c.group is Group.SAMPLING for c in positive), "a jump box alone never confirms (J7)"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    looks = draw(st.lists(replies(), max_size=6))
    sampled = draw(st.none() | sign_ins())
    grid = draw(st.sampled_from(["sometimes", "always", "never", "unknown"]))
    known = case(
        *looks, *([sampled] if sampled else []), accounts=(Account("anna", OLD),), tls_in_front=draw(IN_FRONT)
    )
    return answered(known.with_answer("fails-basic-old", grid), oldcert=draw(YES_NO), oldmail=draw(YES_NO))


IN_FRONT = st.sampled_from(["nothing", "bridging", "delegation", "unknown"])
ENTRIES = st.sampled_from(catalogue())


def strength(known: Case, entry: Entry) -> int:
    """3 for confirmed down to 0; ruled out and not examined both say that nothing is known to be there."""
    found = diagnose(known, [entry]).finding(entry.code)
    return max(0, Verdict.RULED_OUT.rank - found.verdict.rank) if found is not None else 0


def with_one_more(entry: Entry, more: Clue) -> Entry:
    """The same problem, which sees one clue more, about everything that it is about."""

    def examine(known: Case) -> Examination:
        seen = entry.problem.examine(known)
        return replace(seen, clues=(*seen.clues, more))

    return replace(entry, problem=replace(entry.problem, examine=examine))


MORE = st.builds(
    Clue, st.sampled_from(Effect), st.just("text"), st.just("J0"), st.sampled_from(Group), st.sampled_from(Basis),
    strong=st.booleans(),
)  # fmt: skip


@settings(max_examples=300)
@given(cases(), ENTRIES, MORE)
def test_one_clue_more_never_turns_a_verdict_the_other_way(known: Case, entry: Entry, more: Clue) -> None:
    before, after = strength(known, entry), strength(known, with_one_more(entry, more))
    assert after >= before if more.is_positive else after <= before


@settings(max_examples=300)
@given(cases(), ENTRIES, st.data())
def test_one_answer_more_never_turns_a_verdict_the_other_way(known: Case, entry: Entry, data: st.DataObject) -> None:
    rows = [row for row in entry.problem.answers if known.answer(row.question) == "unknown"]
    if not rows:
        return
    row = data.draw(st.sampled_from(rows))
    told = known.with_answer(row.question, data.draw(st.sampled_from(row.values)))
    before, after = strength(known, entry), strength(told, entry)
    assert after >= before if row.effect in (Effect.PROVES, Effect.SUPPORTS) else after <= before


@settings(max_examples=100)
@given(cases())
def test_that_a_name_is_in_use_never_clears_and_that_it_is_not_never_accuses(known: Case) -> None:
    """J4, for the article's fault."""
    entry = next(e for e in catalogue() if e.code == "namespace/duplicate")
    no, unknown, yes = (strength(answered(known, oldcert=value), entry) for value in ("no", "unknown", "yes"))
    assert no <= unknown <= yes
