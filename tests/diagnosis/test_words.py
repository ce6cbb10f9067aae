"""The form of a problem's Markdown: what it takes, and that a mistake in it is told with the step."""

from __future__ import annotations

import pytest

from easwizard.diagnosis.plans.template import CheckKind, Expectation
from easwizard.diagnosis.problem import catalogue
from easwizard.diagnosis.words import WordsError, parse_words

HEAD = "# T\n## Helpdesk\nh\n## Engineer\ne\n"
WHOLE = (
    HEAD
    + """
## Remedy mend (recommended): Mend it
For whom: everybody, as long
as the line goes on.
Needs: one thing
Needs: another
Watch: the log
Guard: live-devices, one-at-a-time

1. [first] Look at {server}. And then
   some more.
   Caution: be careful
   For: each legacy server
   When: windows >= 2008, cut-over = before|unknown
   Backup <appcmd>: appcmd list config {location}
   <appcmd; windows >= 2008>: appcmd set config {location/} /x:true
   <appcmd; windows >= 2008>: appcmd set config {location/} /y:true
   <adsutil; windows = 2003>: adsutil set {metabase_flags} {flags}
   Expect: nothing
   Change: mapping={vdir_label}=on
   Wait: 60 min, replication (J22)
   Look <appcmd>: appcmd list config {location}
   Check probe {cert_host} {generic_host} [signs-in]: it signs in
   Undo: by hand
   Undo <appcmd>: appcmd set config {location/} /x:false
   Stop: nothing after it
   Source: 2.3, J22
### Each certificate server, one after the other
2. Do it.
   <PowerShell, elevated>: Get-Thing
   Check import iis: it says so.
### Once
3. Read.
   Check paste [Installed]: it is installed.
### Rollback, each legacy vdir, one after the other
1. Back.
   Check: by eye.
"""
)


def test_everything_that_a_step_may_say() -> None:
    (remedy,) = parse_words(WHOLE).templates
    first, second, third = remedy.steps
    assert (remedy.for_whom, remedy.needs, remedy.watch) == (
        "everybody, as long as the line goes on.", ("one thing", "another"), ("the log",)
    )  # fmt: skip
    assert (first.id, first.title, first.instruction) == ("first", "Look at {server}", "And then some more.")
    assert [c.text.count("\n") for c in first.commands] == [1, 0]
    assert (first.wait_minutes, first.wait_why, first.scope) == (60, "replication (J22)", "each legacy server")
    assert (first.check.kind, first.check.hosts, first.check.expectation) == (
        CheckKind.PROBE, "{cert_host} {generic_host}", Expectation.SIGNS_IN
    )  # fmt: skip
    assert (first.undo, len(first.undo_commands), len(first.backup), len(first.looks)) == ("by hand", 1, 1, 1)
    assert (second.id, second.commands[0].elevated, second.check.imported) == ("do-it", True, "iis")
    assert third.check.must_hold == "Installed"
    assert [b.scope for b in remedy.blocks] == ["once", "each certificate server", "once"]
    assert [b.scope for b in remedy.rollback] == ["each legacy vdir"]


def test_the_short_form_has_placeholders_to_fill_in() -> None:
    (remedy,) = parse_words(WHOLE).remedies
    step = remedy.steps[0]
    assert step.title == "Look at <SERVER>"
    assert step.shell == "cmd, elevated"
    assert step.command is not None
    assert step.command.startswith(r'%windir%\system32\inetsrv\appcmd set config "<SITE NAME>/Microsoft-Server-')


def test_the_older_form_reads_as_before() -> None:
    text = (
        HEAD
        + "## Remedy r: R\n1. Do it. Well.\n   <cmd, elevated>: `do it`\n   Check: done.\n   Undo: undo it\n   now.\n"
    )
    (step,) = parse_words(text).remedies[0].steps
    assert (step.title, step.instruction, step.check) == ("Do it", "Well.", "done.")
    assert (step.command, step.shell, step.undo) == ("do it", "cmd, elevated", "undo it now.")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1. Do it.\n", "no check"),
        ("1. Do it.\n   Check: a\n   Check: b\n", "more than one check"),
        ("1. Do {it}.\n   Check: a\n", "unknown placeholder {it}"),
        ("1. Do.\n   <any shell>: x {server}\n   Check: a\n", "nothing can be filled in"),
        ("1. Do.\n   For: each cat\n   Check: a\n", "unknown scope"),
        ("1. Do.\n   When: windows > Vista\n   Check: a\n", "windows is never Vista"),
        ("1. Do.\n   When: fails-cert-new > 3\n   Check: a\n", "only windows and product have an order"),
        ("1. Do.\n   Wait: long\n   Check: a\n", "MINUTES min"),
        ("1. Do.\n   Check probe {host} [glows]: a\n", "unknown expectation"),
        ("1. Do.\n   Check import cats: a\n", "unknown import"),
        ("1. Do.\n   <cmd, carefully>: x\n   Check: a\n", "only 'elevated'"),
        ("1. [a] Do.\n   Check: a\n2. [a] Do more.\n   Check: a\n", "two steps with the id a"),
        ("Guard: never\n1. Do.\n   Check: a\n", "unknown guard"),
        ("No label\n1. Do.\n   Check: a\n", "under no label"),
        ("For whom: you\n", "has no steps"),
        ("### Each server\n1. Do.\n   Check: a\n", "is no block"),
        ("### Each server, one after the other\n1. Do.\n   For: each name\n   Check: a\n", "'For:' of its own"),
    ],
)
def test_a_mistake_is_told(body: str, said: str) -> None:
    with pytest.raises(WordsError, match=said.replace("(", r"\(")):
        parse_words(f"{HEAD}## Remedy r: R\n{body}")


def test_steps_of_another_problem_are_done_once_for_both() -> None:
    by_code = {entry.code: entry.words.templates for entry in catalogue()}
    shared = next(t for t in by_code["cba/role-service-missing"] if t.id == "four-switches")
    own = next(t for t in by_code["cba/certificate-not-required"] if t.id == "four-switches")
    assert shared.key == own.key == "cba/certificate-not-required/four-switches"
    assert list(shared.steps) == list(own.steps)


def test_every_template_has_a_key_of_its_own_or_shares_one() -> None:
    for entry in catalogue():
        for template in entry.words.templates:
            assert template.key == (template.same_as or f"{entry.code}/{template.id}")
