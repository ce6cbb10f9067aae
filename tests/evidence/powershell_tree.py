"""What a PowerShell script can do, told from its syntax tree: every command, type, member and write it names.

An allow-list in four parts is compared with the tree; whatever is not on it is an objection. It knows the grammar and
no meaning: that an allowed command only reads is the reviewer's word, not the tree's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

_PARSER = Parser(Language(tree_sitter_powershell.language()))

AFTER_2 = re.compile(r"-(?:in|notin|shl|shr)", re.IGNORECASE)
"""Operators that PowerShell 2.0 does not know."""
NEVER = frozenset(
    {"redirection", "file_redirection_operator", "merging_redirection_operator", "class_statement", "enum_statement",
     "command_invokation_operator", "inlinescript_statement", "parallel_statement", "trap_statement",
     "data_statement", "hash_literal_body", "stop_parsing", "verbatim_here_string_characters"}
)  # fmt: skip
"""Kinds of nodes that a script here never needs."""


@dataclass(frozen=True)
class Allowed:
    """What a script may name."""

    commands: frozenset[str]
    types: frozenset[str]
    statics: frozenset[str]
    """`Type::Member`."""
    methods: frozenset[str]
    """Of objects, called."""
    made: frozenset[str] = frozenset()
    """Types of New-Object."""
    whole: frozenset[str] = frozenset()
    """Commands that may only be written exactly so."""
    assigned: frozenset[str] = frozenset()
    """Properties that may be set, as written."""
    blocks: frozenset[str] = frozenset()
    """Script blocks that may stand as values."""
    drives: frozenset[str] = field(default=frozenset({"$env:windir", "$env:COMPUTERNAME"}))


def objections(script: bytes, allowed: Allowed) -> list[str]:
    """Everything in a script that is not allowed, with its line."""
    tree = _PARSER.parse(script)
    own = {_text(n) for n in _walk(tree.root_node) if n.type == "function_name"}
    return [
        f"line {node.start_point[0] + 1}: {what}"
        for node in _walk(tree.root_node)
        for what in _objections(node, allowed, own)
    ]


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        now = waiting.pop()
        yield now
        waiting.extend(reversed(now.children))


def _text(node: Node) -> str:
    return (node.text or b"").decode("ascii", "backslashreplace")


def _objections(node: Node, allowed: Allowed, own: set[str]) -> Iterator[str]:
    if node.type == "ERROR" or node.is_missing:
        yield f"cannot be parsed: {_text(node)[:60]}"
    elif node.type in NEVER:
        yield f"{node.type}: {_text(node)[:60]}"
    elif node.type == "command":
        yield from _command(node, allowed, own)
    elif node.type == "type_spec" and not _text(node).isdigit() and _text(node) not in allowed.types:
        yield f"type {_text(node)}"
    elif node.type in ("invokation_expression", "member_access"):
        yield from _member(node, allowed)
    elif node.type == "left_assignment_expression":
        yield from _assignment(node, allowed)
    elif node.type == "script_block_expression" and _text(node) not in allowed.blocks:
        yield f"script block {_text(node)[:60]}"
    elif node.type == "comparison_operator" and AFTER_2.fullmatch(_text(node)):
        yield f"operator {_text(node)} is of PowerShell 3"
    elif node.type == "variable" and _is_foreign(_text(node), allowed):
        yield f"variable {_text(node)}"


def _is_foreign(variable: str, allowed: Allowed) -> bool:
    """Whether a variable reaches outside the script: another drive, splatting, or what 2.0 does not set."""
    return (":" in variable and variable not in allowed.drives) or variable.startswith(("@", "${", "$PSScriptRoot"))


def _command(node: Node, allowed: Allowed, own: set[str]) -> Iterator[str]:
    name = node.children[0]
    called = _text(name)
    if name.type != "command_name":
        yield f"a command that is not named: {_text(node)[:60]}"
    elif called not in allowed.commands | own and _text(node).strip() not in allowed.whole:
        yield f"command {_text(node)[:80].strip()}"
    if called == "New-Object":
        words = _text(node).split()
        if words[1] != "-TypeName" or words[2] not in allowed.made:
            yield f"makes {_text(node)[:80]}"


def _member(node: Node, allowed: Allowed) -> Iterator[str]:
    owner, member = node.children[0], next((c for c in node.children if c.type == "member_name"), None)
    if member is None or member.children[0].type != "simple_name":
        yield f"a member that is not named: {_text(node)[:60]}"
    elif owner.type == "type_literal":
        static = f"{_text(owner).strip('[]')}::{_text(member)}"
        if static not in allowed.statics:
            yield f"static {static}"
    elif node.type == "invokation_expression" and _text(member) not in allowed.methods:
        yield f"method {_text(member)}"


def _assignment(node: Node, allowed: Allowed) -> Iterator[str]:
    """A property of an object may be set only where it is listed; a variable or its element always."""
    if any(n.type in ("member_access", "type_literal") for n in _walk(node)) and _text(node) not in allowed.assigned:
        yield f"sets {_text(node)}"
