"""What one observation showed, in few words; the JSON form has all of its facts."""

from __future__ import annotations

from easwizard.case.facts import Observation, SampleFacts, TlsFacts
from easwizard.diagnosis.shares import percent

_TOLD = {
    "http": ("method", "path", "address", "status", "challenges", "answered_by"),
    "tls": ("address", "protocol", "subject"),
    "dns": ("resolver", "type", "outcome", "addresses"),
    "tcp": ("address", "port", "outcome"),
}


def said(observation: Observation) -> str:
    """The facts that carry most; why there are none where there are none."""
    if observation.words is not None:
        return observation.words
    if isinstance(observation.facts, SampleFacts):
        return _samples(observation.facts)
    told = _facts(observation, *_TOLD[observation.kind])
    return f"{told}{_trust(observation.facts)}" if isinstance(observation.facts, TlsFacts) else told


def _facts(observation: Observation, *names: str) -> str:
    values = [getattr(observation.facts, name, None) for name in names]
    return " ".join(_value(value) for value in values if value not in (None, (), ""))


def _value(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _trust(facts: TlsFacts) -> str:
    trusted = {True: "trusted", False: "not trusted", None: "trust not known"}[facts.trusted]
    matches = {True: "name matches", False: "name does not match", None: "name not compared"}[facts.name_matches]
    return f"; {trusted}, {matches}"


def _samples(facts: SampleFacts) -> str:
    counted = ", ".join(f"{count} x {outcome}" for outcome, count in facts.by_outcome.items())
    crossed = (
        f"; {facts.crossed} crossed, {percent(facts.share_failed)} of them failed"
        if facts.share_failed is not None
        else ""
    )
    return f"{facts.account or 'no credentials'}: {counted}{crossed}"
