"""The plugin in the real Luau VM against the bridge, as a person at Studio sees it."""

from tests.agents.swarm.studio_bridge.conftest import Served, Studio, until

MAIN = "ServerScriptService/Main"


async def newest(served: Served, name: str, source: str) -> None:
    """Wait until that is the newest version."""

    async def look() -> bool:
        infos = await served.agent.scripts()
        if name not in [one.path for one in infos]:
            return False
        return (await served.agent.script(name)).source == source

    await until(look)


async def test_what_is_pushed_appears_in_studio_and_is_confirmed(
    served: Served, studio: Studio
) -> None:
    pushed = await served.agent.push_scripts({f"{MAIN}.server.luau": "print('hi')\n"})

    found = await served.agent.verify({one.path: one.version for one in pushed}, seconds=20)

    assert found.confirmed
    assert found.connected
    assert await studio.scripts() == {MAIN: "print('hi')\n"}


async def test_what_is_written_in_studio_is_kept(served: Served, studio: Studio) -> None:
    await studio.do("make", kind="Script", name="Main", parent="ServerScriptService", source="a")
    await newest(served, MAIN, "a")

    await studio.do("type", path=MAIN, source='b – ü\n\t"quoted"\\ \U0001f3ae')

    await newest(served, MAIN, 'b – ü\n\t"quoted"\\ \U0001f3ae')
    history = await served.agent.history(MAIN)
    assert [(one.version, one.by) for one in history] == [(2, "studio"), (1, "studio")]
