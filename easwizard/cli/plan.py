"""`check --plan`: what would be sent, before anything is sent; in lines of at most 80 columns, or as JSON."""

from __future__ import annotations

import json

from easwizard.reports.json_form import plain
from easwizard.workflow.plan_text import plan_lines
from easwizard.workflow.preview import Plan

FORMAT = "easwizard-plan"
VERSION = 1


def render_json(plan: Plan) -> str:
    """The plan as JSON text."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "vantage": {"host": plan.vantage, "proxy": plan.proxy},
        "dns": [plain(question) for question in plan.questions],
        "requests": [plain(sending) for sending in plan.sendings],
        "at_once": plan.at_once,
        "rules": list(plan.rules),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def render(plan: Plan) -> str:
    """The plan as plain text, ending in a newline."""
    return "\n".join(plan_lines(plan)) + "\n"
