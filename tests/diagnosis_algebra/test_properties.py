"""What holds for any clues. "Strength" is how strongly a verdict says that the problem is there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from easwizard.diagnosis.algebra import judge
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis

EFFECTS, GROUPS, BASES = st.sampled_from(Effect), st.sampled_from(Group), st.sampled_from(Basis)
POSITIVE, NEGATIVE = (
    st.sampled_from([Effect.PROVES, Effect.SUPPORTS]),
    st.sampled_from([Effect.WEAKENS, Effect.EXCLUDES]),
)


def clues(
    effects: st.SearchStrategy[Effect] = EFFECTS,
    groups: st.SearchStrategy[Group] = GROUPS,
    bases: st.SearchStrategy[Basis] = BASES,
) -> st.SearchStrategy[Clue]:
    return st.builds(
        Clue, effects, st.just("text"), st.just("J0"), groups, bases, strong=st.booleans(), subject=st.just(())
    )


ANY = st.lists(clues(), max_size=8)
CAPS = st.lists(st.builds(Cap, st.sampled_from(Verdict), st.just("because"), st.just("J4")), max_size=3)


def strength(verdict: Verdict) -> int:
    """3 for confirmed down to 0; ruled out and not examined both say nothing is known to be there."""
    return max(0, Verdict.RULED_OUT.rank - verdict.rank)


@given(ANY, CAPS)
def test_it_never_raises_and_never_contradicts_itself(seen: list[Clue], caps: list[Cap]) -> None:
    judgement = judge(seen, caps)
    if judgement.conflict:
        assert {Effect.PROVES, Effect.EXCLUDES} <= {c.effect for c in seen}
        assert judgement.verdict is not Verdict.CONFIRMED
    if not seen:
        assert judgement.verdict is Verdict.NOT_EXAMINED


@given(ANY, CAPS)
def test_the_order_of_clues_and_caps_does_not_matter(seen: list[Clue], caps: list[Cap]) -> None:
    assert judge(seen, caps) == judge(seen[::-1], caps[::-1])
    assert judge(sorted(seen, key=repr), sorted(caps, key=repr)) == judge(seen, caps)


@given(ANY)
def test_the_same_clue_twice_counts_once(seen: list[Clue]) -> None:
    assert judge(seen + seen) == judge(seen)


@given(st.lists(clues(groups=st.just(Group.ANSWER)), max_size=8))
def test_answers_alone_never_confirm(seen: list[Clue]) -> None:
    assert judge(seen).verdict is not Verdict.CONFIRMED


@given(st.lists(clues(POSITIVE, st.just(Group.ANSWER))), st.lists(clues(NEGATIVE)))
def test_answers_do_not_confirm_whatever_stands_against_them(answers: list[Clue], against: list[Clue]) -> None:
    assert judge(answers + against).verdict is not Verdict.CONFIRMED


@given(st.lists(clues(bases=st.sampled_from([Basis.BELIEVED, Basis.INFERRED])), max_size=8))
def test_what_is_only_believed_or_inferred_never_confirms_nor_rules_out(seen: list[Clue]) -> None:
    assert judge(seen).verdict not in (Verdict.CONFIRMED, Verdict.RULED_OUT)


@given(ANY, clues(POSITIVE), CAPS)
def test_one_more_positive_clue_never_lowers(seen: list[Clue], more: Clue, caps: list[Cap]) -> None:
    """Without exception: beside an exclusion support changes nothing, and proof makes a conflict of it."""
    assert strength(judge([*seen, more], caps).verdict) >= strength(judge(seen, caps).verdict)


@given(ANY, clues(NEGATIVE), CAPS)
def test_one_more_negative_clue_never_raises(seen: list[Clue], more: Clue, caps: list[Cap]) -> None:
    """Without exception: an exclusion that turns "not examined" into "ruled out" asserts nothing."""
    assert strength(judge([*seen, more], caps).verdict) <= strength(judge(seen, caps).verdict)


@given(ANY.filter(lambda seen: any(c.is_positive for c in seen)), clues(st.just(Effect.WEAKENS)))
def test_weakening_takes_at_most_one_step_and_not_what_is_left(seen: list[Clue], more: Clue) -> None:
    before, after = judge(seen), judge([*seen, more])
    assert strength(before.verdict) - strength(after.verdict) in (0, 1)
    assert after.conflict is before.conflict
    if before.verdict is Verdict.POSSIBLE:
        assert after.verdict is Verdict.POSSIBLE


@given(ANY, clues(st.just(Effect.EXCLUDES), bases=st.just(Basis.CONFIRMED)))
def test_a_confirmed_exclusion_rules_out_unless_something_proves(seen: list[Clue], more: Clue) -> None:
    judgement = judge([*seen, more])
    proven = any(c.effect is Effect.PROVES for c in seen)
    assert judgement.conflict is proven
    assert (judgement.verdict is Verdict.RULED_OUT) is not proven


@given(ANY, clues(st.just(Effect.EXCLUDES), bases=st.sampled_from([Basis.BELIEVED, Basis.INFERRED])))
def test_any_other_exclusion_is_a_weakening(seen: list[Clue], more: Clue) -> None:
    assert judge([*seen, more]) == judge([*seen, replace(more, effect=Effect.WEAKENS)])


@given(ANY, CAPS)
def test_caps_only_lower(seen: list[Clue], caps: list[Cap]) -> None:
    free, capped = judge(seen), judge(seen, caps)
    assert capped.conflict is free.conflict
    assert capped.verdict.rank >= free.verdict.rank
    if strength(free.verdict):
        assert all(capped.verdict.rank >= cap.verdict.rank for cap in caps)
    else:
        assert capped == free
