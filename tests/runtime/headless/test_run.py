"""`heddle run`: what a flow gives, what is told on the way, and the exit code."""

from pathlib import Path

import pytest

from runtime.compose import RESOURCES
from tests.runtime.headless.conftest import Heddle, flow_file


def test_a_result_goes_to_standard_output_and_nothing_else_does(
    heddle: Heddle, greeting: Path
) -> None:
    said = heddle("run", greeting, "--input", "who=Ada")

    assert (said.code, said.out) == (0, "Hello, Ada!\n")
    assert "greet" in said.err
    assert "Succeeded" in said.err


def test_with_json_every_line_is_an_event_and_the_last_one_the_end(
    heddle: Heddle, greeting: Path
) -> None:
    said = heddle("run", greeting, "-i", "who=Ada", "--json")

    assert said.code == 0
    assert [line["event"] for line in said.lines] == [
        "run_started",
        "task_finished",
        "task_finished",
        "run_succeeded",
    ]
    assert said.lines[-1]["outputs"] == {"greeting": "Hello, Ada!"}
    assert said.lines[0]["inputs"] == {"who": "Ada"}


def test_a_flow_that_fails_exits_with_one_and_says_why(heddle: Heddle, failing: Path) -> None:
    said = heddle("run", failing)

    assert (said.code, said.out) == (1, "")
    assert "stop: No more." in said.err
    assert "heddle show" in said.err


def test_a_failure_is_the_last_line_of_json(heddle: Heddle, failing: Path) -> None:
    said = heddle("run", failing, "--json")

    assert (said.code, said.lines[-1]["event"]) == (1, "run_failed")
    assert said.lines[-1]["failure"]["task"] == "stop"


def test_inputs_that_are_missing_or_wrong_are_all_named(heddle: Heddle, greeting: Path) -> None:
    said = heddle("run", greeting, "-i", "name=Ada", "-i", "whom=Ada")

    assert said.code == 2
    assert "'who' is missing" in said.err
    assert "no input 'name'" in said.err
    assert "Did you mean 'who'?" in said.err
    assert "--input times=…  integer  default 1" in said.err


def test_an_input_of_the_wrong_type_is_named(heddle: Heddle, greeting: Path) -> None:
    said = heddle("run", greeting, "-i", "who=Ada", "-i", "times=often")

    assert said.code == 2
    assert "'times' must be integer, not 'often'" in said.err


def test_inputs_come_from_a_file_and_flags_go_before_it(
    heddle: Heddle, greeting: Path, here: Path
) -> None:
    (here / "inputs.json").write_text('{"who": "Bob", "times": 2}')

    said = heddle("run", greeting, "--inputs", "inputs.json", "-i", "who=Ada", "--json")

    assert said.lines[0]["inputs"] == {"who": "Ada", "times": 2}


def test_a_flow_and_its_inputs_can_come_from_standard_input(
    heddle: Heddle, greeting: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with greeting.open() as flow:
        monkeypatch.setattr("sys.stdin", flow)
        assert heddle("run", "-", "-i", "who=Ada").out == "Hello, Ada!\n"
    (tmp_path / "inputs.json").write_text('{"who": "Eve"}')
    with (tmp_path / "inputs.json").open() as inputs:
        monkeypatch.setattr("sys.stdin", inputs)
        assert heddle("run", greeting, "--inputs", "-").out == "Hello, Eve!\n"


def test_a_flow_uses_the_files_beside_it(heddle: Heddle, greeting: Path, here: Path) -> None:
    outer = {
        "call": {"kind": "flow.call", "fields": {"flow": greeting.name, "who": "file"}},
        "out": {"kind": "flow.output"},
    }
    flow_file(here / "outer.flow.json", outer, "call.greeting -> out.value")

    assert heddle("run", "outer.flow.json").out == "Hello, file!\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("{", "ends in the middle"),
        ('{"heddle": 99}', "reads formats up to"),
        ("[]", "is JSON, but no flow"),
    ],
)
def test_a_file_that_is_no_flow_exits_with_two(
    heddle: Heddle, here: Path, text: str, says: str
) -> None:
    (here / "bad.flow.json").write_text(text)

    said = heddle("run", "bad.flow.json")

    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert "Traceback" not in said.err


def test_a_file_that_is_not_there_is_named_with_the_closest_one(
    heddle: Heddle, greeting: Path
) -> None:
    said = heddle("run", "greetings.flow.json")

    assert said.code == 2
    assert "Did you mean greeting.flow.json?" in said.err


