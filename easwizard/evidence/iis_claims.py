"""Turns a server's IIS configuration into claims about the server and its ActiveSync vdirs (exchange.md 2.2, 2.3).

What a missing web.config could change is not claimed but named, with the value that holds if that file says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from easwizard.case.untrusted import visible
from easwizard.evidence.iis_inheritance import Configuration, Effective, configuration_of, hidden
from easwizard.evidence.iis_parts import ACTIVESYNC, Application, IisPart, WebSite, level_of
from easwizard.evidence.iis_sections import AUTHENTICATION
from easwizard.evidence.reading import About, Claim, Place, ServerKey, Side, Trouble, VdirKey
from easwizard.exchange.inventory import ClientCertificates

FLAG_BITS = {
    8: "Ssl", 32: "SslNegotiateCert", 64: "SslRequireCert", 128: "SslMapCert", 256: "Ssl128",
}  # fmt: skip
"""Of `sslFlags` and of the metabase's `AccessSSLFlags` (7.3; exchange.md 2.3)."""
MODULES = {
    "CertificateMappingAuthenticationModule": "Web-Client-Auth",
    "IISCertificateMappingAuthenticationModule": "Web-Cert-Auth",
}
"""Global modules that a role service brings (7.2)."""
_MOST_PROVIDERS = 20


@dataclass
class Found:
    """What a configuration comes to."""

    claims: list[Claim] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[Trouble] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def flag(text: str) -> bool | None:
    """A switch of an IIS file; None for what is neither on nor off."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().casefold())


def ssl_flags(text: str) -> frozenset[str]:
    """The flags of `sslFlags` in lower case, by name or as the sum of their bits; unknown ones are kept.

    >>> sorted(ssl_flags("Ssl, SslNegotiateCert")), sorted(ssl_flags("264"))
    (['ssl', 'sslnegotiatecert'], ['ssl', 'ssl128'])
    """
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 10:
        return frozenset(name.casefold() for bit, name in FLAG_BITS.items() if int(bare) & bit)
    return frozenset(part.casefold() for part in bare.replace(",", " ").replace("|", " ").split())


def certificates_of(flags: frozenset[str]) -> ClientCertificates:
    """What a vdir with these flags does about client certificates (exchange.md 2.3 step 3)."""
    if "sslrequirecert" in flags:
        return ClientCertificates.REQUIRE
    return ClientCertificates.ACCEPT if "sslnegotiatecert" in flags else ClientCertificates.IGNORE


def unknown_flags(flags: frozenset[str]) -> tuple[str, ...]:
    """Flags of which the meaning is not known here."""
    return tuple(sorted(flags - {name.casefold() for name in FLAG_BITS.values()} - {"none"}))


def bound(information: str) -> str | None:
    """A binding as `ip:port:host`, every address as `*`; None where it is not of that form (7.2).

    >>> bound(":443:"), bound("[2001:db8::1]:443:mail.contoso.com")
    ('*:443:', '[2001:db8::1]:443:mail.contoso.com')
    """
    address, colon, host = visible(information.strip(), 300).rpartition(":")
    ip, second, port = address.rpartition(":")
    if not colon or not second or not (port.isascii() and port.isdigit()) or not 0 < int(port[:9]) < 65536:
        return None
    if ":" in ip and not (ip.startswith("[") and ip.endswith("]")):
        return None
    return f"{'*' if ip in ('', '0.0.0.0') else ip}:{int(port)}:{host}"


def claims_of(server: str, parts: Sequence[IisPart]) -> Found:
    """Everything that the files of one server tell together; `parts` must hold its applicationHost.config."""
    found = Found()
    configuration = configuration_of(parts)
    sites = [site for part in parts if part.is_application_host for site in part.sites]
    folders = {level_of(s.name, a.path): a.folder for s in sites for a in s.applications}
    whole = _Whole(server, configuration, folders, found)
    for part in parts:
        if part.is_application_host:
            _of_server(whole, part)
    for site in sites:
        if site.activesync is not None:
            _of_vdir(whole, site, site.activesync)
    return found


@dataclass(frozen=True)
class _Whole:
    """A server's configuration while its claims are made."""

    server: str
    configuration: Configuration
    folders: dict[str, str | None]
    """By level; the folder of each application."""
    found: Found

    def claim(self, about: About, name: str, value: object, place: Place) -> None:
        self.found.claims.append(Claim(about, name, value, place, Side.IIS))

    def note(self, place: Place, text: str) -> None:
        self.found.notes.append(Trouble(str(place), text))

    def text_at(self, where: str, section: str, name: str, fallback: Place) -> tuple[str, Place] | None:
        """A known value with its place; None where a file is missing, which is then said."""
        effective = self.configuration.at(where, section, name)
        place = effective.places[-1] if effective.places else fallback
        if effective.known and isinstance(effective.value, str):
            return effective.value, place
        self.say_missing(f"{section.rpartition('/')[2]} {name}", where, effective, place)
        return None

    def flag_at(self, where: str, section: str, fallback: Place) -> tuple[bool, Place] | None:
        """A known switch `enabled` with its place."""
        got = self.text_at(where, section, "enabled", fallback)
        if got is None:
            return None
        on = flag(got[0])
        if on is None:
            self.found.troubles.append(
                Trouble(str(got[1]), f"enabled of {section.rpartition('/')[2]} is neither true nor false: {got[0]}")
            )
            return None
        return on, got[1]

    def say_missing(self, what: str, where: str, effective: Effective, place: Place) -> None:
        covered = [hidden(m) for m in effective.missing]
        if any(covered):
            text = f"{what} of {where}: the section stands in another file or is encrypted, so it is unknown"
        else:
            files = " and ".join(self._file(m) for m in effective.missing)
            value = ", ".join(effective.value) if isinstance(effective.value, tuple) else effective.value
            text = f"{what} of {where} is {value or 'empty'} unless {files} says otherwise: bring that file too"
        self.found.troubles.append(Trouble(str(place), text))

    def _file(self, level: str) -> str:
        folder = self.folders.get(level)
        return f"{folder}\\web.config" if folder else f"the web.config of {level}"


