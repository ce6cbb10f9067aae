"""`easwizard report`: so far the JSON Schema of reports."""

from __future__ import annotations

import argparse

from easwizard.cli.console import ExitCode, write


def run(_: argparse.Namespace) -> int:
    from easwizard.reports.json_form import schema

    write(schema())
    return ExitCode.NO_PROBLEM
