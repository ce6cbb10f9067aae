"""The logic of the interview: what to ask next and why, and which answers cannot be. Pure.

It asks what would separate the problems that are still open, measured by the problems' own tables of answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.facts import SampleFacts
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Effect
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.legacy_names import INTERNAL_URL, crossings, legacy_names
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.diagnosis.questions import GRID, QUESTIONS, Kind, Need, Question, internal_url_question
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.products import Product, impossible_pairs

MAX_QUESTIONS = 12
"""An admin at 2 a.m. answers no more (DESIGN 8)."""

_PULL = {Effect.PROVES: 3, Effect.SUPPORTS: 1, Effect.WEAKENS: -1, Effect.EXCLUDES: -3}


class AnswerError(ValueError):
    """An answer that is no answer to any question, or that cannot be; the message says what can."""


@dataclass(frozen=True)
class Asked:
    """A question worth asking now, why, and the codes that it separates."""

    question: Question
    why: str
    separates: tuple[str, ...]


@dataclass(frozen=True)
class Ranked:
    """One hypothesis with what speaks for and against it, for showing how answers move it."""

    code: str
    title: str
    verdict: Verdict
    weight: int


def questions_for(case: Case) -> tuple[Question, ...]:
    """Every question of the case: the fixed ones, and one for each legacy name."""
    return (*QUESTIONS, *(internal_url_question(INTERNAL_URL, name.host) for name in legacy_names(case)))


def parse_answer(case: Case, text: str) -> tuple[str, str]:
    """Read `ID=VALUE`. Raises AnswerError naming what is wrong and what can be said instead."""
    id, equals, value = text.partition("=")
    if not equals:
        raise AnswerError(f"'{_shown(text)}' is not ID=VALUE")
    question = _question(case, id)
    if question.kind is Kind.PRODUCTS:
        return id, _products_text(value)
    legal = [v.id for v in question.values]
    if value not in (*legal, UNKNOWN):
        near = get_close_matches(value, legal, n=1, cutoff=0.5)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise AnswerError(f"'{_shown(value)}' does not answer {id}{hint}; say {', '.join(legal)} or {UNKNOWN}")
    return id, value


def _shown(text: str) -> str:
    """What the admin typed or pasted, fit for a terminal (DESIGN 10)."""
    return visible(text, 80)


def _question(case: Case, id: str) -> Question:
    known = {question.id: question for question in questions_for(case)}
    if id in known:
        return known[id]
    if id.startswith(INTERNAL_URL):
        names = [q for q in known if q.startswith(INTERNAL_URL)]
        what = f"ask about {' or '.join(names)}" if names else "name it with the role legacy-generic or legacy-cert"
        raise AnswerError(f"{_shown(id.removeprefix(INTERNAL_URL))} is no legacy name of this case; {what}")
    near = get_close_matches(id, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "explain --symptoms lists all"
    raise AnswerError(f"there is no question '{_shown(id)}'; {hint}")


def _products_text(value: str) -> str:
    """The products oldest first, so that one estate is one answer however it was typed."""
    if value == UNKNOWN:
        return value
    by_id = {product.value.casefold(): product for product in Product}
    parts = [part.strip().casefold() for part in value.split("+")]
    wrong = [part for part in parts if part not in by_id]
    if wrong:
        raise AnswerError(f"'{_shown(wrong[0])}' is no version; join some of {', '.join(Product)} with +")
    named = {by_id[part] for part in parts}
    return "+".join(product for product in Product if product in named)


def check_answers(answers: Mapping[str, str]) -> tuple[str, ...]:
    """Warnings on answers that are believed impossible. Raises AnswerError for those known to be (J20)."""
    text = answers.get("products", UNKNOWN)
    apart = answers.get("products-apart", UNKNOWN) != UNKNOWN
    if text == UNKNOWN or apart:
        return ()
    rows = impossible_pairs([Product(part) for part in _products_text(text).split("+")])
    for row in rows:
        if row.basis is Basis.CONFIRMED:
            raise AnswerError(
                f"{_pair(row.pair)} cannot be in one organisation: {row.minimum}. If one is in another forest say "
                "products-apart=another-forest, if it was so in the past products-apart=past"
            )
    return tuple(f"{_pair(row.pair)} is believed impossible: {row.minimum}" for row in rows)


def _pair(products: frozenset[Product]) -> str:
    return " and ".join(product.label for product in sorted(products))


def next_question(case: Case, entries: Sequence[Entry] | None = None) -> Asked | None:
    """The unanswered question that separates the open problems best; None when none does, or enough were asked.

    A question's worth is the number of pairs of open problems that its answers move apart, and of open problems
    whose files weigh it themselves. Of equals the one that stands first is asked.
    """
    entries = catalogue() if entries is None else tuple(entries)
    if len(case.answers) >= MAX_QUESTIONS:
        return None
    open_entries = _open(case, entries)
    refusing = {INTERNAL_URL + name.host for name in legacy_names(case) if name.refuses}
    left = [q for q in questions_for(case) if q.id not in case.answers and _has_a_point(case, q)]
    # Whether a name that refuses is an InternalUrl now settles more than any symptom (J4).
    worths = [(q.id in refusing, _worth(q, open_entries), q) for q in left]
    best = max(worths, key=lambda worth: worth[:2], default=None)
    if best is None or best[1] == 0:
        return None
    return _asked(best[2], open_entries)


def _has_a_point(case: Case, question: Question) -> bool:
    if question.needs is Need.FAILURES:
        return not _nobody_fails(case)
    if question.needs is Need.MIXED_OLD:
        told = (case.answer("fails-basic-old"), case.answer("fails-cert-old"))
        return "sometimes" in told or any(crossing.is_mixed for crossing in crossings(case))
    return True


def _nobody_fails(case: Case) -> bool:
    """Every cell of the grid was answered, none with a failure, and no sample failed either."""
    grid = [case.answer(q.id) for q in QUESTIONS if q.id.startswith(GRID)]
    sampled = any(f.failed or f.refused_credentials for _, f in case.seen(SampleFacts))
    return not sampled and all(answer in ("never", "not-used") for answer in grid)


def _asked(question: Question, entries: Sequence[Entry]) -> Asked:
    moved = tuple(e for e in entries if _moves(question, e))
    titles = "; ".join(entry.words.title for entry in moved)
    return Asked(question, f"{question.why} It bears on: {titles}.", tuple(e.code for e in moved))


def _open(case: Case, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Neither confirmed nor ruled out; what a likelier problem explains away is not in a diagnosis at all."""
    diagnosis = diagnose(case, entries)
    found = {f.code for f in diagnosis.findings if f.verdict not in (Verdict.CONFIRMED, Verdict.RULED_OUT)}
    still_open = found | {unseen.what for unseen in diagnosis.not_examined}
    return tuple(entry for entry in entries if entry.code in still_open)


