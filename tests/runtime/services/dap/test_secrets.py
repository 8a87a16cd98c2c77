"""A planted secret is in nothing that an adapter says, whatever it is asked."""

import contextlib

import pytest

from graph.flow import Block, Flow
from tests.runtime.services.dap.conftest import SECRET, Adapter, Asked, Client, forms
from tests.runtime.services.dap.flows import line_of
from tests.runtime.services.dap.outside import outside

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_no_answer_and_no_event_holds_a_secret(
    adapter: Adapter, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_PLANTED", SECRET)
    async with outside() as world:
        fields = {"url": world.address, "headers": {"X-Key": {"$secret": "planted"}}}
        flow = Flow.of(
            [
                Block("ask", "http.get", fields),
                Block("wrong", "code.python", {"code": "return int(body['coded'])"}),
                Block("out", "flow.output"),
            ],
            [("ask.body", "wrong.body"), ("wrong.value", "out.value")],
        )
        file = adapter.flow("secretive", flow)

        async def points() -> None:
            ask, wrong = (line_of(adapter, "secretive", f'"{id}": {{') for id in ("ask", "wrong"))
            log = {"line": wrong, "logMessage": "{body} and {str(body)[::-1][::-1]}"}
            await client.lines(file, ask, log, line_of(adapter, "secretive", "ask.body ->"))
            await client.ask("setExceptionBreakpoints", filters=["all"])

        await client.begin("launch", points, flow=str(file))
        for _ in range(3):
            await client.where()
            await look_at_everything(client)
            await client.ask("continue", threadId=1)
        assert (await client.event("exited"))["exitCode"] == 1

        assert world.asked == 1
        assert b"X-Key" in client.got, "it was shown, but for the secret"
        assert [form for form in forms(SECRET) if form in client.got] == []


async def look_at_everything(client: Client) -> None:
    """Every scope of every frame, every member, and expressions over them."""
    for frame in await client.frames():
        for scope in (await client.ask("scopes", frameId=frame["id"]))["scopes"]:
            todo = [scope["variablesReference"]]
            while todo:
                for one in (await client.members(todo.pop())).values():
                    todo += [one["variablesReference"]] if one["variablesReference"] else []
        for expression in ("headers", "body", "body['coded']", "str(body)", "[body, headers]"):
            for context in ("watch", "hover", "clipboard"):
                with contextlib.suppress(Asked):  # it has no such name here
                    await client.ask(
                        "evaluate", expression=expression, frameId=frame["id"], context=context
                    )
    with contextlib.suppress(Asked):
        await client.ask("exceptionInfo", threadId=1)
