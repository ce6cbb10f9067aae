"""What is typed or pasted about names, DNS servers, members and mailboxes is read, or refused with the mend."""

from __future__ import annotations

import pytest

from easwizard.case.requests import Member, Resolver, Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox
from easwizard.workflow.naming import (
    Unreadable,
    mailbox,
    member_text,
    members_in,
    resolver_text,
    resolvers_in,
    target,
    targets_in,
)

MAIL = Target("mail.a.test", 443, Role.GENERIC)
LEGACY_CERT = Target("legacycert.a.test", 443, Role.LEGACY_CERT)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("mail.a.test", ["mail.a.test"]),
        ("mail.a.test, cert.a.test;legacy.a.test\nlegacycert.a.test", 4),
        ("MAIL.a.test. mail.a.test", ["mail.a.test"]),
        ("https://mail.a.test/Microsoft-Server-ActiveSync", ["mail.a.test"]),
        ("InternalUrl : https://legacy.a.test/x\nInternalUrl : https://legacycert.a.test/x", 2),
        ("<mail.a.test> “cert.a.test”", 2),
        ("10.0.0.1 [::1]:444 generic=ex13", ["10.0.0.1", "::1", "ex13"]),
        ("ex13", ["ex13"]),
        ("mail.a.test/owa", ["mail.a.test"]),
        (
            "Hello, our names are mail.a.test and, I think, legacy.a.test. Please check!",
            ["mail.a.test", "legacy.a.test"],
        ),
        ("", []),
    ],
)
def test_every_name_in_a_paste_is_found(text: str, hosts: list[str] | int) -> None:
    found = targets_in(text)
    assert found.troubles == ()
    assert len(found.targets) == hosts if isinstance(hosts, int) else [t.host for t in found.targets] == hosts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mail.a.test:99999", "no port"),
        ("wrong=mail.a.test", "is no role"),
        ("bad_host!.test", "no host name"),
        ("http://", "HOST"),
        ("mail.a.test ex13", "no dot"),
        ("[not-an-address]", "no IP address"),
    ],
)
def test_what_is_no_name_is_said(text: str, words: str) -> None:
    found = targets_in(text)
    assert len(found.troubles) == 1
    assert words in found.troubles[0]


def test_roles_are_guessed_and_can_be_given() -> None:
    assert target("legacycert.a.test") == LEGACY_CERT
    assert target("other=legacycert.a.test:444") == Target("legacycert.a.test", 444, Role.OTHER)


def test_hostile_text_comes_back_harmless() -> None:
    with pytest.raises(Unreadable) as error:
        target("\x1b]0;title\x07[/x]\u202e")
    assert str(error.value).isprintable()


def test_resolvers_without_labels_get_one_by_their_address() -> None:
    found = resolvers_in("10.0.0.53, 10.0.0.54 8.8.8.8:54 lab=[::1]:5353 fd00::1")
    assert [(r.label, r.address, r.port) for r in found] == [
        ("internal", "10.0.0.53", 53),
        ("internal-2", "10.0.0.54", 53),
        ("external", "8.8.8.8", 54),
        ("lab", "::1", 5353),
        ("internal-3", "fd00::1", 53),
    ]
    assert resolvers_in(resolver_text(found)) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [("a=x", "no IP"), ("nonsense", "no IP"), ("=10.0.0.1", "LABEL"), ("a=1.1.1.1 a=1.1.1.2", "two")],
)
def test_a_wrong_resolver_is_said(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        resolvers_in(text)


def test_members_belong_to_a_name() -> None:
    found = members_in("mail.a.test=127.0.0.1:444 mail.a.test=::1", [MAIL])
    assert found == (Member("mail.a.test", "127.0.0.1", 444), Member("mail.a.test", "::1", None))
    assert members_in(member_text(found), [MAIL]) == found
    with pytest.raises(Unreadable, match=r"nearest: mail\.a\.test"):
        members_in("mial.a.test=127.0.0.1", [MAIL])


def test_a_mailbox_is_a_version_and_a_site() -> None:
    assert mailbox("2007@London") == Mailbox(Product.E2007, "London")
    assert mailbox("2013") == Mailbox(Product.E2013, None)
    with pytest.raises(Unreadable, match="2008"):
        mailbox("2008@London")


def test_a_resolver_says_which_word_is_wrong() -> None:
    with pytest.raises(Unreadable, match=r"^'127\.0\.0\.x'"):
        resolvers_in("127.0.0.x")
    assert resolvers_in("") == ()
    assert resolver_text([Resolver("a", "10.0.0.1")]) == "a=10.0.0.1"
