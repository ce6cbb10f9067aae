"""The rows of the estate: names with their roles, then what else is known, each in one line. Draws only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from easwizard.case.case import UNKNOWN, Case, DeviceCertificate
from easwizard.case.requests import Target
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.questions import QUESTIONS
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.services import Keys
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.row_list import Row, cut, fit
from easwizard.workflow.naming import DNS

LOOK_UP = "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,InternalUrl"
"""Tells which names are InternalUrls now (J4)."""
MAILBOX_LOOK_UP = "Get-Mailbox USER | Format-List ServerName,AdminDisplayVersion"
_ROLE, _URL, _LABEL = 16, 14, 20


@dataclass(frozen=True)
class Palette:
    """What drawing needs to know."""

    width: int
    signs: Symbols
    keys: Keys
    unmasked: frozenset[str] = frozenset()
    """Labels of accounts whose password is at hand, as they are drawn."""


def name_key(target: Target) -> str:
    return f"name {target.name}"


def account_key(label: str) -> str:
    return f"account {label}"


def estate_rows(case: Case, palette: Palette, sending: str) -> list[Row]:
    """Every row, headings included."""
    rows = [Row("heading names", _head(palette), is_heading=True)]
    rows += [Row(name_key(target), _name(case, target, palette)) for target in case.targets]
    rows.append(Row("heading estate", plain("Estate"), is_heading=True))
    rows += [Row(key, _line(label, value, palette)) for key, label, value in _facts(case)]
    rows.append(Row("heading doors", plain("Signing in (asked for now, kept in memory only)"), is_heading=True))
    rows += [Row(key, _line(label, value, palette)) for key, label, value in _doors(case, palette)]
    rows.append(Row("plan", _line("What will be sent", plain(sending), palette)))
    return rows


def _head(palette: Palette) -> Content:
    return plain(fit("Name", _name_width(palette)) + fit("Role", _ROLE) + "InternalUrl?")


def _name_width(palette: Palette) -> int:
    return max(14, min(60, palette.width - _ROLE - _URL))


def _name(case: Case, target: Target, palette: Palette) -> Content:
    ports = {other.port for other in case.targets}
    name = target.host if len(ports) == 1 and target.port == 443 else target.name
    url = plain("")
    if target.role.is_legacy:
        url = _internal_url(case.answers.get(INTERNAL_URL + target.host), palette)
    head = plain(fit(name, _name_width(palette) - 2) + "  ", "bold")
    return cut(joined(head, plain(fit(str(target.role), _ROLE)), url), palette.width)


def _internal_url(answer: str | None, palette: Palette) -> Content:
    if answer == "yes":
        return plain(f"{palette.signs.good} yes", "$text-success")
    if answer == "no":
        return plain("- no", "dim")
    return plain("? don't know" if answer == UNKNOWN else "? i answers", "$text-warning")


def _line(label: str, value: Content, palette: Palette) -> Content:
    return cut(joined(fit(label, _LABEL), value), palette.width)


def _facts(case: Case) -> Iterator[tuple[str, str, Content]]:
    products = case.answer("products")
    yield "products", "Exchange versions", _or_not(products.replace("+", " + ") if products != UNKNOWN else "")
    labels = {value.id: value.label for q in QUESTIONS if q.id == "tls-in-front" for value in q.values}
    in_front = case.answer("tls-in-front")
    yield "tls-in-front", "What ends TLS", _or_not(labels.get(in_front, ""))
    servers = ", ".join(
        f"{r.label} {r.address}" + (f":{r.port}" if r.port != DNS else "") for r in case.vantage.resolvers
    )
    yield "resolvers", "DNS servers asked", plain(servers) if servers else plain("this machine's", "dim")
    members = ", ".join(f"{m.host} at {m.address}" + (f":{m.port}" if m.port else "") for m in case.members)
    yield "members", "Reached directly", plain(members) if members else plain("none", "dim")


def _or_not(text: str) -> Content:
    return plain(text) if text else plain("? not known", "$text-warning")


def _doors(case: Case, palette: Palette) -> Iterator[tuple[str, str, Content]]:
    for account in case.accounts:
        box = account.mailbox
        where = "mailbox?" if box is None else box.product + (f"@{box.site}" if box.site else "")
        held = account.label in palette.unmasked
        mark = f"{palette.signs.good} held" if held else "! no password"
        style = "$text-success" if held else "$text-warning"
        yield account_key(account.label), "Test account", joined(f"{account.label}  {where}  ", plain(mark, style))
    yield "account", "Test account", plain("+ add one (Enter)", "dim")
    yield "certificate", "Client certificate", _certificate(case.device_certificate, palette)
    authority = palette.keys.ca_file
    yield (
        "ca",
        "Trusted authorities",
        plain(f"this machine's and {authority.name}" if authority else "this machine's"),
    )


def _certificate(certificate: DeviceCertificate | None, palette: Palette) -> Content:
    if certificate is None:
        return plain("none", "dim")
    if palette.keys.certificate_file is None:
        return joined(f"{certificate.label}  ", plain("! file needed again (Enter)", "$text-warning"))
    end = f"  to {certificate.not_after[:10]}" if certificate.not_after else ""
    who = certificate.upn or certificate.subject or ""
    return joined(plain(f"{palette.signs.good} ", "$text-success"), f"{certificate.label}{end}  {who}")


def certificate_words(certificate: DeviceCertificate) -> str:
    """What the file says, in full."""
    uses = {True: "yes", False: "NO: its extended key usage leaves that out", None: "not known"}
    parts = [
        f"Subject {certificate.subject}" if certificate.subject else "",
        f"issuer {certificate.issuer}" if certificate.issuer else "",
        f"valid to {certificate.not_after[:10]}" if certificate.not_after else "",
        f"UPN {certificate.upn or 'none'}",
        f"for signing in {uses[certificate.for_clients]}",
    ]
    return "; ".join(part for part in parts if part)
