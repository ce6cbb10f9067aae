"""The command line as argparse knows it (DESIGN 5). Reads words; opens no file and imports no part."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from easwizard import __version__

_WIZARD = "wizard"
"""The command that nobody needs to type: it is what no command, or a case, stands for."""


def with_command(argv: Sequence[str]) -> Sequence[str]:
    """The words with the command that they leave out: none at all, or the file of a case or pack, open the wizard."""
    if not argv:
        return [_WIZARD]
    first = argv[0]
    is_case = not first.startswith("-") and (first.endswith((".eascase", ".zip")) or "/" in first or "\\" in first)
    return [_WIZARD, *argv] if is_case else argv


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="easwizard",
        usage="easwizard [CASE.eascase]\n       easwizard COMMAND ...",
        description="Finds out why ActiveSync fails between Exchange versions. It never changes a server. "
        "Without a command it opens the wizard, on a case or a pack if one is named.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"easwizard {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _check(commands)
    _simulate(commands)
    _logs(commands)
    _lab(commands)
    _explain(commands)
    _report(commands)
    _collector(commands)
    _checklist(commands)
    _accept(commands)
    _diff(commands)
    _wizard(commands)
    return top


def _command(commands: Any, name: str, summary: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary, allow_abbrev=False
    )
    command.set_defaults(handler=_handler(name))
    return command


def _handler(name: str) -> Callable[[argparse.Namespace], int]:
    """The command's own module, imported only when the command runs."""

    def handle(arguments: argparse.Namespace) -> int:
        return int(import_module(f"easwizard.cli.{name}").run(arguments))

    return handle


def _check(commands: Any) -> None:
    check = _command(commands, "check", "look at namespaces over DNS and HTTPS and say what is wrong")
    check.add_argument(
        "names",
        nargs="*",
        metavar="[ROLE=]HOST[:PORT]",
        help="a namespace; ROLE is generic, cert, legacy-generic, legacy-cert, autodiscover or other",
    )
    looking = check.add_argument_group("looking")
    looking.add_argument(
        "--resolver", action="append", default=[], metavar="LABEL=IP[:PORT]", help="ask this DNS server"
    )
    looking.add_argument("--ca", metavar="FILE", help="also trust the certificates of this authority (PEM)")
    looking.add_argument("--timeout", type=float, metavar="S", help="for every phase (TCP 5, TLS 10, first byte 60)")
    looking.add_argument(
        "--connect-to",
        action="append",
        default=[],
        metavar="HOST=IP[:PORT]",
        help="also reach this machine behind HOST directly, past its DNS and balancer",
    )
    looking.add_argument("--proxy", metavar="http://HOST:PORT", help="look through this HTTP proxy; no signing in")
    looking.add_argument("--plan", action="store_true", help="print what would be sent to whom, and send nothing")
    looking.add_argument("--no-network", action="store_true", help="send nothing; judge what is told only")
    looking.add_argument(
        "--verify", metavar="CASE.eascase", help="look again at what the open steps of its plans need, and only that"
    )
    _signing_in(check)
    knowing = check.add_argument_group("knowing")
    knowing.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        metavar="[SERVER=]FILE",
        help="read this: cmdlet output, IIS files, Get-WindowsFeature, netsh, a setup log, the collector's file",
    )
    knowing.add_argument("--profile", metavar="SITE.toml", help="names, resolvers and what ends TLS, from a file")
    knowing.add_argument("--save-profile", metavar="SITE.toml", help="write such a file; it holds no secret")
    knowing.add_argument("--answer", action="append", default=[], metavar="ID=VALUE", help="see explain --symptoms")
    output = check.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="the report as JSON on stdout")
    output.add_argument("--report", metavar="FILE", help="also write it: .html, .md, .json, .txt, or .zip for a pack")
    output.add_argument(
        "--redact",
        choices=("vendor", "internal", "none"),
        help="what is printed and in --report: vendor replaces names, internal only takes secrets out "
        "(default: none, for a pack vendor)",
    )
    output.add_argument("--save", metavar="CASE.eascase", help="keep everything that is seen as a case, unredacted")


