"""Processes apart: a block there ends within its bounds, and the pool goes on, whatever it does."""

import asyncio
import datetime
import importlib
import multiprocessing.spawn
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graph.block import Route
from graph.catalog import Catalog
from graph.errors import BlockError
from runtime.failures import TimedOut, failure_of, wait_asked_by
from runtime.plugins import packs
from runtime.workers import FailedApart, NoWorker, TooMuch, WorkerDied, Workers

PACK = '''
import ctypes, datetime, os, sys, time
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple
from agents.errors import Throttled
from graph.block import Joined, Route, block

class Both(NamedTuple):
    half: float
    double: float

class Odd(Exception):
    def __init__(self, *, needed: int) -> None:
        super().__init__("odd")

class Thing: pass

@block("t.give", title="Give")
def give(value: Any) -> Any:
    """The value."""
    return value

@block("t.both", title="Both")
def both(value: float) -> Both:
    """Two."""
    return Both(value / 2, value * 2)

@block("t.way", title="Way", routes=("left", "right"))
def way(value: Any) -> Route:
    """One of two."""
    return Route("right", value)

@block("t.count", title="Count")
def count(to: int) -> Iterator[int]:
    """Numbers."""
    yield from range(to)

@block("t.words", title="Words")
def words() -> Annotated[Iterator[str], Joined]:
    """A text in parts."""
    yield from ("one ", "two")

@block("t.where", title="Where")
def where() -> int:
    """The process."""
    return os.getpid()

@block("t.spin", title="Spin")
def spin() -> int:
    """Never ends, and never lets go."""
    while True:
        try:
            while True: pass
        except BaseException: pass

@block("t.sleep", title="Sleep")
def sleep(seconds: float) -> float:
    """Takes its time."""
    time.sleep(seconds)
    return seconds

@block("t.do", title="Do")
def do(what: str) -> Any:
    """Something no block should."""
    match what:
        case "eat": return bytearray(10**12)
        case "nibble":
            kept = []
            while True: kept.append("x" * 1_000_000 + str(len(kept)))
        case "exit": sys.exit(3)
        case "die": os._exit(7)
        case "crash": ctypes.string_at(0)
        case "shout":
            while True: print("x" * 1000)
        case "pour": return (n for n in iter(int, 1))
        case "huge": return "x" * 100_000_000
        case "set": return {1, 2}
        case "thing": return [Thing()]
        case "integer": return 2**200
        case "half": return "\\udc80"
        case "function": return lambda: 1
        case "circle":
            ring = []
            ring.append(ring)
            return ring
        case "odd": raise Odd(needed=1)
        case "throttled": raise Throttled("Too often.", cure="Wait.", wait=2.5)
        case "deep": return do("deep")
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.py").write_text(PACK)
    return tmp_path


@pytest.fixture
async def call(folder: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await call("t.kind", within=…, name=value)` on a pool of one."""
    catalog = packs(folder).catalog
    workers = Workers(folder, count=1, memory=500_000_000)

    async def made(kind: str, within: float | None = None, **arguments: Any) -> Any:
        return await workers.call(catalog.spec(kind), arguments, within)

    yield made
    await workers.close()


async def test_values_come_back_as_they_were(call: Callable[..., Any]) -> None:
    moment = datetime.datetime(2024, 2, 29, tzinfo=datetime.UTC)
    value = {"a": [1, 2.5, None, True, "ä", b"\0"], "when": moment, "day": moment.date()}

    assert await call("t.give", value=value) == value
    assert await call("t.both", value=3) == [1.5, 6]
    assert await call("t.way", value=3) == Route("right", 3)
    assert await call("t.count", to=3) == [0, 1, 2]
    assert await call("t.words") == "one two"


async def test_a_block_that_spins_is_killed_at_its_limit_and_the_pool_goes_on(
    call: Callable[..., Any],
) -> None:
    first = await call("t.where")

    with pytest.raises(TimedOut, match=r"It took longer than 0\.2 s"):
        await call("t.spin", within=0.2)

    assert await call("t.where") != first


async def test_waiting_for_a_process_is_not_counted(call: Callable[..., Any]) -> None:
    calls = [call("t.sleep", within=0.5, seconds=0.2) for _ in range(5)]

    assert await asyncio.gather(*calls) == [0.2] * 5


async def test_a_call_that_is_given_up_is_killed(call: Callable[..., Any]) -> None:
    first = await call("t.where")
    task = asyncio.create_task(call("t.spin"))
    await asyncio.sleep(0.1)

    task.cancel()

    assert await asyncio.wait_for(call("t.where"), 10) != first


RAISED = {
    "eat": ("MemoryError", "It ran out of memory."),
    "nibble": ("MemoryError", "It ran out of memory."),
    "exit": ("SystemExit", "It asked for the whole program to end (code 3)."),
    "shout": ("TooMuch", "It printed more than 1,000,000 characters."),
    "pour": ("TooMuch", "It gave more than 1,000,000 items."),
    "huge": ("BlockError", "value is a value of more than 64 MB."),
    "set": ("BlockError", "value is a value of type set."),
    "thing": ("BlockError", "value[0] is a value of type Thing."),
    "integer": ("BlockError", "value is an integer of more than 64 bits."),
    "half": ("BlockError", "value is text with half a character in it (a lone surrogate)."),
    "function": ("BlockError", "value is a value of type function."),
    "odd": ("Odd", "Odd: odd"),
    "throttled": ("Throttled", "Too often."),
    "deep": ("RecursionError", "It called itself too often"),
}


@pytest.mark.parametrize(("what", "kind", "said"), [(k, *v) for k, v in RAISED.items()], ids=RAISED)
async def test_what_goes_wrong_there_is_told_here(
    call: Callable[..., Any], what: str, kind: str, said: str
) -> None:
    with pytest.raises(BlockError) as caught:
        await call("t.do", within=20.0, what=what)

    failure = failure_of(caught.value, "do")
    assert (failure.type, failure.message[: len(said)]) == (kind, said)
    assert failure.cure or what == "odd"
    assert await call("t.give", value=1) == 1


async def test_a_value_that_contains_itself_is_refused(call: Callable[..., Any]) -> None:
    with pytest.raises(FailedApart, match="or that contains itself"):
        await call("t.do", what="circle")


async def test_the_wait_that_the_other_side_asked_for_is_kept(call: Callable[..., Any]) -> None:
    with pytest.raises(FailedApart) as caught:
        await call("t.do", what="throttled")

    assert wait_asked_by(caught.value) == 2.5
    assert caught.value.retryable


@pytest.mark.parametrize(("what", "code"), [("die", "7"), ("crash", "-11")])
async def test_a_process_that_dies_is_named_and_replaced(
    call: Callable[..., Any], what: str, code: str
) -> None:
    with pytest.raises(WorkerDied, match=f"ended with code {code}"):
        await call("t.do", what=what)

    assert await call("t.give", value=1) == 1


async def test_an_argument_that_can_not_travel_is_named(call: Callable[..., Any]) -> None:
    with pytest.raises(BlockError, match=r"arguments\.value\[1\] is a value of type object"):
        await call("t.give", value=[1, object()])


async def test_what_is_printed_there_is_no_part_of_the_answers(
    call: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FailedApart) as caught:
        await call("t.do", what="shout")

    said = capfd.readouterr()
    assert failure_of(caught.value, "").type == TooMuch.__name__
    assert said.out == ""
    assert 900_000 < len(said.err) < 1_100_000


async def test_a_system_that_starts_no_process_is_named_and_tried_again_later(
    folder: Path,
) -> None:
    spec = packs(folder).catalog.spec("t.count")
    workers = Workers(folder, count=1)
    multiprocessing.get_context("spawn").RLock()  # what tracks such things is started by the first
    program = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable("/nowhere/python")
    try:
        with pytest.raises(NoWorker, match="No process for it could be started") as caught:
            await asyncio.wait_for(workers.call(spec, {"to": 2}), 10)
    finally:
        multiprocessing.set_executable(program)

    assert failure_of(caught.value, "").retryable
    assert await workers.call(spec, {"to": 2}) == [0, 1]
    await workers.close()


MODULE = '''
from graph.block import block

