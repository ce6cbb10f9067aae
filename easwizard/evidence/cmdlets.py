"""What the objects of Exchange cmdlets claim about servers and virtual directories, whatever file they came in.

Source: evidence-formats 6, exchange.md 5.1 and 5.2, J19. ExchangeVersion is the version of the object in Active
Directory and is never looked at; the product comes from AdminDisplayVersion.
"""

from __future__ import annotations

from easwizard.case.untrusted import visible
from easwizard.evidence import names, property_values
from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import Exported, Properties, Value
from easwizard.evidence.iis_claims import bound
from easwizard.evidence.kinds import Kind, kind_of
from easwizard.evidence.reading import About, Place, ServerKey, Side, VdirKey
from easwizard.exchange.inventory import ROLE_SERVICES
from easwizard.exchange.products import Product, product_of_build


def take(exported: Exported, into: Collected) -> None:
    """Add what one object claims; what is not understood becomes a trouble."""
    kind = kind_of(exported)
    one = _Taking(exported.properties, into, exported.line)
    if kind is None:
        into.unused(exported.type or "an object that no cmdlet known here gives", one.where)
    into.saw(kind.value if kind is not None and _understood(one, kind) else "")


def _understood(one: _Taking, kind: Kind) -> bool:
    """Claim what an object says; False where it had to be left out."""
    match kind:
        case Kind.EAS_VDIR:
            return _eas_vdir(one)
        case Kind.SERVER | Kind.CLIENT_ACCESS:
            return _server(one, kind)
        case Kind.OTHER_VDIR:
            return _owning_server(one, _server_of_vdir(one.properties)) is not None
        case Kind.FEATURE:
            return _feature(one)
        case Kind.BINDING:
            return _binding(one)
        case Kind.SETUP_FILE:
            return _setup_file(one)
        case Kind.AD_SITE:
            return True


class _Taking:
    """One object on its way into the claims of a file."""

    def __init__(self, properties: Properties, into: Collected, line: int | None) -> None:
        self.properties = properties
        self.into = into
        self.place = Place(into.file, line)

    @property
    def where(self) -> str:
        return str(self.place)

    @property
    def server_hint(self) -> str | None:
        """The server that the file was taken on, by the admin's word."""
        return self.into.server

    def complain(self, what: str) -> None:
        self.into.trouble(self.where, what)

    def claim(self, about: About, property: str, value: object, side: Side) -> None:
        """Add a claim, unless the value is unknown."""
        if value is not None:
            self.into.claim(about, property, value, self.place, side)

    def value(self, name: str) -> Value | None:
        return self.properties.get(name)

    def text(self, name: str) -> str:
        """The text of a property; `""` where it is empty, lost or absent."""
        return text_of(self.properties, name)


def text_of(properties: Properties, name: str) -> str:
    """The text of a property; `""` where it is empty, lost or absent."""
    value = properties.get(name)
    return visible(value.text) if value is not None and not value.lost else ""


# Servers


def _server(one: _Taking, kind: Kind) -> bool:
    name = one.text("name") or one.text("identity") or one.text("fqdn")
    key = _server_key(one, name)
    if key is None:
        return False
    one.claim(key, "name", names.short_server(name), Side.DIRECTORY)
    one.claim(key, "fqdn", one.text("fqdn") or None, Side.DIRECTORY)
    site = names.last_component(one.text("site"))
    one.claim(key, "site", site or None, Side.DIRECTORY)
    product = _version(one, key)
    if kind is Kind.CLIENT_ACCESS:
        one.claim(key, "client_access", True, Side.DIRECTORY)
    else:
        one.claim(key, "client_access", _client_access(one, product), Side.DIRECTORY)
    return True


def _server_key(one: _Taking, name: str) -> ServerKey | None:
    if not _is_server_name(name):
        shown = f"{name!r} is no server's name" if name else "it names no server"
        one.complain(f"an object was left out: {shown}")
        return None
    return ServerKey(name)


def _is_server_name(name: str) -> bool:
    """Whether a text can be a server's name, rather than a placeholder or a sentence."""
    short = names.short_server(name) if len(name) < 1_000 else ""
    return bool(short) and short.isprintable() and not set(short) & set(' <>*?"|{}()/,;=') and len(short) < 254


def _version(one: _Taking, key: ServerKey) -> Product | None:
    """Claim the build and the product; AdminDisplayVersion alone tells them (2, trap 1)."""
    numbers = property_values.build("AdminDisplayVersion", one.value("admindisplayversion"), one.complain)
    if numbers is None:
        return None
    product = product_of_build(numbers)
    one.claim(key, "build", ".".join(map(str, numbers)), Side.DIRECTORY)
    one.claim(key, "product", product, Side.DIRECTORY)
    if product is None:
        one.complain(f"build {'.'.join(map(str, numbers))} is of no product known here")
    return product