def _of_server(whole: _Whole, part: IisPart) -> None:
    server = ServerKey(whole.server)
    for site in part.sites:
        for information, place in site.bindings:
            binding = bound(information)
            if binding is None:
                text = f"binding of {site.name} is not ip:port:host: {visible(information, 80)}"
                whole.found.troubles.append(Trouble(str(place), text))
            else:
                whole.claim(server, f"bindings/{site.name}/{binding}", True, place)
    start = part.modules_place or (part.sites[0].place if part.sites else Place("applicationHost.config"))
    mapping = whole.flag_at("", f"{AUTHENTICATION}/clientCertificateMappingAuthentication", start)
    if mapping is not None:
        whole.claim(server, "server_mapping", *mapping)
    if part.modules is not None:
        present = {name.casefold() for name in part.modules}
        for module, service in MODULES.items():
            whole.claim(server, f"role_services/{service}", module.casefold() in present, start)


def _of_vdir(whole: _Whole, site: WebSite, application: Application) -> None:
    vdir = VdirKey(whole.server, site.name, site.is_back_end)
    path = f"{site.name}/{ACTIVESYNC}"
    here = application.place or site.place
    access = whole.text_at(path, "security/access", "sslFlags", here)
    if access is not None:
        flags = ssl_flags(access[0])
        whole.claim(vdir, "client_certificates", certificates_of(flags), access[1])
        if unknown_flags(flags):
            whole.note(access[1], f"flags of {path} without a known meaning: {', '.join(unknown_flags(flags))}")
    for section, name in (
        ("basicAuthentication", "basic"),
        ("windowsAuthentication", "windows"),
        ("clientCertificateMappingAuthentication", "mapping"),
    ):
        switch = whole.flag_at(path, f"{AUTHENTICATION}/{section}", here)
        if switch is not None:
            whole.claim(vdir, name, *switch)
    checking = whole.text_at(
        path, f"{AUTHENTICATION}/windowsAuthentication", "extendedProtection/tokenChecking", here
    )
    if checking is not None:
        whole.claim(vdir, "extended_protection", checking[0], checking[1])
    _read_ahead(whole, vdir, path, here)
    _proxy(whole, vdir, path, here)
    _notes(whole, path, here, site.is_back_end)


