"""What flows can do with Roblox Studio: push scripts, look them up, settle conflicts, read logs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from agents.swarm.studio_bridge.shapes import MAIN, Level
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.studio_bridge.agent import StudioAgent

Records = list[dict[str, Any]]

_NONE: tuple[str, ...] = ()
_NOTHING: Mapping[str, Any] = {}
MOST_NAMED = 5

Project = Annotated[
    str, "The project, which is what one place in Studio is paired with.", Look(more=True)
]
Name = Annotated[str, "The script's path, such as ServerScriptService/Main, or its id."]
Otherwise = Annotated[Literal["fail", "report"], "Whether to fail or to go on if it isn't so."]


class PushedAll(NamedTuple):
    """What became of scripts that were pushed."""

    pushed: Annotated[Records, "Each with `script`, `path`, `version` and `changed`."]
    versions: Annotated[dict[str, int], "The version of each by its id: what to verify."]


class Looked(NamedTuple):
    """Scripts that were looked over."""

    scripts: Annotated[Mapping[str, str], "The scripts as they came."]
    valid: Annotated[bool, "Whether nothing was found."]
    findings: Annotated[Records, "What was: `path`, `line` and `message` of each."]


class Verified(NamedTuple):
    """Whether Studio has what it is to have."""

    confirmed: Annotated[bool, "Whether it has all of them."]
    connected: Annotated[bool, "Whether a Studio is connected."]
    waiting: Annotated[list[str], "Paths of those that it hasn't yet."]
    conflicts: Annotated[list[str], "Paths of those that both sides changed."]
    refused: Annotated[dict[str, str], "Why it couldn't take some, by path."]


class Found(NamedTuple):
    """A version of a script."""

    source: Annotated[str, "Its text."]
    path: Annotated[str, "Where it stands."]
    kind: Annotated[str, "Script, LocalScript or ModuleScript."]
    version: Annotated[int, "Which version it is."]
    by: Annotated[str, "Who wrote it: heddle or studio."]


class Settled(NamedTuple):
    """What became of a script."""

    version: Annotated[int, "Its newest version."]
    path: Annotated[str, "Where it stands."]
    changed: Annotated[bool, "Whether that is another one than before."]


class Connected(NamedTuple):
    """A Studio that is connected, or that isn't."""

    connected: Annotated[bool, "Whether one is."]
    place: Annotated[str, "The place that is open in it."]
    scripts: Annotated[int, "How many scripts the project has."]
    waiting: Annotated[int, "How many of them Studio hasn't in the newest version."]
    conflicts: Annotated[int, "How many both sides changed."]


class Said(NamedTuple):
    """What was said in Studio."""

    lines: Annotated[Records, "Each with `number`, `level`, `text`, `at` and `source`."]
    last: Annotated[int, "The number of the newest there is: what to read on after."]


@block(
    "roblox.push_scripts",
    title="Push scripts to Studio",
    icon="mdi6.upload-outline",
    agent="studio_bridge",
    effect="write",
    repeatable=True,
    search=("roblox", "luau", "deploy", "sync", "lua"),
)
async def push_scripts(
    scripts: Annotated[
        Mapping[str, str],
        "Texts by path. A name like Main.server.luau or Gui.client.luau says which kind of script"
        " it is; else it is a Script under ServerScriptService and a ModuleScript elsewhere.",
        Look("mapping"),
    ],
    context: Context,
    remove: Annotated[tuple[str, ...], "Paths of scripts that are to go.", Look(more=True)] = _NONE,
    note: Annotated[str, "What is noted in the history.", Look(more=True)] = "",
    project: Project = MAIN,
) -> PushedAll:
    """Make these texts the newest versions of scripts; a connected Studio takes them at once.

    All are kept or none. What Studio changed meanwhile is never written over: it becomes a
    conflict, which holds both.
    """
    agent = await _agent(context)
    made = await agent.push_scripts(scripts, remove=remove, project=project, note=note)
    return PushedAll(_records(made), {one.script: one.version for one in made if not one.gone})


