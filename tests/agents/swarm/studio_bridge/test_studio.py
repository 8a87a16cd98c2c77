"""The plugin in the real Luau VM against the bridge, as a person at Studio sees it."""

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agents.errors import Rejected
from agents.swarm.studio_bridge.shapes import Conflict
from graph.errors import BadInput
from tests.agents.swarm.studio_bridge.conftest import Served, StartStudio, Studio, until

MAIN = "ServerScriptService/Main"


async def newest(served: Served, name: str, source: str) -> None:
    """Wait until that is the newest version."""

    async def look() -> bool:
        infos = await served.agent.scripts()
        if name not in [one.path for one in infos]:
            return False
        return (await served.agent.script(name)).source == source

    await until(look)


async def push(served: Served, **scripts: str) -> None:
    """Push scripts under ServerScriptService, and wait until Studio has them."""
    pushed = await served.agent.push_scripts(
        {f"ServerScriptService/{name}.server.luau": text for name, text in scripts.items()}
    )
    found = await served.agent.verify({one.path: one.version for one in pushed}, seconds=15)
    assert found.confirmed


async def paths(served: Served) -> list[str]:
    return [one.path for one in await served.agent.scripts()]


async def make(studio: Studio, name: str, source: str, parent: str = "ServerScriptService") -> None:
    await studio.do("make", kind="Script", name=name, parent=parent, source=source)


async def test_what_is_pushed_appears_in_studio_and_is_confirmed(
    served: Served, studio: Studio
) -> None:
    await push(served, Main="print('hi')\n")

    status = await served.agent.status()

    assert await studio.scripts() == {MAIN: "print('hi')\n"}
    assert (status.connected, status.place, status.waiting) == (True, "Place", 0)


async def test_what_is_written_in_studio_is_kept(served: Served, studio: Studio) -> None:
    text = 'b – ü\r\n\t"quoted"\\ \U0001f3ae'
    await make(studio, "Main", "a")
    await newest(served, MAIN, "a")

    await studio.do("type", path=MAIN, source=text)

    await newest(served, MAIN, text)
    history = await served.agent.history(MAIN)
    assert [(one.version, one.by) for one in history] == [(2, "studio"), (1, "studio")]


async def test_a_script_that_is_renamed_and_moved_keeps_its_history(
    served: Served, studio: Studio
) -> None:
    await push(served, Main="a")
    await studio.do("make", kind="Folder", name="Round", parent="ServerScriptService")

    await studio.do("rename", path=MAIN, name="Game")
    await studio.do("move", path="ServerScriptService/Game", parent="ServerScriptService/Round")
    await studio.do("rename", path="ServerScriptService/Round", name="Match")

    await newest(served, "ServerScriptService/Match/Game", "a")
    history = await served.agent.history("ServerScriptService/Match/Game")
    assert history[-1].path == MAIN
    assert await paths(served) == ["ServerScriptService/Match/Game"]


async def test_a_copy_gets_an_id_of_its_own_and_what_is_cut_keeps_its(
    served: Served, studio: Studio
) -> None:
    await push(served, Main="a")
    await studio.do("copy", path=MAIN)
    await studio.do("paste", parent="ServerStorage")
    await newest(served, "ServerStorage/Main", "a")
    before = {one.path: one.script for one in await served.agent.scripts()}

    await studio.do("cut", path=MAIN)
    await studio.do("paste", parent="Workspace")

    await newest(served, "Workspace/Main", "a")
    await until(lambda: _has(served, ["ServerStorage/Main", "Workspace/Main"]))
    after = {one.path: one.script for one in await served.agent.scripts()}
    assert len(set(before.values())) == 2
    assert after["Workspace/Main"] == before[MAIN]


async def _has(served: Served, wanted: list[str]) -> bool:
    return await paths(served) == wanted


