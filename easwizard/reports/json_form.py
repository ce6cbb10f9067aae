"""The JSON form of a report: the contract of DESIGN 6, described by `report.schema.json` beside this file."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from easwizard.case.case import Case, Import
from easwizard.case.facts import Observation
from easwizard.diagnosis.clues import Clue
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.plans.prediction import predict
from easwizard.diagnosis.words import Remedy
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Odds, Route
from easwizard.reports.log_form import log_form
from easwizard.reports.model import Report
from easwizard.reports.plain_data import plain as plain
from easwizard.reports.plain_data import utc as utc

FORMAT = "easwizard-report"
VERSION = 1
Json = dict[str, Any]


def render(report: Report) -> str:
    """The report as JSON text, keys in the contract's order."""
    text = json.dumps(document(report), ensure_ascii=False, indent=2)
    # Half of a surrogate pair cannot be written as UTF-8, but JSON has an escape for it.
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


def schema() -> str:
    """The JSON Schema of the report."""
    return resources.files("easwizard.reports").joinpath("report.schema.json").read_text(encoding="utf-8")


def document(report: Report) -> Json:
    """The report as plain data."""
    vantage, diagnosis = report.case.vantage, report.diagnosis
    next_best = diagnosis.next_best
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool": {"name": "easwizard", "version": report.tool_version},
        "created_utc": utc(report.created),
        "vantage": {
            "host": vantage.host,
            "resolvers": [
                {"label": r.label, "address": r.address if r.port == 53 else f"{r.address}:{r.port}"}
                for r in vantage.resolvers
            ],
        },
        "redacted": report.redacted,
        "verdict": report.outcome.value,
        "findings": [_finding(finding, report.case) for finding in diagnosis.findings],
        "members": [plain(member) for member in report.case.members],
        "device_certificate": plain(report.case.device_certificate),
        "observations": [observation_form(observation) for observation in report.case.observations],
        "inventory": _inventory(report.case.inventory),
        "imports": [_import(read) for read in report.case.imports],
        "contradictions": [plain(each) for each in report.case.contradictions],
        "logs": log_form(report.case.logs) if report.case.logs is not None else None,
        "routes": [_route(route) for route in report.routes],
        "not_examined": [plain(item) for item in diagnosis.not_examined],
        "next_best": plain(next_best) if next_best is not None else None,
    }


def _finding(finding: Finding, case: Case | None = None) -> Json:
    return {
        "code": finding.code,
        "title": finding.title,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "conflict": finding.conflict,
        "accepted": _accepted(finding),
        "subjects": list(finding.subjects),
        "summary": finding.summary,
        "helpdesk": finding.helpdesk,
        "engineer": finding.engineer,
        "limits": list(finding.limits),
        "clues": [_clue(clue) for clue in finding.clues],
        "missing": [{"evidence": m.evidence, "why": m.why, "how": m.how} for m in finding.missing],
        "remedies": [_remedy(remedy, case) for remedy in finding.remedies],
    }


def _accepted(finding: Finding) -> Json | None:
    """What somebody decided to live with, while it holds and covers all that the finding is about."""
    accepted = finding.accepted
    if accepted is None:
        return None
    until = accepted.until.isoformat()
    return {"scope": accepted.scope, "reason": accepted.reason, "until": until, "by": accepted.by}


def _clue(clue: Clue) -> Json:
    return {
        "effect": clue.effect.value,
        "text": clue.text,
        "source": clue.source,
        "observation": clue.observation,
        "basis": clue.basis.value,
        "group": clue.group.value,
    }


def _remedy(remedy: Remedy, case: Case | None) -> Json:
    return {
        "id": remedy.id,
        "title": remedy.title,
        "recommended": remedy.recommended,
        "predicted": _predicted(remedy, case) if case is not None else None,
        "steps": [
            {
                "title": step.title,
                "instruction": step.instruction,
                "command": step.command,
                "shell": step.shell,
                "change": step.change,
                "check": step.check,
                "undo": step.undo,
            }
            for step in remedy.steps
        ],
    }


def _predicted(remedy: Remedy, case: Case) -> Json | None:
    """The odds before and after its plan; None where the inventory does not tell."""
    found = predict(case, remedy.plan.changes) if remedy.plan is not None else None
    if found is None:
        return None
    rows = [
        {
            "device": row.device.value,
            "mailbox": row.mailbox,
            "namespace": row.namespace,
            "before": _odds(row.before),
            "after": _odds(row.after),
        }
        for row in found.changed
    ]
    return {"changed": rows, "unchanged": found.unchanged}


def _odds(odds: Odds) -> Json:
    exact = odds.exact
    return {"success": exact, "range": None if exact is not None else [odds.low, odds.high]}


def observation_form(observation: Observation) -> Json:
    """One observation as the contract writes it."""
    facts = plain(observation.facts)
    if observation.detail is not None:
        facts["detail"] = observation.detail
    return {
        "id": observation.id,
        "kind": observation.kind,
        "target": observation.target,
        "vantage": observation.vantage,
        "status": observation.status.value,
        "reason": observation.reason.value if observation.reason is not None else observation.detail_unless_ok,
        "facts": facts,
        "phases_ms": {phase: round(ms, 1) for phase, ms in observation.phases_ms.items()},
        "elapsed_ms": round(observation.elapsed_ms, 1) if observation.elapsed_ms is not None else None,
        "at_utc": utc(observation.at),
    }


def _inventory(inventory: Inventory) -> Json:
    return {
        "servers": [plain(server) for server in inventory.servers],
        "vdirs": [plain(vdir) for vdir in inventory.vdirs],
        "namespaces": [plain(namespace) for namespace in inventory.namespaces],
    }


def _import(read: Import) -> Json:
    """One file: what it is, what was understood, and what was not."""
    return {
        "file": read.file,
        "format": read.format,
        "objects": dict(read.objects),
        "problems": [plain(each) for each in read.problems],
        "notes": [plain(each) for each in read.notes],
        "codes": [plain(each) for each in read.codes],
    }


def _route(route: Route) -> Json:
    exact = route.odds.exact
    return {
        "device": route.device.value,
        "mailbox": route.mailbox.product.value,
        "site": route.mailbox.site,
        "namespace": route.namespace,
        "success": exact,
        "range": None if exact is not None else [route.odds.low, route.odds.high],
        "by_name": _exact(route.by_name),
        "paths": [plain(path) for path in route.paths],
    }


def _exact(odds: Odds | None) -> float | None:
    return odds.exact if odds is not None else None


def finding_form(finding: Finding, case: Case | None = None) -> Json:
    """One finding as the contract writes it; without its case nothing is predicted of its remedies."""
    return _finding(finding, case)


def route_form(route: Route) -> Json:
    """One route as the contract writes it."""
    return _route(route)
