"""What a client that is slow is told, and what it loses."""

import asyncio

from runtime.services.websocket.messages import Missed, Pong, Told
from runtime.services.websocket.outbox import ROOM, Outbox, Queue


def told(number: int) -> Told:
    return Told("s", number, number)


async def taken(outbox: Outbox, count: int) -> list[object]:
    return [await outbox.next() for _ in range(count)]


async def test_what_does_not_fit_is_counted_and_told_once_there_is_room() -> None:
    outbox, queue = Outbox(), Queue("s")
    for number in range(ROOM + 7):
        outbox.offer(queue, told(number))

    first = await taken(outbox, ROOM)
    said = await outbox.next()
    outbox.offer(queue, told(9999))

    assert first == [told(number) for number in range(ROOM)]
    assert said == Missed("s", 7)
    assert await outbox.next() == told(9999)


async def test_one_slow_subscription_costs_another_nothing() -> None:
    outbox, slow, quick = Outbox(), Queue("s"), Queue("q")
    for number in range(ROOM * 2):
        outbox.offer(slow, told(number))

    outbox.offer(quick, Told("q", 1, 1))

    assert quick.missed == 0
    assert (await taken(outbox, ROOM + 1))[-1] == Told("q", 1, 1)


async def test_what_can_be_read_again_waits_for_room() -> None:
    outbox, queue = Outbox(), Queue("s")
    for number in range(ROOM):
        await outbox.hand(queue, told(number))

    waiting = asyncio.create_task(outbox.hand(queue, told(ROOM)))
    await asyncio.sleep(0)
    held = waiting.done()
    await taken(outbox, ROOM)
    await waiting

    assert not held
    assert await outbox.next() == told(ROOM)


async def test_a_subscription_that_is_over_leaves_nothing_behind() -> None:
    outbox, queue = Outbox(), Queue("s")
    outbox.offer(queue, told(1))
    outbox.say(Pong("x"))

    outbox.drop(queue)

    assert await outbox.next() == Pong("x")
    assert queue.waiting == 0