def _client_access(one: _Taking, product: Product | None) -> bool | None:
    """Whether clients reach the server: by IsClientAccessServer where it is there, else by its roles (6)."""
    stated = property_values.flag("IsClientAccessServer", one.value("isclientaccessserver"), one.complain)
    if stated is not None:
        return stated
    role = one.value("serverrole")
    by_role = property_values.has_client_access_role(role, one.complain)
    if by_role or by_role is None:
        return by_role
    if not property_values.has_mailbox_role(role):
        return False
    # From 2016 on the Mailbox role holds client access; without a version nobody knows.
    if product is None:
        return None
    return product in (Product.E2016, Product.E2019, Product.SE)


# Virtual directories


def _server_of_vdir(properties: Properties) -> str:
    """The server of a vdir by the property that says so most plainly; `""` where none does.

    OriginatingServer is the domain controller that was asked, so it does not count.
    """
    metabase = names.metabase(text_of(properties, "metabasepath"))
    return (
        text_of(properties, "server")
        or names.server_of_identity(text_of(properties, "identity"))
        or names.server_of_identity(text_of(properties, "distinguishedname"))
        or (metabase[0] if metabase else "")
    )


def _web_site(properties: Properties) -> str:
    """The web site of a vdir; `""` where nothing says it. Number 1 is the Default Web Site (5.1)."""
    named = text_of(properties, "websitename")
    if named:
        return named
    for name in ("name", "identity"):
        site = names.web_site_of(text_of(properties, name))
        if site:
            return site
    parts = names.rdns(text_of(properties, "distinguishedname"))
    site = names.web_site_of(parts[0]) if parts else None
    metabase = names.metabase(text_of(properties, "metabasepath"))
    return site or (names.DEFAULT_WEB_SITE if metabase and metabase[1] == 1 else "")


def _owning_server(one: _Taking, server: str) -> tuple[ServerKey, Product | None] | None:
    """Claim what any vdir tells of its server: that it is there, its FQDN and its version."""
    key = _server_key(one, server)
    if key is None:
        return None
    metabase = names.metabase(one.text("metabasepath"))
    if metabase and "." in metabase[0] and names.server_key(metabase[0]) == names.server_key(server):
        one.claim(key, "fqdn", metabase[0], Side.DIRECTORY)
    return key, _version(one, key)


def _eas_vdir(one: _Taking) -> bool:
    server, web_site = _server_of_vdir(one.properties) or one.server_hint or "", _web_site(one.properties)
    if not web_site or web_site.endswith(("...", "…")):
        one.complain("an ActiveSync virtual directory was left out: neither Name nor Identity tells its web site")
        return False
    owner = _owning_server(one, server)
    if owner is None:
        return False
    key = VdirKey(server, web_site, names.is_back_end(web_site) or _is_back_end_path(one, owner[1]))
    internal = property_values.url("InternalUrl", one.value("internalurl"), one.complain)
    external = property_values.url("ExternalUrl", one.value("externalurl"), one.complain)
    # The claims make the vdir known even where both URLs are not.
    one.claim(key, "web_site", web_site, Side.DIRECTORY)
    one.claim(key, "internal_url", internal, Side.DIRECTORY)
    one.claim(key, "external_url", external, Side.DIRECTORY)
    for shown in (internal, external):
        if shown and names.looks_anonymised(shown.split("/")[2]):
            one.into.trouble(one.into.file, "names look anonymised, so they cannot be looked at from here")
    _authentication(one, key, server)
    for name in ("InternalAuthenticationMethods", "ExternalAuthenticationMethods"):
        value = one.value(name.casefold())
        if value is not None and value.partial:
            one.into.cut(f"{name} of {key.server}/{web_site} at {one.where}: the list was truncated with ...")
    return True


def _is_back_end_path(one: _Taking, product: Product | None) -> bool:
    """Whether the folder is that of the back end; on 2007 and 2010 the front end's looks the same (5.1)."""
    newer = product is not None and not product.is_legacy
    return newer and one.text("path").rstrip("\\").casefold().endswith("\\clientaccess\\sync")


def _authentication(one: _Taking, key: VdirKey, server: str) -> None:
    """Claim what was read of IIS; where it was not, authentication stays unknown, whatever the defaults say."""
    basic = property_values.flag("BasicAuthEnabled", one.value("basicauthenabled"), one.complain)
    windows = property_values.flag("WindowsAuthEnabled", one.value("windowsauthenabled"), one.complain)
    certificates = property_values.client_certificates(one.value("clientcertauth"), one.complain)
    protection = property_values.token_checking(one.value("extendedprotectiontokenchecking"), one.complain)
    why = _iis_not_read(one.properties, bool(basic or windows or (certificates and certificates != "ignore")))
    if why:
        if {basic, windows, certificates} != {None}:
            one.complain(f"the authentication of {key.server}/{key.web_site} is unknown: {why}")
        return
    side = Side.IIS if _taken_there(one, server) else Side.DIRECTORY
    one.claim(key, "basic", basic, side)
    one.claim(key, "windows", windows, side)
    one.claim(key, "client_certificates", certificates, side)
    one.claim(key, "extended_protection", protection, side)


