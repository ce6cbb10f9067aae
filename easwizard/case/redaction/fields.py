"""How every field of a case is redacted, by the type it stands in; one that is not listed is taken for text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from easwizard.case.case import (
    Account,
    Case,
    Contradiction,
    DeviceCertificate,
    Import,
    Noted,
    StatedCode,
    Vantage,
)
from easwizard.case.facts import (
    CertificateDemand,
    ChainLink,
    DnsFacts,
    HttpFacts,
    Observation,
    SampleFacts,
    ServerIdentity,
    TcpFacts,
    TlsFacts,
)
from easwizard.case.log_counts import (
    AgentCount,
    Capped,
    CommandCount,
    DeviceCount,
    ErrorCount,
    FileCoverage,
    HourCount,
    HttpErrCount,
    LatencyCount,
    NameCount,
    StatusCount,
    TargetCount,
    UserCount,
    UserTarget,
)
from easwizard.case.mending import Acceptance, GateRecord, StepRecord
from easwizard.case.redaction.names import Kind
from easwizard.case.requests import Member, Resolver, Target
from easwizard.exchange.inventory import Binding, Endpoint, NamespaceRecord, Server, VirtualDirectory
from easwizard.exchange.routing import Mailbox


@dataclass(frozen=True)
class Words:
    """Text; a word that is not ours is taken for a name of that kind. Keys and values of a mapping alike."""

    kind: Kind = Kind.NAME


@dataclass(frozen=True)
class Whole:
    """One name, however many words it has."""

    kind: Kind


@dataclass(frozen=True)
class Opaque:
    """A number or code that is replaced whole, under this label."""

    label: str


@dataclass(frozen=True)
class Ours:
    """Chosen from words of ours, or a time or version that tells nothing about whose it is; kept as it is."""


@dataclass(frozen=True)
class Special:
    """A form of its own: `distinguished`, `headers`, `label` (SERVER/SITE-NAME) or `change`."""

    form: str


Treatment = Words | Whole | Opaque | Ours | Special

TEXT, OURS = Words(), Ours()
_HOST, _SERVER, _USER, _DOMAIN = Words(Kind.HOST), Words(Kind.SERVER), Words(Kind.USER), Words(Kind.DOMAIN)
_DEVICE = Words(Kind.DEVICE)
_SITE, _WEB_SITE, _PERSON = Whole(Kind.AD_SITE), Whole(Kind.WEB_SITE), Whole(Kind.USER)
_NAMED, _HEADERS = Special("distinguished"), Special("headers")
_LABEL, _CHANGE = Special("label"), Special("change")

FIELDS: Mapping[type, Mapping[str, Treatment]] = {
    Case: {"answers": TEXT, "changes": _CHANGE, "ticket": TEXT, "stage": OURS},
    Vantage: {"host": _SERVER},
    Resolver: {"label": _SERVER, "address": _HOST},
    Target: {"host": _HOST},
    Member: {"host": _HOST, "address": _HOST},
    Account: {"label": _PERSON},
    Mailbox: {"site": _SITE},
    DeviceCertificate: {
        "label": _PERSON,
        "subject": _NAMED,
        "issuer": _NAMED,
        "issuers": _NAMED,
        "serial": Opaque("serial"),
        "not_before": OURS,
        "not_after": OURS,
        "upn": _USER,
    },
    Import: {
        "file": TEXT,
        "format": OURS,
        "objects": OURS,
        "server": _SERVER,
        "sha256": Opaque("hex"),
        "copy": TEXT,
    },
    Noted: {"where": TEXT, "what": TEXT},
    StatedCode: {"code": OURS, "server": _SERVER, "where": TEXT},
    Contradiction: {"about": _LABEL, "property": TEXT, "taken": TEXT, "rule": TEXT},
    Observation: {
        "id": TEXT,
        "target": _HOST,
        "vantage": _SERVER,
        "detail": TEXT,
        "phases_ms": OURS,
    },
    DnsFacts: {"resolver": _SERVER, "name": _HOST, "type": OURS, "addresses": _HOST, "records": _HOST},
    ChainLink: {"name": _HOST},
    TcpFacts: {"address": _HOST, "outcome": OURS},
    TlsFacts: {
        "address": _HOST,
        "protocol": OURS,
        "cipher": OURS,
        "subject": _NAMED,
        "names": _HOST,
        "issuer": _NAMED,
        "serial": Opaque("serial"),
        "not_before": OURS,
        "not_after": OURS,
        "trust_error": TEXT,
    },
    CertificateDemand: {"how": OURS, "issuers": _NAMED},
    ServerIdentity: {
        "computer": _SERVER,
        "domain": _DOMAIN,
        "dns_computer": _HOST,
        "dns_domain": _HOST,
        "forest": _HOST,
        "os_build": OURS,
        "clock": OURS,
    },
    HttpFacts: {
        "address": _HOST,
        "method": OURS,
        "path": TEXT,
        "account": _PERSON,
        "challenges": TEXT,
        "headers": _HEADERS,
        "product": OURS,
        "answered_by": _SERVER,
        "build": OURS,
        "handed_out": _HOST,
    },
    SampleFacts: {
        "address": _HOST,
        "account": _PERSON,
        "mailbox": _USER,
        "stopped": TEXT,
        "predicted_basis": OURS,
        "by_outcome": TEXT,
        "by_server": _SERVER,
        "by_address": _HOST,
    },
    FileCoverage: {"file": TEXT, "rejected": OURS, "problem": TEXT, "sha256": Opaque("hex")},
    TargetCount: {"host": _HOST, "version": OURS},
    StatusCount: {"target": _HOST, "error_code": TEXT},
    HourCount: {"target": _HOST},
    UserTarget: {"target": _HOST},
    UserCount: {"user": _USER},
    DeviceCount: {
        "device_id": _DEVICE,
        "user": _USER,
        "type": TEXT,
        "agent": TEXT,
        "targets": _HOST,
        "access_state": TEXT,
        "protocol_version": TEXT,
    },
    CommandCount: {"command": TEXT},
    LatencyCount: {"target": _HOST},
    ErrorCount: {"error": TEXT, "target": _HOST},
    NameCount: {"name": _HOST},
    AgentCount: {"agent": TEXT},
    HttpErrCount: {"reason": TEXT},
    Capped: {"what": OURS},
    StepRecord: {"plan": OURS, "step": TEXT, "who": _PERSON, "subject": _LABEL, "note": TEXT},
    Acceptance: {"code": OURS, "scope": _LABEL, "reason": TEXT, "by": _PERSON},
    GateRecord: {"gate": OURS, "owner": _PERSON, "note": TEXT, "evidence": TEXT},
    Server: {
        "name": _SERVER,
        "fqdn": _HOST,
        "build": OURS,
        "windows": OURS,
        "site": _SITE,
        "role_services": TEXT,
        "ds_mapper": _HOST,
    },
    Binding: {"web_site": _WEB_SITE, "binding": _HOST},
    VirtualDirectory: {
        "server": _SERVER,
        "web_site": _WEB_SITE,
        "site": _SITE,
        "internal_url": _HOST,
        "external_url": _HOST,
        "extended_protection": TEXT,
        "sources": TEXT,
    },
    Endpoint: {"server": _SERVER, "web_site": _WEB_SITE, "address": _HOST},
    NamespaceRecord: {"host": _HOST, "basis": OURS},
}
"""Every field that holds text. Where the type is one of ours (a role, a verdict) nothing needs to be listed."""