def test_a_flow_with_problems_is_not_run_and_each_is_told_with_its_line(
    heddle: Heddle, here: Path
) -> None:
    flow_file(here / "wrong.flow.json", {"a": {"kind": "text.nothing"}, "b": {"kind": "text.case"}})

    said = heddle("run", "wrong.flow.json")

    assert said.code == 2
    assert "wrong.flow.json:6: a: No block of kind 'text.nothing'" in said.err
    assert "b.text: 'text' has no value" in said.err


def test_without_a_record_nothing_is_kept(heddle: Heddle, greeting: Path) -> None:
    assert heddle("run", greeting, "-i", "who=Ada", "--memory").code == 0

    assert heddle("runs", "--json").out == ""


def test_runs_are_kept_where_it_is_said(heddle: Heddle, greeting: Path, here: Path) -> None:
    place = f"sqlite:///{here}/own.db"

    assert heddle("run", greeting, "-i", "who=Ada", "--database", place).code == 0

    assert heddle("runs", "--json").out == ""
    assert len(heddle("runs", "--json", "--database", place).lines) == 1


def test_a_journal_that_cannot_be_opened_is_no_traceback(heddle: Heddle, greeting: Path) -> None:
    said = heddle("run", greeting, "-i", "who=Ada", "--database", "sqlite:////dev/null/x.db")

    assert said.code == 2
    assert "/dev/null" in said.err
    assert "Traceback" not in said.err


