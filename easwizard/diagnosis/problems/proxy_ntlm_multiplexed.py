"""A layer-7 balancer shares its connections to the old servers, which breaks NTLM at random (J15).

From outside it looks like the article's fault without a name that refuses; only logs or the balancer itself prove it.
"""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.diagnosis.clues import AnswerClue, Cap, Effect, Missing
from easwizard.diagnosis.leg_pattern import unexplained_mix
from easwizard.diagnosis.log_errors import mixed_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import internal_urls

_PAST_IT = Missing(
    "sign-ins that go past the balancer in front of the old servers",
    "if they all succeed, the balancer is the fault; if they fail as before, it is not",
    "a hosts line on one 2013 server that leads the legacy name to a single old server, then sign-ins through that "
    "server: easwizard check ... --connect-to HOST=ADDRESS --user NAME --mailbox 2007@AD-SITE",
)
_BALANCER = Missing(
    "what stands between the new and the old servers",
    "without a device that reads the requests this problem cannot be",
    "easwizard check ... --answer legacy-pool=layer-7   (or nothing, affinity, no-affinity)",
)


def examine(case: Case) -> Examination:
    mix = unexplained_mix(case)
    asked = () if case.answer("legacy-pool") != "unknown" else (_BALANCER,)
    inferred = Cap(Verdict.LIKELY, "that shared connections break the sign-in is inferred", "J15")
    logged = tuple(mixed_clues(case, "J15", 401))
    if mix is None:
        return Examination(logged, caps=(inferred,), missing=(*asked, _PAST_IT))
    caps, missing = [inferred], [*asked, _PAST_IT]
    if mix.doubtful:
        names = " and ".join(mix.doubtful)
        caps.append(
            Cap(Verdict.POSSIBLE, f"{names} refuses the leg and may be an InternalUrl: that would explain it", "J4")
        )
        missing.insert(0, internal_urls(f"whether {names} is an InternalUrl of any virtual directory now"))
    return Examination((mix.clue("J15"), *logged), tuple(caps), tuple(missing), mix.text)


PROBLEM = Problem(
    code="proxy/ntlm-multiplexed",
    severity=Severity.HIGH,
    examine=examine,
    answers=(
        AnswerClue(
            "legacy-pool", ("layer-7",), Effect.SUPPORTS,
            "the balancer in front of the old servers shares its connections among senders", "J15",
        ),
        AnswerClue(
            "legacy-pool", ("nothing", "affinity", "no-affinity"), Effect.EXCLUDES,
            "nothing in front of the old servers shares connections among senders", "J15",
        ),
    ),
    yields_to=("server/pool-member-differs", "dns/server-name-extra-address", "namespace/legacy-rejects-all"),
)  # fmt: skip
