"""What the file of guards says holds for whole kinds of systems, or for one of them."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.resilience.settings import BadGuards, GuardRules, GuardSettings, guard_rules


def test_the_more_specific_name_wins() -> None:
    rules = GuardRules({
        "default": {"attempts": 9, "recovery": 10.0},
        "http": {"concurrent": 5},
        "http:api.github.com": {"rate": 80},
    })  # fmt: skip

    github, other, server = (
        rules.of(name) for name in ("http:api.github.com", "http:b.com", "mcp:a")
    )

    assert (github.rate, github.concurrent, github.recovery) == (80, 5, 10.0)
    assert (other.rate, other.concurrent, other.recovery) == (0, 5, 10.0)
    assert (server.rate, server.concurrent, server.attempts) == (0, 64, 9)


def test_what_holds_for_a_host_holds_for_its_ports() -> None:
    rules = GuardRules({"http:localhost": {"rate": 1}, "http:localhost:81": {"rate": 2}})

    assert [rules.of(f"http:localhost:{port}").rate for port in (80, 81)] == [1, 2]


def test_hosts_and_databases_are_tried_once_unless_somebody_says_so() -> None:
    rules = GuardRules({"default": {"attempts": 5}, "database": {"attempts": 2}})

    assert [rules.of(name).attempts for name in ("http:a", "database:b", "llm:c")] == [1, 2, 5]


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    settings = guard_rules(tmp_path / "guards.json").of("llm:anthropic")

    assert (settings.failures, settings.recovery, settings.trials) == (5, 60.0, 3)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"http": {"retries": 3}}, "'http' sets 'retries', which there isn't: there are seconds,"),
        ({"http": {"attempts": 0}}, "'http' sets 'attempts' to 0: expected `int` >= 1."),
        ({"llm": {"rate": "fast"}}, "'llm' sets 'rate' to 'fast': expected `int`, got `str`."),
        ({"llm": {"window": "days"}}, "'llm' sets 'window' to 'days': invalid enum value 'days'."),
        ({"llm": 3}, "'llm' is no record of settings."),
        ([], "holds no record."),
    ],
)
def test_what_can_not_be_is_said_with_its_place(tmp_path: Path, said: Any, message: str) -> None:
    path = tmp_path / "guards.json"
    path.write_text(json.dumps(said))

    with pytest.raises(BadGuards) as caught:
        guard_rules(path)

    assert str(path) in caught.value.message
    assert message in caught.value.message


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(BadGuards, match=r"'a' sets 'x'.*'b' sets 'trials'"):
        GuardRules({"a": {"x": 1}, "b": {"trials": -1}})


def test_what_is_no_json_is_said(tmp_path: Path) -> None:
    path = tmp_path / "guards.json"
    path.write_text("{")

    with pytest.raises(BadGuards, match=r"guards\.json is no JSON"):
        guard_rules(path)


def test_the_page_on_guards_lists_every_setting_with_what_holds_without_it() -> None:
    page = (Path(__file__).parents[3] / "docs/how_to/guard_outside_calls.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", page, re.MULTILINE))

    assert {name: json.loads(value) for name, value in rows.items()} == msgspec.to_builtins(
        GuardSettings()
    )


def test_every_setting_explains_itself() -> None:
    schema = msgspec.json.schema(GuardSettings)["$defs"]["GuardSettings"]["properties"]

    assert [name for name, about in schema.items() if not about.get("description")] == []