@block("own.length", title="Length", process=True)
def length(text: str) -> int:
    """How long it is."""
    return len(text)

def within():
    @block("own.within", title="Within", process=True)
    def inner() -> int:
        """Is made by a function, so that no other process finds it."""
        return 1
    return inner
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module of blocks that is no pack, as a program has them that uses Heddle."""
    (tmp_path / "blocks_of_mine.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("blocks_of_mine")
    del sys.modules["blocks_of_mine"]


async def test_a_block_of_a_module_that_is_no_pack_has_a_process_too(module: ModuleType) -> None:
    workers = Workers(count=1)
    try:
        answer = await workers.call(Catalog.of(module).spec("own.length"), {"text": "four"})
    finally:
        await workers.close()

    assert answer == 4


async def test_a_block_that_no_other_process_finds_is_told_where_it_belongs(
    module: ModuleType,
) -> None:
    workers = Workers(count=1)
    try:
        with pytest.raises(FailedApart, match=r"define 'own\.within' at its top level") as no:
            await workers.call(module.within().__block__, {})
    finally:
        await workers.close()

    assert no.value.cure == (
        "Define it at the top level of a pack, or of a module that can be imported."
    )


async def test_closing_does_not_wait_for_what_spins(folder: Path) -> None:
    workers = Workers(folder, count=1)
    task = asyncio.create_task(workers.call(packs(folder).catalog.spec("t.spin"), {}))
    await asyncio.sleep(0.5)

    task.cancel()
    await workers.close()  # pytest's time limit bounds it: what spins never ends

    assert task.cancelled()