def _signing_in(check: argparse.ArgumentParser) -> None:
    group = check.add_argument_group("signing in (only over verified connections)")
    group.add_argument("--user", action="append", default=[], metavar="NAME", help="a test account, with --mailbox")
    group.add_argument("--mailbox", action="append", default=[], metavar="PRODUCT[@AD-SITE]", help="where it lives")
    group.add_argument("--client-cert", metavar="FILE", help="a client certificate, PFX or PEM")
    group.add_argument("--client-key", metavar="FILE", help="its key, where that is a file of its own")
    group.add_argument("--samples", type=int, metavar="N", help="sign-ins for each account (default: enough)")
    group.add_argument("--pace", default="3", metavar="SECONDS|careful", help="between two sign-ins (3)")
    group.add_argument(
        "--autodiscover-post", action="store_true", help="also sign in to Autodiscover, as a phone does"
    )
    group.add_argument("--refusals", type=int, default=1, metavar="N", help="refused passwords risked in a row (1)")


def _simulate(commands: Any) -> None:
    simulate = _command(commands, "simulate", "what planned changes would do to an imported inventory")
    simulate.add_argument("files", nargs="+", metavar="[SERVER=]FILE", help="what the servers are, as for --import")
    simulate.add_argument(
        "--change", action="append", default=[], metavar="CHANGE", help="a planned change, made in the order given"
    )
    simulate.add_argument(
        "--name", action="append", default=[], metavar="[ROLE=]HOST", help="a namespace (default: as the URLs say)"
    )
    simulate.add_argument(
        "--answer", action="append", default=[], metavar="ID=VALUE", help="only tls-in-front=VALUE is of use here"
    )
    simulate.add_argument("--json", action="store_true", help="both estates as JSON on stdout")


def _logs(commands: Any) -> None:
    logs = _command(commands, "logs", "what IIS and HttpProxy logs say about ActiveSync")
    logs.add_argument("files", nargs="*", metavar="FILE|FOLDER|GLOB", help="logs of any server, mixed, packed or not")
    judging = logs.add_argument_group("judging")
    judging.add_argument("--name", action="append", default=[], metavar="[ROLE=]HOST", help="a namespace of the site")
    judging.add_argument("--answer", action="append", default=[], metavar="ID=VALUE", help="see explain --symptoms")
    rows = logs.add_argument_group("the rows behind it (filters go for what is listed and exported)")
    rows.add_argument("--user", metavar="NAME", help="rows of this user, without the domain")
    rows.add_argument("--device", metavar="ID", help="rows of this device")
    rows.add_argument("--target", metavar="HOST", help="rows of this target")
    rows.add_argument("--hour", metavar="YYYY-MM-DD[THH]", help="rows of this day or hour, in UTC")
    rows.add_argument("--rows", type=int, default=50, metavar="N", help="rows listed at most (50)")
    output = logs.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="everything as JSON on stdout")
    output.add_argument(
        "--export", choices=("csv", "ndjson", "parquet"), metavar="csv|ndjson|parquet", help="with -o: write all rows"
    )
    output.add_argument("-o", dest="output", metavar="FILE", help="where the exported rows go, a new file")
    output.add_argument("--tables", metavar="FOLDER", help="write six CSV tables, as Export-ActiveSyncLog does")
    output.add_argument("--sql", action="store_true", help="print the search for the fault as SQL over such rows")


def _wizard(commands: Any) -> None:
    """Not in the list of commands."""
    wizard: argparse.ArgumentParser = commands.add_parser(_WIZARD, prog="easwizard", allow_abbrev=False)
    wizard.add_argument("case", nargs="?", metavar="CASE.eascase")
    wizard.set_defaults(handler=_handler(_WIZARD))


def _lab(commands: Any) -> None:
    lab = _command(commands, "lab", "start a practice estate on this machine")
    lab.add_argument("scenario", nargs="?", metavar="SCENARIO", help="see --list (default: article)")
    what = lab.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="the scenarios")
    what.add_argument("--check", action="store_true", help="start it, check it, print the report, stop")
    what.add_argument("--headless", action="store_true", help="start it and run until interrupted")
    lab.add_argument("--seed", type=int, metavar="N", help="of everything that is drawn")
    lab.add_argument("--time-scale", type=float, default=1.0, metavar="X", help="stretches the estate's delays")
    lab.add_argument("--json", action="store_true", help="with --check: the report as JSON")


