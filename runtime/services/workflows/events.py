"""What happened in a run, as a list or as it happens (Server-Sent Events)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, SkipValidation
from litestar.response import Stream

from runtime.events import LIVE_ONLY, AnyEvent
from runtime.runtime import Runtime
from runtime.services.following import followed
from runtime.services.roles import ByRole
from runtime.wire import JSON, as_json

Engine = NamedDependency[SkipValidation[Runtime]]
After = Annotated[int, QueryParameter(ge=0, le=2**53, description="The seq of the last one known.")]
Most = Annotated[int, QueryParameter(ge=1, le=10_000)]

EVENT_STREAM = "text/event-stream"


@get("/runs/{wanted:str}/events")
async def events(
    runtime: Engine, wanted: FromPath[str], after: After = 0, limit: Most = 1000
) -> Response[bytes]:
    """What happened in a run after the event `after`, in order."""
    row = await runtime.journal.run(wanted)
    happened = (await runtime.journal.read(row.run, after))[:limit]
    return Response(as_json(happened), media_type=JSON)


@get("/runs/{wanted:str}/stream", media_type=EVENT_STREAM)
async def stream(
    request: Request[Any, Any, Any], runtime: Engine, wanted: FromPath[str], after: After = 0
) -> Stream:
    """What happens in a run, until its end. After a break, Last-Event-ID goes on from there."""
    last = request.headers.get("last-event-id", "")
    after = max(after, int(last)) if last.isdecimal() and len(last) < 19 else after
    if not runtime.drives(wanted):
        wanted = (await runtime.journal.run(wanted)).run
    return Stream(_told(runtime, wanted, after), media_type=EVENT_STREAM, headers=_HEADERS)


_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def _told(runtime: Runtime, run: str, after: int) -> AsyncIterator[bytes]:
    yield b": here\n\n"
    async for batch in followed(runtime, run, after):
        yield b"".join(map(_message, batch))


def _message(event: AnyEvent) -> bytes:
    """An event; only those that are recorded are what one can go on after."""
    config = event.__struct_config__
    kind, data = str(config.tag).encode(), as_json(event)
    id = b"" if isinstance(event, LIVE_ONLY) else b"id: %d\n" % event.seq
    return b"%sevent: %s\ndata: %s\n\n" % (id, kind, data)


EVENTS = ByRole(viewer=(events, stream))
