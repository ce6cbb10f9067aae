"""Composes what is pasted on each newer server: how that server, which makes the legacy leg, sees the old names (J7).

The block only reads: it resolves the names, shows their lines in the hosts file, and asks each `/Proxy` once
without credentials (exchange.md 1.4). Where the server does not trust the certificate it asks once more without
checking it, for that one request, since a proxying server is believed to put up with such a certificate (1.3). Only
host names of the plainest form are put in, so that no name can become a command. What comes out is not judged here.
"""

from __future__ import annotations

import re

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import PROXY_PATH

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.IGNORECASE | re.ASCII)
_LONGEST_HOST = 253
_HTTPS = 443
BEGIN, END = "== easwizard server view 1 ==", "== end of server view =="
"""Between these two lines stands what is to be kept."""

_BLOCK = """\
# easwizard: how this Exchange server sees the legacy names. Reads only; changes nothing.
# Windows PowerShell on each mailbox server of the new version; keep what it prints.
& {
  '@BEGIN@'
  "server $env:COMPUTERNAME"
  "utc $([DateTime]::UtcNow.ToString('s'))Z"
  foreach ($name in @NAMES@) {
    $bare = $name.Split(':')[0]
    try { [Net.Dns]::GetHostAddresses($bare) | ForEach-Object { "dns $bare $_" } }
    catch { "dns $bare error $($_.Exception.GetBaseException().Message)" }
    Get-Content "$env:windir\\System32\\drivers\\etc\\hosts" -ErrorAction SilentlyContinue |
      Where-Object { $_ -match ('(^|\\s)' + [regex]::Escape($bare) + '(\\s|$)') } | ForEach-Object { "hosts $_" }
    $usual = [Net.ServicePointManager]::ServerCertificateValidationCallback
    foreach ($check in $true, $false) {
      $reply = $null; $kind = ''
      try {
        # Only where the certificate is not trusted, and for one request: the same question without that check.
        if (-not $check) { [Net.ServicePointManager]::ServerCertificateValidationCallback = { $true } }
        $ask = [Net.WebRequest]::Create("https://$name@PATH@")
        $ask.Method = 'OPTIONS'; $ask.AllowAutoRedirect = $false; $ask.Timeout = 60000
        $ask.Proxy = $null; $ask.KeepAlive = $false
        $reply = $ask.GetResponse()
      } catch {
        $said = $_.Exception.GetBaseException().Message
        $failed = $_.Exception
        while ($failed -and ($failed -isnot [Net.WebException])) { $failed = $failed.InnerException }
        if ($failed) { $reply = $failed.Response; $kind = [string] $failed.Status }
      } finally {
        [Net.ServicePointManager]::ServerCertificateValidationCallback = $usual
      }
      if ($reply) {
        "proxy $name $([int]$reply.StatusCode) $($reply.Headers.GetValues('WWW-Authenticate') -join ', ')"
        $reply.Close()
        break
      }
      if ($check -and ($kind -eq 'TrustFailure')) { "trust $name no $said" }
      else { "proxy $name error $($kind): $said"; break }
    }
  }
  '@END@'
}
"""


def legacy_hosts(case: Case) -> tuple[str, ...]:
    """The legacy names that may be put into the block, with their port where it is not 443."""
    targets = case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT)
    return tuple(dict.fromkeys(_named(target) for target in targets if is_plain_host(target.host)))


def paste_block(case: Case) -> str | None:
    """The PowerShell block, ending in a line end; None while no legacy name is known that may be put in."""
    hosts = legacy_hosts(case)
    if not hosts:
        return None
    names = ", ".join(f"'{host}'" for host in hosts)
    values = {"@BEGIN@": BEGIN, "@END@": END, "@NAMES@": names, "@PATH@": PROXY_PATH}
    return re.sub("@[A-Z]+@", lambda match: values[match[0]], _BLOCK)


def is_plain_host(host: str) -> bool:
    """Whether a host is nothing but letters, digits, hyphens and dots, as a DNS name of two labels or more.

    >>> is_plain_host("old.contoso.test"), is_plain_host("old'; Stop-Computer #.test")
    (True, False)
    """
    return len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) is not None and not host.rpartition(".")[2].isdigit()


def _named(target: Target) -> str:
    return target.host if target.port == _HTTPS else f"{target.host}:{int(target.port)}"
