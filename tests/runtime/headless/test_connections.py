"""Connections and secrets on the command line: they come in unseen and are never printed."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.headless.conftest import Heddle

SECRET = "planted/7c1e+9f&key"
Typed = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What comes in on the standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_one_is_made_shown_and_removed(heddle: Heddle, typed: Typed, tmp_path: Path) -> None:
    typed(SECRET + "\n")
    made = heddle("connections", "set", "claude", "--kind", "anthropic")
    assert (made.code, "kept, in the vault" in made.err) == (0, True)

    said = [heddle("connections", *words) for words in (
        ("list",), ("list", "--json"), ("show", "claude"), ("show", "claude", "--json"), ("kinds",),
    )]  # fmt: skip
    assert [one.code for one in said] == [0] * 5
    assert json.loads(said[3].out)["secrets"] == ["key"]
    assert all(SECRET not in one.out + one.err for one in said)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert all(SECRET.encode() not in content for content in files)

    assert heddle("connections", "remove", "claude").code == 0
    assert heddle("connections", "show", "claude").code != 0


def test_a_change_leaves_the_secret_and_asks_for_none(heddle: Heddle, typed: Typed) -> None:
    typed(SECRET)
    heddle("connections", "set", "claude", "--kind", "anthropic")
    typed("")
    changed = heddle("connections", "set", "claude", "--field", "model=claude-x")

    assert changed.code == 0
    shown = json.loads(heddle("connections", "show", "claude", "--json").out)
    assert (shown["fields"], shown["secrets"]) == ({"model": "claude-x"}, ["key"])


def test_what_asks_first_waits_until_it_was_agreed_to(heddle: Heddle, typed: Typed) -> None:
    typed("")
    heddle("connections", "set", "tools", "--kind", "mcp", "--field", "command=serve-tools")
    assert json.loads(heddle("connections", "show", "tools", "--json").out)["agreed"] is False
    refused = heddle("connections", "test", "tools")
    assert "Nobody has agreed" in refused.err

    agreed = heddle("connections", "agree", "tools", "--yes")
    assert "command: serve-tools" in agreed.err
    assert "agreed" not in json.loads(heddle("connections", "show", "tools", "--json").out)


def test_without_a_secret_on_the_standard_input_nothing_is_kept(
    heddle: Heddle, typed: Typed
) -> None:
    typed("")
    assert heddle("connections", "set", "claude", "--kind", "anthropic").code != 0
    assert heddle("connections", "set", "x").code != 0, "a new one needs its kind"
    assert json.loads(heddle("connections", "list", "--json").out)["connections"] == []


def test_plain_secrets_are_kept_listed_by_name_and_removed(heddle: Heddle, typed: Typed) -> None:
    typed(SECRET)
    heddle("secrets", "set", "github.token")

    listed = heddle("secrets", "list")
    assert listed.out.splitlines() == ["github.token"]
    assert "an encrypted file (there is no keyring here)" not in listed.err, "it is settled by now"
    assert heddle("secrets", "rotate").code == 0
    assert "kept in an encrypted file" in heddle("doctor").out.replace("\n", " ")
    assert heddle("secrets", "remove", "github.token").code == 0
    assert heddle("secrets", "remove", "github.token").code != 0


def test_a_flow_uses_what_is_kept(heddle: Heddle, typed: Typed, here: Path) -> None:
    typed(SECRET)
    heddle("secrets", "set", "key")
    flow = {
        "heddle": 1, "name": "f", "links": ["a.value -> out.value"],
        "blocks": {"a": {"kind": "text.template", "fields": {"text": {"$secret": "key"}}},
                   "out": {"kind": "flow.output"}},
    }  # fmt: skip
    (here / "f.flow.json").write_text(json.dumps(flow))

    ran = heddle("run", "f.flow.json")
    assert ran.code == 0, ran.err
    assert SECRET not in ran.out + ran.err
    assert "•••" in ran.out
