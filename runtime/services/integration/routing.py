"""Which agents take data for a platform, and what each is asked to do."""

import asyncio
import re
from typing import NamedTuple, assert_never

import msgspec

from graph.errors import BadInput, HeddleError
from runtime.services.integration.errors import NotDelivered
from runtime.services.integration.hub import Hub
from runtime.services.integration.luau import module_of
from runtime.services.integration.platform_data import SYNC
from runtime.services.integration.shapes import Delivery, Platform, Record, SyncTrigger, plain

LONGEST_CHANNEL = 164
_NO_CHANNEL = re.compile(r"[^A-Za-z0-9_=@,.;]")
_NO_COMPONENT = re.compile(r"[^A-Za-z0-9_.:-]")
_NO_SCRIPT = re.compile(r"[^A-Za-z0-9_]")

WITHOUT_SUBJECT = "shared"
"""What data is of that says nothing of it."""


class Way(NamedTuple):
    """Something an agent is asked to do."""

    agent: str
    capability: str
    arguments: Record


def ways_to(platform: Platform, subject: str, data: Record, id: str) -> list[Way]:
    """Who takes data for a platform."""
    match platform:
        case "frontend":
            shown = {"component": component_of(subject), "value": data, "id": id}
            said = {"channels": [channel_of(subject)], "event": "sync", "data": data, "id": id}
            return [
                Way("ui_sync", "set", shown),
                Way("realtime_update", "broadcast", said),
            ]
        case "roblox":
            scripts = {script_of(subject): module_of(data)}
            pushed = {"scripts": scripts, "note": f"Data of {subject}"}
            return [Way("studio_bridge", "push_scripts", pushed)]
        case "backend" | "database":
            row = {"subject": subject, "data": msgspec.json.encode(data).decode()}
            return [Way("database_sync", "put", {"sync": SYNC, "row": row})]
    assert_never(platform)


async def delivered(
    hub: Hub, platform: Platform, subject: str, data: Record, id: str
) -> list[Delivery]:
    """What became of data at each of those that take it. Raises NotDelivered if none could."""
    ways = ways_to(platform, subject, data, id)
    deliveries = list(await asyncio.gather(*(_taken(hub, way) for way in ways)))
    if all(one.status == "failed" for one in deliveries):
        said = " ".join(one.detail for one in deliveries)
        raise NotDelivered(f"Nothing reached {platform}. {said}".strip())
    return deliveries


async def _taken(hub: Hub, way: Way) -> Delivery:
    try:
        if way.agent == "database_sync":
            await hub.ready_table()
        result = await hub.perform(way.agent, way.capability, **way.arguments)
    except HeddleError as error:
        return Delivery(
            agent=way.agent,
            capability=way.capability,
            status="failed",
            detail=f"{error.message} {error.cure}".strip(),
        )
    return Delivery(
        agent=way.agent, capability=way.capability, status="delivered", result=plain(result)
    )


async def rewritten(hub: Hub, sync: SyncTrigger) -> Record:
    """The data as the target platform has it, if a schema is named. Raises BadInput."""
    if not sync.schema_name:
        return sync.data
    source, target = _schema_platform(sync.source_platform), _schema_platform(sync.target_platform)
    named = {"schema_name": sync.schema_name, "version": sync.schema_version, "platform": source}
    faults = await hub.perform("schema_validator", "validate", value=sync.data, **named)
    if faults:
        first = plain(faults[0])
        raise BadInput(
            f"The data isn't as {sync.schema_name} says: {first['path'] or 'it'}: "
            f"{first['message']}"
        )
    if source == target:
        return sync.data
    made = await hub.perform(
        "schema_validator", "transform", value=sync.data, to_platform=target, **named
    )
    value: Record = plain(made.value)
    return value


def _schema_platform(platform: Platform) -> str:
    """Schemas are kept for backends; a database has what they have."""
    return "backend" if platform == "database" else platform


def subject_of(data: Record) -> str:
    """What data is of, by its first id: `user:123` for a `user_id` of 123."""
    for name, value in data.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            if name == "id":
                return f"record:{value}"
            if name.lower().endswith("_id"):
                return f"{name[:-3].lower()}:{value}"
    return WITHOUT_SUBJECT


def channel_of(subject: str) -> str:
    """The channel on which clients hear of a subject: `sync-user-123`."""
    return f"sync-{_NO_CHANNEL.sub('-', subject)}"[:LONGEST_CHANNEL]


def component_of(subject: str) -> str:
    """The component that shows a subject: `sync/user:123`."""
    return f"sync/{_NO_COMPONENT.sub('-', subject)}"[:LONGEST_CHANNEL]


def script_of(subject: str) -> str:
    """The module in Studio that holds what is known of a subject."""
    return f"ReplicatedStorage/Heddle/{_NO_SCRIPT.sub('_', subject)}"[:LONGEST_CHANNEL]
