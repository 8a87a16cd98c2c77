"""The protocol over a real WebSocket: subscriptions, mutations, and clients that read slowly."""

import asyncio
import socket
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agents.swarm.ui_sync import board, line
from agents.swarm.ui_sync.shapes import Mutation
from agents.swarm.ui_sync.store import TOLD
from tests.agents.swarm.ui_sync.conftest import Serve, Served


async def test_whoever_subscribes_is_told_the_state_and_then_each_change(served: Served) -> None:
    agent = await served.agent()
    await agent.set("cart", {"items": []})

    async with served.client() as client:
        await client.say("subscribe", component="cart")
        first = await client.hear()
        done = await agent.set("cart", {"items": ["tea"]}, id="from-a-flow")
        second = await client.hear()

    assert first == {"type": "state", "component": "cart", "version": 1, "value": {"items": []}}
    assert done.version == 2
    assert second == {
        "type": "change", "component": "cart", "version": 2, "id": "from-a-flow",
        "patch": [{"op": "replace", "path": "", "value": {"items": ["tea"]}}],
    }  # fmt: skip


async def test_a_mutation_is_acknowledged_before_its_writer_sees_what_it_did(
    served: Served,
) -> None:
    async with served.client() as ada, served.client() as bob:
        for client in (ada, bob):
            await client.say("subscribe", component="cart")
            assert (await client.hear())["version"] == 0
        await ada.say("mutate", component="cart", id="a1", base=0, merge={"tea": 1})

        told_ada = [await ada.hear(), await ada.hear()]
        told_bob = await bob.hear()

    change = {"type": "change", "component": "cart", "version": 1, "id": "a1", "merge": {"tea": 1}}
    assert told_ada == [
        {"type": "acknowledged", "component": "cart", "id": "a1", "version": 1}, change,
    ]  # fmt: skip
    assert told_bob == change


async def test_a_mutation_is_noted_before_it_is_acknowledged_and_its_writer_sees_it_after_that(
    serve: Serve,
) -> None:
    may_note, noted = asyncio.Event(), list[tuple[str, ...]]()

    async def note(*said: str) -> None:
        await may_note.wait()
        noted.append(said)

    async with serve(notes=note) as served, served.client() as ada, served.client() as bob:
        for client in (ada, bob):
            await client.say("subscribe", component="cart")
            await client.hear()
        await ada.say("mutate", component="cart", id="a1", base=0, merge={"tea": 1})
        await bob.hear("change")
        may_note.set()
        told = [(await ada.hear())["type"] for _ in range(2)]

    assert told == ["acknowledged", "change"]
    assert noted == [("mutate_component", "cart", "done", "version 1")]


async def test_a_mutation_that_does_not_fit_is_rejected_and_says_why(served: Served) -> None:
    async with served.client() as client:
        gone = [{"op": "remove", "path": "/gone"}]
        misfit = await client.mutate("cart", "a", base=0, patch=gone)
        both = await client.mutate("cart", "b", base=0, patch=[], merge={})
        nowhere = await client.mutate("no name", "c", base=0, merge={})

    assert (misfit["code"], both["code"], nowhere["code"]) == ("misfit", "wrong", "wrong")
    assert "Operation 1, remove /gone, doesn't fit" in misfit["message"]
    assert "no name of a component" in nowhere["message"]
    assert nowhere["cure"]


@pytest.mark.parametrize("base", [-1, -(10**30), 10**30])
async def test_a_mutation_of_a_version_that_never_was_is_rejected(
    served: Served, base: int
) -> None:
    async with served.client() as client:
        answer = await client.mutate("cart", "a", base=base, merge={})

    assert answer["code"] == ("outdated" if base < 0 else "ahead")


async def test_a_mutation_sent_again_is_acknowledged_with_the_version_it_made(
    served: Served,
) -> None:
    async with served.client() as client:
        first = await client.mutate("cart", "a", base=0, merge={"n": 1})
        await client.mutate("cart", "b", base=1, merge={"n": 2})
        again = await client.mutate("cart", "a", base=0, merge={"n": 1})

    assert first == again
    assert (await (await served.agent()).get("cart")).value == {"n": 2}


