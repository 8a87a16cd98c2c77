"""The Pusher outside: it gets everything, in order, whoever is killed meanwhile."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from agents.contract import Outside
from agents.errors import Refused, Unreachable
from agents.resilience.settings import GuardRules
from agents.swarm.realtime_update.shapes import Statistics
from tests.agents.swarm.realtime_update.conftest import (
    PATIENCE,
    Client,
    House,
    Living,
    client_of,
    outside_of,
)
from tests.servers.realtime import RealtimeHouse
from tests.servers.soketi import Soketi

QUICK = GuardRules({"realtime_update": {"recovery": 0.2, "failures": 3}})
LAST = -1
CHANNELS = ("news", "sport", "weather")


def ours_as_outside(house: House) -> dict[str, str]:
    """Another house of ours is the Pusher outside: it knows all that it was told."""
    return {
        "pusher_app_id": house.app.app_id,
        "pusher_key": house.app.key,
        "pusher_secret": house.app.secret,
        "pusher_cluster": house.address,
    }


async def until(house: House, wanted: Any) -> Statistics:
    """How the house does once that is as wanted."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(found := await house.agent.statistics()):  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
    return found


async def said_at(house: House, channels: Iterable[str] = CHANNELS) -> dict[str, list[Any]]:
    """What a house was told, by channel."""
    return {
        channel: [
            json.loads(event.data)
            for event in (await house.agent.history(channel, limit=1_000)).events
        ]
        for channel in channels
    }


async def heard_by(client: Client, last: Any) -> list[Any]:
    """What a client hears up to the last."""
    heard = list[Any]()
    while not heard or heard[-1] != last:
        heard.append(json.loads((await client.until("said"))["data"]))
    return heard


