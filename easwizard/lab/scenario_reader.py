"""Reads scenario files (TOML, beside this package's code or in a folder given) into scenarios.

It knows the file's form and checks that a scenario hangs together; it builds nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

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
from easwizard.lab import scenario_checks
from easwizard.lab.errors import ScenarioError
from easwizard.lab.scenario import (
    VANTAGES,
    VIEWS,
    Account,
    AppPool,
    Demand,
    DeviceCertificate,
    Expectation,
    Front,
    FrontKind,
    Issuers,
    Knobs,
    LogKnobs,
    Options,
    OptionsReply,
    Pick,
    Providers,
    Scenario,
    ServerCertificate,
    ServerKnobs,
    SiteKnobs,
    Tls,
    ViewRecord,
    Views,
)
from easwizard.lab.scenario_merge import merged
from easwizard.lab.toml_table import Table

DEFAULT_SCENARIO = "article"
_SUFFIX = ".toml"
_FULL_HOUR = re.compile(r"([01]\d|2[0-3]):00")


def scenario_names(folder: Traversable | None = None) -> tuple[str, ...]:
    """The scenarios there are, in order of name."""
    found = (entry.name for entry in (folder or _own_folder()).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def load_scenario(name: str = DEFAULT_SCENARIO, folder: Traversable | None = None) -> Scenario:
    """Read one scenario with everything it extends; raises `ScenarioError`."""
    place = folder or _own_folder()
    raw = _raw(name, place, ())
    return _scenario(name, Table(name + _SUFFIX, "", raw))


def _own_folder() -> Traversable:
    return files("easwizard.lab") / "scenarios"


def _raw(name: str, folder: Traversable, children: tuple[str, ...]) -> dict[str, Any]:
    """The file's table merged onto what it extends."""
    file = name + _SUFFIX
    if name in children:
        raise ScenarioError(file, "extends", f"goes in a circle: {' -> '.join((*children, name))}")
    if name not in scenario_names(folder):
        near = get_close_matches(name, scenario_names(folder), n=3, cutoff=0.4)
        hint = f"nearest: {', '.join(near)}" if near else "lab --list shows all"
        problem = f"no scenario {name!r}; {hint}"
        if children:
            raise ScenarioError(children[-1] + _SUFFIX, "extends", problem)
        raise ScenarioError(file, "file", problem)
    try:
        raw = tomllib.loads((folder / file).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(file, "file", f"not readable as TOML: {error}") from error
    parent = raw.pop("extends", None)
    if parent is None:
        return merged({}, raw, file)
    if not isinstance(parent, str):
        raise ScenarioError(file, "extends", "must be the name of a scenario")
    _own_words(raw, file)
    return merged(_raw(parent, folder, (*children, name)), raw, file)


def _own_words(raw: Mapping[str, Any], file: str) -> None:
    """A child that kept its parent's title would not be told apart in a list."""
    for key in ("title", "description"):
        if key not in raw:
            raise ScenarioError(file, key, "is missing")


def _scenario(name: str, table: Table) -> Scenario:
    servers = table.tables("servers")
    vdirs = table.tables("vdirs")
    namespaces = table.tables("namespaces")
    read_servers = tuple(_server(entry) for entry in servers)
    inventory = Inventory(
        servers=read_servers,
        vdirs=tuple(_vdir(entry, read_servers) for entry in vdirs),
        namespaces=tuple(_namespace(entry) for entry in namespaces),
    )
    check = table.table("check")
    scenario = Scenario(
        name=name,
        title=table.text("title"),
        description=table.text("description").strip(),
        seed=table.whole("seed", 1),
        inventory=inventory,
        views=_views(table, namespaces),
        knobs=_knobs(table.table("knobs")),
        server_knobs={entry.text("name").casefold(): _server_knobs(entry) for entry in servers},
        site_knobs={_label(entry).casefold(): _site_knobs(entry) for entry in vdirs},
        accounts=tuple(_account(entry) for entry in table.tables("accounts")),
        certificates=tuple(_certificate(entry) for entry in table.tables("certificates")),
        answers=_answers(table.table("answers")),
        check_options=check.texts("options"),
        connect_to=tuple(_connect_to(entry) for entry in check.tables("connect_to")),
        fronts={front.host: front for front in map(_front, table.tables("fronts"))},
        logs=_log_knobs(table.table("logs")),
        expectations=_expectations(table.table("expect")),
    )
    for entry in (*servers, *vdirs, *namespaces, check, table):
        entry.done()
    scenario_checks.check(scenario, table.file)
    return scenario


def _server(table: Table) -> Server:
    product = _product(table, "product", table.text("product"))
    services = dict.fromkeys(table.texts("role_services"), True)
    name = table.text("name")
    return Server(
        name=name,
        fqdn=table.text("fqdn", f"{name.lower()}.contoso.test"),
        product=product,
        build=table.text("build"),
        windows=table.text("windows"),
        site=table.text("site"),
        client_access=True,
        role_services={"Web-Client-Auth": False, "Web-Cert-Auth": False, **services},
        server_mapping=table.flag("server_mapping", False),
    )


def _vdir(table: Table, servers: tuple[Server, ...]) -> VirtualDirectory:
    """A vdir as Exchange creates it, unless the file says otherwise; AD site and product are its server's."""
    name = table.text("server")
    server = next((one for one in servers if one.name.casefold() == name.casefold()), None)
    if server is None:
        raise table.error("server", f"no server {name!r}")
    return VirtualDirectory(
        server=server.name,
        web_site=table.text("web_site"),
        site=server.site,
        product=server.product,
        internal_url=table.text("internal_url", ""),
        external_url=table.text("external_url", ""),
        client_certificates=table.choice("client_certificates", ClientCertificates, ClientCertificates.IGNORE),
        basic=table.flag("basic", True),
        windows=table.flag("windows", False),
        mapping=table.flag("mapping", False),
        proxy_windows=table.flag("proxy_windows", True),
        upload_read_ahead=table.whole("upload_read_ahead", 49152),
        extended_protection=table.text("extended_protection", "none"),
    )


def _namespace(table: Table) -> NamespaceRecord:
    role = table.choice("role", Role, Role.OTHER)
    endpoints = tuple(_endpoint(table, label) for label in table.texts("endpoints"))
    return NamespaceRecord(host=table.text("host"), role=role, endpoints=endpoints, basis="dns")


def _endpoint(table: Table, label: str) -> Endpoint:
    server, slash, web_site = label.partition("/")
    if not (server and slash and web_site):
        raise table.error("endpoints", f"{label!r} is not SERVER/SITE-NAME")
    return Endpoint(server=server, web_site=web_site)


def _label(table: Table) -> str:
    return f"{table.text('server')}/{table.text('web_site')}"


def _product(table: Table, key: str, text: str) -> Product:
    try:
        return Product(text)
    except ValueError:
        raise table.error(key, f"must be one of {', '.join(Product)}, not {text!r}") from None


def _server_knobs(table: Table) -> ServerKnobs:
    return ServerKnobs(
        tls=table.choice("tls", Tls, Tls.V1_2),
        delay_handshake=table.number("delay_handshake", 0.0),
        delay_reply=table.number("delay_reply", 0.0),
        clock_skew=table.number("clock_skew", 0.0),
        throttled=table.flag("throttled", False),
        down=table.flag("down", False),
        outbound_tls=table.choice("outbound_tls", Tls, Tls.V1_0),
    )


def _site_knobs(table: Table) -> SiteKnobs:
    return SiteKnobs(
        demand=table.choice("demand", Demand, Demand.PATH),
        certificate=table.choice("certificate", ServerCertificate, ServerCertificate.GOOD),
        app_pool=table.choice("app_pool", AppPool, AppPool.RUNNING),
        issuers=table.choice("issuers", Issuers, Issuers.NONE),
        proxy_providers=table.choice("proxy_providers", Providers, Providers.BOTH),
        options_reply=table.choice("options_reply", OptionsReply, OptionsReply.NORMAL),
        redirect=table.optional_text("redirect"),
        anonymous=table.flag("anonymous", False),
        refuses_servers=table.number("refuses_servers", 0.0),
    )


def _knobs(table: Table) -> Knobs:
    status = table.whole("leg_failure_status", 403)
    if status not in (401, 403, 500, 502, 503):
        raise table.error("leg_failure_status", f"must be 401, 403, 500, 502 or 503, not {status}")
    knobs = Knobs(
        pick=table.choice("pick", Pick, Pick.REQUEST),
        pick_minutes=table.number("pick_minutes", 5.0),
        options=table.choice("options", Options, Options.FORWARDED),
        leg_failure_status=status,
    )
    table.done()
    return knobs


def _views(top: Table, namespaces: list[Table]) -> Views:
    table = top.table("views")
    hosts = {
        view: frozenset(host.lower() for host in table.texts(view)) if table.has(view) else None for view in VIEWS
    }
    ttls = {entry.text("host").lower(): entry.optional_whole("ttl") for entry in namespaces}
    views = Views(
        hosts=hosts,
        ttl=table.whole("ttl", 300),
        ttls={host: ttl for host, ttl in ttls.items() if ttl is not None},
        records=tuple(_view_record(entry) for entry in top.tables("records")),
    )
    table.done()
    return views


def _view_record(table: Table) -> ViewRecord:
    record = ViewRecord(
        view=table.text("view"),
        host=table.text("host").lower(),
        endpoints=table.texts("endpoints"),
        alias=table.optional_text("alias"),
        ttl=table.optional_whole("ttl"),
    )
    table.done()
    return record


def _account(table: Table) -> Account:
    password = table.text("password")
    product, at, site = table.text("mailbox").partition("@")
    if not (at and site):
        raise table.error("mailbox", "must be PRODUCT@AD-SITE")
    account = Account(
        label=table.text("label"),
        user=table.text("user"),
        password=password,
        product=_product(table, "mailbox", product),
        site=site,
        printed_password=table.text("printed_password", password),
        cloud=table.flag("cloud", False),
    )
    table.done()
    return account


def _certificate(table: Table) -> DeviceCertificate:
    certificate = DeviceCertificate(
        label=table.text("label"),
        account=table.text("account"),
        foreign=table.flag("foreign", False),
        expired=table.flag("expired", False),
        for_clients=table.flag("for_clients", True),
    )
    table.done()
    return certificate


def _answers(table: Table) -> Mapping[str, str]:
    """The answers given; an empty one takes back what an extended scenario answered."""
    return {key: text for key in table.names() if (text := table.text(key))}


def _front(table: Table) -> Front:
    front = Front(
        host=table.text("host").lower(),
        kind=table.choice("kind", FrontKind, FrontKind.PASS),
        asks=table.choice("asks", ClientCertificates, ClientCertificates.IGNORE),
        certificate=table.choice("certificate", ServerCertificate, ServerCertificate.GOOD),
        blocks=table.texts("blocks"),
        block_status=table.whole("block_status", 403),
        views=table.texts("views") or VIEWS,
    )
    table.done()
    return front


def _connect_to(table: Table) -> tuple[str, str]:
    pair = (table.text("host").lower(), table.text("endpoint"))
    table.done()
    return pair


def _log_knobs(table: Table) -> LogKnobs:
    usual = LogKnobs()
    began = table.optional_text("began")
    hour = _FULL_HOUR.fullmatch(began) if began else None
    if began and hour is None:
        raise table.error("began", f'must be a full hour such as "09:00", not {began!r}')
    knobs = LogKnobs(
        users=table.whole("users", usual.users),
        requests_per_user=table.whole("requests_per_user", usual.requests_per_user),
        began=int(hour[1]) if hour else None,
    )
    table.done()
    return knobs


def _expectations(table: Table) -> Mapping[str, Expectation]:
    found = {vantage: _expectation(table.table(vantage)) for vantage in VANTAGES if table.has(vantage)}
    table.done()
    return found


def _expectation(table: Table) -> Expectation:
    must = table.table("must")
    expectation = Expectation(
        must={code: must.texts(code) for code in must.names()},
        must_not=table.texts("must_not"),
        may=table.texts("may"),
        exit=table.optional_whole("exit"),
    )
    table.done()
    return expectation
