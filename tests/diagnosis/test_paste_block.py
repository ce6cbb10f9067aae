"""The paste for each new server: it only reads, and no name can become a command in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from easwizard.case.requests import Target
from easwizard.diagnosis.paste_block import BEGIN, END, is_plain_host, legacy_hosts, paste_block
from easwizard.exchange.inventory import Role
from tests.problems import cases

HARMFUL = (
    "old'; Stop-Computer #.test",
    "old$(Stop-Computer).test",
    'old".test',
    "old`n.test",
    "old.test\nStop-Computer",
    "old.test ",
    "-old.test",
    "old..test",
    "old.test.",
    "old’.test",
    "оld.test",
    "old",
    "192.0.2.1",
    "2001:db8::1",
    "@NAMES@.test",
    "a" * 64 + ".test",
    ".".join(["a" * 60] * 5),
    "",
)


def legacy(host: str, port: int = 443) -> Target:
    return Target(host, port, Role.LEGACY_CERT)


@pytest.mark.parametrize("host", HARMFUL)
def test_a_name_of_any_other_form_is_left_out(host: str) -> None:
    assert not is_plain_host(host)
    assert paste_block(replace(cases.case(), targets=(legacy(host),))) is None
    block = paste_block(replace(cases.case(), targets=(legacy(host), legacy("old.contoso.test"))))
    assert block is not None
    assert re.findall(r"foreach \(\$name in (.*)\) \{", block) == ["'old.contoso.test'"]


def test_only_legacy_names_are_asked_each_once_with_its_port() -> None:
    targets = (*cases.case().targets, legacy("OLD-1.contoso.test", 8443), legacy("oldcert.test"))
    case = replace(cases.case(), targets=targets)
    assert legacy_hosts(case) == ("oldmail.test", "oldcert.test", "OLD-1.contoso.test:8443")
    block = paste_block(case)
    assert block is not None
    assert "in 'oldmail.test', 'oldcert.test', 'OLD-1.contoso.test:8443') {" in block
    assert block.count("mail.test") == 1


def test_it_reads_only_and_asks_proxy_without_credentials() -> None:
    block = paste_block(cases.case()) or ""
    assert "https://$name/Microsoft-Server-ActiveSync/Proxy" in block
    assert not re.search(r"\b(Set|New|Remove|Stop|Start|Restart|Invoke|Add|Clear|Out|Enable|Disable)-", block)
    assert "Credential" not in block
    assert set(re.findall(r"\b[A-Z][a-z]+-[A-Z][A-Za-z]+\b", block)) <= {
        "Get-Content", "ForEach-Object", "Where-Object", "Microsoft-Server",
    }  # fmt: skip


def test_what_it_prints_stands_between_two_lines_that_can_be_found_again() -> None:
    block = paste_block(cases.case()) or ""
    assert block.index(BEGIN) < block.index("foreach ($name") < block.index(END)
    assert "@" not in block


def test_brackets_are_in_balance() -> None:
    block = paste_block(cases.case()) or ""
    assert all(block.count(a) == block.count(b) for a, b in ("{}", "()", "[]"))
    assert all(line.count('"') % 2 == 0 for line in block.splitlines())


def test_without_legacy_names_there_is_none() -> None:
    assert paste_block(replace(cases.case(), targets=(cases.GENERIC,))) is None


def test_certificates_go_unchecked_for_one_request_and_are_checked_again_after_it() -> None:
    block = paste_block(cases.case()) or ""
    setting = "[Net.ServicePointManager]::ServerCertificateValidationCallback"
    assert [line.strip() for line in block.splitlines() if setting in line] == [
        f"$usual = {setting}",
        f"if (-not $check) {{ {setting} = {{ $true }} }}",
        f"{setting} = $usual",
    ]
    put_back = block.index(f"{setting} = $usual")
    assert block.index("$ask.GetResponse()") < block.index("} finally {") < put_back < block.index("if ($reply)")
    # The second turn comes only after a distrusted certificate: every other way leaves the loop.
    assert "foreach ($check in $true, $false) {" in block
    assert block.count("break") == 2


def test_no_proxy_is_asked_and_no_connection_kept() -> None:
    block = paste_block(cases.case()) or ""
    assert "$ask.Proxy = $null; $ask.KeepAlive = $false" in block
