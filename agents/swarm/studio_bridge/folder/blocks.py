"""What flows can do with a folder of scripts: have it and the scripts of Studio alike."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from agents.swarm.studio_bridge.shapes import MAIN
from graph.block import block
from graph.context import Context
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.swarm.studio_bridge.folder.agent import FolderAgent


class Alike(NamedTuple):
    """What became of a folder and the scripts."""

    did: Annotated[list[dict[str, Any]], "Each with `file` and `what` was done with it."]
    scripts: Annotated[int, "How many scripts have a file."]
    conflicts: Annotated[list[str], "Files whose text both sides changed."]
    problems: Annotated[list[str], "Why some files and scripts are left alone."]


def writes(fields: Mapping[str, Any]) -> Needs:
    """The folder that is written to; any when only the run will tell."""
    folder = fields.get("folder")
    return Needs(writes=(folder if isinstance(folder, str) and folder.strip() else "*",))


@block(
    "roblox.folder",
    title="Sync folder of scripts",
    icon="mdi6.folder-sync-outline",
    agent="roblox_folder",
    effect="write",
    repeatable=True,
    needs=writes,
    search=("roblox", "luau", "rojo", "argon", "git", "files", "editor", "vs code"),
)
async def folder(
    folder: Annotated[str, "Where the files are: a folder for each service is made there."],
    context: Context,
    deletes: Annotated[
        bool,
        "Whether most of the files may be gone at once, and their scripts with them.",
        Look(more=True),
    ] = False,
    project: Annotated[
        str, "The project, which is what one place in Studio is paired with.", Look(more=True)
    ] = MAIN,
) -> Alike:
    """Have the scripts as files in a folder, and take over what was changed there.

    Main.server.luau is a Script, Main.client.luau a LocalScript, Main.luau a ModuleScript; a script
    that holds others is the init file of their folder. What both sides changed stays as it is on
    both, and is told of in files beside it.
    """
    agent = await _agent(context)
    found = await agent.sync(folder, project=project, deletes=deletes)
    return Alike(msgspec.to_builtins(found.did), found.scripts, found.conflicts, found.problems)


async def _agent(context: Context) -> "FolderAgent":
    # SQLAlchemy takes a third of a second, and only those who use it need spend that.
    from agents.swarm.studio_bridge.folder.agent import FolderAgent  # noqa: PLC0415 - see above

    return await context.agent(FolderAgent)
