"""Each sentence of DESIGN 6, "The verdict algebra", as rows: clues, caps and the verdict they must give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.diagnosis.algebra import Judgement, judge
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis

C, B, I = Basis.CONFIRMED, Basis.BELIEVED, Basis.INFERRED  # noqa: E741
PROBE, SAMPLING, EVIDENCE, LOG, ANSWER = Group
CONFIRMED, LIKELY, POSSIBLE, RULED_OUT, NOT_EXAMINED = Verdict


def proves(group: Group = PROBE, basis: Basis = C) -> Clue:
    return Clue(Effect.PROVES, "proves", "J0", group, basis)


def supports(group: Group = PROBE, basis: Basis = C, strong: bool = False) -> Clue:
    return Clue(Effect.SUPPORTS, "supports", "J0", group, basis, strong=strong)


def weakens(group: Group = PROBE, basis: Basis = C) -> Clue:
    return Clue(Effect.WEAKENS, "weakens", "J0", group, basis)


def excludes(group: Group = PROBE, basis: Basis = C) -> Clue:
    return Clue(Effect.EXCLUDES, "excludes", "J0", group, basis)


Row = tuple[str, tuple[Clue, ...], Verdict]

SENTENCES: tuple[Row, ...] = (
    ("no clue is not examined", (), NOT_EXAMINED),
    # confirmed
    ("proof of basis confirmed", (proves(),), CONFIRMED),
    ("support from two groups, both confirmed", (supports(), supports(LOG)), CONFIRMED),
    ("support from two groups, one believed", (supports(basis=B), supports(LOG)), CONFIRMED),
    ("support from two groups, one of them answers", (supports(), supports(ANSWER)), CONFIRMED),
    ("samples and evidence are two groups", (supports(SAMPLING), supports(EVIDENCE, I)), CONFIRMED),
    # likely
    ("proof that is believed", (proves(basis=B),), LIKELY),
    ("proof that is inferred", (proves(basis=I),), LIKELY),
    ("two groups, none confirmed", (supports(basis=B), supports(LOG, I)), LIKELY),
    ("one support marked strong", (supports(strong=True),), LIKELY),
    ("a strong one that is believed", (supports(basis=B, strong=True),), LIKELY),
    ("an answer that proves", (proves(ANSWER),), LIKELY),
    ("answers that prove and support", (proves(ANSWER), supports(ANSWER, strong=True), supports(ANSWER)), LIKELY),
    ("a strong answer", (supports(ANSWER, strong=True),), LIKELY),
    # possible
    ("one support", (supports(),), POSSIBLE),
    ("two supports of one group", (supports(), supports()), POSSIBLE),
    ("several answers are one group", (supports(ANSWER), supports(ANSWER)), POSSIBLE),
    ("one support that is believed", (supports(basis=B),), POSSIBLE),
    # excluded
    ("exclusion of basis confirmed", (excludes(),), RULED_OUT),
    ("whatever supports", (excludes(), supports(), supports(LOG), supports(ANSWER, strong=True)), RULED_OUT),
    ("an answer excludes", (excludes(ANSWER), supports()), RULED_OUT),
    ("exclusion and weakening", (excludes(), weakens()), RULED_OUT),
    # any other exclusion counts as weakening
    ("a believed exclusion of proof", (proves(), excludes(basis=B)), LIKELY),
    ("an inferred exclusion of support", (supports(), excludes(basis=I)), POSSIBLE),
    ("a believed exclusion alone", (excludes(basis=B),), NOT_EXAMINED),
    # weakening
    ("weakened proof", (proves(), weakens()), LIKELY),
    ("all weakening together is one step", (proves(), weakens(), weakens(LOG), excludes(basis=B)), LIKELY),
    ("weakened from likely", (proves(basis=B), weakens()), POSSIBLE),
    ("possible stays possible", (supports(), weakens()), POSSIBLE),
    ("weakening alone", (weakens(), weakens(LOG)), NOT_EXAMINED),
    ("weakening by what is only believed", (proves(), weakens(basis=B)), LIKELY),
)


@pytest.mark.parametrize(("clues", "verdict"), [row[1:] for row in SENTENCES], ids=[row[0] for row in SENTENCES])
def test_each_sentence(clues: tuple[Clue, ...], verdict: Verdict) -> None:
    assert judge(clues) == Judgement(verdict)


@pytest.mark.parametrize(
    ("clues", "verdict"),
    [
        ((proves(), excludes()), LIKELY),
        ((proves(basis=B), excludes()), LIKELY),
        ((proves(), excludes(ANSWER), supports(LOG)), LIKELY),
        ((proves(), excludes(), weakens()), POSSIBLE),
    ],
)
def test_proof_against_exclusion_is_a_conflict(clues: tuple[Clue, ...], verdict: Verdict) -> None:
    assert judge(clues) == Judgement(verdict, conflict=True)


CAPS: tuple[tuple[tuple[Clue, ...], tuple[Verdict, ...], Verdict], ...] = (
    ((proves(),), (LIKELY,), LIKELY),
    ((proves(),), (POSSIBLE,), POSSIBLE),
    ((proves(),), (LIKELY, POSSIBLE), POSSIBLE),
    ((proves(),), (CONFIRMED,), CONFIRMED),
    ((supports(),), (LIKELY,), POSSIBLE),
    ((proves(), weakens()), (LIKELY,), LIKELY),
    ((excludes(),), (POSSIBLE,), RULED_OUT),
    ((), (POSSIBLE,), NOT_EXAMINED),
    ((weakens(),), (LIKELY,), NOT_EXAMINED),
)


@pytest.mark.parametrize(("clues", "caps", "verdict"), CAPS)
def test_a_cap_comes_last(clues: tuple[Clue, ...], caps: tuple[Verdict, ...], verdict: Verdict) -> None:
    assert judge(clues, [Cap(cap, "because", "J4") for cap in caps]).verdict is verdict


def test_words_and_subjects_do_not_matter() -> None:
    clue = proves()
    other = replace(clue, text="else", source="J1", subject=("EX07A",), observation="http 1")
    assert judge([clue]) == judge([other])


def test_verdicts_and_severities_are_read_from_the_top() -> None:
    assert [v.rank for v in (CONFIRMED, LIKELY, POSSIBLE, RULED_OUT, NOT_EXAMINED)] == [0, 1, 2, 3, 4]
    assert [v for v in Verdict if v.asserts] == [CONFIRMED, LIKELY]
    assert [s.value for s in sorted(Severity, key=lambda s: s.rank)] == ["high", "medium", "low", "info"]