async def test_what_is_deleted_on_either_side_goes_and_stays_in_the_history(
    served: Served, studio: Studio
) -> None:
    await push(served, Main="a", Other="b")

    await studio.do("delete", path=MAIN)
    await until(lambda: _has(served, ["ServerScriptService/Other"]))
    await served.agent.push_scripts({}, remove=["ServerScriptService/Other"])

    await studio.has()
    assert (await served.agent.history(MAIN))[0].gone
    back = await served.agent.rollback("ServerScriptService/Other", 1)
    assert (await served.agent.verify({back.path: back.version}, seconds=15)).confirmed
    await studio.has(Other="b")


async def test_what_stands_in_a_script_outlives_it(served: Served, studio: Studio) -> None:
    await push(served, Main="a")
    await studio.do("make", kind="ModuleScript", name="Part", parent=MAIN, source="return 1")
    await newest(served, f"{MAIN}/Part", "return 1")

    await served.agent.push_scripts({}, remove=[MAIN])

    await studio.has(**{"Main/Part": "return 1"})
    assert await paths(served) == [f"{MAIN}/Part"]


async def test_another_kind_of_script_takes_the_place_of_the_one_before(
    served: Served, studio: Studio
) -> None:
    await push(served, Main="a")

    made = await served.agent.push_scripts({f"{MAIN}.luau": "return 1"})

    assert (await served.agent.verify({MAIN: made[0].version}, seconds=15)).confirmed
    (one,) = (await studio.do("look"))["scripts"]
    assert (one["kind"], one["source"], one["id"]) == ("ModuleScript", "return 1", made[0].script)


async def conflict(served: Served, studio: Studio) -> Conflict:
    """Have both sides change a script while they don't hear of each other."""
    await push(served, Main="one\ntwo\nthree")
    await served.stop()
    await studio.do("edit", path=MAIN, source="one\nstudio\nthree")
    await served.start({MAIN: "one\nheddle\nthree"})

    async def look() -> list[Conflict]:
        return await served.agent.conflicts()

    (found,) = await until(look)
    return found  # type: ignore[no-any-return]


async def test_what_both_sides_changed_is_in_files_that_can_be_read(
    served: Served, studio: Studio
) -> None:
    found = await conflict(served, studio)

    files = {path.name: path.read_text() for path in _folder(found).iterdir()}
    assert files == {
        "before.luau": "one\ntwo\nthree",
        "heddle.luau": "one\nheddle\nthree",
        "studio.luau": "one\nstudio\nthree",
        "both.luau": "one\n<<<<<<< Heddle\nheddle\n||||||| before\ntwo\n=======\nstudio\n"
        ">>>>>>> Studio\nthree",
    }
    assert await studio.scripts() == {MAIN: "one\nstudio\nthree"}
    assert (await served.agent.verify(seconds=0)).conflicts == [MAIN]


def _folder(found: Conflict) -> Path:
    return Path(found.folder)


@pytest.mark.parametrize(
    ("keep", "source"),
    [("heddle", "one\nheddle\nthree"), ("studio", "one\nstudio\nthree"), ("text", "mine")],
)
async def test_a_conflict_is_settled_as_somebody_says(
    served: Served, studio: Studio, keep: Any, source: str
) -> None:
    found = await conflict(served, studio)

    made = await served.agent.resolve(MAIN, keep, text="mine")

    assert (await served.agent.verify({MAIN: made.version}, seconds=15)).confirmed
    assert await studio.scripts() == {MAIN: source}
    assert await served.agent.conflicts() == []
    assert not _folder(found).exists()
    kept = {
        (await served.agent.script(MAIN, version=one.version)).source
        for one in await served.agent.history(MAIN)
    }
    assert {"one\nheddle\nthree", "one\nstudio\nthree", source} <= kept


