"""What goes between platforms: schemas, data, events."""

import uuid
from typing import Any

from litestar import post
from litestar.params import JSONBody

from graph.errors import BadInput
from runtime.services.integration.errors import Incompatible
from runtime.services.integration.hub import LARGEST, Desk
from runtime.services.integration.routing import delivered, rewritten, subject_of
from runtime.services.integration.shapes import (
    BroadcastAnswer,
    EventBroadcast,
    SchemaAnswer,
    SchemaRegister,
    SyncAnswer,
    SyncTrigger,
    now,
    plain,
)
from runtime.services.roles import ByRole

NAMED = 3
"""Incompatible places that a refusal names."""


@post(
    "/schema/register",
    status_code=201,
    operation_id="register_schema",
    request_max_body_size=LARGEST,
)
async def register(hub: Desk, data: JSONBody[SchemaRegister]) -> SchemaAnswer:
    """Keep a new version of a schema, if it breaks nothing that was promised."""
    schema = {
        "schema_name": data.schema_name,
        "schema_type": data.schema_type,
        "platform": data.platform,
        "version": data.version,
        "definition": data.definition,
    }
    level = {"level": data.compatibility} if data.compatibility else {}
    found = await hub.perform("schema_validator", "register", schema=schema, **level)
    if found.incompatibilities:
        raise _incompatible(data.schema_name, found)
    return SchemaAnswer(
        schema_name=data.schema_name,
        schema_type=data.schema_type,
        platform=data.platform,
        version=found.version,
        registered=found.kept,
        compatibility=found.level,
        digest=found.digest,
    )


@post(
    "/sync/trigger",
    status_code=200,
    operation_id="trigger_sync",
    request_max_body_size=LARGEST,
)
async def trigger(hub: Desk, data: JSONBody[SyncTrigger]) -> SyncAnswer:
    """Take data from one platform to another, as that one has it."""
    given = await rewritten(hub, data)
    subject = data.subject or subject_of(data.data)
    id = f"sync_{uuid.uuid4().hex}"
    deliveries = await delivered(hub, data.target_platform, subject, given, id)
    failed = any(one.status == "failed" for one in deliveries)
    return SyncAnswer(
        sync_id=id,
        status="partial" if failed else "delivered",
        source_platform=data.source_platform,
        target_platform=data.target_platform,
        subject=subject,
        data=given,
        deliveries=deliveries,
        timestamp=now(),
    )


@post(
    "/event/broadcast",
    status_code=200,
    operation_id="broadcast_event",
    request_max_body_size=LARGEST,
)
async def broadcast(hub: Desk, data: JSONBody[EventBroadcast]) -> BroadcastAnswer:
    """Say an event to everybody on a channel, or on several."""
    channels = list(dict.fromkeys([*([data.channel] if data.channel else []), *data.channels]))
    if not channels:
        raise BadInput("No channel is named.", cure="Say `channel`, or several as `channels`.")
    id = f"event_{uuid.uuid4().hex}"
    said = {"channels": channels, "event": data.event, "data": data.data, "id": id}
    result = await hub.perform("realtime_update", "broadcast", **said)
    return BroadcastAnswer(
        event_id=id, event=data.event, channels=channels, result=plain(result), timestamp=now()
    )


def _incompatible(name: str, verdict: Any) -> Incompatible:
    broken = verdict.incompatibilities
    said = [f"{one['place'] or name}: {one['message']}" for one in broken[:NAMED]]
    more = f" And {len(broken) - NAMED} more." if len(broken) > NAMED else ""
    return Incompatible(
        f"{name} would break {verdict.level}. {' '.join(said)}{more}", cure=broken[0]["cure"]
    )


EXCHANGE = ByRole(runner=(register, trigger, broadcast))
