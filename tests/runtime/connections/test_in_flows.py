"""Connections in flows: named in a field, known when the task runs, and nowhere to be seen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.database.connections import address_of
from agents.http.connections import with_credentials
from graph.compile import compile_flow
from graph.connections import Connection
from graph.errors import BadInput, FlowInvalid
from graph.flow import Block, Flow
from graph.spec import Needs
from graph.touches import together, touches
from runtime.connections.contents import Draft
from runtime.engine.hidden import MARK
from runtime.events import RunFailed, RunSucceeded
from runtime.wire import as_json
from tests.end_to_end.beside import end_of, runtime_in
from tests.servers.mirror import forms, mirror

SECRET = "planted/7c1e+9f&key"
USING = {"$connection": "web"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with mirror() as at:
        yield at


def asking(address: str, connection: str = "web") -> Flow:
    fields = {"url": f"{address}/echo", "body": "x", "connection": {"$connection": connection}}
    return Flow.of([Block("it", "http.request", fields), Block("out", "flow.output")],
                   [("it.body", "out.value")])  # fmt: skip


def web(address: str, **fields: str) -> Draft:
    return Draft(name="web", kind="http", fields={"address": address, **fields}, secrets={"token": SECRET})  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("fields", [{}, {"user": "me"}, {"header": "X-Key"}])
async def test_a_block_is_let_in_and_the_secret_is_nowhere(
    tmp_path: Path, address: str, fields: dict[str, str]
) -> None:
    async with runtime_in(tmp_path) as runtime:
        runtime.connections.put(web(address, **fields))
        end = await end_of(runtime, asking(address))
        run = (await runtime.journal.runs())[0].run
        events = await runtime.journal.read(run)

    assert isinstance(end, RunSucceeded)
    told = as_json(list(events)).decode()
    assert MARK in json.dumps(end.outputs, ensure_ascii=False), "it was sent, and echoed"
    assert [form for form in forms(SECRET) if form in told] == []
    assert found_in(tmp_path) == []


def found_in(folder: Path) -> list[tuple[str, str]]:
    """The files that hold the secret in some form, and in which."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [
        (path.name, form)
        for path, content in files.items()
        for form in forms(SECRET)
        if form.encode() in content
    ]


async def test_a_connection_that_is_not_there_is_named(tmp_path: Path, address: str) -> None:
    async with runtime_in(tmp_path) as runtime:
        end = await end_of(runtime, asking(address, "wbe"))

    assert isinstance(end, RunFailed)
    assert "There is no connection 'wbe'." in str(end.failure)


async def test_the_plan_needs_the_connection_by_name(tmp_path: Path, address: str) -> None:
    async with runtime_in(tmp_path) as runtime:
        found = together(touches(asking(address), runtime.catalog))

    assert found == Needs(hosts=(address.removeprefix("http://"),), connections=("web",))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"connection": "web"}, "'connection' takes a connection."),
        ({"connection": {"$expr": "'web'"}}, "known before the run"),
        ({"headers": {"X": USING}}, "'headers' can't hold a connection."),
        ({"body": USING}, "'body' can't hold a connection."),
    ],
)
async def test_a_connection_stands_only_where_one_is_taken(
    tmp_path: Path, fields: dict[str, object], said: str
) -> None:
    flow = Flow.of([Block("it", "http.request", {"url": "https://x.example", **fields})])
    async with runtime_in(tmp_path) as runtime:
        with pytest.raises(FlowInvalid, match=said):
            compile_flow(flow, runtime.catalog)


async def test_no_link_brings_a_connection(tmp_path: Path) -> None:
    given = Block("name", "flow.constant", {"value": "web"})
    flow = Flow.of([given, Block("it", "http.get", {"url": "https://x.example"})],
                   [("name.value", "it.connection")])  # fmt: skip
    async with runtime_in(tmp_path) as runtime:
        with pytest.raises(FlowInvalid, match="which no link can bring"):
            compile_flow(flow, runtime.catalog)


def test_what_is_secret_is_sent_to_its_own_host_alone() -> None:
    ours = Connection("web", "http", {"address": "https://a.example/v1", "token": "t"}, ("token",))

    assert with_credentials(ours, "https://a.example/v2", {}) == {"Authorization": "Bearer t"}
    own = {"authorization": "mine"}
    assert with_credentials(ours, "https://a.example", own) == own
    for other in ("https://b.example", "http://a.example", "https://a.example:444"):
        with pytest.raises(BadInput, match="another's"):
            with_credentials(ours, other, {})


def test_a_database_is_asked_with_its_password() -> None:
    fields = {"address": "postgresql://host/db", "user": "me", "password": "a/b:c@d"}
    assert address_of(Connection("d", "database", fields)) == (
        "postgresql://me:a%2Fb%3Ac%40d@host/db"
    )
    assert address_of(Connection("d", "database", {"address": "file.db", "user": "x"})) == "file.db"


async def test_a_database_is_queried_through_its_connection(tmp_path: Path) -> None:
    fields = {"database": {"$connection": "files"}, "sql": "SELECT 6 * 7 AS n"}
    flow = Flow.of([Block("it", "sql.query", fields), Block("out", "flow.output")],
                   [("it.rows", "out.value")])  # fmt: skip
    async with runtime_in(tmp_path) as runtime:
        import sqlite3

        sqlite3.connect(tmp_path / "some.db").close()
        (tmp_path / "some.db").touch()
        runtime.connections.put(Draft(name="files", kind="database", fields={"address": "some.db"}))
        end = await end_of(runtime, flow)

    assert isinstance(end, RunSucceeded), end
    assert end.outputs == {"result": [{"n": 42}]}
