"""Whether a scenario hangs together: names that it uses exist, words that it uses have a meaning.

Pure. What a scenario may deliberately get wrong (an InternalUrl without a DNS name) is left alone.
"""

from __future__ import annotations

import re

from easwizard.exchange.inventory import ClientCertificates
from easwizard.lab.errors import ScenarioError
from easwizard.lab.scenario import (
    EVERY_OTHER,
    LOG_HOURS,
    MOST_LOG_USERS,
    VERDICTS,
    VIEWS,
    Expectation,
    Front,
    FrontKind,
    Issuers,
    Scenario,
    Tls,
)

_LABEL = re.compile(r"[A-Za-z0-9-]+")
"""Labels become file names."""
_CODE = re.compile(r"[a-z0-9]+/[a-z0-9-]+")


def check(scenario: Scenario, file: str) -> None:
    """Raise `ScenarioError` for the first thing that does not fit."""
    _check_names(scenario, file)
    _check_views(scenario, file)
    _check_people(scenario, file)
    _check_devices(scenario, file)
    _check_demands(scenario, file)
    _check_logs(scenario, file)
    for vantage, expectation in scenario.expectations.items():
        _check_expectation(expectation, file, f"expect.{vantage}")


def _check_names(scenario: Scenario, file: str) -> None:
    for namespace in scenario.inventory.namespaces:
        for endpoint in namespace.endpoints:
            if scenario.inventory.server(endpoint.server) is None:
                raise ScenarioError(file, f"namespaces.{namespace.host}", f"no server {endpoint.server!r}")


def _check_views(scenario: Scenario, file: str) -> None:
    known, labels = _hosts(scenario), _endpoint_labels(scenario)
    for view, hosts in scenario.views.hosts.items():
        unknown = sorted((hosts or frozenset()) - known)
        if unknown:
            raise ScenarioError(file, f"views.{view}", f"no namespace {unknown[0]!r}")
    for record in scenario.views.records:
        if record.view not in VIEWS:
            raise ScenarioError(file, "records.view", f"must be one of {', '.join(VIEWS)}, not {record.view!r}")
        strange = sorted(set(record.endpoints) - labels)
        if strange:
            raise ScenarioError(file, f"records.{record.host}", f"no endpoint {strange[0]!r}")


def _check_devices(scenario: Scenario, file: str) -> None:
    for host, front in scenario.fronts.items():
        problem = _device_problem(front, _hosts(scenario))
        if problem:
            raise ScenarioError(file, f"fronts.{host}", problem)
    for host, label in scenario.connect_to:
        if host not in _hosts(scenario):
            raise ScenarioError(file, "check.connect_to", f"no namespace {host!r}")
        if label not in _endpoint_labels(scenario):
            raise ScenarioError(file, "check.connect_to", f"no endpoint {label!r}")


def _device_problem(front: Front, hosts: set[str]) -> str | None:
    if front.host not in hosts:
        return f"no namespace {front.host!r}"
    if not set(front.views) <= set(VIEWS):
        return f"views must be among {', '.join(VIEWS)}"
    reads_http = front.kind in (FrontKind.BRIDGING, FrontKind.DELEGATION)
    if not reads_http and (front.blocks or front.asks is not ClientCertificates.IGNORE):
        return "only a device that ends TLS in front of Exchange asks for certificates or blocks paths"
    if not all(path.startswith("/") for path in front.blocks):
        return "a blocked path starts with /"
    if front.block_status not in (401, 403, 404):
        return f"block_status must be 401, 403 or 404, not {front.block_status}"
    return None


def _check_demands(scenario: Scenario, file: str) -> None:
    for vdir in scenario.inventory.vdirs:
        manners = scenario.site_knobs_of(vdir.label)
        if manners.refuses_servers > 1:
            raise ScenarioError(file, f"vdirs.{vdir.label}.refuses_servers", "is a share, from 0 to 1")
        listed = manners.issuers is Issuers.LISTED
        if listed and scenario.knobs_of(vdir.server).tls is Tls.V1_3:
            raise ScenarioError(
                file,
                f"vdirs.{vdir.label}.issuers",
                "authorities cannot be listed in TLS 1.3: Python's ssl sends none",
            )


def _check_logs(scenario: Scenario, file: str) -> None:
    logs = scenario.logs
    if not 1 <= logs.users <= MOST_LOG_USERS or logs.requests_per_user < 1:
        raise ScenarioError(file, "logs", f"needs 1 to {MOST_LOG_USERS} users and at least one request of each")
    if logs.began is not None and logs.began not in LOG_HOURS[1:]:
        first, last = LOG_HOURS[1], LOG_HOURS[-1]
        raise ScenarioError(file, "logs.began", f"must be between {first:02}:00 and {last:02}:00")


def _hosts(scenario: Scenario) -> set[str]:
    return {namespace.host.lower() for namespace in scenario.inventory.namespaces}


def _endpoint_labels(scenario: Scenario) -> set[str]:
    labels = {vdir.label for vdir in scenario.inventory.vdirs}
    return labels | {place.label for namespace in scenario.inventory.namespaces for place in namespace.endpoints}


def _check_people(scenario: Scenario, file: str) -> None:
    sites = {server.site for server in scenario.inventory.servers}
    labels = {account.label for account in scenario.accounts}
    for account in scenario.accounts:
        if account.site not in sites:
            raise ScenarioError(file, f"accounts.{account.label}.mailbox", f"no server in AD site {account.site!r}")
        if not account.user.isascii():
            raise ScenarioError(file, f"accounts.{account.label}.user", "must be ASCII: it travels in a header")
    for certificate in scenario.certificates:
        if not _LABEL.fullmatch(certificate.label):
            raise ScenarioError(file, f"certificates.{certificate.label}", "a label has letters, digits and dashes")
        if certificate.account not in labels:
            raise ScenarioError(file, f"certificates.{certificate.label}", f"no account {certificate.account!r}")


def _check_expectation(expectation: Expectation, file: str, key: str) -> None:
    for code in (*expectation.must, *expectation.must_not, *expectation.may):
        if code != EVERY_OTHER and not _CODE.fullmatch(code):
            raise ScenarioError(file, key, f"{code!r} is not a problem code")
    for code, verdicts in expectation.must.items():
        strange = sorted(set(verdicts) - set(VERDICTS))
        if strange or not verdicts:
            raise ScenarioError(file, f"{key}.must.{code}", f"must name verdicts ({', '.join(VERDICTS)})")
    if expectation.exit is not None and expectation.exit not in (0, 1, 2, 3):
        raise ScenarioError(file, f"{key}.exit", "must be 0, 1, 2 or 3")
