"""What passes between a block and the outside is recorded: without secrets, and not too long."""

from typing import Any

from graph.block import block, spec_of
from graph.context import Context
from graph.flow import Block, Flow
from runtime.events import TaskTraced
from tests.runtime.engine.world import CATALOG, Studio

SECRET = "value-of-github"


@block("t.talk", title="Talk", effect="read")
async def talk(context: Context, token: str, padding: int = 0) -> Any:
    """Tells of a request that has the token in it."""
    body = "x" * padding + token + "y" * 10_000
    context.trace("http", {"request": {"headers": [["X-Odd", token]], "body": body}})


async def traced(padding: int = 0) -> dict[str, Any]:
    studio = Studio(catalog=CATALOG.joined([spec_of(talk)]))
    fields = {"token": {"$secret": "github"}, "padding": padding}
    await studio.run(Flow.of([Block("a", "t.talk", fields)]))
    (trace,) = [event for event in await studio.events() if isinstance(event, TaskTraced)]
    return trace.detail


async def test_a_secret_is_taken_out_of_what_is_traced() -> None:
    detail = await traced()

    assert SECRET not in repr(detail)
    assert detail["request"]["headers"] == [["X-Odd", "•••"]]


async def test_what_is_traced_is_short() -> None:
    assert len((await traced())["request"]["body"]) < 5000


async def test_a_secret_is_not_cut_in_two_when_it_is_shortened() -> None:
    detail = await traced(padding=4000 - len(SECRET) // 2)

    assert SECRET[:4] not in detail["request"]["body"]
