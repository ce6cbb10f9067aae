"""The logs of a made day: exact against what was meant, in the forms of real ones, and the same for the same seed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from easwizard.case.log_counts import LogCounts, LogKind, NamedBy
from easwizard.case.log_onset import onset
from easwizard.evidence.logs.reading import Settings, read_logs
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Server
from easwizard.exchange.products import Product
from easwizard.lab.errors import ScenarioError
from easwizard.lab.estate import Estate
from easwizard.lab.logs.httpproxy_log import ProxyRow, fields_of, httpproxy_text
from easwizard.lab.logs.log_files import WrittenLogs, made_logs, write_logs
from easwizard.lab.scenario import LogKnobs, Pick, Scenario
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from tests.lab.variations import healthy, with_server

DAY = date(2026, 3, 2)
GOOD, BAD = "legacygeneric.contoso.test", "legacycert.contoso.test"
HERE = Settings(processes=1)


def written(scenario: Scenario, folder: Path, seed: int | None = None) -> WrittenLogs:
    with Estate(scenario, seed=seed, time_scale=0.1, apply_change=apply_change) as estate:
        return write_logs(estate, DAY, folder)


def read(logs: WrittenLogs) -> LogCounts:
    return read_logs(logs.folders, HERE).counts


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> tuple[WrittenLogs, LogCounts]:
    logs = written(load_scenario("article"), tmp_path_factory.mktemp("article"))
    return logs, read(logs)


def assert_exact(logs: WrittenLogs, counts: LogCounts, folder: Path) -> None:
    """What the reader found is what was meant, file by file and target by target."""
    found = {Path(each.file).relative_to(folder).as_posix(): each for each in counts.coverage}
    assert {name: each.used for name, each in found.items() if each.used} == dict(logs.truth.used)
    assert {name: each.probe_rows for name, each in found.items() if each.probe_rows} == dict(logs.truth.probes)
    assert {name: each.other for name, each in found.items() if each.other} == dict(logs.truth.others)
    assert not any(sum(each.rejected.values()) for each in counts.coverage)
    told = {
        (each.named_by.value, each.host): (
            each.requests, each.failed, each.credentials, each.handshakes, each.redirected
        )
        for each in counts.targets
    }  # fmt: skip
    meant = {
        (named_in.value, host): (met.requests, met.failed, met.credentials, met.handshakes, met.redirected)
        for (named_in, host), met in logs.truth.targets.items()
    }
    assert told == meant
    assert sum(e.count for e in counts.http_errors if e.activesync) == logs.truth.refused_by_http_sys


@pytest.mark.parametrize("name", [name for name in scenario_names() if name != "unreachable"])
def test_every_scenarios_logs_are_read_as_they_were_meant(name: str, tmp_path: Path) -> None:
    logs = written(load_scenario(name), tmp_path)
    assert_exact(logs, read(logs), tmp_path)


def test_the_articles_logs_are_small_and_of_every_kind(article: tuple[WrittenLogs, LogCounts]) -> None:
    _, counts = article
    assert 1_500 < counts.used < 8_000
    assert {each.kind for each in counts.coverage if each.used} == {
        LogKind.FRONT_END, LogKind.BACK_END, LogKind.LEGACY, LogKind.HTTP_PROXY,
    }  # fmt: skip


def test_only_the_old_servers_logs_have_the_sub_status(article: tuple[WrittenLogs, LogCounts]) -> None:
    _, counts = article
    places = {(each.named_by, each.target) for each in counts.statuses if (each.status, each.substatus) == (403, 7)}
    assert {named_by for named_by, _ in places} == {NamedBy.ADDRESS}
    assert len(places) == 2
    copied = [each for each in counts.statuses if each.target == BAD]
    assert {(each.status, each.substatus) for each in copied} == {(200, 0), (403, 0)}


def test_everything_went_well_before_the_hour_it_began(article: tuple[WrittenLogs, LogCounts]) -> None:
    logs, counts = article
    found = onset(counts.timeline, BAD)
    assert found is not None
    assert (found.hour_utc, found.share_before, found.share_since) == (logs.truth.began, 0.0, 1.0)
    assert logs.truth.began == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert onset(counts.timeline, GOOD) is None


def test_a_fault_without_an_hour_holds_all_day(tmp_path: Path) -> None:
    scenario = replace(load_scenario("article"), logs=LogKnobs(users=6))
    logs = written(scenario, tmp_path)
    found = onset(read(logs).timeline, BAD)
    assert found is not None
    assert (found.share_before, found.share_since, logs.truth.began) == (None, 1.0, None)


@pytest.mark.parametrize(("pick", "told"), [(Pick.REQUEST, "request"), (Pick.USER, "user")])
def test_a_sticky_pick_shows_in_the_users(pick: Pick, told: str, tmp_path: Path) -> None:
    article = load_scenario("article")
    scenario = replace(article, knobs=replace(article.knobs, pick=pick), logs=LogKnobs())
    counts = read(written(scenario, tmp_path))
    assert next(each.pick for each in counts.picks if each.named_by is NamedBy.PRX_TO) == told


def test_a_pick_of_minutes_changes_with_the_clock_of_the_day(tmp_path: Path) -> None:
    article = load_scenario("article")
    knobs = replace(article.knobs, pick=Pick.MINUTES, pick_minutes=60.0)
    counts = read(written(replace(article, knobs=knobs, logs=LogKnobs()), tmp_path))
    hosts: dict[datetime, set[str]] = {}
    for each in counts.timeline:
        if each.named_by is NamedBy.PRX_TO:
            hosts.setdefault(each.hour_utc, set()).add(each.target)
    assert {len(each) for each in hosts.values()} == {1}
    assert set.union(*hosts.values()) == {GOOD, BAD}


def test_the_seed_decides_the_day() -> None:
    article = load_scenario("article")
    with Estate(article, time_scale=0.1) as estate:
        one, again = made_logs(estate, DAY).texts(), made_logs(estate, DAY).texts()
    with Estate(article, seed=7, time_scale=0.1) as estate:
        other = made_logs(estate, DAY).texts()
    assert one == again
    assert one.keys() == other.keys()
    assert one != other


def test_the_knobs_give_the_size(tmp_path: Path) -> None:
    logs = written(replace(healthy(), logs=LogKnobs(users=5, requests_per_user=8)), tmp_path)
    counts = read(logs)
    assert counts.user_total == 5
    assert sum(each.requests for each in counts.targets if each.named_by is NamedBy.PRX_TO) <= 40


def test_a_change_of_the_estate_shows_in_its_next_logs(tmp_path: Path) -> None:
    with Estate(load_scenario("article"), time_scale=0.1, apply_change=apply_change) as estate:
        for server in ("EX07A", "EX07B"):
            estate.change(f"remove-vdir={server}/Certificate Site")
        counts = read(write_logs(estate, DAY, tmp_path))
    assert {each.host for each in counts.targets if each.named_by is NamedBy.PRX_TO} == {GOOD}
    assert not [each for each in counts.statuses if each.status == 403]


def test_asking_the_old_servers_sends_no_password() -> None:
    with Estate(load_scenario("article"), time_scale=0.1) as estate:
        made_logs(estate, DAY)
        visits = estate.visits()
        assert {visit.credentials for visit in visits} == {"server"}
        assert len(visits) == len({(visit.endpoint, visit.user) for visit in visits}) == 4 * 2
        assert not any(estate.credentials_received(account.user) for account in estate.accounts)


def test_logs_lie_where_the_servers_keep_them(article: tuple[WrittenLogs, LogCounts]) -> None:
    logs, _ = article
    names = set(logs.truth.used)
    assert {
        "EX13A/inetpub/logs/LogFiles/W3SVC1/u_ex260302.log",
        "EX07A/inetpub/logs/LogFiles/W3SVC2/u_ex260302.log",
    } <= names
    hours = [name for name in names if name.startswith("EX13A/Program Files/")]
    assert (
        "EX13A/Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy/Eas/HttpProxy_2026030209-1.LOG" in hours
    )
    assert len(hours) == 12


def test_iis_logs_have_the_layout_of_their_windows(article: tuple[WrittenLogs, LogCounts]) -> None:
    logs, _ = article
    root = logs.folders[0].parent
    old = (root / "EX07A/inetpub/logs/LogFiles/W3SVC1/u_ex260302.log").read_bytes()
    new = (root / "EX13A/inetpub/logs/LogFiles/W3SVC1/u_ex260302.log").read_bytes()
    assert old.startswith(b"#Software: Microsoft Internet Information Services 7.0\r\n")
    assert b"cs(Referer)" not in old
    assert b"cs(User-Agent) cs(Referer) sc-status" in new
    assert new.count(b"#Fields:") == 2
    assert b'Mail+"Pro",+7.2' in new
    assert b"\n" not in new.replace(b"\r\n", b"")


def test_iis_6_names_the_web_site_and_no_duration(tmp_path: Path) -> None:
    estate = healthy()
    servers = tuple(
        replace(server, windows="Windows 2003") if server.product is Product.E2007 else server
        for server in estate.inventory.servers
    )
    logs = written(replace(estate, inventory=replace(estate.inventory, servers=servers)), tmp_path)
    text = (tmp_path / "EX07A/Windows/System32/LogFiles/W3SVC1/ex260302.log").read_text(encoding="utf-8")
    assert "date time s-sitename s-ip" in text
    assert "time-taken" not in text
    assert_exact(logs, read(logs), tmp_path)


def proxy_server(product: Product, build: str) -> Server:
    return Server("EX1", "ex1.contoso.test", product, build, "Windows 2016", "London")


@pytest.mark.parametrize(
    ("product", "build", "fields", "plain", "marked"),
    [
        (Product.E2013, "15.0.1497.2", 70, 0, False),
        (Product.E2016, "15.1.2507.6", 70, None, True),
        (Product.E2019, "15.2.1544.4", 74, None, True),
        (Product.SE, "15.2.2562.17", 74, 5, True),
    ],
)
def test_httpproxy_logs_have_the_fields_and_headers_of_their_build(
    product: Product, build: str, fields: int, plain: int | None, marked: bool
) -> None:
    server = proxy_server(product, build)
    row = ProxyRow(
        datetime(2026, 3, 2, 9, 0, 1, 5000, tzinfo=UTC), "id", "host", "ann", "ann@contoso.test", 'A "quoted", agent',
        "198.51.100.1", 403, 403, "POST", "Cmd=Sync", 12, server,
    )  # fmt: skip
    text = httpproxy_text(server, [row])
    assert text.startswith("\ufeff") is marked
    lines = text.removeprefix("\ufeff").split("\r\n")
    headers = [place for place, line in enumerate(lines) if line.startswith("DateTime,RequestId,")]
    assert headers == ([] if plain is None else [plain])
    (values,) = csv.reader(io.StringIO(lines[-2]))
    cells = dict(zip(fields_of(server), values, strict=True))
    assert len(cells) == len(values) == fields
    assert cells["DateTime"] == "2026-03-02T09:00:01.005Z"
    assert cells["UserAgent"] == 'A "quoted", agent'
    assert cells["GenericErrors"].startswith("WebExceptionStatus=ProtocolError;ResponseStatusCode=403;")


def test_a_newer_front_end_writes_seventy_four_fields_that_are_read(tmp_path: Path) -> None:
    scenario = with_server(healthy(), Product.SE, "EXSE", "15.2.2562.17", "Windows 2022", "se.contoso.test")
    logs = written(scenario, tmp_path)
    assert any(name.startswith("EXSE/Program Files") for name in logs.truth.probes)
    assert_exact(logs, read(logs), tmp_path)


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ('began = "9 o\'clock"', "full hour"),
        ('began = "05:00"', "between 07:00 and 17:00"),
        ("users = 0", "1 to"),
        ("requests_per_user = 0", "at least one"),
        ("people = 3", "unknown key"),
    ],
)
def test_log_knobs_that_make_no_sense_are_refused(section: str, complaint: str, tmp_path: Path) -> None:
    source = Path(__file__).parent.parent.parent / "easwizard" / "lab" / "scenarios" / "healthy.toml"
    text = source.read_text(encoding="utf-8") + f"\n[logs]\n{section}\n"
    (tmp_path / "strange.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=complaint):
        load_scenario("strange", tmp_path)


def test_a_scenario_that_extends_another_changes_single_knobs(tmp_path: Path) -> None:
    source = Path(__file__).parent.parent.parent / "easwizard" / "lab" / "scenarios" / "healthy.toml"
    text = source.read_text(encoding="utf-8") + '\n[logs]\nbegan = "10:00"\nusers = 9\n'
    (tmp_path / "parent.toml").write_text(text, encoding="utf-8")
    child = 'extends = "parent"\ntitle = "Child"\ndescription = "More requests."\n[logs]\nrequests_per_user = 3\n'
    (tmp_path / "child.toml").write_text(child, encoding="utf-8")
    assert load_scenario("child", tmp_path).logs == LogKnobs(users=9, requests_per_user=3, began=10)
