"""The scripts for Windows only read: proven from their syntax trees, and the proof is tried on scripts that do not.

What the scripts do when run stays unproven here: there is no PowerShell on the machines that run these tests.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from easwizard.case.requests import Target
from easwizard.diagnosis.paste_block import paste_block
from easwizard.evidence.collector.collector import NAME, collector_script
from easwizard.evidence.iis_sections import WANTED
from easwizard.exchange.inventory import Role
from tests.evidence.powershell_tree import Allowed, objections
from tests.problems import cases

COLLECTOR = Allowed(
    commands=frozenset(
        {
            "Get-ExchangeServer", "Get-ActiveSyncVirtualDirectory", "Get-ClientAccessServer",
            "Get-ClientAccessService", "Get-OutlookAnywhere", "Get-ADSite", "Get-WindowsFeature", "Get-Command",
            "Get-Date", "Get-Location", "Join-Path", "Split-Path", "Test-Path", "New-Object", "Select-Object",
            "Sort-Object", "Write-Host", "Write-Warning",
        }
    ),
    whole=frozenset(
        {
            "netsh.exe http show sslcert",
            "Import-Module -Name 'ServerManager' -ErrorAction SilentlyContinue",
            "Export-Clixml -Path $Path",
        }
    ),
    types=frozenset(
        {
            "string", "string[]", "switch", "int", "bool", "void", "System.String", "System.Boolean", "System.Enum",
            "System.Int32", "System.Int64", "System.UInt32", "System.Byte", "System.DateTime", "System.Convert",
            "System.BitConverter", "System.Environment", "System.IO.File", "System.Collections.IEnumerable",
            "System.Xml.XmlNode", "System.Globalization.CultureInfo", "System.Text.RegularExpressions.Regex",
            "System.Net.NetworkInformation.IPGlobalProperties",
        }
    ),
    statics=frozenset(
        {
            "System.Globalization.CultureInfo::InvariantCulture", "System.Globalization.CultureInfo::CurrentCulture",
            "System.BitConverter::ToString", "System.Text.RegularExpressions.Regex::Escape",
            "System.Text.RegularExpressions.Regex::Replace", "System.String::Join", "System.Convert::ToInt64",
            "System.DateTime::UtcNow", "System.Environment::OSVersion",
            "System.Environment::ExpandEnvironmentVariables", "System.IO.File::ReadAllBytes",
            "System.IO.File::WriteAllText",
            "System.Net.NetworkInformation.IPGlobalProperties::GetIPGlobalProperties",
        }
    ),
    methods=frozenset(
        {
            "ComputeHash", "GetBytes", "ToLowerInvariant", "ToString", "Replace", "Substring", "ToCharArray",
            "Append", "Add", "ToArray", "Clear", "ToUniversalTime", "Split", "Trim", "TrimEnd", "IndexOf",
            "StartsWith", "ContainsKey", "Load", "SelectNodes", "SelectSingleNode", "HasAttribute", "GetAttribute",
        }
    ),
    made=frozenset(
        {
            "System.Collections.ArrayList", "System.Text.StringBuilder", "System.Text.UTF8Encoding",
            "System.Xml.XmlDocument", "System.Security.Cryptography.SHA256Managed",
            "System.DirectoryServices.DirectoryEntry",
        }
    ),
    assigned=frozenset({"$xml.XmlResolver"}),
)  # fmt: skip

PASTE = Allowed(
    commands=frozenset({"Get-Content", "ForEach-Object", "Where-Object"}),
    types=frozenset(
        {"int", "string", "DateTime", "regex", "Net.Dns", "Net.WebRequest", "Net.WebException",
         "Net.ServicePointManager"}
    ),
    statics=frozenset(
        {"DateTime::UtcNow", "regex::Escape", "Net.Dns::GetHostAddresses", "Net.WebRequest::Create",
         "Net.ServicePointManager::ServerCertificateValidationCallback"}
    ),
    methods=frozenset({"ToString", "Split", "GetBaseException", "GetResponse", "GetValues", "Close"}),
    assigned=frozenset(
        {"$ask.Method", "$ask.AllowAutoRedirect", "$ask.Timeout", "$ask.Proxy", "$ask.KeepAlive",
         "[Net.ServicePointManager]::ServerCertificateValidationCallback"}
    ),
    blocks=frozenset(
        {
            "{ $true }",
            '{ "dns $bare $_" }', '{ "hosts $_" }',
            "{ $_ -match ('(^|\\s)' + [regex]::Escape($bare) + '(\\s|$)') }",
        }
    ),
)  # fmt: skip


def collector() -> str:
    return collector_script().content.decode("ascii").replace("\r\n", "\n")


def test_the_collector_only_reads() -> None:
    assert objections(collector_script().content, COLLECTOR) == []


def test_the_paste_for_proxying_servers_only_looks() -> None:
    block = paste_block(replace(cases.case(), targets=(Target("old.contoso.test", 443, Role.LEGACY_CERT),))) or ""
    assert block.count("& {") == 1
    # Run as one block, so that the console shows nothing before all of it was pasted.
    assert objections(block.replace("& {", "if ($true) {").encode("ascii"), PASTE) == []


@pytest.mark.parametrize(
    "line",
    [
        "Set-ActiveSyncVirtualDirectory -Identity $x -BasicAuthEnabled $false",
        "Remove-ActiveSyncVirtualDirectory -Identity $x",
        "Get-ExchangeServer | Remove-Item",
        "iisreset",
        "Invoke-Expression $x",
        "iex $x",
        "& $x",
        "& 'appcmd.exe' set config",
        ". ./other.ps1",
        "netsh.exe http delete sslcert ipport=0.0.0.0:443",
        "netsh.exe http show sslcert > C:\\other.txt",
        "Get-Date > x.txt",
        "Get-Date 2>&1",
        "'x' | Out-File x.txt",
        "Export-Clixml -Path C:\\other.xml",
        "Import-Module -Name 'Other'",
        "New-Object -TypeName System.Net.WebClient",
        "New-Object -ComObject Shell.Application",
        "New-Object $type",
        "[System.IO.File]::Delete($x)",
        "[System.Diagnostics.Process]::Start('cmd')",
        "[void] $entry.CommitChanges()",
        "$entry.Properties['AuthFlags'].Value = 1",
        "$entry.Value = 1",
        "$x.$y()",
        '$x."$y"()',
        "$x = { Get-Date }",
        "$env:Path = 'x'",
        "$function:prompt = 'x'",
        "if ($a -in $b) { }",
        "Add-Type -TypeDefinition $x",
        "Start-Sleep -Seconds 1",
        "Get-MailboxStatistics",
        "Get-Content x.txt -Raw",
        "ConvertTo-Json $x",
        "if ($a { }",
    ],
)
def test_the_proof_sees_what_is_not_allowed(line: str) -> None:
    assert objections(f"{collector()}\n{line}\n".encode("ascii"), COLLECTOR)


def test_it_writes_one_file_and_only_where_it_was_told() -> None:
    text = collector()
    assert re.findall(r"::WriteAllText\(([^,]+),", text) == ["$EasTarget"]
    assert text.count("Export-Clixml -Path $Path") == 1
    assert re.findall(r"Export-EasPlain (\$\w+)", text) == ["$EasTarget"]
    assert re.findall(r"DirectoryEntry -ArgumentList \('([^']*)'", text) == ["IIS://localhost/"]


def test_it_asks_for_no_secret() -> None:
    code = "\n".join(line for line in collector().splitlines() if not line.lstrip().startswith("#"))
    for word in (
        "IncludeAlternate",
        "SerializationData",
        "password",
        "userName",
        "sessionKey",
        "Mappings",
        "Mailbox ",
    ):
        assert word.casefold() not in code.casefold()


def test_it_takes_the_settings_that_the_rules_need() -> None:
    text = collector()
    block = text[text.index("$EasSettings = @(") : text.index("$EasSections = @(")]
    taken = {tuple(entry.split("|")) for entry in re.findall(r"'([^']+)'", block)}
    assert taken == {(s, name) for s, names in WANTED.items() for name in names if name != "providers"}


def test_the_script_is_ascii_with_stable_line_ends_and_a_stable_hash() -> None:
    content = collector_script().content
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") > 400
    assert b"\t" not in content
    assert collector_script().sha256 == hashlib.sha256(content).hexdigest()


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "easwizard", "collector", *arguments]
    root = str(Path(__file__).parent.parent.parent)
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from easwizard.cli import main; sys.exit(main())"
    return subprocess.run(
        [command[0], "-c", code, root, *command[3:]], cwd=folder, capture_output=True, timeout=120, check=False
    )


def test_the_command_writes_the_script_and_says_its_hash(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().strip() == NAME
    assert (tmp_path / NAME).read_bytes() == collector_script().content
    assert collector_script().sha256 in done.stderr.decode()
    assert run(tmp_path).returncode == 0  # the same again changes nothing


def test_the_command_overwrites_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "mine.ps1").write_text("keep me", encoding="ascii")
    done = run(tmp_path, "-o", "mine.ps1")
    assert done.returncode == 2
    assert "already there" in done.stderr.decode()
    assert (tmp_path / "mine.ps1").read_text(encoding="ascii") == "keep me"


def test_the_command_can_print_the_script(tmp_path: Path) -> None:
    done = run(tmp_path, "-o", "-")
    assert done.returncode == 0
    assert done.stdout == collector_script().content
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "-o", "nowhere/x.ps1")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr.decode()
