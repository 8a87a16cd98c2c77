"""What flows can do with components of user interfaces: look, set, change, wait, list, remove."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from agents.swarm.ui_sync.shapes import Operation, Patch, mutation_of
from graph.block import block
from graph.context import Context
from graph.errors import BadInput
from graph.spec import Look

if TYPE_CHECKING:
    from agents.swarm.ui_sync.agent import UiSyncAgent

LOOK = 60.0
"""Seconds for which one look at a component lasts that is waited for."""

Name = Annotated[str, "The component's name, such as cart or lesson/42/progress."]
Base = Annotated[
    int, "Only if it is still of this version; 0: whatever it is by now.", Look(more=True)
]


class Shown(NamedTuple):
    """A component as it is by now."""

    value: Annotated[Any, "What it is; None if nobody has set it."]
    version: Annotated[int, "Its version; 0 if nobody has set it."]


class Components(NamedTuple):
    """Components by name."""

    components: Annotated[
        list[dict[str, Any]], "Each with `component`, `version`, `subscribers`, `size` and `at`."
    ]
    total: Annotated[int, "How many there are with these letters in their names."]


@block(
    "ui.get",
    title="Get component",
    icon="mdi6.view-dashboard-outline",
    agent="ui_sync",
    effect="read",
    search=("interface", "state", "frontend", "read", "sync"),
)
async def get(component: Name, context: Context) -> Shown:
    """Look what a component of user interfaces is by now."""
    agent = await _agent(context)
    now = await agent.get(component)
    return Shown(now.value, now.version)


@block(
    "ui.set",
    title="Set component",
    icon="mdi6.view-dashboard-edit-outline",
    agent="ui_sync",
    effect="write",
    repeatable=True,
    search=("interface", "state", "frontend", "update", "sync", "show", "push"),
)
async def set_component(
    component: Name,
    value: Annotated[Any, "What everybody who looks at it is to see."],
    context: Context,
    if_version: Base = 0,
) -> Shown:
    """Give a component of user interfaces a value, which all who look at it see at once.

    Done again after a crash, it is done once.
    """
    agent = await _agent(context)
    done = await agent.set(component, value, id=_id(context), base=if_version or None)
    return Shown(value, done.version)


@block(
    "ui.patch",
    title="Change component",
    icon="mdi6.puzzle-edit-outline",
    agent="ui_sync",
    effect="write",
    repeatable=True,
    search=("interface", "state", "frontend", "update", "sync", "json patch", "merge", "partial"),
)
async def patch(
    component: Name,
    patch: Annotated[
        Any,
        "A record, of which null takes away, or a list of JSON Patch's operations.",
        Look("lines"),
    ],
    context: Context,
    if_version: Base = 0,
) -> Shown:
    """Change a part of a component of user interfaces, and leave the rest to others.

    A record is merged into what there is (RFC 7396); a list is a JSON Patch (RFC 6902), such as
    [{"op": "add", "path": "/items/-", "value": "tea"}]. Done again after a crash, it is done
    once. With `if_version` it fails where others changed the same since.
    """
    agent = await _agent(context)
    mutation = mutation_of(_patch(patch), _id(context), if_version or None)
    done = await agent.mutate(component, mutation)
    now = await agent.get(component)
    return Shown(now.value, max(now.version, done.version))


@block(
    "ui.wait",
    title="Wait for component",
    icon="mdi6.view-dashboard-variant-outline",
    agent="ui_sync",
    effect="read",
    patient=True,
    search=("interface", "state", "frontend", "changed", "until", "sync", "click"),
)
async def wait(
    component: Name,
    context: Context,
    until: Annotated[
        str,
        "An expression of `value` and `version`; empty: until it changes.",
        Look("expression", names=("value", "version")),
    ] = "",
    after: Annotated[
        int, "The version after which a change counts; -1: from now on.", Look(more=True)
    ] = -1,
) -> Shown:
    """Wait until a component of user interfaces changes, or is as an expression says."""
    agent = await _agent(context)
    now = await agent.get(component)
    known = now.version if after < 0 else after
    while not await _is_over(context, until, now.value, now.version, known):
        now = await agent.wait(component, after=now.version, within=LOOK)
    return Shown(now.value, now.version)


@block(
    "ui.list",
    title="List components",
    icon="mdi6.view-list-outline",
    agent="ui_sync",
    effect="read",
    search=("interface", "state", "frontend", "sync", "which", "all"),
)
async def list_components(
    context: Context,
    find: Annotated[str, "Letters that their names have; empty: all."] = "",
    most: Annotated[int, "As many at the most, up to 500."] = 100,
    skip: Annotated[int, "Leave out so many of the first.", Look(more=True)] = 0,
) -> Components:
    """List components of user interfaces, and how many look at each of them."""
    agent = await _agent(context)
    found = await agent.components(find=find, limit=most, offset=skip)
    return Components(msgspec.to_builtins(found.components), found.total)


@block(
    "ui.remove",
    title="Remove component",
    icon="mdi6.view-dashboard-edit-outline",
    agent="ui_sync",
    effect="write",
    repeatable=True,
    search=("interface", "state", "frontend", "delete", "sync"),
)
async def remove(component: Name, context: Context) -> None:
    """Take a component of user interfaces off the list; whoever still looks at it sees null.

    Done again after a crash, it is done once.
    """
    agent = await _agent(context)
    await agent.remove(component, id=_id(context))


async def _is_over(context: Context, until: str, value: Any, version: int, known: int) -> bool:
    if not until.strip():
        return version > known
    return bool(await context.evaluate(until, {"value": value, "version": version}))


def _patch(said: Any) -> Patch:
    if isinstance(said, Mapping):
        return Patch(merge=said)
    if not isinstance(said, Sequence) or isinstance(said, str):
        raise BadInput("A patch is a record or a list.", cure='Write {"theme": "dark"}.')
    try:
        return Patch(patch=msgspec.convert(said, tuple[Operation, ...]))
    except msgspec.ValidationError as error:
        raise BadInput(
            f"The patch isn't one: {error}.",
            cure='Its members are as {"op": "replace", "path": "/theme", "value": "dark"}.',
        ) from None


def _id(context: Context) -> str:
    """The same for every attempt, and no longer than an id may be."""
    return hashlib.sha256(context.key.encode()).hexdigest()


async def _agent(context: Context) -> "UiSyncAgent":
    # SQLAlchemy takes half a second, and only those who use it need spend that.
    from agents.swarm.ui_sync.agent import UiSyncAgent  # noqa: PLC0415 - see above

    return await context.agent(UiSyncAgent)