def _read_ahead(whole: _Whole, vdir: VdirKey, path: str, here: Place) -> None:
    size = whole.text_at(path, "serverRuntime", "uploadReadAheadSize", here)
    if size is None:
        return
    if size[0].isascii() and size[0].isdigit() and len(size[0]) < 12:
        whole.claim(vdir, "upload_read_ahead", int(size[0]), size[1])
    else:
        whole.found.troubles.append(Trouble(str(size[1]), f"uploadReadAheadSize of {path} is no number: {size[0]}"))


def _proxy(whole: _Whole, vdir: VdirKey, path: str, here: Place) -> None:
    """Windows authentication of the sub-directory that a proxying server talks to, with its providers (1.3)."""
    below = f"{path}/Proxy"
    section = f"{AUTHENTICATION}/windowsAuthentication"
    switch = whole.flag_at(below, section, here)
    if switch is None:
        return
    on, place = switch
    if on and not whole.configuration.has_settings_at(below):
        text = f"{below} has no settings of its own, so whether the directory is there cannot be told"
        whole.found.troubles.append(Trouble(str(place), text))
        return
    providers = whole.configuration.list_at(below, section, "providers")
    names = providers.value if isinstance(providers.value, tuple) else ()
    if on and providers.known and not names:
        whole.note(place, f"Windows authentication of {below} is on, but it has no providers: nothing is offered")
        on = False
    elif on and providers.known:
        listed = ", ".join(names[:_MOST_PROVIDERS])
        offers_ntlm = any(n.casefold() == "ntlm" for n in names)
        text = "" if offers_ntlm else "; without NTLM a balanced name needs a Kerberos account (J17)"
        whole.note(place, f"{below} offers {listed}{text}")
    whole.claim(vdir, "proxy_windows", on, place)
    access = whole.configuration.at(below, "security/access", "sslFlags")
    above = whole.configuration.at(path, "security/access", "sslFlags")
    if access.known and isinstance(access.value, str) and access.value != above.value:
        kind = certificates_of(ssl_flags(access.value))
        whole.note(access.places[-1], f"{below} has sslFlags of its own: client certificates {kind.value} (6.6)")


def _notes(whole: _Whole, path: str, here: Place, back_end: bool) -> None:
    """What has no field in the inventory: anonymous access, the other mapping, a redirect."""
    for section, words in (
        ("anonymousAuthentication", "anonymous authentication"),
        (
            "iisClientCertificateMappingAuthentication",
            "IIS client certificate mapping, another engine (2.3 step 1b),",
        ),
    ):
        effective = whole.configuration.at(path, f"{AUTHENTICATION}/{section}", "enabled")
        if effective.known and isinstance(effective.value, str) and flag(effective.value):
            whole.note(effective.places[-1] if effective.places else here, f"{words} is on at {path}")
    redirect = whole.configuration.at(path, "httpRedirect", "enabled")
    on = isinstance(redirect.value, str) and flag(redirect.value)
    if not on or not redirect.places:
        return
    target = whole.configuration.at(path, "httpRedirect", "destination").value
    place = redirect.places[-1]
    text = f"httpRedirect is on at {path}, to {target if isinstance(target, str) else 'an unknown address'}"
    if redirect.known:
        whole.note(place, text)
        if not back_end:
            whole.found.findings.append("eas/redirected")
    else:
        whole.say_missing("httpRedirect enabled", path, redirect, place)