def test_a_flow_writes_into_its_folder_and_nowhere_else(
    heddle: Heddle, here: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    blocks = {"w": {"kind": "files.write", "fields": {"path": "../other/a.txt", "content": "x"}}}
    flow_file(here / "writes.flow.json", blocks)

    refused = heddle("run", "writes.flow.json")
    allowed = heddle("run", "writes.flow.json", "--allow-write", tmp_path / "other")

    assert (refused.code, allowed.code) == (1, 0)
    assert "--allow-write" in refused.err
    assert (tmp_path / "other" / "a.txt").read_text() == "x"


def test_another_folder_can_be_the_flows_own(heddle: Heddle, here: Path, tmp_path: Path) -> None:
    blocks = {"w": {"kind": "files.write", "fields": {"path": "a.txt", "content": "x"}}}
    flow_file(here / "writes.flow.json", blocks)
    (tmp_path / "other").mkdir()

    assert heddle("run", "writes.flow.json", "--folder", tmp_path / "other").code == 0

    assert (tmp_path / "other" / "a.txt").exists()


def test_a_host_that_is_not_allowed_is_not_asked(heddle: Heddle, here: Path) -> None:
    blocks = {"get": {"kind": "http.get", "fields": {"url": "http://127.0.0.1:1/"}}}
    flow_file(here / "asks.flow.json", blocks)

    said = heddle("run", "asks.flow.json", "--allow-host", "example.org")

    assert said.code == 1
    assert "may not reach 127.0.0.1" in said.err


def test_a_secret_comes_from_the_variable_named_and_is_never_shown(
    heddle: Heddle, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = {
        "t": {"kind": "text.case", "fields": {"text": {"$secret": "key"}, "style": "upper"}},
        "out": {"kind": "flow.output"},
    }
    flow_file(here / "secret.flow.json", blocks, "t.value -> out.value")
    monkeypatch.setenv("MY_KEY", "ABC-SECRET")
    monkeypatch.setenv("HEDDLE_SECRET_KEY", "to be put back after the test")

    said = heddle("run", "secret.flow.json", "--secret", "key=MY_KEY", "--json")
    monkeypatch.delenv("HEDDLE_SECRET_KEY")
    missing = heddle("run", "secret.flow.json")

    assert said.code == 0, said.err
    assert "ABC-SECRET" not in said.out
    assert missing.code == 1
    assert "HEDDLE_SECRET_KEY" in missing.err


def test_a_variable_that_is_not_set_is_named(heddle: Heddle, greeting: Path) -> None:
    said = heddle("run", greeting, "--secret", "key=NO_SUCH_VARIABLE")

    assert said.code == 2
    assert "NO_SUCH_VARIABLE is not set" in said.err


def test_values_that_json_has_no_word_for_are_made_readable(heddle: Heddle, here: Path) -> None:
    blocks = {
        "b": {"kind": "files.read", "fields": {"path": "raw", "read_as": "bytes"}},
        "out": {"kind": "flow.output"},
    }
    flow_file(here / "bytes.flow.json", blocks, "b.content -> out.value")
    (here / "raw").write_bytes(b"\x00\xff")

    assert heddle("run", "bytes.flow.json", "--json").lines[-1]["outputs"] == {"result": "AP8="}


def test_control_characters_in_failures_do_not_reach_the_terminal(
    heddle: Heddle, here: Path
) -> None:
    blocks = {"f": {"kind": "logic.fail", "fields": {"message": "evil \u001b[2J text"}}}
    flow_file(here / "evil.flow.json", blocks)

    said = heddle("run", "evil.flow.json")

    assert "\x1b[2J" not in said.err
    assert "evil ␛[2J text" in said.err


def test_what_a_flow_would_touch_is_said_without_running_it(heddle: Heddle, here: Path) -> None:
    blocks = {
        "where": {"kind": "flow.input", "fields": {"name": "where", "default": "out"}},
        "w": {
            "kind": "files.write",
            "fields": {"path": {"$expr": "f'{where}/a.txt'"}, "content": {"$secret": "key"}},
        },
        "away": {"kind": "files.write", "fields": {"path": "/etc/hosts", "content": "x"}},
        "get": {"kind": "http.get", "fields": {"url": "https://api.example.org/x"}},
        "code": {"kind": "code.python", "fields": {"code": "return 1"}},
    }
    flow_file(here / "touching.flow.json", blocks, "where.value -> w.where")

    said = heddle("run", "touching.flow.json", "--dry-run", "--json", "--allow-host", "*.org")

    (seen,) = said.lines
    claims = {(c["what"], c["target"]): c["verdict"] for c in seen["claims"]}
    assert claims == {
        ("write", "out/a.txt"): "granted",
        ("write", "/etc/hosts"): "refused",
        ("host", "api.example.org"): "granted",
        ("secret", "key"): "refused",
        ("code", ""): "granted",
    }
    assert set(seen["order"]) == {"w", "away", "get", "code"}
    assert not (here / "out").exists()


def test_what_a_flow_would_touch_reads_well(heddle: Heddle, here: Path) -> None:
    blocks = {"w": {"kind": "files.write", "fields": {"path": "/etc/hosts", "content": "x"}}}
    flow_file(here / "touching.flow.json", blocks)

    said = heddle("run", "touching.flow.json", "--dry-run")

    assert said.code == 0
    assert "write  /etc/hosts" in said.out
    assert "--allow-write /etc" in said.out


def test_more_than_a_run_may_use_up_is_foreseen(heddle: Heddle, here: Path) -> None:
    fields = {"prompt": "Hi", "model": "scripted/echo"}
    flow_file(here / "asking.flow.json", {"ask": {"kind": "ai.chat", "fields": fields}})

    said = heddle("run", "asking.flow.json", "--dry-run", "--most-tokens", "10")
    enough = heddle("run", "asking.flow.json", "--dry-run", "--most-tokens", "100000")

    assert said.code == 0
    assert "more than it may: 10 tokens" in said.out
    assert "more than it may" not in enough.out


def test_every_template_that_needs_no_network_runs(heddle: Heddle, here: Path) -> None:
    said = heddle("new")
    names = {line.split()[0] for line in said.out.splitlines() if line and line[0].islower()}
    assert "triage_github_issues" in names
    patient = {"wait_for_approval", "approve_before_sending"}  # for seconds, or for a person
    online = {path.name.partition(".")[0] for path in (RESOURCES / "templates").glob("*.flow.json")
              if '"http.' in path.read_text()}  # fmt: skip

    for name in sorted(names - online - patient):
        assert heddle("new", name, f"{name}.flow.json").code == 0
        ran = heddle("run", f"{name}.flow.json", "--json", "--memory")
        assert (name, ran.code, ran.lines[-1]["event"]) == (name, 0, "run_succeeded")


def test_many_blocks_are_told_of_in_few_lines(heddle: Heddle, here: Path) -> None:
    blocks = {f"n{i}": {"kind": "flow.constant", "fields": {"value": i}} for i in range(1000)}
    flow_file(here / "many.flow.json", blocks)

    said = heddle("run", "many.flow.json", "--memory")

    assert said.code == 0
    assert len(said.err.splitlines()) < 10