async def test_whoever_comes_back_gets_what_they_missed_or_all_where_that_is_less(
    served: Served,
) -> None:
    agent = await served.agent()
    await agent.set("cart", {"note": "x" * 300})
    for at in range(TOLD + 5):
        await agent.mutate("cart", Mutation(id=str(at), merge={"n": at}))

    async with served.client() as client:
        newest = TOLD + 6
        await client.say("subscribe", component="cart", since=newest)
        await client.say("subscribe", component="cart", since=newest - 1)
        little = await client.hear()
        await client.say("subscribe", component="cart", since=1)
        much = await client.hear()

    assert (little["type"], little["version"]) == ("change", newest)
    assert (much["type"], much["version"]) == ("state", newest)


async def test_versions_of_a_store_that_is_gone_are_told_to_mean_nothing(served: Served) -> None:
    await (await served.agent()).set("cart", 1)

    async with served.client() as client:
        await client.say("subscribe", component="cart", since=700)
        told = await client.hear()

    assert (told["version"], told["value"], told["anew"]) == (1, 1, True)


async def test_a_client_that_does_not_read_gets_the_newest_state_and_no_queue(
    served: Served,
) -> None:
    agent, large = await served.agent(), "x" * 200_000

    # Hardly a byte is read ahead, so that what fills up is the server's own buffer.
    async with served.client(max_queue=1, max_size=None, sock=small_socket(served)) as slow:
        await slow.say("subscribe", component="cart")
        for at in range(100):
            await agent.set("cart", {"n": at, "large": large})
        heard = [await slow.hear()]
        while heard[-1]["version"] < 100:
            heard.append(await slow.hear())

    assert heard[-1]["value"]["n"] == 99
    assert len(heard) < 50


def small_socket(served: Served) -> socket.socket:
    """A connection that takes in little before it is read."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", int(served.address.rpartition(":")[2])))
    made.setblocking(False)
    return made


async def test_nobody_is_told_after_they_unsubscribed(served: Served) -> None:
    agent = await served.agent()
    async with served.client() as client:
        await client.say("subscribe", component="cart")
        await client.hear()
        await client.say("unsubscribe", component="cart")
        await client.say("ping")
        assert (await client.hear())["type"] == "alive"
        await agent.set("cart", 1)
        await client.say("ping")

        assert (await client.hear())["type"] == "alive"
        assert (await agent.components()).components[0].subscribers == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("no json", "That isn't understood"),
        ('{"type": "sing"}', "Invalid value 'sing'"),
        ('{"type": "subscribe"}', "missing required field `component`"),
        ('{"type": "mutate", "component": "a", "id": 1}', "Expected `str`, got `int`"),
        ("[" * 5_000, "That isn't understood"),
        ('{"type": "subscribe", "component": "../etc/passwd "}', "no name of a component"),
    ],
)
async def test_what_is_not_understood_is_told_and_the_line_goes_on(
    served: Served, said: str, why: str
) -> None:
    async with served.client() as client:
        await client.socket.send(said)
        told = await client.hear()
        await client.say("ping")
        after = await client.hear()

    assert (told["type"], after["type"]) == ("wrong", "alive")
    assert why in told["message"]


async def test_something_is_said_while_nothing_happens(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "HEARTBEAT", 0.01)

    async with served.client() as client:
        assert await client.hear() == {"type": "alive"}


async def test_without_the_server_s_token_nobody_gets_in(served: Served) -> None:

    with pytest.raises(InvalidStatus) as caught:
        async with connect(f"ws{served.address.removeprefix('http')}/ui/live", proxy=None):
            pass
    assert caught.value.response.status_code == 401


async def test_what_another_process_changes_is_heard_here(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "EVERY", 0.01)
    async with serve() as here, serve() as there, here.client() as client:
        await client.say("subscribe", component="cart")
        await client.hear()

        await (await there.agent()).set("cart", {"n": 1})
        told = await client.hear("change", "state")

    assert told["version"] == 1


async def test_an_agent_that_closes_hangs_up_so_that_clients_come_back(served: Served) -> None:
    async with served.client() as client:
        await served.agents.close()

        with pytest.raises(ConnectionClosed) as caught:
            await client.hear()

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1012


async def test_several_writers_end_up_with_the_same(served: Served) -> None:
    async def write(who: str) -> None:
        async with served.client() as client:
            for at in range(10):
                answer = await client.mutate("board", f"{who}{at}", base=0, merge={who: at})
                assert answer["type"] == "acknowledged"

    await asyncio.gather(*(write(who) for who in "abc"))

    shown: Any = await (await served.agent()).get("board")
    assert (shown.version, shown.value) == (30, {"a": 9, "b": 9, "c": 9})
