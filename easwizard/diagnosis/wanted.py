"""Evidence that settles things, each with the one command or step that gets it. Shared by the problem files."""

from __future__ import annotations

from easwizard.diagnosis.clues import Missing

_INTERNAL_URLS = (
    "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,InternalUrl   (in the Exchange 2007 shell)"
)


def internal_urls(why: str) -> Missing:
    """Which InternalUrl each legacy vdir has now (J4; exchange.md 5.2)."""
    return Missing("the InternalUrls of the legacy virtual directories", why, _INTERNAL_URLS)


def old_mailbox_account(why: str) -> Missing:
    """Samples that cross the legacy leg (J8, J9)."""
    return Missing(
        "sign-ins of a test account whose mailbox is on the old version",
        why,
        "easwizard check ... --user NAME --mailbox 2007@AD-SITE   (Get-Mailbox NAME | Format-List ServerName; "
        "Get-ExchangeServer SERVER | Format-List Site)",
    )


def proxy_log(why: str) -> Missing:
    """The line of a log that names the target and its status (exchange.md 1.7)."""
    return Missing(
        "the IIS log of a legacy server, or the Eas proxy log of a 2013 server",
        why,
        r"the files of the last hour from %ExchangeInstallPath%Logging\HttpProxy\Eas on each 2013 server",
    )


def tls_in_front(why: str) -> Missing:
    """What ends TLS in front of the servers (J14)."""
    return Missing(
        "what ends TLS in front of the servers",
        why,
        "easwizard check ... --answer tls-in-front=nothing   (or bridging, or delegation)",
    )


def iis_settings(why: str) -> Missing:
    """The four switches as IIS holds them (exchange.md 2.3)."""
    return Missing(
        "the certificate settings of the new servers",
        why,
        r'%windir%\system32\inetsrv\appcmd list config "Default Web Site/Microsoft-Server-ActiveSync" '
        "/section:access   (on each server of the name, elevated)",
    )


def same_login_in_owa(why: str) -> Missing:
    """The same user and password somewhere that no legacy leg is involved (J10)."""
    return Missing(
        "whether the same user name and password work in Outlook on the web, and the lock-out state",
        why,
        "Get-ADUser NAME -Properties LockedOut,BadLogonCount,PasswordExpired   (and one sign-in to OWA by hand)",
    )