def _explain(commands: Any) -> None:
    explain = _command(commands, "explain", "the catalogue of problems, or one of them")
    explain.add_argument("code", nargs="?", metavar="CODE")
    explain.add_argument("--symptoms", action="store_true", help="the questions and their values, for --answer")
    explain.add_argument("--json", action="store_true")


def _report(commands: Any) -> None:
    report = _command(commands, "report", "a case as a report to hand on, with made-up names unless told otherwise")
    report.add_argument("case", nargs="?", metavar="CASE.eascase")
    report.add_argument(
        "--format", choices=("html", "markdown", "json", "plain"), help="default: by the ending of -o, else plain"
    )
    report.add_argument("--short", action="store_true", help="Markdown of less than 4,000 characters, for a ticket")
    report.add_argument("-o", dest="output", metavar="FILE", help="a new file, or a folder (default: stdout)")
    report.add_argument(
        "--redact",
        choices=("vendor", "internal", "none"),
        default="vendor",
        help="vendor: names replaced; internal: names kept; none: everything, marked FULL (default: vendor)",
    )
    report.add_argument("--schema", action="store_true", help="print the JSON Schema of reports; needs no case")
    pack = report.add_argument_group("handing a case over")
    pack.add_argument("--pack", metavar="FILE.zip", help="write everything into one zip that opens as a case")
    pack.add_argument(
        "--map", metavar="FILE", help="the private map of an earlier pack: with --pack its made-up names are kept"
    )
    pack.add_argument(
        "--restore",
        metavar="FILE",
        help="with --map: real names back into a text, case or pack (-o, or stdout)",
    )


def _collector(commands: Any) -> None:
    collector = _command(commands, "collector", "write the read-only PowerShell script that collects evidence")
    collector.add_argument("-o", dest="output", metavar="FILE", help="where to (default: easwizard-collect.ps1)")


def _checklist(commands: Any) -> None:
    checklist = _command(commands, "checklist", "the gates before names move: state, evidence, go or no-go")
    checklist.add_argument("case", nargs="?", metavar="CASE.eascase", help="without one: the empty list")
    form = checklist.add_argument_group("form")
    form.add_argument("--json", action="store_true", help="the checklist as JSON on stdout")
    form.add_argument(
        "--print", dest="printable", action="store_true", help="to print and tick, with how to check each by hand"
    )
    telling = checklist.add_argument_group("telling (kept in the case)")
    telling.add_argument(
        "--gate", action="append", default=[], metavar="ID=STATE", help="what you found: pass, fail or unknown"
    )
    telling.add_argument("--note", metavar="TEXT", help="with --gate: what was found")
    telling.add_argument("--evidence", metavar="TEXT", help="with --gate: where it can be read")
    telling.add_argument("--owner", metavar="NAME", help="with --gate or --waive: whose gate it is")
    telling.add_argument("--waive", action="append", default=[], metavar="ID", help="go without this gate")
    telling.add_argument("--reason", metavar="TEXT", help="with --waive: why that is right")
    telling.add_argument("--until", metavar="DATE", help="with --waive: the last day it holds, YYYY-MM-DD")
    telling.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="CHANGE",
        help="a change of the cut-over, as for simulate; these replace all that were planned, 'none' plans none",
    )


def _accept(commands: Any) -> None:
    accept = _command(commands, "accept", "live with a finding until a day; it stays visible as accepted")
    accept.add_argument("code", metavar="CODE", help="the problem's code, see explain")
    accept.add_argument("case", metavar="CASE.eascase")
    accept.add_argument("--scope", default="", metavar="NAME", help="only for this name or server of the finding")
    accept.add_argument("--reason", metavar="TEXT", help="why it is right to live with it")
    accept.add_argument("--until", metavar="DATE", help="the last day it holds, YYYY-MM-DD")
    accept.add_argument("--withdraw", action="store_true", help="take an acceptance of this code and scope back")
    accept.add_argument("--json", action="store_true", help="the finding as JSON on stdout")


def _diff(commands: Any) -> None:
    diff = _command(commands, "diff", "what changed between two cases or JSON reports")
    diff.add_argument("before", metavar="BEFORE", help="a case, or a report of --json")
    diff.add_argument("after", metavar="AFTER", help="the same, later")
    diff.add_argument("--json", action="store_true", help="the difference as JSON on stdout")
