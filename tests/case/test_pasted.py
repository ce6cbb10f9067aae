"""Names out of whatever was pasted: mails, tables, cmdlet output, hostile text."""

from __future__ import annotations

import time

import pytest

from easwizard.case.pasted import MOST_NAMES, internal_urls_in, targets_in
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role

VDIRS = """
Server      : EX07A
WebsiteName : Default Web Site
InternalUrl : https://legacy.contoso.test/Microsoft-Server-ActiveSync

Server      : EX07A
WebsiteName : Certificate Site
InternalUrl : https://LegacyCert.contoso.test:8443/Microsoft-Server-ActiveSync

Server      : EX07B
InternalUrl :
ExternalUrl : https://outside.contoso.test/Microsoft-Server-ActiveSync
"""


def hosts(text: str) -> list[str]:
    return [target.host for target in targets_in(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail.contoso.test", ["mail.contoso.test"]),
        ("Phones use MAIL.Contoso.test, cert.contoso.test.", ["mail.contoso.test", "cert.contoso.test"]),
        ("https://mail.contoso.test/Microsoft-Server-ActiveSync?x=1", ["mail.contoso.test"]),
        ("<mail.contoso.test>;(cert.contoso.test)", ["mail.contoso.test", "cert.contoso.test"]),
        ("mail.contoso.test mail.contoso.test", ["mail.contoso.test"]),
        ("write to anna.smith@contoso.test", []),
        ("see web.config and IISlog.txt, build 15.0.1497.2, 10.0.0.1", []),
        ("mail", []),
        ("", []),
    ],
)
def test_hosts_are_picked_out_of_any_text(text: str, found: list[str]) -> None:
    assert hosts(text) == found


def test_ports_and_roles_that_are_written_are_kept_and_others_guessed() -> None:
    assert targets_in("legacy-cert=a.contoso.test:8443 b.contoso.test oldcert.contoso.test") == (
        Target("a.contoso.test", 8443, Role.LEGACY_CERT),
        Target("b.contoso.test", 443, Role.GENERIC),
        Target("oldcert.contoso.test", 443, Role.LEGACY_CERT),
    )


def test_a_port_that_is_none_makes_no_name() -> None:
    assert targets_in("a.contoso.test:99999") == ()


def test_only_internal_urls_are_read_out_of_cmdlet_output() -> None:
    assert internal_urls_in(VDIRS) == (
        Target("legacy.contoso.test", 443, Role.LEGACY_GENERIC),
        Target("legacycert.contoso.test", 8443, Role.LEGACY_CERT),
    )
    assert internal_urls_in(VDIRS.replace("\n", "\r\n")) == internal_urls_in(VDIRS)


def test_a_plain_list_counts_as_internal_urls_of_old_servers() -> None:
    assert internal_urls_in("mail.contoso.test, cert.contoso.test") == (
        Target("mail.contoso.test", 443, Role.LEGACY_GENERIC),
        Target("cert.contoso.test", 443, Role.LEGACY_CERT),
    )


@pytest.mark.parametrize("url", ["", "https://", "https://[::1", "nonsense", "https://a b/", "https://x:99999999/"])
def test_an_internal_url_that_is_none_is_no_name(url: str) -> None:
    assert internal_urls_in(f"InternalUrl : {url}") == ()


@pytest.mark.parametrize("text", ["a." * 200_000, "a-" * 200_000, "[/x]" * 50_000, "\x1b[2J" * 50_000, "=" * 300_000])
def test_hostile_text_takes_no_time(text: str) -> None:
    since = time.process_time()
    targets_in(text)
    internal_urls_in(text)
    assert time.process_time() - since < 5


def test_no_more_names_than_anybody_has() -> None:
    assert len(targets_in(" ".join(f"h{number}.contoso.test" for number in range(100)))) == MOST_NAMES
