"""Blocks that do what no block should: each is bounded and named, and the others go on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.flow import PLAIN, Block, Flow, Settings
from runtime.events import RunFailed, RunSucceeded, TaskFailed, TaskFinished
from runtime.runtime import Runtime
from tests.end_to_end.beside import alone, end_of, failed, others_go_on, runtime_in

pytestmark = pytest.mark.alone

BRIEF = Settings(time_limit=0.5)
SPIN = "while True:\n    pass"


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[Runtime]:
    """With bounds that are soon reached, and its runs in a file."""
    bounds = {"time_limit": 2.0, "code_seconds": 0.5, "code_megabytes": 32}
    async with runtime_in(tmp_path, **bounds, process_megabytes=512) as made:
        yield made


WRONG: dict[str, tuple[str, Settings, dict[str, Any], str, str]] = {
    # What: kind, settings, fields; the type of the failure, what it says.
    "code that spins": ("code.python", PLAIN, {"code": SPIN}, "CodeTimedOut", "longer than 0.5 s"),
    "code that spins under its own limit": (
        "code.python", Settings(time_limit=0.2), {"code": SPIN}, "TimedOut", "longer than 0.2 s",
    ),
    "an expression that spins": (
        "text.template", PLAIN, {"text": {"$expr": "sum(range(10 ** 12))"}},
        "CodeTimedOut", "longer than 0.5 s",
    ),
    "code that eats": (
        "code.python", PLAIN, {"code": "'x' * 10 ** 10"}, "CodeOutOfMemory", "more than 32 MB",
    ),
    "code that prints": (
        "code.python", PLAIN, {"code": "while True: print('x' * 1000)"},
        "OutputTooLarge", "printed more than 1 MB",
    ),
    "a function that spins": ("trouble.spin", BRIEF, {}, "TimedOut", "longer than 0.5 s"),
    "a function that spins without a limit": (
        "trouble.spin", PLAIN, {}, "TimedOut", "longer than 2 s",
    ),
    "a function that eats": ("trouble.eat", PLAIN, {}, "MemoryError", "ran out of memory"),
    "a function that prints": (
        "trouble.shout", PLAIN, {}, "TooMuch", "printed more than 1,000,000 characters",
    ),
    "a generator without end": ("trouble.pour", PLAIN, {}, "TooMuch", "more than 1,000,000 items"),
    "an async generator without end": (
        "trouble.drip", Settings(time_limit=30.0), {}, "BlockError", "more than 1,000,000 items",
    ),
    "an async generator of large things": (
        "trouble.drip", PLAIN, {"size": 1_000_000}, "BlockError", "or 128 MB",
    ),
    "what never comes back": ("trouble.hang", BRIEF, {}, "TimedOut", "longer than 0.5 s"),
    "what never comes back and has no limit": (
        "trouble.hang", PLAIN, {}, "TimedOut", "longer than 2 s",
    ),
    "a value of 300 MB": (
        "trouble.fill", PLAIN, {"megabytes": 300}, "Unrecordable", "more than 64 MB",
    ),
    "a set": ("trouble.give", PLAIN, {"what": "set"}, "Unrecordable", "type set"),
    "an object": (
        "trouble.give", PLAIN, {"what": "thing"}, "Unrecordable",
        "type Thing can't be recorded (outputs.value.rows[0])",
    ),
    "a huge integer": ("trouble.give", PLAIN, {"what": "integer"}, "Unrecordable", "64 bits"),
    "a value in itself": (
        "trouble.give", PLAIN, {"what": "ring"}, "Unrecordable", "contains itself",
    ),
    "half a character": ("trouble.give", PLAIN, {"what": "half"}, "Unrecordable", "half a char"),
    "one value for two": ("trouble.halve", PLAIN, {}, "BlockError", "the outputs left, right"),
    "sys.exit": ("trouble.fail", PLAIN, {"how": "exit"}, "SystemExit", "program to end (code 3)"),
    "a cancelling block": (
        "trouble.fail", PLAIN, {"how": "cancelled"}, "Abandoned", "What it waited for",
    ),
    "too much memory at once": (
        "trouble.fail", PLAIN, {"how": "memory"}, "MemoryError", "ran out of memory",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "settings", "fields", "type", "said"), WRONG.values(), ids=list(WRONG)
)
async def test_what_goes_wrong_is_bounded_and_named_and_the_others_go_on(
    runtime: Runtime, kind: str, settings: Settings, fields: dict[str, Any], type: str, said: str
) -> None:
    block = Block("it", kind, fields, settings=settings)

    async with others_go_on(runtime):
        end = await failed(runtime, Flow.of([block]))

    assert end.failure.task == "it"
    assert (end.failure.type, end.failure.cure != "") == (type, type != "Abandoned")
    assert said in end.failure.message
    assert isinstance((await runtime.journal.read(end.run))[-1], RunFailed)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("mute", "Mute: what it says can't be told"),
        ("half", "ValueError: bad byte ?, zero \0"),
        ("group", "ValueError: the cause"),
        ("long", "ValueError: xxx"),
    ],
)
async def test_whatever_an_exception_is_made_of_the_failure_is_recorded(
    runtime: Runtime, how: str, said: str
) -> None:
    end = await failed(runtime, alone("trouble.fail", how=how))

    recorded = (await runtime.journal.read(end.run))[-1]
    assert isinstance(recorded, RunFailed)
    assert recorded.failure.message.startswith(said)
    assert len(recorded.failure.message) <= 2001


async def test_what_was_done_before_the_value_that_can_not_be_kept_stays_recorded(
    runtime: Runtime,
) -> None:
    flow = Flow.of(
        [
            Block("before", "text.template", {"text": "kept"}),
            Block("bad", "trouble.give", {"what": "set"}),
            Block("after", "logic.merge_all"),
        ],
        [("before.value", "after.before"), ("bad.value", "after.bad")],
    )

    end = await failed(runtime, flow)

    events = await runtime.journal.read(end.run)
    assert [e.task for e in events if isinstance(e, TaskFinished)] == ["before"]
    assert [e.task for e in events if isinstance(e, TaskFailed)] == ["bad"]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    tasks = {row.task: row for row in await runtime.journal.tasks(end.run)}
    assert tasks["bad"].state == "failed"
    assert "type set" in tasks["bad"].message


async def test_an_input_that_can_not_be_kept_fails_the_run_and_no_other(
    runtime: Runtime,
) -> None:
    flow = Flow.of(
        [Block("it", "flow.input", {"name": "it"}), Block("out", "flow.output")],
        [("it.value", "out.value")],
    )

    async with others_go_on(runtime):
        ends = await asyncio.gather(
            end_of(runtime, flow, {"it": {1, 2}}), end_of(runtime, flow, {"it": [1, 2]})
        )

    assert isinstance(ends[0], RunFailed)
    assert "a value of type set can't be recorded (inputs.it)" in ends[0].failure.message
    assert isinstance(ends[1], RunSucceeded)


async def test_a_value_that_doubles_with_every_block_is_stopped_before_it_takes_all_memory(
    runtime: Runtime,
) -> None:
    merges = [Block(f"m{n}", "logic.merge_all") for n in range(1, 60)]
    links = [(f"m{n - 1}.value", f"m{n}.{port}") for n in range(1, 60) for port in "ab"]
    flow = Flow.of(
        [Block("m0", "flow.constant", {"value": [1]}), *merges, Block("end", "data.format_json")],
        [*links, ("m59.value", "end.value")],
    )

    async with others_go_on(runtime):
        end = await failed(runtime, flow)

    # The block finds it as it grows, or else the journal: whoever looks first.
    assert any(said in end.failure.message for said in ("over and over", "more than 64 MB"))
    assert end.failure.task.startswith("m")
