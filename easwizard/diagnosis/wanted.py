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
    """The line of a log that names the old server and its status: another log for 2007 than for 2010 (logs.md 1)."""
    return Missing(
        "the back-end IIS log (W3SVC2) of each new server: PrxTo names the old one",
        why,
        r"easwizard logs C:\inetpub\logs\LogFiles\W3SVC2   (on each new mailbox server; for mailboxes on 2010 "
        r"instead %ExchangeInstallPath%Logging\HttpProxy\Eas of each front end, which names no server of 2007)",
    )


def legacy_log(why: str) -> Missing:
    """The legacy server's own row of the leg: only it has the sub-status (logs.md 1)."""
    return Missing(
        "the IIS log of each old server",
        why,
        r"easwizard logs C:\inetpub\logs\LogFiles   (on each old server; on Windows 2003 %windir%\System32\LogFiles)",
    )


def sign_in_log(why: str) -> Missing:
    """The front end's own row of a sign-in: HttpProxy logs have no sub-status (logs.md 3)."""
    return Missing(
        "the IIS log of the new front ends, W3SVC1",
        why,
        r"easwizard logs C:\inetpub\logs\LogFiles\W3SVC1   (on each new front end)",
    )


def kerberos_name(host: str) -> Missing:
    """Who holds the Kerberos name of a legacy host (J17)."""
    return Missing(
        "which account holds the Kerberos name of each legacy host",
        "on a wrong account it breaks every sign-in between the servers, and nothing else shows it",
        f"setspn -Q http/{host}",
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


def iis_application(why: str) -> Missing:
    """Whether IIS holds the directory, beside the object in Active Directory (exchange.md 8)."""
    return Missing(
        "the applications and sites of IIS on the server behind the address",
        why,
        r"%windir%\system32\inetsrv\appcmd list app   (elevated, on that server; compare with "
        "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName)",
    )


def application_pool(why: str) -> Missing:
    """The state of the pool that ActiveSync runs in (exchange.md 8)."""
    return Missing(
        "the state of the application pool on the server behind the address",
        why,
        r"%windir%\system32\inetsrv\appcmd list apppool MSExchangeSyncAppPool   (elevated, on that server)",
    )


def inherited_redirect(why: str) -> Missing:
    """Whether a redirect reaches the vdir from the site above it (exchange.md 3.1, 7)."""
    return Missing(
        "the redirect settings of the virtual directory",
        why,
        r'%windir%\system32\inetsrv\appcmd list config "<SITE NAME>/Microsoft-Server-ActiveSync" '
        "/section:httpRedirect   (elevated, on that server)",
    )


def past_the_device(why: str) -> Missing:
    """The same look without what stands in front (exchange.md 2.10)."""
    return Missing(
        "the answer of one server reached directly, past what stands in front",
        why,
        "easwizard check ... --connect-to HOST=ADDRESS-OF-ONE-SERVER",
    )


def test_account(why: str) -> Missing:
    """Any sign-in at all: some answers only come after one."""
    return Missing(
        "a sign-in of a test account",
        why,
        "easwizard check ... --user NAME --mailbox PRODUCT@AD-SITE   (the password is asked for)",
    )


def mailbox_place(why: str) -> Missing:
    """Whether a mailbox is on premises or in the cloud (J12)."""
    how = "Get-Recipient NAME | Format-List RecipientTypeDetails,Database   (in the shell of the newest version)"
    return Missing("where that mailbox lives now", why, how)


def external_urls(why: str) -> Missing:
    """What Autodiscover tells phones (exchange.md 1.8)."""
    return Missing(
        "the ExternalUrls of the ActiveSync virtual directories",
        why,
        "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,ExternalUrl",
    )


def authentication_methods(why: str) -> Missing:
    """Which ways to sign in each ActiveSync vdir offers (exchange.md 5.1)."""
    return Missing(
        "the authentication of the ActiveSync virtual directories",
        why,
        "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,BasicAuthEnabled,WindowsAuthEnabled",
    )


def throttling_log(why: str) -> Missing:
    """What ActiveSync itself wrote about an answer it held back (exchange.md 1.7)."""
    return Missing(
        "the line of that answer in the server's IIS log",
        why,
        "cs-uri-query of the 503 lines of the last hour: Throttle, Budget and Error   "
        r"(%SystemDrive%\inetpub\logs\LogFiles on the server that answered)",
    )
