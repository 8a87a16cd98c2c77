"""Commands about past runs: runs, show, replay, resume, cancel, prune, doctor."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from graph.file_format import flow_hash, read, write
from runtime.events import AnyEvent, RunStarted, TaskFinished, TaskStarted
from runtime.journal.places import open_journal
from tests.runtime.headless.conftest import Heddle, flow_file

COUNTED: dict[str, Any] = {
    "numbers": {"kind": "flow.constant", "fields": {"value": [1, 2, 3]}},
    "each": {"kind": "logic.for_each", "fields": {"body": "one"}},
    "say": {"kind": "text.template", "fields": {"text": "{all}"}},
    "out": {"kind": "flow.output"},
}
BODY: dict[str, Any] = {
    "blocks": {
        "item": {"kind": "flow.input", "fields": {"name": "item"}},
        "mark": {"kind": "text.template", "fields": {"text": "<{item}>"}},
        "result": {"kind": "flow.output"},
    },
    "links": ["item.value -> mark.item", "mark.value -> result.value"],
}
LINKS = ("numbers.value -> each.items", "each.value -> say.all", "say.value -> out.value")


@pytest.fixture
def counted(here: Path) -> Path:
    """A flow with a loop in it."""
    return flow_file(here / "counted.flow.json", COUNTED, *LINKS, flows={"one": BODY})


@pytest.fixture
def run(heddle: Heddle, counted: Path) -> str:
    """The id of a run of it that went well."""
    said = heddle("run", counted, "--json")
    assert said.code == 0, said.err
    return str(said.lines[0]["run"])


# runs


def test_nothing_has_run_yet(heddle: Heddle) -> None:
    said = heddle("runs")

    assert (said.code, said.out) == (0, "")
    assert "There are no such runs" in said.err


def test_runs_are_listed_and_chosen(heddle: Heddle, run: str, failing: Path) -> None:
    heddle("run", failing)

    listed = heddle("runs")
    assert run in listed.out
    assert "failed" in listed.out
    assert [row["run"] for row in heddle("runs", "--flow", "counted", "--json").lines] == [run]
    assert [row["name"] for row in heddle("runs", "--state", "failed", "--json").lines] == [
        "failing"
    ]
    assert len(heddle("runs", "-n", "1", "--json").lines) == 1


def test_a_run_of_a_flow_without_a_name_is_called_as_its_file_is(
    heddle: Heddle, here: Path
) -> None:
    heddle("run", flow_file(here / "nightly.flow.json", {"a": {"kind": "flow.constant"}}, name=""))

    assert [row["name"] for row in heddle("runs", "--json").lines] == ["nightly"]


def test_runs_are_found_by_a_value(heddle: Heddle, run: str, failing: Path) -> None:
    heddle("run", failing)

    (found,) = heddle("runs", "--find", "<2>", "--json").lines
    assert (found["run"], found["place"]) == (run, "each[1]/mark.value")
    assert "stop: No more." in heddle("runs", "--find", "no MORE").out
    assert heddle("runs", "--find", "<2>", "--state", "failed", "--json").out == ""


# show


def test_a_run_is_shown_with_its_blocks_values_and_loops(heddle: Heddle, run: str) -> None:
    said = heddle("show", run[:10])

    assert said.code == 0
    assert "✓ each" in said.out
    assert "3 rounds" in said.out
    assert "3 done" in said.out
    assert '["<1>", "<2>", "<3>"]' in said.out
    assert "✓ Succeeded" in said.out


def test_a_run_that_took_long_says_what_it_waited_for(heddle: Heddle, here: Path) -> None:
    blocks = {
        "slow": {"kind": "logic.wait", "fields": {"seconds": 0.2, "value": 1}},
        "quick": {"kind": "logic.wait", "fields": {"seconds": 0.01, "value": 1}},
    }
    run = heddle("run", flow_file(here / "slow.flow.json", blocks), "--json").lines[0]["run"]

    said = heddle("show", run).out

    waited = said[said.index("The run waited for") :]
    assert "slow" in waited
    assert "quick" not in waited


def test_a_failure_is_shown_with_its_place(heddle: Heddle, failing: Path) -> None:
    run = heddle("run", failing, "--json").lines[0]["run"]

    said = heddle("show", run)

    assert "✗ stop" in said.out
    assert "stop: No more." in said.out


def test_every_event_can_be_seen(heddle: Heddle, run: str) -> None:
    said = heddle("show", run, "--events")
    as_json = heddle("show", run, "--events", "--json").lines

    assert len(said.out.splitlines()) == len(as_json)
    assert "run_started" in said.out
    assert (as_json[0]["event"], as_json[-1]["event"]) == ("run_started", "run_succeeded")


def test_a_task_is_shown_with_what_came_in_and_went_out(heddle: Heddle, run: str) -> None:
    said = heddle("show", run, "--task", "each[1]/mark")
    (task,) = heddle("show", run, "--task", "each[1]/mark", "--json").lines

    assert "each[1]/mark" in said.out
    assert task["inputs"] == {"item": 2}
    assert task["fields"] == {"text": "<{item}>"}
    assert task["outputs"] == {"value": "<2>"}


def test_a_block_of_a_loop_is_many_tasks(heddle: Heddle, run: str) -> None:
    said = heddle("show", run, "--task", "each/mark")

    assert said.code == 2
    assert "ran 3 times" in said.err
    assert "each[0]/mark" in said.err


def test_a_task_that_is_not_there_is_answered_with_the_closest(heddle: Heddle, run: str) -> None:
    said = heddle("show", run, "--task", "eech")

    assert said.code == 2
    assert "Did you mean 'each'?" in said.err


def test_a_run_for_programs_has_all_of_it(heddle: Heddle, run: str) -> None:
    (shown,) = heddle("show", run, "--json").lines

    assert (shown["run"], shown["state"]) == (run, "succeeded")
    assert {block["block"]: block["finished"] for block in shown["blocks"]} == {
        "numbers": 1,
        "each": 1,
        "each/mark": 3,
        "each/result": 3,
        "say": 1,
        "out": 1,
    }
    assert shown["outputs"] == {"result": '["<1>", "<2>", "<3>"]'}


@pytest.mark.parametrize("command", ["show", "resume", "replay", "cancel"])
def test_a_run_that_is_not_there_is_no_traceback(heddle: Heddle, command: str) -> None:
    said = heddle(command, "nope")

    assert said.code == 2
    assert "There is no run 'nope'" in said.err


# replay


def test_a_replay_without_changes_gives_the_same(heddle: Heddle, run: str) -> None:
    said = heddle("replay", run, "--from", "each/mark")

    assert said.code == 0, said.err
    assert said.out == '["<1>", "<2>", "<3>"]\n'
    assert "the same as the run it repeats" in said.err


def test_a_replay_with_a_change_marks_the_first_difference(heddle: Heddle, run: str) -> None:
    said = heddle("replay", run, "--from", "each/mark", "--set", "each/mark.text=[{item}]")

    assert said.code == 0, said.err
    assert said.out == '["[1]", "[2]", "[3]"]\n'
    assert "First different: each[0]/mark.value" in said.err
    assert "before  <1>" in said.err
    assert "now     [1]" in said.err


def test_values_are_set_as_the_field_takes_them(heddle: Heddle, run: str) -> None:
    said = heddle("replay", run, "--set", "numbers.value=[7]", "--json")

    assert said.lines[-1]["outputs"] == {"result": '["<7>"]'}
    assert [line["task"] for line in said.lines if line["event"] == "replay_diverged"] == [
        "numbers"
    ]


def test_a_replay_begins_in_a_round_of_a_loop(heddle: Heddle, run: str) -> None:
    said = heddle("replay", run, "--from", "each[1]", "--json")

    reused = [line["task"] for line in said.lines if line["event"] == "task_reused"]
    assert "each[0]/mark" in reused
    assert not {"each[1]/mark", "each[2]/mark"} & set(reused)
    assert "It went 3 rounds." in heddle("replay", run, "--from", "each[7]").err


def test_an_expression_can_be_set(heddle: Heddle, run: str) -> None:
    said = heddle("replay", run, "--set", 'say.text={"$expr": "str(len(all))"}')

    assert said.out == "3\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "nope"), "no block “nope”"),
        (("--set", "nope.text=x"), "no block 'nope'"),
        (("--set", "numbers.valeu=1"), "no field 'valeu'"),
        (("--set", "numbers"), "gives no value"),
        (("--set", "each.parallel=many"), "each.parallel must be integer"),
    ],
)
def test_a_replay_that_makes_no_sense_is_refused(
    heddle: Heddle, run: str, words: tuple[str, ...], says: str
) -> None:
    said = heddle("replay", run, *words)

    assert said.code == 2
    assert says in said.err


# resume and cancel


def left(tmp_path: Path, path: Path) -> str:
    """A run whose process died while its effect was under way, as the journal knows it."""
    flow, began = read(path.read_text()), time.time() - 100
    events: list[AnyEvent] = [
        RunStarted("left", 1, began, flow_hash(flow), flow.name, owner="elsewhere:1:x"),
        TaskFinished("left", 2, began, "text", began, {"value": "line"}),
        TaskStarted("left", 3, began, "log", 1, "left:log"),
    ]

    async def record() -> None:
        journal = await open_journal(tmp_path / "home" / "heddle.db")
        await journal.keep_flow(flow_hash(flow), flow.name, write(flow))
        journal.append(events)
        await journal.close()

    asyncio.run(record())
    (path.parent / "log.txt").write_text("line\n")
    return "left"


@pytest.fixture
def effect(here: Path) -> Path:
    """A flow with an effect, before which what led to it is recorded."""
    blocks = {
        "text": {"kind": "text.template", "fields": {"text": "line"}},
        "log": {"kind": "files.append", "fields": {"path": "log.txt"}},
        "out": {"kind": "flow.output"},
    }
    links = ("text.value -> log.content", "log.path -> out.value")
    return flow_file(here / "effect.flow.json", blocks, *links)


def test_a_run_that_was_left_is_told_as_such(heddle: Heddle, tmp_path: Path, effect: Path) -> None:
    run = left(tmp_path, effect)

    assert [row["run"] for row in heddle("runs", "--state", "left", "--json").lines] == [run]
    assert f"heddle resume {run}" in heddle("show", run).err


def test_an_effect_in_doubt_waits_for_a_word(
    heddle: Heddle, tmp_path: Path, effect: Path, here: Path
) -> None:
    run = left(tmp_path, effect)

    said = heddle("resume", run, "--json")

    assert said.code == 3
    assert [line["event"] for line in said.lines][-2:] == ["run_stalled", "run_interrupted"]
    assert f"heddle resume {run} --settle log=again|done|failed" in json.dumps(said.lines)
    assert (here / "log.txt").read_text() == "line\n", "it was not done again unasked"


@pytest.mark.parametrize(
    ("verdict", "code", "lines", "outputs"),
    [
        ("log=again", 0, 2, {"result": "log.txt"}),
        ('log=done={"path": "I saw it"}', 0, 1, {"result": "I saw it"}),
        ("log=done", 0, 1, {"result": None}),
        ("log=failed", 1, 1, None),
    ],
)
def test_a_word_settles_it(
    heddle: Heddle, tmp_path: Path, effect: Path, here: Path,
    verdict: str, code: int, lines: int, outputs: dict[str, Any] | None,
) -> None:  # fmt: skip
    run = left(tmp_path, effect)

    said = heddle("resume", run, "--settle", verdict, "--json")

    assert said.code == code, said.err
    assert said.lines[-1].get("outputs") == outputs
    assert len((here / "log.txt").read_text().splitlines()) == lines


def test_a_verdict_that_is_none_is_refused(heddle: Heddle, run: str) -> None:
    said = heddle("resume", run, "--settle", "log=perhaps")

    assert said.code == 2
    assert "TASK=again" in said.err


def test_what_has_ended_is_neither_resumed_nor_cancelled(heddle: Heddle, run: str) -> None:
    for command in ("resume", "cancel"):
        said = heddle(command, run)
        assert said.code == 2
        assert "has ended (succeeded)" in said.err


def test_a_run_that_was_left_can_be_ended_for_good(
    heddle: Heddle, tmp_path: Path, effect: Path
) -> None:
    run = left(tmp_path, effect)

    assert heddle("cancel", run, "--reason", "enough").code == 0

    (row,) = heddle("runs", "--json").lines
    assert (row["state"], row["summary"]) == ("cancelled", "enough")
    assert heddle("resume", run).code == 2


# prune and doctor


def test_old_runs_are_forgotten(heddle: Heddle, run: str) -> None:
    assert "Forgot 0 runs" in heddle("prune").err
    assert "Forgot 1 run" in heddle("prune", "--days", "0").err

    assert heddle("runs", "--json").lines == []


def test_doctor_finds_everything_well(heddle: Heddle, run: str) -> None:
    said = heddle("doctor")
    (report,) = heddle("doctor", "--json").lines

    assert said.code == 0, said.out
    assert "✓  sandbox" in said.out
    assert "1 run" in said.out
    assert all(finding["fine"] for finding in report["findings"])
    settings = {setting["variable"]: setting for setting in report["settings"]}
    assert settings["HEDDLE_HOME"]["source"] == "HEDDLE_HOME"
    assert settings["HEDDLE_PARALLEL"]["source"] == "default"
    assert all(setting["meaning"] for setting in report["settings"])


def test_doctor_says_what_is_wrong_and_exits_with_one(
    heddle: Heddle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = tmp_path / "home" / "packs"
    packs.mkdir(parents=True)
    (packs / "broken.py").write_text("1 / 0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:very-secret@127.0.0.1:1/none")

    said = heddle("doctor")

    assert said.code == 1
    assert "'broken.py' could not be loaded: ZeroDivisionError" in said.out
    assert "✗  journal" in said.out
    assert "very-secret" not in said.out + said.err
