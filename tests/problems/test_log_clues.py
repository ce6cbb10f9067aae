"""What logs say of problems: the article's fault, each of its look-alikes, and what no log may make a finding of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.facts import DnsOutcome
from easwizard.case.mending import StepRecord, StepState
from easwizard.diagnosis.clues import Effect, Group
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from tests.problems import cases
from tests.problems.log_cases import (
    BAD,
    GOOD,
    Hit,
    article,
    back_end,
    everyday,
    front_end,
    http_proxy,
    legacy,
    with_logs,
)

EMPTY = Case(Vantage("jump"))
DUPLICATE = "namespace/duplicate"


def asserted(case: Case) -> set[str]:
    return {f.code for f in diagnose(case).findings if f.verdict.asserts}


def shown(case: Case) -> set[str]:
    return {f.code for f in diagnose(case).findings if f.verdict.value != "ruled-out"}


def vdir(server: str, site: str, host: str | None) -> VirtualDirectory:
    url = f"https://{host}/Microsoft-Server-ActiveSync" if host is not None else None
    return VirtualDirectory(server, "Default Web Site", site=site, product=Product.E2007, internal_url=url)


# The article's fault


def test_the_article_from_the_back_end_log_alone(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article(from_hour=3)))
    found = cases.finding(case, DUPLICATE)
    assert found is not None
    assert found.verdict.value == "confirmed"
    assert set(found.subjects) == {GOOD, BAD}
    [clue] = [c for c in found.clues if c.group is Group.LOG]
    assert clue.effect is Effect.PROVES
    assert clue.basis is Basis.CONFIRMED
    # 400 requests, two minutes apart, of which the last 310 came since 09:00, half of them to the host that refuses.
    assert f"{BAD} refused 155 of 155" in found.summary
    assert "155 of 310 (50 %" in found.summary
    assert "since 2026-03-01 09:00 UTC" in found.summary
    assert "10 users were hit" in found.summary
    assert "drawn anew for each request" in clue.text
    assert outcome(case, diagnose(case)) is Outcome.PROBLEM
    assert "namespace/legacy-rejects-all" not in shown(case)


def test_the_article_from_the_old_servers_own_logs(tmp_path: Path) -> None:
    hits = article(refusal="403 7 64")
    good = legacy(tmp_path / "site1.log", [h for h in hits if h.to == GOOD], "10.0.0.7")
    bad = legacy(tmp_path / "site2.log", [h for h in hits if h.to == BAD], "10.0.0.8")
    for path in (good, bad):  # an old server names no target
        path.write_text(path.read_text().replace("PrxTo:", "PrxFrom:"))
    found = cases.finding(with_logs(EMPTY, good, bad), DUPLICATE)
    assert found is not None
    assert found.verdict.value == "confirmed"
    assert set(found.subjects) == {"10.0.0.7", "10.0.0.8"}
    assert "403 7: a client certificate" in found.summary


def test_a_plain_403_of_an_old_server_is_not_yet_the_demand_for_a_certificate(tmp_path: Path) -> None:
    hits = article(refusal="403 6 5")
    good = legacy(tmp_path / "site1.log", [replace(h, to="") for h in hits if h.to == GOOD], "10.0.0.7")
    bad = legacy(tmp_path / "site2.log", [replace(h, to="") for h in hits if h.to == BAD], "10.0.0.8")
    assert cases.verdict(with_logs(EMPTY, good, bad), DUPLICATE) == "likely"


def test_an_http_proxy_log_cannot_see_the_split_and_says_so(tmp_path: Path) -> None:
    hits = [replace(h, to="EX13B.test") for h in article()]
    case = with_logs(EMPTY, http_proxy(tmp_path / "HttpProxy.LOG", hits))
    assert DUPLICATE not in shown(case)
    diagnosis = diagnose(case)
    assert outcome(case, diagnosis) is Outcome.INCONCLUSIVE, "half of the requests fail and nothing explains it"
    [unseen] = [u for u in diagnosis.not_examined if "requests were passed on" in u.what]
    assert "W3SVC2" in unseen.why


@pytest.mark.parametrize(
    ("version", "verdict"), [("Version 8.3 (Build 83.6)", "likely"), ("Version 14.3", "possible")]
)
def test_targets_of_an_http_proxy_log(version: str, verdict: str, tmp_path: Path) -> None:
    """Only inferred for 2007 (1.7); 2010 is believed to be reached by server name (J13)."""
    case = with_logs(EMPTY, http_proxy(tmp_path / "HttpProxy.LOG", article(), version))
    assert cases.verdict(case, DUPLICATE) == verdict


def in_two_sites() -> list[Hit]:
    """Two hosts, of which one refuses, and no user met both."""
    hits = article()
    return [replace(h, user=f"{'paris' if h.to == BAD else 'london'}{h.user}") for h in hits]


def test_hosts_that_no_user_shares_may_be_of_two_sites(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", in_two_sites()))
    assert cases.verdict(case, DUPLICATE) == "likely"
    together = Inventory(vdirs=(vdir("EX07A", "London", GOOD), vdir("EX07B", "London", BAD)))
    assert cases.verdict(replace(case, inventory=together), DUPLICATE) == "confirmed"


def test_an_inventory_that_names_the_host_no_more_is_newer_than_the_log(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article()))
    aligned = Inventory(vdirs=(vdir("EX07A", "London", GOOD), vdir("EX07B", "London", GOOD)))
    assert cases.verdict(replace(case, inventory=aligned), DUPLICATE) == "possible"
    # One that leaves an InternalUrl open denies nothing.
    partly = Inventory(vdirs=(vdir("EX07A", "London", GOOD), vdir("EX07B", "London", None)))
    assert cases.verdict(replace(case, inventory=partly), DUPLICATE) == "confirmed"
    denied = case.with_answer(f"internal-url:{BAD}", "no")
    assert cases.verdict(denied, DUPLICATE) == "possible"


def test_a_fault_that_stopped_within_the_log_is_no_longer_asserted(tmp_path: Path) -> None:
    hits = article()
    mended = [replace(h, to=GOOD, code="200 0 0") if h.minute > 400 else h for h in hits]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", mended))
    found = cases.finding(case, DUPLICATE)
    assert found is not None
    assert found.verdict.value == "possible"
    assert "nothing went there any more" in found.clues[0].text


def test_logs_older_than_a_step_that_was_done_are_history(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article()))
    step = StepRecord("namespace/duplicate/align", "align", StepState.DONE, datetime(2026, 3, 5, tzinfo=UTC))
    after = replace(case, steps=(step,))
    assert DUPLICATE not in shown(after)
    assert any("history" in u.why for u in diagnose(after).not_examined)
    before = replace(case, steps=(replace(step, at=datetime(2026, 2, 1, tzinfo=UTC)),))
    assert cases.verdict(before, DUPLICATE) == "confirmed"


def test_few_requests_prove_nothing(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article(users=2, each=6)))
    assert DUPLICATE not in asserted(case)


def test_every_host_refuses(tmp_path: Path) -> None:
    hits = [replace(h, code="403 0 0") for h in article()]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    assert cases.verdict(case, "namespace/legacy-rejects-all") == "likely"
    assert DUPLICATE not in asserted(case)


def test_a_name_of_the_log_is_an_internal_url_in_use(tmp_path: Path) -> None:
    """J4: names alone make it possible, a name that PrxTo shows in use makes it more."""
    looked = cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
    assert cases.verdict(looked, DUPLICATE) == "possible"
    few = back_end(tmp_path / "u_ex.log", article(users=2, each=4))
    case = with_logs(looked, few)
    found = cases.finding(case, DUPLICATE)
    assert found is not None
    assert found.verdict.value == "likely"
    assert any("is an InternalUrl (by the logs)" in clue.text for clue in found.clues)


def test_odds_of_the_log_stand_beside_those_predicted(tmp_path: Path) -> None:
    looked = cases.answered(
        cases.case(
            cases.accepts(cases.OLD_GENERIC),
            cases.refuses(cases.OLD_CERT),
            accounts=(Account("carol", cases.OLD),),
        ),
        oldmail="yes", oldcert="yes",
    )  # fmt: skip
    found = cases.finding(with_logs(looked, back_end(tmp_path / "u_ex.log", article())), DUPLICATE)
    assert found is not None
    assert found.verdict.value == "confirmed"
    assert any("predicted 50 %" in clue.text and "does not fit" not in clue.text for clue in found.clues)


# What is no finding


def test_a_healthy_estate_gives_no_finding(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", everyday()))
    assert shown(case) == set()
    assert outcome(case, diagnose(case)) is Outcome.NO_PROBLEM_FOUND


def test_clean_logs_weaken_what_names_alone_suggest(tmp_path: Path) -> None:
    looked = cases.answered(
        cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)), oldcert="yes"
    )
    assert cases.verdict(looked, DUPLICATE) == "likely"
    assert cases.verdict(with_logs(looked, back_end(tmp_path / "u_ex.log", everyday())), DUPLICATE) == "possible"


def test_without_rows_nothing_is_said_to_work(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", []))
    diagnosis = diagnose(case)
    assert outcome(case, diagnosis) is Outcome.INCONCLUSIVE
    assert any("no ActiveSync request" in u.why for u in diagnosis.not_examined)


# The look-alikes of logs.md 4


def on_the_leg(code: str, error: str, share: float = 0.5) -> list[Hit]:
    return [
        Hit(
            f"user{n % 10}",
            n,
            code if n % 100 < share * 100 else "200 0 0",
            GOOD,
            error if n % 100 < share * 100 else "",
        )
        for n in range(200)
    ]


@pytest.mark.parametrize(
    ("code", "error", "share", "problem", "verdict"),
    [
        ("403 0 0", "TooManyProxyLoginAttempts", 0.3, "proxy/affinity-missing", "likely"),
        ("403 0 0", "NTLM not on the destination CAS", 1.0, "proxy/windows-auth-missing", "likely"),
        ("500 0 0", "SSL Certification Failed.", 1.0, "tls/name-mismatch", "likely"),
        ("500 0 0", "SSL Certification Failed.", 0.3, "tls/name-mismatch", "possible"),
        ("500 0 0", "SecureChannelFailure", 1.0, "proxy/tls-no-common-version", "likely"),
        ("500 0 0", "ConnectFailure", 1.0, "tls/unreachable", "likely"),
        ("500 0 0", "NameResolutionFailure", 1.0, "dns/missing", "likely"),
        ("500 0 0", "NoKerberosCredentials", 1.0, "proxy/kerberos-only", "possible"),
    ],
)
def test_errors_on_the_leg(code: str, error: str, share: float, problem: str, verdict: str, tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", on_the_leg(code, error, share)))
    assert cases.verdict(case, problem) == verdict
    assert not {DUPLICATE, "namespace/legacy-rejects-all"} & shown(case)
    [clue] = [c for c in (cases.finding(case, problem) or pytest.fail("not shown")).clues if c.group is Group.LOG]
    assert clue.basis is Basis.BELIEVED, "logs.md marks these names as believed"


def test_what_the_jump_box_resolves_does_not_clear_the_proxying_server(tmp_path: Path) -> None:
    """J7: the name resolves here, and not where the leg begins."""
    looked = cases.case(cases.dns(cases.OLD_GENERIC, DnsOutcome.ANSWER))
    case = with_logs(looked, back_end(tmp_path / "u_ex.log", on_the_leg("500 0 0", "NameResolutionFailure", 1.0)))
    found = cases.finding(case, "dns/missing")
    assert found is not None
    assert (found.verdict.value, found.conflict) == ("likely", True)


def test_a_stray_connection_failure_is_nothing(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", on_the_leg("500 0 0", "ConnectFailure", 0.02)))
    assert shown(case) == set()


def test_a_front_ends_trouble_with_a_newer_server_is_none_of_the_leg(tmp_path: Path) -> None:
    hits = [replace(h, to="EX13B.test") for h in on_the_leg("500", "SecureChannelFailure", 1.0)]
    case = with_logs(EMPTY, http_proxy(tmp_path / "HttpProxy.LOG", hits))
    assert "proxy/tls-no-common-version" not in shown(case)


def test_no_server_was_found(tmp_path: Path) -> None:
    hits = [Hit("anna", n, "403 0 0", error="UserHasNoCAS") for n in range(10)]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    assert cases.verdict(case, "routing/no-candidate") == "likely"


def test_one_host_that_refuses_now_and_then_is_a_pool(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 10}", n, "403 0 0" if n * 7 % 3 == 0 else "200 0 0", GOOD) for n in range(300)]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    assert cases.verdict(case, "server/pool-member-differs") == "possible"
    assert DUPLICATE not in shown(case)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("403 16 2148204809", "cba/ca-not-accepted"),
        ("403 13 2148081683", "cba/certificate-rejected"),
        ("403 17 2148204801", "cba/certificate-rejected"),
        ("403 12 0", "cba/certificate-rejected"),
    ],
)
def test_certificate_substatuses_of_a_front_end(code: str, problem: str, tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 5}", n, code, signed_in=False) for n in range(20)]
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", hits))
    assert cases.verdict(case, problem) == "likely"


def test_a_missing_certificate_at_a_front_end_speaks_against_a_switch_that_is_off(tmp_path: Path) -> None:
    known = cases.case(tls_in_front="nothing")
    hits = [Hit(f"user{n % 5}", n, "403 7 5", signed_in=False) for n in range(20)]
    case = with_logs(known, front_end(tmp_path / "u_ex.log", hits))
    assert cases.verdict(case, "cba/ca-not-accepted") == "possible"
    assert cases.verdict(case, "cba/certificate-not-required") == "not-examined"
    assert DUPLICATE not in shown(case)


@pytest.mark.parametrize(("code", "verdict"), [("404 0 2", "confirmed"), ("404 13 0", "not-examined")])
def test_nothing_but_404_in_a_servers_own_log(code: str, verdict: str, tmp_path: Path) -> None:
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", [Hit(f"user{n % 5}", n, code) for n in range(60)]))
    assert cases.verdict(case, "eas/vdir-missing") == verdict


def test_a_missing_certificate_may_be_at_an_old_server(tmp_path: Path) -> None:
    """Where both kinds of logs were read, an address does not tell whose it is."""
    refused = [Hit(f"user{n % 5}", n, "403 7 64", signed_in=False) for n in range(20)]
    served = [Hit(f"user{n % 5}", n) for n in range(40)]
    paths = legacy(tmp_path / "old.log", refused, "10.0.0.8"), front_end(tmp_path / "new.log", served)
    known = cases.case(tls_in_front="nothing")
    case = with_logs(known, *paths)
    assert cases.verdict(case, "cba/ca-not-accepted") == "possible"
    found = cases.finding(case, "cba/ca-not-accepted")
    assert found is not None
    assert {clue.basis for clue in found.clues} == {Basis.INFERRED}
    # Where the log of the leg shows a host that refuses so, that explains it.
    leg = back_end(tmp_path / "leg.log", article())
    assert "cba/ca-not-accepted" not in shown(with_logs(known, *paths, leg))


def test_throttling_needs_the_servers_own_word(tmp_path: Path) -> None:
    told = [Hit("anna", n, "503 0 0" if n % 2 else "200 0 0", log="Throttle5") for n in range(100)]
    case = with_logs(EMPTY, front_end(tmp_path / "a.log", told))
    assert cases.verdict(case, "eas/throttled") == "likely"
    bare = [Hit("anna", n, "503 0 0" if n % 2 else "200 0 0") for n in range(100)]
    assert cases.verdict(with_logs(EMPTY, front_end(tmp_path / "b.log", bare)), "eas/throttled") == "possible"


def test_a_password_is_a_finding_only_for_an_account_of_the_case(tmp_path: Path) -> None:
    path = front_end(tmp_path / "u_ex.log", [Hit("carol", n, "401 1 1326") for n in range(5)])
    code = "account/credentials-rejected"
    assert code not in shown(with_logs(EMPTY, path))
    known = cases.case(accounts=(Account("TEST\\carol", cases.OLD),))
    assert cases.verdict(with_logs(known, path), code) == "confirmed"
    other = cases.case(accounts=(Account("dave", cases.OLD),))
    assert code not in shown(with_logs(other, path))


def test_redirects_are_told_and_no_fault_by_themselves(tmp_path: Path) -> None:
    hits = [
        Hit(f"user{n % 5}", n, "451 0 0" if n % 4 == 0 else "200 0 0", GOOD, log="RdirTo:new.test")
        for n in range(100)
    ]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    found = cases.finding(case, "eas/redirected")
    assert found is not None
    assert (found.verdict.value, found.severity.value) == ("possible", "info")