async def test_what_is_said_reaches_the_clients_of_pusher_in_order(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    async with (
        living(tmp_path, outside_of(soketi)) as house,
        client_of(soketi.port, soketi.key) as client,
    ):
        await client.join("news")
        for n in range(60):
            done = await house.agent.broadcast(["news"], "said", n)

        assert await heard_by(client, 59) == list(range(60))
        assert done.route == "pusher"
        assert (await house.agent.channels())[0].channel == "news"
        await until(house, lambda found: not found.waiting and found.sent == 60)


async def test_who_is_on_a_channel_of_pusher_is_told(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    async with (
        living(tmp_path, outside_of(soketi)) as house,
        client_of(soketi.port, soketi.key) as client,
    ):
        leave = await house.agent.authorize(client.socket_id, "presence-room", user_id="ada")
        await client.join("presence-room", **leave)

        assert [one.user_id for one in await house.agent.presence("presence-room")] == ["ada"]
        assert await house.agent.presence("presence-room", server="own") == []
        there = await house.agent.channels(prefix="presence-")
        assert [one.channel for one in there] == ["presence-room"]


async def test_while_pusher_is_away_our_own_server_serves_and_afterwards_pusher_has_it_all(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    async with living(tmp_path, outside_of(soketi), QUICK) as house:
        await house.agent.broadcast(["news"], "said", 0)
        await until(house, lambda found: found.sent == 1)

        soketi.stop()
        async with client_of(house.port, house.app.key) as fallen_back:
            await fallen_back.join("news")
            for n in range(1, 30):
                await house.agent.broadcast(["news"], "said", n)
            assert await heard_by(fallen_back, 29) == list(range(1, 30))
            away = await until(house, lambda found: found.route == "own")
            assert (await house.agent.health()).state == "degraded"
            house.agents.hold(f"realtime_update:127.0.0.1:{soketi.port}")

            soketi.start()
            async with client_of(soketi.port, soketi.key) as back:
                await back.join("news")
                house.agents.reset(f"realtime_update:127.0.0.1:{soketi.port}")
                assert await heard_by(back, 29) == list(range(1, 30))
            told = await fallen_back.until("heddle:route")
            while json.loads(told["data"])["route"] != "pusher":
                told = await fallen_back.until("heddle:route")
        await until(house, lambda found: found.route == "pusher" and not found.waiting)

        assert away.waiting == 29
        assert [health.state for health in house.told][-2:] == ["degraded", "ok"]
        assert (await house.agent.health(deep=True)).state == "ok"


@pytest.mark.slow
async def test_soketi_may_go_and_come_back_under_load(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    guard = f"realtime_update:127.0.0.1:{soketi.port}"
    async with living(tmp_path, outside_of(soketi), QUICK) as house:
        stop = asyncio.Event()
        saying = [asyncio.create_task(say_until(stop, house, channel)) for channel in CHANNELS]
        await until(house, lambda found: found.sent > 20)

        for _ in range(2):
            soketi.stop()
            await until(house, lambda found: found.route == "own" and found.waiting > 20)
            await until(house, lambda _: state_of(house, guard) != "closed")
            soketi.start()
            await until(house, lambda found: found.route == "pusher")
        stop.set()
        said = sum(await asyncio.gather(*saying))
        found = await until(house, lambda found: not found.waiting and not found.away)

        assert found.sent >= said
        assert found.refused == 0
        assert state_of(house, guard) == "closed"


@pytest.mark.slow
async def test_our_own_server_as_the_one_outside_may_be_killed_under_load(
    living: Living, tmp_path: Path
) -> None:
    async with RealtimeHouse(tmp_path / "outside") as outside:
        named = Outside(
            pusher_app_id=outside.app_id, pusher_key=outside.key, pusher_secret=outside.secret,
            pusher_cluster=f"http://127.0.0.1:{outside.port}",
        )  # fmt: skip
        async with living(tmp_path / "house", named, QUICK) as house:
            stop = asyncio.Event()
            saying = [asyncio.create_task(say_until(stop, house, c)) for c in CHANNELS]
            for _ in range(2):
                before = (await house.agent.statistics()).sent
                await until(house, lambda found, seen=before: found.sent > seen + 30)
                await outside.kill()
                await until(house, lambda found: found.route == "own")
                await outside.start()
            stop.set()
            counts = await asyncio.gather(*saying)
            await until(house, lambda found: not found.waiting)

        for channel, count in zip(CHANNELS, counts, strict=True):
            told = await outside.ask("history", channel=channel, limit=1_000)
            said = [json.loads(event["data"]) for event in told["events"]]
            assert said == list(range(count))[-1_000:]


async def say_until(stop: asyncio.Event, house: House, channel: str) -> int:
    """Say numbers on a channel, each once the one before is kept; gives how many.

    The load is bounded: slower where much waits.
    """
    count = 0
    while not stop.is_set():
        done = await house.agent.broadcast([channel], "said", count)
        count += 1
        await asyncio.sleep(done.waiting / 5_000)
    return count


def state_of(house: House, guard: str) -> str:
    """How the breaker of a guard is."""
    return next(one.state for one in house.agents.guards.snapshot() if one.guard == guard)


async def test_health_tells_within_a_second_that_pusher_is_away(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    async with living(tmp_path, outside_of(soketi), QUICK) as house:
        well = await house.agent.health(deep=True)
        soketi.stop()
        async with asyncio.timeout(PATIENCE):
            ill = await house.agent.health(deep=True)

        assert (well.state, ill.state) == ("ok", "degraded")
        assert "away" in ill.detail


async def test_a_pusher_that_never_answers_doesn_t_hold_up_health(
    living: Living, tmp_path: Path
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        outside = Outside(
            pusher_app_id="1", pusher_key="k", pusher_secret="s",
            pusher_cluster=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        async with living(tmp_path, outside) as house:
            assert (await house.agent.health(deep=True)).state == "degraded"


async def test_wrong_credentials_are_said_and_nothing_is_lost(
    living: Living, tmp_path: Path, soketi: Soketi
) -> None:
    wrong = Outside(
        pusher_app_id=soketi.app_id, pusher_key=soketi.key, pusher_secret="guessed",
        pusher_cluster=soketi.address,
    )  # fmt: skip
    async with living(tmp_path, wrong) as house:
        await house.agent.broadcast(["news"], "said", 1)
        found = await until(house, lambda found: found.away)
        with pytest.raises(Refused):
            await house.agent.channels(server="pusher")
    async with living(tmp_path, outside_of(soketi)) as house:
        assert found.waiting == 1
        await until(house, lambda found: found.sent == 1 and not found.waiting)


async def test_an_event_that_pusher_will_never_take_holds_up_nothing(
    living: Living, tmp_path: Path
) -> None:
    with Soketi(maxEventPayloadInKb=1) as soketi:
        async with (
            living(tmp_path, outside_of(soketi)) as house,
            client_of(soketi.port, soketi.key) as client,
        ):
            await client.join("news")
            for n in (1, 2, 3):
                data: Any = "x" * 2_000 if n == 2 else n
                await house.agent.broadcast(["news"], "said", data)

            assert await heard_by(client, 3) == [1, 3]
            await until(house, lambda found: found.refused == 1 and not found.waiting)


@pytest.mark.slow
async def test_a_killed_house_loses_nothing_that_it_said_is_kept(
    living: Living, tmp_path: Path
) -> None:
    async with living(tmp_path / "outside") as outside:
        ours = RealtimeHouse(tmp_path / "house", ours_as_outside(outside))
        acknowledged = dict[str, list[int]]()
        for _ in range(2):
            await ours.start()
            asked = [
                (channel, n, ours.ask("broadcast", channels=[channel], event="said", data=n))
                for n in range(100)
                for channel in CHANNELS
            ]
            await asked[60][2]
            await ours.kill()
            for channel, n, answer in asked:
                if not answer.cancelled():
                    assert answer.done()
                    acknowledged.setdefault(channel, []).append(n)
        await ours.start()
        await ours.ask("broadcast", channels=list(CHANNELS), event="said", data=LAST)
        async with asyncio.timeout(PATIENCE):
            while (await ours.ask("statistics"))["waiting"]:  # noqa: ASYNC110 - in its process
                await asyncio.sleep(0.02)
        await ours.kill()

        said = await said_at(outside)

    assert sum(map(len, acknowledged.values())) >= 120
    for channel in CHANNELS:
        _in_order(acknowledged[channel], said[channel])


def _in_order(acknowledged: list[int], said: list[Any]) -> None:
    """All that was acknowledged was said, in its order; more may have been."""
    left = iter(said)
    assert all(any(one == other for other in left) for one in acknowledged), (acknowledged, said)
    assert said[-1] == LAST


async def test_clients_of_a_killed_house_make_up_for_what_they_missed(tmp_path: Path) -> None:
    async with RealtimeHouse(tmp_path) as house:
        async with client_of(house.port, house.key) as client:
            await client.join("news")
            first = await house.ask("broadcast", channels=["news"], event="said", data=1)
            heard = await client.until("said")
            await house.ask("broadcast", channels=["news"], event="said", data=2)
            await house.kill()
        await house.start()
        third = await house.ask("broadcast", channels=["news"], event="said", data=3)
        async with client_of(house.port, house.key) as client:
            await client.join("news", since=heard["offset"])
            missed = [await client.until("said") for _ in range(2)]
            told = json.loads((await client.until("heddle:recovered"))["data"])

    assert heard["offset"] == first["events"][0]["offset"]
    assert [json.loads(one["data"]) for one in missed] == [2, 3]
    assert missed[1]["offset"] == third["events"][0]["offset"]
    assert told["complete"] is True


async def test_two_processes_of_a_home_say_what_either_is_asked_to_and_take_it_out_once(
    living: Living, tmp_path: Path
) -> None:
    async with living(tmp_path / "outside") as outside:
        named = ours_as_outside(outside)
        async with (
            living(tmp_path / "home", Outside(**named)) as served,
            living(tmp_path / "home", Outside(**named)) as studio,
            client_of(served.port, served.app.key) as client,
        ):
            await client.join("news")
            for n in range(20):
                await (served, studio)[n % 2].agent.broadcast(["news"], "said", n)

            assert await heard_by(client, 19) == list(range(20))
            await until(studio, lambda found: not found.waiting)
            assert await said_at(outside, ["news"]) == {"news": list(range(20))}
            assert (await outside.agent.statistics()).duplicates == 0


async def test_who_says_an_event_at_one_process_needn_t_hear_it_at_another(
    living: Living, tmp_path: Path
) -> None:
    async with (
        living(tmp_path) as served,
        living(tmp_path) as studio,
        client_of(served.port, served.app.key) as client,
    ):
        await client.join("news")
        await studio.ask("trigger", "news", "said", 1, client.socket_id)
        await studio.ask("trigger", "news", "said", 2)

        assert await heard_by(client, 2) == [2]


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"pusher_app_id": "1", "pusher_key": "k"}, "PUSHER_SECRET"),
        ({"pusher_app_id": "1", "pusher_key": "k", "pusher_secret": "s"}, "no cluster"),
    ],
)
async def test_a_pusher_that_is_named_wrongly_is_said_and_our_own_server_serves(
    living: Living, tmp_path: Path, named: dict[str, str], says: str
) -> None:
    async with living(tmp_path, Outside(pusher_cluster="no cluster", **named)) as house:
        health = await house.agent.health()
        done = await house.agent.broadcast(["news"], "said", 1)

    assert health.state == "degraded"
    assert says in health.detail
    assert done.route == "own"


async def test_without_pusher_who_asks_for_it_is_told_how_to_have_it(house: House) -> None:
    with pytest.raises(Exception, match="no app at a Pusher") as refused:
        await house.agent.channels(server="pusher")

    assert "PUSHER_CLUSTER" in getattr(refused.value, "cure", "")
    assert not isinstance(refused.value, Unreachable)