def _worth(question: Question, entries: Sequence[Entry]) -> int:
    worth = sum(_reads(question, entry) for entry in entries)
    for value in question.values:
        pulls = [_pull(entry, question.id, value.id) for entry in entries]
        worth += sum(a != b for i, a in enumerate(pulls) for b in pulls[i + 1 :])
    return worth


def _moves(question: Question, entry: Entry) -> bool:
    return _reads(question, entry) or any(_pull(entry, question.id, value.id) for value in question.values)


def _reads(question: Question, entry: Entry) -> bool:
    """Whether the problem's file weighs the answers itself; a name's question counts by its prefix."""
    return any(
        question.id == read or (read == INTERNAL_URL and question.id.startswith(read)) for read in entry.problem.reads
    )


def _pull(entry: Entry, question: str, value: str) -> int:
    """How hard one answer pulls a problem, up or down."""
    return sum(_PULL[row.effect] for row in entry.problem.answers if row.question == question and value in row.values)


def ranking(case: Case, entries: Sequence[Entry] | None = None) -> tuple[Ranked, ...]:
    """The hypotheses that have any clue, the most pressing first: by verdict, then by what speaks for them."""
    titles = {entry.code: entry.words.title for entry in (catalogue() if entries is None else entries)}
    ranked = [
        Ranked(f.code, titles[f.code], f.verdict, sum(_PULL[clue.effect] for clue in f.clues))
        for f in diagnose(case, entries).findings
    ]
    return tuple(sorted(ranked, key=lambda r: (r.verdict.rank, -r.weight, r.code)))