async def test_a_place_that_is_opened_again_is_known_by_its_ids(
    served: Served, studio: Studio, start_studio: StartStudio
) -> None:
    await push(served, Main="a")
    seen = await studio.do("look")
    await studio.end()
    await served.agent.push_scripts({MAIN: "newer"})

    # It was moved while the plugin wasn't there, and saved with what the plugin noted.
    world = _saved(seen, {MAIN: "ServerStorage/Main"})
    again = await start_studio(settings=seen["settings"], world=world)

    await newest(served, "ServerStorage/Main", "newer")
    assert (await served.agent.verify(seconds=15)).confirmed
    assert await again.scripts() == {"ServerStorage/Main": "newer"}
    assert len(await served.agent.history("ServerStorage/Main")) == 3


def _saved(seen: Any, moved: dict[str, str]) -> list[dict[str, Any]]:
    """The scripts of a place as its file holds them."""
    world = []
    for one in seen["scripts"]:
        path = moved.get(one["path"], one["path"])
        parent, _, name = path.rpartition("/")
        make = {"kind": one["kind"], "name": name, "parent": parent, "source": one["source"]}
        marks = {"HeddleId": one["id"], "HeddleVersion": one["version"]}
        world.append({"make": make, "path": path, "attributes": marks})
    return world


async def test_scripts_that_were_there_before_are_taken_for_those_of_the_same_name(
    served: Served, start_studio: StartStudio
) -> None:
    await served.agent.push_scripts({f"{MAIN}.server.luau": "same", "ServerStorage/A": "heddle"})
    world = [
        {"make": {"kind": "Script", "name": "Main", "parent": "ServerScriptService",
                  "source": "same"}, "path": MAIN},
        {"make": {"kind": "ModuleScript", "name": "A", "parent": "ServerStorage",
                  "source": "studio"}, "path": "ServerStorage/A"},
    ]  # fmt: skip

    studio = await start_studio(world=world)
    await studio.pair(served)

    (found,) = await served.agent.conflicts()
    assert (found.heddle, found.studio, found.base) == ("heddle", "studio", None)
    assert await paths(served) == [MAIN, "ServerStorage/A"]
    assert len(await served.agent.history(MAIN)) == 1


async def test_messages_of_studio_reach_the_log_once(
    served: Served, studio: Studio, start_studio: StartStudio
) -> None:
    await studio.do("say", text="hello", kind="MessageOutput")
    await studio.do("say", text="ServerScriptService.Main:3: bad", kind="MessageError")
    settings = (await studio.do("look"))["settings"]
    played = await start_studio(edits=False, settings=settings)
    await played.do("say", text="careful", kind="MessageWarning")

    async def look() -> bool:
        return len((await served.agent.logs()).lines) == 3

    await until(look)
    lines = (await served.agent.logs()).lines
    errors = (await served.agent.logs(level="error")).lines
    assert {line.text for line in lines} == {
        "hello", "careful", "ServerScriptService.Main:3: bad",
    }  # fmt: skip
    assert [one.source for one in errors] == ["ServerScriptService.Main:3"]
    assert [one.text for one in (await served.agent.logs(contains="CARE")).lines] == ["careful"]


async def test_another_studio_takes_over_and_the_first_says_so(
    served: Served, studio: Studio, start_studio: StartStudio
) -> None:
    second = await start_studio(place="Other")
    await second.pair(served)

    await studio.shows("Another Studio took over.")
    assert (await served.agent.status()).place == "Other"


async def test_a_studio_that_was_shut_out_says_that_it_has_to_be_paired(
    served: Served, studio: Studio
) -> None:
    (known,) = (await served.agent.status()).paired

    assert await served.agent.unpair(known.key) == 1

    await studio.shows("Pair them")
    assert not (await served.agent.status()).connected


async def test_a_script_too_large_for_studio_is_refused_before_it_is_kept(served: Served) -> None:
    with pytest.raises(BadInput, match="199,999"):
        await served.agent.push_scripts({MAIN: "x" * 200_000})
    assert await paths(served) == []


