"""Replies made at random never make the engine raise, break the algebra, or confirm without a confirmed reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.case import Account
from easwizard.case.facts import Asked, CertificateDemand, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Effect, Group
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
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