@block(
    "roblox.validate_scripts",
    title="Look over scripts",
    icon="mdi6.script-text-key-outline",
    agent="studio_bridge",
    effect="none",
    search=("roblox", "luau", "syntax", "lint", "check", "validate"),
)
async def validate_scripts(
    scripts: Annotated[Mapping[str, str], "Texts by path, as they are pushed.", Look("mapping")],
    context: Context,
    otherwise: Otherwise = "fail",
) -> Looked:
    """Look for what no script may hold: brackets, blocks and texts that don't end, wrong paths.

    This is no parser: what it finds Studio refuses as well, but that refuses more.
    """
    found = await (await _agent(context)).validate_scripts(scripts)
    if found and otherwise == "fail":
        named = [f"{one.path}, line {one.line}: {one.message}" for one in found[:MOST_NAMED]]
        raise BadInput(" ".join(named))
    return Looked(scripts, not found, _records(found))


@block(
    "roblox.verify",
    title="Verify in Studio",
    icon="mdi6.check-decagram-outline",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "deployment", "confirm", "wait"),
)
async def verify(
    context: Context,
    versions: Annotated[
        Mapping[str, int],
        "Versions by id or path, as pushing gives them; nothing for the newest of all scripts.",
        Look("mapping"),
    ] = _NOTHING,
    seconds: Annotated[float, "How long to wait for Studio."] = 30.0,
    project: Project = MAIN,
    otherwise: Otherwise = "fail",
) -> Verified:
    """Wait until Studio has confirmed that it has these versions of scripts."""
    agent = await _agent(context)
    found = await agent.verify(versions, project=project, seconds=seconds)
    if not found.confirmed and otherwise == "fail":
        raise BadInput(_unconfirmed(found.connected, found.waiting, found.conflicts, found.refused))
    return Verified(found.confirmed, found.connected, found.waiting, found.conflicts, found.refused)


@block(
    "roblox.wait_for_studio",
    title="Wait for Studio",
    icon="mdi6.connection",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "connect", "plugin"),
)
async def wait_for_studio(
    context: Context,
    seconds: Annotated[float, "How long to wait, at most ten minutes."] = 60.0,
    project: Project = MAIN,
    otherwise: Otherwise = "fail",
) -> Connected:
    """Wait until a Studio with the plugin is connected."""
    agent = await _agent(context)
    found = await agent.wait_for_studio(project=project, seconds=seconds)
    if not found.connected and otherwise == "fail":
        raise BadInput(
            f"No Studio is connected to the project {project!r}.",
            cure="Open the place in Studio; pair it once by the code of the Log dock.",
        )
    return Connected(found.connected, found.place, found.scripts, found.waiting, found.conflicts)


@block(
    "roblox.scripts",
    title="List scripts",
    icon="mdi6.script-text-outline",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "luau", "studio"),
)
async def scripts(
    context: Context,
    under: Annotated[str, "Only those whose path begins so."] = "",
    project: Project = MAIN,
) -> Records:
    """List the scripts of a project, with their versions but without their texts."""
    agent = await _agent(context)
    found = await agent.scripts(project=project)
    return _records([one for one in found if one.path.startswith(under)])


@block(
    "roblox.script",
    title="Get script",
    icon="mdi6.script-outline",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "luau", "source", "studio"),
)
async def script(
    name: Name,
    context: Context,
    version: Annotated[int, "Which version; 0 for the newest."] = 0,
    project: Project = MAIN,
) -> Found:
    """Get the text of a script as it is now, or as it was in one of its versions."""
    agent = await _agent(context)
    found = await agent.script(name, version=version, project=project)
    return Found(found.source, found.path, found.kind, found.version, found.by)