async def test_no_text_is_lost_whatever_both_sides_do_while_the_bridge_comes_and_goes(
    served: Served, studio: Studio
) -> None:
    chance, wanted, up = random.Random(6), {"-- start"}, True
    await push(served, Main="-- start")
    for number in range(16):
        text = f"-- {number}"
        match chance.choice(["studio", "heddle", "settle", "bridge"]):
            case "studio":
                await studio.do("type", path=MAIN, source=text)
                if up:
                    await until(partial(_kept, served, text))
                    wanted.add(text)
            case "heddle" if up:
                await served.agent.push_scripts({MAIN: text})
                wanted.add(text)
            case "settle" if up and await served.agent.conflicts():
                await served.agent.resolve(MAIN, chance.choice(["heddle", "studio"]))
            case "bridge":
                await (served.stop() if up else served.start())
                up = not up
    if not up:
        await served.start()
    last = (await studio.scripts())[MAIN]

    await until(lambda: _kept(served, last))
    for _ in await served.agent.conflicts():
        await served.agent.resolve(MAIN, "studio")

    assert (await served.agent.verify(seconds=15)).confirmed
    assert await _texts(served) >= wanted
    assert (await studio.scripts())[MAIN] == (await served.agent.script(MAIN)).source


async def _texts(served: Served) -> set[str]:
    """Every text that Main ever had."""
    history = await served.agent.history(MAIN)
    kept = [await served.agent.script(MAIN, version=one.version) for one in history]
    return {one.source for one in kept}


async def _kept(served: Served, text: str) -> bool:
    return text in await _texts(served)


async def test_what_is_no_text_or_no_number_of_a_version_is_refused(served: Served) -> None:
    await served.agent.push_scripts({MAIN: "a"})

    for asked in (
        served.agent.push_scripts({"Workspace/B": "\ud800"}),
        served.agent.push_scripts({"Workspace/\ud800": "b"}),
        served.agent.script(MAIN, version=1 << 80),
        served.agent.history(MAIN, limit=1 << 80),
        served.agent.rollback(MAIN, 1 << 80),
    ):
        with pytest.raises((BadInput, Rejected)):
            await asked
    assert await paths(served) == [MAIN]


async def test_scripts_that_grow_when_they_are_sent_arrive_and_hold_up_nobody(
    served: Served, start_studio: StartStudio
) -> None:
    studio = await start_studio(largest=40_000)
    await studio.pair(served)
    quotes = '"' * 3_000
    for name, source in {"A": quotes, "B": quotes, "C": quotes, "D": "\x01" * 9_000}.items():
        await studio.do("make", kind="Script", name=name, parent="Workspace", source=source)
    await studio.do("make", kind="Script", name="E", parent="Workspace", source="-- small")

    await until(lambda: _has(served, [f"Workspace/{name}" for name in "ABCE"]))

    assert (await served.agent.script("Workspace/C")).source == quotes
    await studio.shows("Connected")


async def test_another_heddle_at_the_same_address_is_told_and_the_right_one_found_again(
    served: Served, studio: Studio, tmp_path: Path
) -> None:
    await push(served, Main="a")
    await served.stop()
    other = Served(tmp_path / "other")
    other.port = served.port

    await other.start()
    try:
        await studio.shows("This is another Heddle")
        assert await other.agent.scripts() == []
    finally:
        await other.stop()
    await served.start({MAIN: "b"})

    await newest_in(studio, "b")


async def newest_in(studio: Studio, source: str) -> None:
    async def look() -> bool:
        return (await studio.scripts()).get(MAIN) == source

    await until(look)


async def test_a_plugin_that_may_not_ask_says_so_and_goes_on_once_it_may(
    served: Served, studio: Studio
) -> None:
    await studio.do("forbid", why="The plugin has no permission for 127.0.0.1")
    await served.agent.push_scripts({MAIN: "a"})
    shown = await studio.shows("doesn't ask")

    await studio.do("forbid", why="")
    await newest_in(studio, "a")

    assert "no permission for 127.0.0.1" in shown
    assert "Manage Plugins" in shown
