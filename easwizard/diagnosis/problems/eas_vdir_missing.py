"""No ActiveSync virtual directory answers under a name: 404 on its path (exchange.md 3.1, 8).

A legacy name may well answer so after its certificate directory was removed: that is right, and no fault (J4).
Where a device stands in front, the 404 may be the device's own. The IIS files of a server tell it too: a name's web
site that holds no ActiveSync. A list of virtual directories alone never does, for it may be that of other servers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import (
    Look,
    anonymous,
    answered_by_directory,
    old_name_clues,
    old_names,
    other_server,
    phone_names,
    severity_by_use,
    some_answered,
    where,
    written_by_exchange,
)
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.legacy_names import INTERNAL_URL, internal_url_use
from easwizard.diagnosis.log_absent import absent_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import iis_application, internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Endpoint
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning
from easwizard.exchange.routing import endpoints_of

HEALTH_PATH = ACTIVESYNC_PATH + "/healthcheck.htm"
_WORDS = "answers 404 on the ActiveSync path"


def examine(case: Case) -> Examination:
    clues = (
        *(clue for target in phone_names(case) for clue in _clues(case, target)),
        *old_name_clues(case, _absent, lambda _: _WORDS, "3.1, 8", Basis.CONFIRMED),
        *_held(case),
    )
    clues = (*clues, *absent_clues(case))
    ill = [c for c in clues if c.is_positive]
    missing = [iis_application("whether IIS on that server has the directory, and on which web site")] if ill else []
    if any(c.effect is Effect.SUPPORTS and c.group is Group.PROBE for c in ill):
        missing.append(internal_urls("whether anything uses this name now"))
    return Examination(clues, missing=tuple(missing), severity=severity_by_use(case, clues, Severity.HIGH))


def _absent(look: Look) -> bool:
    return look[1].meaning is Meaning.ABSENT


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    looks = anonymous(case, target)
    absent = [look for look in looks if _absent(look)]
    if absent:
        yield _missing_there(case, target, absent, looks)
    at_times = some_answered(case, target, "404")
    if at_times is not None:
        yield at_times
    elif looks and all(answered_by_directory(f) for _, f in looks):
        text = f"the ActiveSync directory of {target.host} answers at every address that was asked"
        # A balancer may show the good members alone, so files that tell of a bare one are not simply overruled.
        basis = Basis.INFERRED if _without(case, target) else Basis.CONFIRMED
        yield Clue(Effect.EXCLUDES, text, "3.1", Group.PROBE, basis, (target.host,), looks[0][0].id)


def _missing_there(case: Case, target: Target, absent: Sequence[Look], looks: Sequence[Look]) -> Clue:
    text = f"{target.host} {_WORDS}{where(absent, looks)}"
    alive = {f.address for o, f in case.http(target, HEALTH_PATH) if o.ok and f.status == 200}
    if all(f.address in alive for _, f in absent):
        text += ", while healthcheck.htm below it is there: the method may be blocked instead"
        effect, basis = Effect.SUPPORTS, Basis.INFERRED
    else:
        effect, basis, words = _strength(absent, case.answer("tls-in-front"))
        text += words
    observation = absent[0][0].id
    return Clue(effect, text, "3.1, 8", Group.PROBE, basis, (target.host,), observation)


def _strength(absent: Sequence[Look], in_front: str) -> tuple[Effect, Basis, str]:
    """Proven where the server itself says so; a foreign name may be a device's, or another product's."""
    facts: list[HttpFacts] = [f for _, f in absent]
    if any(written_by_exchange(f, in_front) for f in facts):
        return Effect.PROVES, Basis.CONFIRMED, ""
    foreign = next((name for f in facts if (name := other_server(f))), None)
    if foreign is not None:
        return Effect.SUPPORTS, Basis.INFERRED, f"; the answer names {foreign} as its server, and not IIS"
    return Effect.PROVES, Basis.INFERRED, "; nothing says which server wrote the answer"


def _held(case: Case) -> Iterator[Clue]:
    """What IIS files say of the web sites that a name leads to; a legacy name counts where an InternalUrl uses it."""
    used = [t for t in old_names(case) if internal_url_use(case, t.host).now == "yes"]
    for target in (*phone_names(case), *used):
        without = _without(case, target)
        if without:
            total = len(endpoints_of(case.inventory, target.host))
            some = "" if len(without) == total else f" ({len(without)} of {total} places)"
            text = f"{target.host} leads to {' and '.join(without)}{some}, and IIS has no ActiveSync directory there"
            yield Clue(Effect.SUPPORTS, text, "8, 5.2", Group.EVIDENCE, subject=(target.host,), strong=True)


def _without(case: Case, target: Target) -> tuple[str, ...]:
    """The web sites that the name leads to and that hold no ActiveSync."""
    return tuple(e.label for e in endpoints_of(case.inventory, target.host) if _is_bare(case, e))


def _is_bare(case: Case, endpoint: Endpoint) -> bool:
    """Whether the server's IIS configuration was read as a whole, with this web site and nothing of ActiveSync in it.

    Bindings alone may come from Get-WebBinding, which says nothing of directories; the server root's setting and a
    file that counts web sites come from the configuration itself.
    """
    server = case.inventory.server(endpoint.server)
    if server is None or case.inventory.vdir(endpoint.server, endpoint.web_site) is not None:
        return False
    listed = any(b.web_site.casefold() == endpoint.web_site.casefold() for b in server.bindings)
    whole = any(read.objects.get("web site") for read in case.imports)
    return listed and whole and server.server_mapping is not None


PROBLEM = Problem(
    code="eas/vdir-missing", severity=Severity.HIGH, examine=examine, reads=("tls-in-front", INTERNAL_URL)
)
