"""What is wrong on the ActiveSync path itself: firing, silent, without evidence, capped; and the look-alikes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import HttpFacts, Observation, ServerIdentity
from easwizard.diagnosis.engine import diagnose
from easwizard.exchange.inventory import Endpoint, Inventory, NamespaceRecord, Role, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, WITHOUT_HEADERS
from tests.problems.cases import (
    ASKED,
    CERT,
    GENERIC,
    NEW,
    OLD,
    OLD_CERT,
    OLD_GENERIC,
    answered,
    asked_often,
    case,
    finding,
    http,
    observation,
    redirected_samples,
    samples,
    signed_in,
    verdict,
)

SECOND = "127.0.0.2"
FINE = http(GENERIC, 401, "Basic")
FINE_TOO = http(GENERIC, 401, "Basic", address=SECOND)
ANNA, CAROL = Account("anna", OLD), Account("carol", NEW)
IIS = {"server": "Microsoft-IIS/8.5"}
HTTPAPI = {"server": "Microsoft-HTTPAPI/2.0"}
NGINX = {"server": "nginx/1.22.1"}
HIDDEN: dict[str, str] = {}
NAMED = {"x-feserver": "EX13A"}
EAS_HEADERS = {"ms-server-activesync": "15.0", "ms-asprotocolversions": "12.1,14.1"}


def other(path: str, status: int, *challenges: str, headers: dict[str, str] | None = None) -> Observation:
    """An answer on another path of the generic name."""
    facts = HttpFacts("127.0.0.1", "GET", path, status=status, challenges=challenges, headers=headers or {})
    return observation(f"http:{path}", GENERIC.name, facts)


HEALTHY = other(f"{ACTIVESYNC_PATH}/healthcheck.htm", 200)
SERVED = (signed_in(GENERIC, 200), samples("carol", 3, 0, crossed=False))

VDIR = "eas/vdir-missing"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "ruled-out"),
        (case(http(CERT, 403, demand=ASKED)), "ruled-out"),
        (case(http(GENERIC, 404)), "confirmed"),
        (case(http(GENERIC, 404, headers=IIS)), "confirmed"),
        (case(FINE, http(GENERIC, 404, address=SECOND)), "confirmed"),
        # Who wrote the 404 is not told, or somebody else did.
        (case(http(GENERIC, 404, headers=HIDDEN)), "likely"),
        (case(http(GENERIC, 404, headers=IIS), tls_in_front="bridging"), "likely"),
        (case(http(GENERIC, 404), tls_in_front="bridging"), "confirmed"),
        (case(http(GENERIC, 404, headers=NGINX)), "possible"),
        (case(http(GENERIC, 404), HEALTHY), "possible"),
        # A legacy name counts as far as it is used (J4): after removal it answers so, and rightly.
        (case(http(OLD_CERT, 404)), "possible"),
        (answered(case(http(OLD_CERT, 404)), oldcert="no"), "not-examined"),
        (answered(case(http(OLD_CERT, 404)), oldcert="yes"), "likely"),
        (answered(case(FINE, http(OLD_CERT, 404)), oldcert="no"), "ruled-out"),
        # One member behind an address.
        (case(FINE, asked_often(GENERIC, {"401 Basic": 6, "404": 2}, {"EX13B": {"404": 2}})), "possible"),
        (case(FINE, asked_often(GENERIC, {"401 Basic": 8}, {})), "ruled-out"),
        # Look-alikes.
        (case(http(GENERIC, 503, headers=HTTPAPI)), "not-examined"),
        (case(http(GENERIC, 403)), "not-examined"),
        (case(http(GENERIC, 404, path="/owa/")), "not-examined"),
    ],
)
def test_no_directory(known: Case, expected: str) -> None:
    assert verdict(known, VDIR) == expected


def test_the_addresses_without_a_directory_are_named() -> None:
    found = finding(case(FINE, http(GENERIC, 404, address=SECOND)), VDIR)
    assert found is not None
    assert found.subjects == (GENERIC.host,)
    assert "127.0.0.2 (1 of 2)" in found.summary
    assert found.clues[0].observation == http(GENERIC, 404, address=SECOND).id
    assert found.missing
    assert found.severity == "high"


def test_a_name_that_may_be_unused_weighs_less() -> None:
    found = finding(case(http(OLD_CERT, 404)), VDIR)
    assert found is not None
    assert (found.severity, found.remedies) == ("medium", ())


POOL = "eas/app-pool-down"
DOWN = http(GENERIC, 503, headers=HTTPAPI)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "ruled-out"),
        (case(DOWN), "likely"),
        (case(FINE_TOO, DOWN), "likely"),
        (case(DOWN, signed_in(GENERIC, 503, headers=HTTPAPI)), "likely"),
        (case(http(OLD_GENERIC, 503, headers=HTTPAPI)), "possible"),
        (answered(case(http(OLD_GENERIC, 503, headers=HTTPAPI)), oldmail="yes"), "likely"),
        (answered(case(http(OLD_GENERIC, 503, headers=HTTPAPI)), oldmail="no"), "not-examined"),
        (case(FINE, asked_often(GENERIC, {"401 Basic": 4, "503": 4}, {})), "possible"),
        # Look-alikes: relayed by Exchange, throttled, or somebody else's 503.
        (case(http(GENERIC, 503, headers={**HTTPAPI, **NAMED})), "not-examined"),
        (case(http(GENERIC, 503, headers={**HTTPAPI, "retry-after": "30"})), "not-examined"),
        (case(http(GENERIC, 503, headers=NGINX)), "not-examined"),
        (case(http(GENERIC, 404)), "not-examined"),
    ],
)
def test_stopped_pool(known: Case, expected: str) -> None:
    assert verdict(known, POOL) == expected


def test_a_stopped_pool_is_never_certain_from_outside() -> None:
    found = finding(case(DOWN), POOL)
    assert found is not None
    assert found.limits
    assert "appcmd list apppool" in found.missing[0].how


REDIRECTED = "eas/redirected"


def to(location: str, headers: dict[str, str] = IIS, status: int = 302, address: str = "127.0.0.1") -> Observation:
    return http(GENERIC, status, headers={**headers, "location": location}, address=address)


def sent_to(location: str | None, account: str = "carol", headers: dict[str, str] = NAMED) -> Observation:
    told = {} if location is None else {"x-ms-location": location}
    return signed_in(GENERIC, 451, account, headers={**headers, **told})


CLOUD = "https://outlook.office365.com/Microsoft-Server-ActiveSync"
ITSELF = "https://mail.test/Microsoft-Server-ActiveSync"
LEGACY = "https://oldmail.test/Microsoft-Server-ActiveSync"
STRANGE = "https://else.test/Microsoft-Server-ActiveSync"


@pytest.mark.parametrize(
    ("known", "expected", "severity"),
    [
        (case(to("/owa/")), "likely", "high"),
        (case(to("/owa/", status=307)), "likely", "high"),
        (case(to("/owa/", HIDDEN)), "likely", "high"),
        (case(FINE, to("/owa/", address=SECOND)), "likely", "high"),
        (case(signed_in(GENERIC, 302, headers={**NAMED, "location": "/owa/"})), "likely", "high"),
        (answered(case(http(OLD_GENERIC, 302, headers=IIS)), oldmail="yes"), "likely", "high"),
        (case(http(OLD_GENERIC, 302, headers=IIS)), "possible", "medium"),
        # A gateway may send strangers to its logon page, and phones not.
        (case(to("/owa/", HIDDEN), tls_in_front="delegation"), "possible", "high"),
        (case(to("https://logon.test/", HIDDEN)), "possible", "high"),
        (case(to("https://logon.test/", NGINX)), "possible", "high"),
        # 451: the target decides.
        (case(sent_to(ITSELF)), "likely", "high"),
        (case(sent_to(LEGACY)), "likely", "medium"),
        (case(sent_to(LEGACY, headers=IIS)), "possible", "low"),
        (case(sent_to(STRANGE)), "possible", "medium"),
        (case(sent_to(STRANGE), hybrid="yes"), "possible", "info"),
        (case(sent_to(None)), "possible", "medium"),
        (case(sent_to("http://[broken")), "possible", "medium"),
        (case(sent_to(CLOUD)), "possible", "info"),
        (case(sent_to(CLOUD), hybrid="no"), "possible", "low"),
        # A fault beside a mailbox in the cloud is the one that is told.
        (case(to("/owa/"), sent_to(CLOUD)), "likely", "high"),
    ],
)
def test_redirects(known: Case, expected: str, severity: str) -> None:
    found = finding(known, REDIRECTED)
    assert found is not None
    assert (found.verdict, found.severity) == (expected, severity)
    assert found.missing


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "not-examined"),
        (case(FINE, *SERVED, accounts=(CAROL,)), "ruled-out"),
        (case(FINE, asked_often(GENERIC, {"401 Basic": 8}, {})), "not-examined"),
        (case(http(GENERIC, 302, path="/")), "not-examined"),
        (case(http(GENERIC, 302, path="/owa/", headers={"location": "/owa/auth/logon.aspx"})), "not-examined"),
        (answered(case(http(OLD_GENERIC, 302, headers=IIS)), oldmail="no"), "not-examined"),
    ],
)
def test_what_is_no_redirect_of_phones(known: Case, expected: str) -> None:
    assert verdict(known, REDIRECTED) == expected


def test_a_redirect_target_is_hostile_text() -> None:
    found = finding(case(to("https://evil.test/\x1b[2J\u202e")), REDIRECTED)
    assert found is not None
    assert "\x1b" not in found.summary
    assert "\u202e" not in found.summary


def test_a_mailbox_in_the_cloud_has_nothing_to_mend() -> None:
    found = finding(case(sent_to(CLOUD), redirected_samples("carol", 2), accounts=(CAROL,)), REDIRECTED)
    assert found is not None
    assert found.remedies == ()
    assert "outlook.office365.com" in found.summary


STRIPPED = "eas/options-stripped"
BARE = signed_in(GENERIC, 200, headers=NAMED)


@pytest.mark.parametrize(
    ("known", "expected", "severity"),
    [
        (case(BARE), "confirmed", "medium"),
        (case(FINE, BARE, samples("carol", 3, 0, crossed=False)), "confirmed", "medium"),
        (case(FINE, samples("carol", 0, 0, outcomes={WITHOUT_HEADERS: 1})), "confirmed", "medium"),
        (case(http(GENERIC, 200, headers=HIDDEN)), "possible", "medium"),
        (case(http(GENERIC, 200, headers=NAMED)), "likely", "medium"),
        (case(signed_in(GENERIC, 200, headers={"ms-asprotocolversions": "12.1,14.1"})), "possible", "low"),
        (case(*SERVED), "ruled-out", "medium"),
    ],
)
def test_stripped_options(known: Case, expected: str, severity: str) -> None:
    found = finding(known, STRIPPED)
    assert found is not None
    assert (found.verdict, found.severity) == (expected, severity)


@pytest.mark.parametrize(
    "known",
    [case(), case(FINE), case(FINE, asked_often(GENERIC, {"401 Basic": 8}, {})), case(other("/owa/", 200))],
)
def test_without_a_sign_in_nothing_is_said_of_the_headers(known: Case) -> None:
    assert verdict(known, STRIPPED) == "not-examined"


ANONYMOUS = "eas/anonymous"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "ruled-out"),
        (case(http(GENERIC, 200, headers={**EAS_HEADERS, **NAMED})), "likely"),
        (case(FINE, http(GENERIC, 200, headers=EAS_HEADERS, address=SECOND)), "likely"),
        (case(http(GENERIC, 200, headers=EAS_HEADERS), tls_in_front="bridging"), "possible"),
        (case(http(GENERIC, 200, headers={**EAS_HEADERS, **NAMED}), tls_in_front="bridging"), "likely"),
        # Look-alikes.
        (case(signed_in(GENERIC, 200)), "not-examined"),
        (case(http(GENERIC, 200, headers=NAMED)), "not-examined"),
        (case(http(OLD_GENERIC, 200, headers=EAS_HEADERS)), "not-examined"),
    ],
)
def test_open_to_strangers(known: Case, expected: str) -> None:
    assert verdict(known, ANONYMOUS) == expected


BASIC_OFF = "eas/basic-off"
WINDOWS_ONLY = http(GENERIC, 401, "Negotiate", "NTLM")


def holding(windows: bool) -> Inventory:
    vdir = VirtualDirectory(
        "EX13A", "Default Web Site", site="London", product=Product.E2013, basic=False, windows=windows
    )
    names = (NamespaceRecord(GENERIC.host, Role.GENERIC, (Endpoint("EX13A", "Default Web Site"),), "dns"),)
    return Inventory(vdirs=(vdir,), namespaces=names)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "ruled-out"),
        (case(http(GENERIC, 401, "Basic", "Bearer", "Negotiate")), "ruled-out"),
        (case(WINDOWS_ONLY, tls_in_front="nothing"), "likely"),
        (case(WINDOWS_ONLY, tls_in_front="bridging"), "likely"),
        (case(http(GENERIC, 401), tls_in_front="nothing"), "likely"),
        (case(WINDOWS_ONLY), "possible"),
        (case(FINE_TOO, WINDOWS_ONLY), "likely"),
        (case(http(GENERIC, 401, "Bearer"), tls_in_front="nothing"), "possible"),
        # By design behind a proxy that signs in for the phones (J14).
        (case(WINDOWS_ONLY, tls_in_front="delegation"), "ruled-out"),
        (replace(case(tls_in_front="nothing"), inventory=holding(windows=True)), "confirmed"),
        (replace(case(), inventory=holding(windows=True)), "possible"),
        (replace(case(), inventory=holding(windows=False)), "confirmed"),
        (replace(case(tls_in_front="delegation"), inventory=holding(windows=True)), "not-examined"),
        # Look-alikes: never on a certificate name, and other statuses say nothing of Basic.
        (case(http(CERT, 401, "Negotiate", "NTLM"), tls_in_front="nothing"), "not-examined"),
        (case(http(CERT, 401), tls_in_front="nothing"), "not-examined"),
        (case(http(GENERIC, 403), tls_in_front="nothing"), "not-examined"),
        (case(http(GENERIC, 401, "Negotiate", "NTLM", path="/EWS/"), tls_in_front="nothing"), "not-examined"),
    ],
)
def test_basic_off(known: Case, expected: str) -> None:
    assert verdict(known, BASIC_OFF) == expected


THROTTLED = "eas/throttled"


def held_back(headers: dict[str, str], seconds: float | None = None, account: str = "carol") -> Observation:
    return signed_in(GENERIC, 503, account, headers=headers, seconds=seconds)


LIMIT, LATER = {"x-ms-asthrottle": "CommandFrequency"}, {"retry-after": "30"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(*SERVED), "not-examined"),
        (case(held_back(LIMIT)), "confirmed"),
        (case(held_back({**LATER, **NAMED})), "likely"),
        (case(held_back({**LATER, **IIS})), "likely"),
        (case(held_back({**LATER, **NGINX})), "possible"),
        (case(held_back(IIS, 20.4), accounts=(CAROL,)), "likely"),
        # A delayed 503 of an old mailbox may be the leg.
        (case(held_back(IIS, 20.4, "anna"), accounts=(ANNA,)), "possible"),
        (case(held_back(IIS, 20.4)), "possible"),
        # Look-alikes: a quick 503 and a stopped pool say nothing of a limit.
        (case(held_back(IIS, 0.2), accounts=(CAROL,)), "not-examined"),
        (case(held_back(HTTPAPI, 20.4), accounts=(CAROL,)), "not-examined"),
        (case(signed_in(GENERIC, 500, headers={"retry-after": "30", **IIS})), "not-examined"),
    ],
)
def test_throttling(known: Case, expected: str) -> None:
    assert verdict(known, THROTTLED) == expected


STRANGER = "eas/not-exchange"
ALIEN = http(GENERIC, 405, headers=NGINX)
SILENT_PATHS = (other("/EWS/", 404, headers=NGINX), other("/owa/", 404, headers=NGINX))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(FINE), "ruled-out"),
        (case(ALIEN), "possible"),
        (case(ALIEN, *SILENT_PATHS), "likely"),
        (case(ALIEN, *SILENT_PATHS, tls_in_front="bridging"), "possible"),
        (case(http(GENERIC, 200, headers=NGINX), *SILENT_PATHS), "likely"),
        (case(http(GENERIC, 200, headers=HIDDEN), *SILENT_PATHS), "likely"),
        (case(http(GENERIC, 404, headers=NGINX), *SILENT_PATHS), "likely"),
        (case(http(GENERIC, 401, headers=NGINX), *SILENT_PATHS), "likely"),
        (case(http(GENERIC, 401, "Basic", headers={"ms-server-activesync": "Z"})), "likely"),
        (case(FINE_TOO, ALIEN, *SILENT_PATHS), "likely"),
        # Exchange shows itself at the same address, on whatever path.
        (case(ALIEN, other("/EWS/", 401, "Negotiate", "NTLM", headers=NGINX)), "ruled-out"),
        (case(ALIEN, other("/owa/", 302, headers={**NGINX, "location": "/owa/auth/logon.aspx"})), "ruled-out"),
        (case(ALIEN, other("/owa/", 200, headers={**NGINX, "x-owa-version": "15.0.1497.2"})), "ruled-out"),
        (case(http(GENERIC, 400, headers=HTTPAPI)), "ruled-out"),
        (case(http(GENERIC, 200, headers=NAMED)), "ruled-out"),
        # Look-alikes: Exchange behind a reverse proxy still asks for Basic; a 403 or 404 of no name is no product.
        (case(http(GENERIC, 401, "Basic", headers=NGINX), *SILENT_PATHS), "not-examined"),
        (case(http(GENERIC, 403, headers=NGINX), *SILENT_PATHS), "not-examined"),
        (case(http(GENERIC, 404, headers=HIDDEN), *SILENT_PATHS), "not-examined"),
        (case(http(GENERIC, 502, headers=NGINX), *SILENT_PATHS), "not-examined"),
        (case(http(OLD_GENERIC, 405, headers=NGINX), *SILENT_PATHS), "not-examined"),
    ],
)
def test_something_else_answers(known: Case, expected: str) -> None:
    assert verdict(known, STRANGER) == expected


def test_a_windows_server_that_names_itself_is_no_other_product() -> None:
    identity = ServerIdentity("EX07A", "CONTOSO")
    ews = other("/EWS/", 401)
    assert isinstance(ews.facts, HttpFacts)
    known = case(ALIEN, replace(ews, facts=replace(ews.facts, identity=identity)))
    found = finding(known, STRANGER)
    assert found is not None
    assert found.verdict == "ruled-out"
    assert "EX07A" in found.clues[0].text


MINE = {VDIR, POOL, REDIRECTED, STRIPPED, ANONYMOUS, BASIC_OFF, THROTTLED, STRANGER}


@pytest.mark.parametrize(
    "known",
    [
        case(FINE, FINE_TOO, http(CERT, 403, demand=ASKED), *SERVED, accounts=(CAROL,), tls_in_front="nothing"),
        # As after each of the article's two ways out: the old certificate name still answers, and refuses (J4).
        answered(case(FINE, http(CERT, 403, demand=ASKED), http(OLD_CERT, 404)), oldcert="no"),
        answered(case(FINE, http(CERT, 403, demand=ASKED), http(OLD_CERT, 403, demand=ASKED)), oldcert="unknown"),
        # A failed leg, whatever status it comes back with.
        *(case(FINE, signed_in(GENERIC, status, "anna"), accounts=(ANNA,)) for status in (401, 403, 500, 502, 503)),
    ],
)
def test_a_healthy_path_has_no_finding(known: Case) -> None:
    assert not {f.code for f in diagnose(known).findings if f.verdict.asserts} & MINE


@pytest.mark.parametrize(
    "known",
    [
        case(http(GENERIC, 404)),
        case(DOWN),
        case(to("/owa/")),
        case(BARE),
        case(http(GENERIC, 200, headers=EAS_HEADERS)),
        case(WINDOWS_ONLY, tls_in_front="nothing"),
        case(held_back(LIMIT)),
        case(ALIEN, *SILENT_PATHS),
    ],
)
def test_each_finding_names_its_host_its_look_and_what_would_settle_it(known: Case) -> None:
    found = [f for f in diagnose(known).findings if f.code in MINE and f.verdict.asserts]
    assert found
    for each in found:
        assert each.subjects == (GENERIC.host,)
        assert all(clue.observation in {o.id for o in known.observations} for clue in each.clues)
        assert each.missing
        assert each.remedies


def test_an_old_name_says_who_told_that_it_is_an_internal_url() -> None:
    gone = replace(case(http(OLD_GENERIC, 404, headers=IIS)), targets=(GENERIC, OLD_GENERIC))
    url = f"https://{OLD_GENERIC.host}/Microsoft-Server-ActiveSync"
    vdir = VirtualDirectory("EX07A", "Default Web Site", product=Product.E2007, internal_url=url)
    told = answered(gone, oldmail="yes")
    held = answered(replace(gone, inventory=Inventory(vdirs=(vdir,))), oldmail="no")
    for known, words in ((told, "(your answer)"), (held, "(by what was imported)")):
        found = finding(known, VDIR)
        assert found is not None
        [clue] = [c for c in found.clues if c.is_positive]
        assert words in clue.text
        assert found.severity == "high"
