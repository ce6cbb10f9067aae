"""Small estates for the tests of this folder: the article's, and parts to vary it with."""

from __future__ import annotations

from dataclasses import replace

from easwizard.exchange.inventory import (
    ClientCertificates,
    Endpoint,
    Inventory,
    NamespaceRecord,
    Role,
    Server,
    VirtualDirectory,
)
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox

DEFAULT, CERTIFICATE = "Default Web Site", "Certificate Site"
OLD = Mailbox(Product.E2007, "London")
NEW = Mailbox(Product.E2013, "London")
GENERIC, CERT = "generic.contoso.test", "cert.contoso.test"
LEGACY_GENERIC, LEGACY_CERT = "legacygeneric.contoso.test", "legacycert.contoso.test"


def url(host: str) -> str:
    return f"https://{host}/Microsoft-Server-ActiveSync"


def server(name: str, product: Product) -> Server:
    return Server(
        name,
        product=product,
        site="London",
        role_services={"Web-Client-Auth": True, "Web-Cert-Auth": True},
        server_mapping=True,
    )


def basic_vdir(name: str, host: str, product: Product = Product.E2007, web_site: str = DEFAULT) -> VirtualDirectory:
    return VirtualDirectory(
        name,
        web_site,
        site="London",
        product=product,
        internal_url=url(host),
        external_url="",
        client_certificates=ClientCertificates.IGNORE,
        basic=True,
        windows=False,
        mapping=False,
        proxy_windows=True,
    )


def certificate_vdir(name: str, host: str, product: Product = Product.E2007) -> VirtualDirectory:
    return replace(
        basic_vdir(name, host, product, CERTIFICATE),
        client_certificates=ClientCertificates.REQUIRE,
        basic=False,
        mapping=True,
    )


def leads(host: str, role: Role, *servers: str, web_site: str = DEFAULT) -> NamespaceRecord:
    return NamespaceRecord(host, role, tuple(Endpoint(name, web_site) for name in servers), "dns")


def article(certificate_servers: tuple[str, ...] = ("EX07A", "EX07B"), legacy: int = 2) -> Inventory:
    """The article's estate with certificates working on 2013: 2007 with two vdirs, both names on 2013."""
    old, new = [f"EX07{letter}" for letter in "ABCDEFGH"[:legacy]], ["EX13A", "EX13B"]
    return Inventory(
        servers=(*(server(n, Product.E2007) for n in old), *(server(n, Product.E2013) for n in new)),
        vdirs=(
            *(basic_vdir(name, LEGACY_GENERIC) for name in old),
            *(certificate_vdir(name, LEGACY_CERT) for name in certificate_servers),
            *(basic_vdir(name, GENERIC, Product.E2013) for name in new),
            *(certificate_vdir(name, CERT, Product.E2013) for name in new),
        ),
        namespaces=(
            leads(GENERIC, Role.GENERIC, *new),
            leads(CERT, Role.CERT, *new, web_site=CERTIFICATE),
            leads(LEGACY_GENERIC, Role.LEGACY_GENERIC, *old),
            leads(LEGACY_CERT, Role.LEGACY_CERT, *certificate_servers, web_site=CERTIFICATE),
        ),
    )


def nameless(inventory: Inventory) -> Inventory:
    """The inventory as vdir output alone gives it: nothing is recorded of legacy names."""
    kept = tuple(n for n in inventory.namespaces if not n.role.is_legacy)
    return replace(inventory, namespaces=kept)