@block(
    "roblox.history",
    title="History of a script",
    icon="mdi6.history",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "versions", "luau"),
)
async def history(
    name: Name,
    context: Context,
    limit: Annotated[int, "How many versions at most."] = 50,
    project: Project = MAIN,
) -> Records:
    """List the versions of a script, the newest first; also of one that was deleted or moved."""
    agent = await _agent(context)
    return _records(await agent.history(name, project=project, limit=limit))


@block(
    "roblox.rollback",
    title="Roll back script",
    icon="mdi6.restore",
    agent="studio_bridge",
    effect="write",
    search=("roblox", "undo", "restore", "version"),
)
async def rollback(
    name: Name,
    version: Annotated[int, "The version that is wanted back."],
    context: Context,
    project: Project = MAIN,
) -> Settled:
    """Make an old version of a script the newest. It is a version more: nothing is forgotten."""
    agent = await _agent(context)
    made = await agent.rollback(name, version, project=project)
    return Settled(made.version, made.path, made.changed)


@block(
    "roblox.conflicts",
    title="List conflicts",
    icon="mdi6.source-merge",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "merge", "studio"),
)
async def conflicts(context: Context, project: Project = MAIN) -> Records:
    """List the scripts that Studio and Heddle both changed.

    Each has the texts of both sides (`heddle`, `studio`), of what they began from (`base`), both
    in one with markers (`marked`), and the `folder` that holds the same as files.
    """
    agent = await _agent(context)
    return _records(await agent.conflicts(project=project))


@block(
    "roblox.resolve",
    title="Settle conflict",
    icon="mdi6.call-merge",
    agent="studio_bridge",
    effect="write",
    search=("roblox", "merge", "resolve", "studio"),
)
async def resolve(
    name: Name,
    context: Context,
    keep: Annotated[
        Literal["heddle", "studio", "both", "text"],
        "Which side is kept; both where they changed different lines; or the text given here.",
    ] = "both",
    text: Annotated[str, "The text that is to be kept.", Look("lines")] = "",
    project: Project = MAIN,
) -> Settled:
    """Settle a conflict. Both sides stay in the script's history."""
    agent = await _agent(context)
    made = await agent.resolve(name, keep, text=text, project=project)
    return Settled(made.version, made.path, made.changed)


@block(
    "roblox.logs",
    title="Studio's messages",
    icon="mdi6.text-box-search-outline",
    agent="studio_bridge",
    effect="read",
    search=("roblox", "output", "debug", "print", "warnings", "errors"),
)
async def logs(
    context: Context,
    level: Annotated[Level, "How grave they are at least."] = "output",
    contains: Annotated[str, "Only those with these words."] = "",
    after: Annotated[int, "Only those after the message of that number."] = 0,
    limit: Annotated[int, "How many at most, the newest."] = 500,
    project: Annotated[str, "Only those of one project; empty for all.", Look(more=True)] = "",
) -> Said:
    """Get what scripts said in Studio's output last."""
    agent = await _agent(context)
    found = await agent.logs(
        after=after, level=level, contains=contains, project=project, limit=limit
    )
    return Said(_records(found.lines), found.last)


def _records(found: Sequence[msgspec.Struct]) -> Records:
    return [msgspec.to_builtins(one) for one in found]


def _unconfirmed(
    connected: bool, waiting: list[str], conflicts: list[str], refused: Mapping[str, str]
) -> str:
    """What Studio lacks, in a sentence or two."""
    said = "" if connected else "No Studio is connected. "
    if refused:
        path, reason = next(iter(refused.items()))
        return f"{said}Studio could not take {path}: {reason}"
    if conflicts:
        return f"{said}Both sides changed {_some(conflicts)}: settle that first."
    return f"{said}Studio has not confirmed {_some(waiting)}."


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"{', '.join(paths[:MOST_NAMED])}{more}"


async def _agent(context: Context) -> "StudioAgent":
    # SQLAlchemy takes a third of a second, and only those who use it need spend that.
    from agents.swarm.studio_bridge.agent import StudioAgent  # noqa: PLC0415 - see above

    return await context.agent(StudioAgent)
