"""The JSON line of `lab --headless` and the check command in it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

from easwizard.lab.estate import Estate
from easwizard.lab.invitation import check_arguments, invitation, posix_line, powershell_line
from easwizard.lab.scenario_reader import load_scenario

KEYS = [
    "format", "version", "scenario", "seed", "pid", "resolvers", "ca_file", "port", "namespaces",
    "client_certificates", "accounts", "evidence", "logs", "control", "check",
]  # fmt: skip


def test_the_invitation_has_the_keys_of_the_contract_and_is_json(article: Estate) -> None:
    made = invitation(article)
    assert list(made) == KEYS
    assert json.loads(json.dumps(made)) == made
    assert (made["format"], made["version"], made["scenario"]) == ("easwizard-lab", 1, "article")
    assert {resolver["label"] for resolver in made["resolvers"]} == {"internal", "external"}
    assert set(made["check"]) == {"argv", "env", "posix", "powershell"}
    assert made["check"]["argv"][:4] == [sys.executable, "-m", "easwizard", "check"]
    assert set(made["client_certificates"][0]) == {"label", "file", "key_file"}
    assert set(made["accounts"][0]) == {"label", "user", "password", "mailbox"}


def test_passwords_go_by_environment_in_the_order_of_users(article: Estate) -> None:
    arguments, environment = check_arguments(article, "account")
    assert not set(environment.values()) & set(arguments)
    assert list(environment) == ["EASWIZARD_PASSWORD", "EASWIZARD_PASSWORD_2", "EASWIZARD_PASSWORD_3"]
    users = [arguments[place + 1] for place, argument in enumerate(arguments) if argument == "--user"]
    assert users == [account.user for account in article.accounts]
    assert list(environment.values()) == [account.password for account in article.accounts]


def test_the_names_vantage_has_no_account(article: Estate) -> None:
    arguments, environment = check_arguments(article, "names")
    assert not environment
    assert not {"--user", "--mailbox", "--client-cert", "--client-key"} & set(arguments)
    assert arguments[0] == f"generic=generic.contoso.test:{article.port}"
    assert arguments[-2:] == ["--pace", "0.02"]


def test_the_scenarios_own_options_and_printed_password_are_used() -> None:
    with Estate(load_scenario("article-401")) as estate:
        assert check_arguments(estate, "account")[0][-2:] == ["--refusals", "6"]
    with Estate(load_scenario("wrong-password")) as estate:
        assert check_arguments(estate, "account")[1] == {"EASWIZARD_PASSWORD": "Summer-Storm-05"}
        assert invitation(estate)["accounts"][0]["password"] == "Summer-Storm-05"


def test_shell_lines_survive_awkward_characters() -> None:
    words = ["check", "it's", "a b", "$HOME", 'say "hi"', "x;y"]
    program = "import sys, os, json; print(json.dumps([sys.argv[1:], os.environ['SECRET']]))"
    line = posix_line([sys.executable, "-c", program, *words], {"SECRET": "p'w $x"})
    assert shlex.split(line)[0] == "SECRET=p'w $x"
    if sys.platform != "win32":
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, text=True)
        assert json.loads(done.stdout) == [words, "p'w $x"]
    assert powershell_line(["py", "it's"], {"SECRET": "a'b"}) == "$env:SECRET = 'a''b'; & 'py' 'it''s'"


def test_machines_behind_a_name_are_reached_directly() -> None:
    with Estate(load_scenario("tls-terminated-upstream")) as estate:
        arguments, _ = check_arguments(estate, "names")
        wanted = [arguments[place + 1] for place, word in enumerate(arguments) if word == "--connect-to"]
        members = [estate.addresses[f"{name}/default web site"] for name in ("ex13c", "ex13d")]
    assert wanted == [f"cert.contoso.test={address}:{estate_port(arguments)}" for address in members]


def estate_port(arguments: list[str]) -> str:
    return arguments[0].rpartition(":")[2]