_WHOLE = ("distinguishedname", "metabasepath")
"""Properties that only a listing of all properties has together."""


def _iis_not_read(properties: Properties, tells: bool) -> str:
    """Why the IIS-derived values are not to be trusted; `""` where they are (6, -ADPropertiesOnly).

    The cmdlet knows WebsiteName from IIS alone. Where a listing leaves it out, a value that is not the default
    (`tells`) shows that IIS was read.
    """
    site = properties.get("websitename")
    if site is not None and not site.lost:
        return "" if site.text else "WebsiteName is empty, so IIS was not read (-ADPropertiesOnly, or not reached)"
    if all(name in properties for name in _WHOLE):
        return "WebsiteName is missing, so IIS was not read (-ADPropertiesOnly, or not reached)"
    return "" if tells else "without WebsiteName these values may be mere defaults"


_SINCE_2010 = ("whenchangedutc", "organizationid", "runspaceid", "pscomputername", "extendedprotectiontokenchecking")


def _taken_there(one: _Taking, server: str) -> bool:
    """Whether the cmdlet ran on that server or in the 2007 shell; only then IIS itself was asked (J19).

    The 2007 shell is a local snap-in: a whole listing of it lacks what 2010 brought (5, 6).
    """
    here = names.server_key(server)
    hints = (one.server_hint or "", one.text("pscomputername"))
    if any(hint and names.server_key(hint) == here for hint in hints):
        return True
    whole = all(name in one.properties for name in (*_WHOLE, "websitename"))
    return whole and not any(name in one.properties for name in _SINCE_2010)


# Windows


def _machine(one: _Taking) -> str:
    """The server that a system object was read on; `""` where nothing says it. The object's own word counts."""
    told, given = one.text("pscomputername") or one.text("servername"), one.server_hint or ""
    if told and given and names.server_key(told) != names.server_key(given):
        one.into.trouble(one.into.file, f"it was given as a file of {given}, but it says {told}, which counts")
    return told or given


_INSTALL_STATES = {"installed": True, "available": False, "removed": False}


def _feature(one: _Taking) -> bool:
    """Get-WindowsFeature: the two role services (6); other features are understood and not needed."""
    wanted = {service.casefold(): service for service in ROLE_SERVICES}
    service = wanted.get(one.text("name").casefold())
    if service is None:
        return True
    installed = property_values.flag("Installed", one.value("installed"), one.complain)
    if installed is None:
        installed = _INSTALL_STATES.get(one.text("installstate").casefold())
    server = _machine(one)
    if not _is_server_name(server):
        one.into.trouble(one.into.file, "these Windows features name no server: give the file as SERVER=FILE")
        return False
    if installed is None:
        one.complain(f"whether {service} is installed is not said")
        return False
    one.claim(ServerKey(server), f"role_services/{service}", installed, Side.SYSTEM)
    return True


def _binding(one: _Taking) -> bool:
    """Get-WebBinding: HTTPS bindings; others lead no phone anywhere."""
    if one.text("protocol").casefold() != "https":
        return True
    server = _machine(one)
    site, _, _ = one.text("itemxpath").partition("@name='")[2].partition("'")
    binding = bound(one.text("bindinginformation"))
    if not _is_server_name(server):
        one.into.trouble(one.into.file, "these bindings name no server: give the file as SERVER=FILE")
        return False
    if not site or binding is None:
        one.complain("a binding was left out: its web site or its address is missing")
        return False
    one.claim(ServerKey(server), f"bindings/{site}/{binding}", True, Side.IIS)
    return True


def _setup_file(one: _Taking) -> bool:
    """The version of ExSetup.exe, which moves with security updates where AdminDisplayVersion does not (6)."""
    numbers = property_values.build("FileVersion", one.value("fileversion"), one.complain)
    server = _machine(one)
    if one.text("originalfilename").casefold() != "exsetup.exe":
        one.into.unused("the version of a file other than ExSetup.exe", one.where)
        return False
    if not _is_server_name(server):
        one.into.trouble(one.into.file, "the version of ExSetup.exe names no server: give the file as SERVER=FILE")
        return False
    if numbers is not None:
        one.claim(ServerKey(server), "build", ".".join(map(str, numbers)), Side.SYSTEM)
        one.claim(ServerKey(server), "product", product_of_build(numbers), Side.SYSTEM)
    return numbers is not None
