"""Many calls at a time, lost processes, calls given up: the next call always works."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from agents.code import workers
from agents.code.errors import SandboxError, WorkerLost
from agents.code.sandbox import Sandbox
from tests.agents.code.conftest import interpreters

pytestmark = pytest.mark.alone

SPIN = "while True: pass"


async def begun(call: "asyncio.Task[object]") -> int:
    """The process in which the call runs, once it takes all of a processor's time."""
    for _ in range(500):
        await asyncio.sleep(0.002)
        for process in interpreters():
            if ticks(process) >= 2:
                return process
    raise AssertionError(f"{call} never began")


async def all_ended() -> None:
    """Waits until no interpreter is alive: a killed one takes some milliseconds to die."""
    for _ in range(500):
        if not interpreters():
            return
        await asyncio.sleep(0.002)
    raise AssertionError(f"{interpreters()} live on")


def ticks(process: int) -> int:
    """The processor time that a process has taken, in hundredths of a second."""
    with open(f"/proc/{process}/stat") as status:
        return int(status.read().rsplit(")", 1)[1].split()[11])


async def test_nothing_is_started_before_the_first_call(sandbox: Sandbox) -> None:
    before = interpreters()

    await sandbox.evaluate("1", {})

    assert before == set()
    assert len(interpreters()) == 1


async def test_two_hundred_calls_at_once_all_get_their_own_answer(sandbox: Sandbox) -> None:
    calls = [sandbox.evaluate("[n, n * n]", {"n": n}) for n in range(200)]

    assert await asyncio.gather(*calls) == [[n, n * n] for n in range(200)]
    assert len(interpreters()) == 2


async def test_calls_are_served_in_the_order_they_came(single: Sandbox) -> None:
    order = list[int]()

    async def call(n: int) -> None:
        await single.evaluate("n", {"n": n})
        order.append(n)

    await asyncio.gather(*(call(n) for n in range(50)))

    assert order == list(range(50))


async def test_a_long_call_holds_up_nobody_while_another_worker_is_free(sandbox: Sandbox) -> None:
    spinning = asyncio.create_task(sandbox.run(SPIN, {}))
    await begun(spinning)

    assert await asyncio.gather(*(sandbox.evaluate("n", {"n": n}) for n in range(20)))
    assert not spinning.done()
    spinning.cancel()


async def test_a_worker_killed_between_calls_is_replaced_unnoticed(single: Sandbox) -> None:
    others = interpreters()
    await single.evaluate("1", {})
    (process,) = interpreters() - others

    os.kill(process, signal.SIGKILL)

    assert await single.evaluate("2", {}) == 2
    assert process not in interpreters()


async def test_a_worker_killed_during_a_call_is_replaced_and_the_call_made_again(
    single: Sandbox,
) -> None:
    call = asyncio.create_task(single.run("for n in range(8_000_000): pass\nreturn n", {}))
    process = await begun(call)

    os.kill(process, signal.SIGKILL)

    assert (await call).value == 7_999_999
    assert await single.evaluate("2", {}) == 2


async def test_a_call_that_loses_two_workers_is_given_up(single: Sandbox) -> None:
    call = asyncio.create_task(single.run(SPIN, {}))
    first = await begun(call)
    os.kill(first, signal.SIGKILL)
    second = first
    while second == first:
        second = await begun(call)
    os.kill(second, signal.SIGKILL)

    with pytest.raises(WorkerLost) as caught:
        await call

    assert caught.value.retryable
    assert await single.evaluate("2", {}) == 2


async def test_an_endless_call_that_is_cancelled_returns_and_leaves_nothing(
    single: Sandbox,
) -> None:
    call = asyncio.create_task(single.run(SPIN, {}))
    process = await begun(call)

    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert await single.evaluate("2", {}) == 2
    assert process not in interpreters()


async def test_calls_cancelled_at_any_moment_free_their_places(sandbox: Sandbox) -> None:
    for n in range(60):
        call = asyncio.create_task(sandbox.run("import random\nrandom.random()" * (n % 2), {}))
        await asyncio.sleep(n * 0.00002)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    assert await asyncio.gather(*(sandbox.evaluate("n", {"n": n}) for n in range(4)))
    await asyncio.sleep(0.02)
    assert len(interpreters()) <= 2


async def test_a_call_cancelled_while_it_waits_takes_nothing_from_others(single: Sandbox) -> None:
    calls = [asyncio.create_task(single.evaluate("n", {"n": n})) for n in range(10)]
    await asyncio.sleep(0)
    for call in calls[1:9]:
        call.cancel()

    assert await calls[0] == 0
    assert await calls[9] == 9


async def test_sessions_are_replaced_before_they_grow_old(
    single: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "FEEDS_PER_SESSION", 5)
    monkeypatch.setattr(workers, "SESSIONS_PER_PROCESS", 3)

    assert [await single.evaluate("n", {"n": n}) for n in range(40)] == list(range(40))
    assert len(interpreters()) == 1


async def test_ever_new_code_does_not_wear_a_session_out(
    single: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "FUNCTIONS_PER_SESSION", 5)

    assert [await single.evaluate(f"{n}", {}) for n in range(40)] == list(range(40))


async def test_closing_ends_what_runs_and_what_waits() -> None:
    sandbox = Sandbox(workers=1)
    running = asyncio.create_task(sandbox.run(SPIN, {}))
    await begun(running)
    waiting = asyncio.create_task(sandbox.evaluate("1", {}))
    await asyncio.sleep(0)

    await sandbox.close()
    ended = await asyncio.gather(running, waiting, return_exceptions=True)

    assert [type(error) for error in ended] == [SandboxError, SandboxError]
    await all_ended()


async def test_without_its_program_the_sandbox_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONTY_BIN", "/nowhere/monty")

    async with Sandbox() as sandbox:
        with pytest.raises(WorkerLost, match="can't start") as caught:
            await sandbox.evaluate("1", {})
        monkeypatch.delenv("MONTY_BIN")
        assert await sandbox.evaluate("1", {}) == 1

    assert caught.value.cure


FORGETFUL = """
import asyncio
from agents.code.sandbox import Sandbox

kept = []

async def main():
    kept.append(Sandbox())
    calls = [kept[0].evaluate("n", {"n": n}) for n in range(4)]
    print(await asyncio.gather(*calls))
    await asyncio.sleep(0.02)

asyncio.run(main())
"""


def test_a_sandbox_that_nobody_closed_does_not_abort_the_program() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FORGETFUL], capture_output=True, text=True, timeout=30
    )

    assert (ended.returncode, ended.stdout) == (0, "[0, 1, 2, 3]\n")
