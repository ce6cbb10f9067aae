"""Whether a scenario hangs together: names that it uses exist, words that it uses have a meaning.

Pure. What a scenario may deliberately get wrong (an InternalUrl without a DNS name) is left alone.
"""

from __future__ import annotations

import re

from easwizard.exchange.products import Product
from easwizard.lab.errors import ScenarioError
from easwizard.lab.scenario import VERDICTS, VIEWS, Expectation, Scenario

_LABEL = re.compile(r"[A-Za-z0-9-]+")
"""Labels become file names."""
_CODE = re.compile(r"[a-z0-9]+/[a-z0-9-]+")


def check(scenario: Scenario, file: str) -> None:
    """Raise `ScenarioError` for the first thing that does not fit."""
    _check_names(scenario, file)
    _check_views(scenario, file)
    _check_people(scenario, file)
    for vantage, expectation in scenario.expectations.items():
        _check_expectation(expectation, file, f"expect.{vantage}")


def _check_names(scenario: Scenario, file: str) -> None:
    for namespace in scenario.inventory.namespaces:
        for endpoint in namespace.endpoints:
            if scenario.inventory.server(endpoint.server) is None:
                raise ScenarioError(file, f"namespaces.{namespace.host}", f"no server {endpoint.server!r}")


def _check_views(scenario: Scenario, file: str) -> None:
    known = {namespace.host.lower() for namespace in scenario.inventory.namespaces}
    labels = {vdir.label for vdir in scenario.inventory.vdirs}
    labels |= {place.label for namespace in scenario.inventory.namespaces for place in namespace.endpoints}
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


def _check_people(scenario: Scenario, file: str) -> None:
    sites = {server.site for server in scenario.inventory.servers}
    labels = {account.label for account in scenario.accounts}
    for account in scenario.accounts:
        if account.site not in sites:
            raise ScenarioError(file, f"accounts.{account.label}.mailbox", f"no server in AD site {account.site!r}")
        if account.product is Product.E2010:
            # J13: which address a front end dials for 2010 is only believed; the lab would teach a guess.
            raise ScenarioError(file, f"accounts.{account.label}.mailbox", "the lab has no 2010 mailboxes")
        if not account.user.isascii():
            raise ScenarioError(file, f"accounts.{account.label}.user", "must be ASCII: it travels in a header")
    for certificate in scenario.certificates:
        if not _LABEL.fullmatch(certificate.label):
            raise ScenarioError(file, f"certificates.{certificate.label}", "a label has letters, digits and dashes")
        if certificate.account not in labels:
            raise ScenarioError(file, f"certificates.{certificate.label}", f"no account {certificate.account!r}")


def _check_expectation(expectation: Expectation, file: str, key: str) -> None:
    for code in (*expectation.must, *expectation.must_not):
        if not _CODE.fullmatch(code):
            raise ScenarioError(file, key, f"{code!r} is not a problem code")
    for code, verdicts in expectation.must.items():
        strange = sorted(set(verdicts) - set(VERDICTS))
        if strange or not verdicts:
            raise ScenarioError(file, f"{key}.must.{code}", f"must name verdicts ({', '.join(VERDICTS)})")
    if expectation.exit is not None and expectation.exit not in (0, 1, 2, 3):
        raise ScenarioError(file, f"{key}.exit", "must be 0, 1, 2 or 3")
