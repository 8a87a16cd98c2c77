"""What flows can do with Roblox's Open Cloud: publish places, have scripts run, upload assets."""

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.studio_bridge.shapes import ROBLOX, Asset
from graph.block import block
from graph.connections import Connection
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.studio_bridge.agent import StudioAgent
    from agents.swarm.studio_bridge.cloud import CloudAgent

Access = Annotated[
    Connection, "The key, and which experience and place are meant.", Look(kinds=(ROBLOX,))
]


class Published(NamedTuple):
    """A place that was published."""

    version: Annotated[int, "The number of its newest version."]


class Ran(NamedTuple):
    """A script that Roblox ran."""

    results: Annotated[list[Any], "What it returned."]
    succeeded: Annotated[bool, "Whether it came to its end."]
    failure: Annotated[str, "What it failed with."]
    lines: Annotated[list[dict[str, Any]], "What it said: `level`, `text` and `at` of each."]
    version: Annotated[int, "Which version of the place it ran in, 0 if that isn't told."]


class Uploaded(NamedTuple):
    """A file that is an asset now."""

    asset: Annotated[str, "The asset's id."]
    address: Annotated[str, "How scripts name it: rbxassetid://…"]
    anew: Annotated[bool, "Whether it was uploaded now; not if it had been before."]


@block(
    "roblox.publish",
    title="Publish place",
    icon="mdi6.rocket-launch-outline",
    agent="roblox_cloud",
    effect="write",
    search=("roblox", "open cloud", "deploy", "release", "place"),
)
async def publish(
    content: Annotated[bytes, "The place as Studio saves it: a .rbxl or .rbxlx file."],
    connection: Access,
    context: Context,
    live: Annotated[bool, "Whether players get it; else only Studio opens it."] = True,
    place: Annotated[str, "Another place of the experience, by its number.", Look(more=True)] = "",
) -> Published:
    """Make a place file the newest version of a place, by Roblox's Open Cloud."""
    agent = await _cloud(context)
    return Published(await agent.publish(content, connection, live=live, place=place))


@block(
    "roblox.run",
    title="Run script in place",
    icon="mdi6.play-network-outline",
    agent="roblox_cloud",
    effect="write",
    search=("roblox", "open cloud", "luau", "execute", "test", "verify", "headless"),
)
async def run(
    script: Annotated[str, "What is run, in Luau; what it returns is given.", Look("lines")],
    connection: Access,
    context: Context,
    seconds: Annotated[float, "How long it may take, at most five minutes."] = 60.0,
    version: Annotated[int, "Which version of the place; 0 for the newest."] = 0,
    otherwise: Annotated[
        Literal["fail", "report"], "Whether to fail or to go on if the script fails."
    ] = "fail",
    place: Annotated[str, "Another place of the experience, by its number.", Look(more=True)] = "",
) -> Ran:
    """Have Roblox run a script in a published place, without players, by its Open Cloud.

    The script sees the place as a server does: it can look whether all is there, or run tests.
    What it changes in the place isn't kept; what it changes in data stores is.
    """
    agent = await _cloud(context)
    made = await agent.run(script, connection, seconds=seconds, version=version, place=place)
    if not made.succeeded and otherwise == "fail":
        last = next((one.text for one in reversed(made.lines) if one.level == "error"), "")
        raise BadInput(f"The script failed: {made.failure}", cure=last)
    lines = [msgspec.to_builtins(one) for one in made.lines]
    return Ran(made.results, made.succeeded, made.failure, lines, made.version)


@block(
    "roblox.upload_asset",
    title="Upload asset",
    icon="mdi6.image-plus-outline",
    agent="roblox_cloud",
    effect="write",
    search=("roblox", "open cloud", "image", "decal", "audio", "model", "rbxassetid"),
)
async def upload_asset(
    content: Annotated[bytes, "What the file holds."],
    file_name: Annotated[str, "Its name, whose end says what it is: logo.png."],
    connection: Access,
    context: Context,
    kind: Annotated[
        Literal["Image", "Decal", "Audio", "Model", "Video"], "What becomes of it."
    ] = "Image",
    name: Annotated[str, "What the asset is called; the file's name if empty."] = "",
    description: Annotated[str, "What is said of it.", Look("lines", more=True)] = "",
) -> Uploaded:
    """Upload a file as an asset, and wait until Roblox has looked at it.

    The same file isn't uploaded twice for one creator: the asset it became is given then.
    """
    bridge = await _bridge(context)
    creator = connection.get("creator")
    digest = hashlib.sha256(content + f"{kind}".encode()).hexdigest()
    for known in await bridge.assets(digest=digest):
        if known.creator == creator:
            return Uploaded(known.asset, f"rbxassetid://{known.asset}", False)
    agent = await _cloud(context)
    called = name or file_name.rpartition(".")[0] or file_name
    asset = await agent.upload(
        content, connection, name=called, file_name=file_name, kind=kind, description=description
    )
    await bridge.keep_asset(
        Asset(asset=asset, name=called, kind=kind, creator=creator, digest=digest,
              at=context.now())
    )  # fmt: skip
    return Uploaded(asset, f"rbxassetid://{asset}", True)


@block(
    "roblox.assets",
    title="List assets",
    icon="mdi6.image-multiple-outline",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "open cloud", "uploads", "rbxassetid"),
)
async def assets(
    context: Context,
    contains: Annotated[str, "Only those whose names hold these letters."] = "",
) -> list[dict[str, Any]]:
    """List the assets that were uploaded from here, the newest first."""
    found = await (await _bridge(context)).assets()
    wanted = contains.casefold()
    return [msgspec.to_builtins(one) for one in found if wanted in one.name.casefold()]


async def _bridge(context: Context) -> "StudioAgent":
    # SQLAlchemy takes a third of a second, and only those who use it need spend that.
    from agents.swarm.studio_bridge.agent import StudioAgent  # noqa: PLC0415 - see above

    return await context.agent(StudioAgent)


async def _cloud(context: Context) -> "CloudAgent":
    # httpx2 takes as long.
    from agents.swarm.studio_bridge.cloud import CloudAgent  # noqa: PLC0415 - see above

    return await context.agent(CloudAgent)
