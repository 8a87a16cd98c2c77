"""Secrets reach their block and nothing else: no event, no error, no file knows them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from graph.context import ANEW
from graph.flow import Block, Flow, Retry, Settings
from runtime.engine.hidden import MARK, Hidden
from runtime.events import AnyEvent, RunFailed, RunSucceeded, TaskProgressed, TaskStreamed
from runtime.runtime import Runtime
from runtime.secrets.environment import NoSecret, secret, variable_of
from tests.end_to_end.beside import end_of, runtime_in

TOKEN = "s3cr/t+\"quoted\"='ä'"
SECRET = {"$secret": "my.token"}


# Where they come from


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("token", "HEDDLE_SECRET_TOKEN"),
        ("github.api-token", "HEDDLE_SECRET_GITHUB_API_TOKEN"),
        ("two words", "HEDDLE_SECRET_TWO_WORDS"),
        ("größe=1", "HEDDLE_SECRET_GR_SSE_1"),
    ],
)
def test_a_secret_comes_from_a_variable_that_can_be_set(name: str, variable: str) -> None:
    assert variable_of(name) == variable


def test_a_secret_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_TOKEN", "one")
    assert secret("token") == "one"

    monkeypatch.setenv("HEDDLE_SECRET_TOKEN", "two")
    assert secret("token") == "two"


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "There is no secret 'my.token'."), ("", "There is nothing in the secret 'my.token'.")],
)
def test_a_missing_secret_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str | None, said: str
) -> None:
    if value is not None:
        monkeypatch.setenv("HEDDLE_SECRET_MY_TOKEN", value)

    with pytest.raises(NoSecret) as caught:
        secret("my.token")

    cure = "Set it as HEDDLE_SECRET_MY_TOKEN, or by `heddle secrets set my.token`."
    assert str(caught.value) == f"{said} {cure}"


# In what form they are found


@pytest.mark.parametrize(
    "text",
    [
        f"token {TOKEN}!",
        json.dumps({"token": TOKEN}),
        json.dumps({"token": TOKEN}, ensure_ascii=False),
        repr([TOKEN]),
        f"https://example.com/?token={quote(TOKEN, safe='')}&more",
        f"Authorization: {base64.b64encode(TOKEN.encode()).decode()}",
        base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    ],
)
def test_a_secret_is_found_in_whatever_form_it_takes(text: str) -> None:
    hidden = Hidden()
    hidden.add(TOKEN)

    assert MARK in hidden.taken_out_of(text)
    assert MARK in hidden.taken_out_of({"deep": [(text,)]})["deep"][0][0]
    assert MARK.encode() in hidden.taken_out_of(text.encode())


def test_a_secret_that_holds_another_leaves_nothing_behind() -> None:
    hidden = Hidden()
    for word in ("pass", "password", "my password"):
        hidden.add(word)

    assert hidden.taken_out_of("my password, password, pass") == f"{MARK}, {MARK}, {MARK}"


def test_values_without_secrets_stay_what_they_are() -> None:
    hidden, value = Hidden(), {"rows": [(1, "text")], "set": {1}}
    assert hidden.taken_out_of(value) is value

    hidden.add(TOKEN)
    plain = {"rows": [(1, "text")]}
    assert hidden.taken_out_of(plain) is plain
    hidden.add("")
    assert hidden.taken_out_of("any text") == "any text"


def test_a_value_in_itself_is_looked_through_and_let_be() -> None:
    ring: dict[str, Any] = {"token": TOKEN}
    ring["ring"] = [ring]
    hidden = Hidden()
    hidden.add(TOKEN)

    found = hidden.taken_out_of(ring)

    assert found["token"] == MARK


def test_a_value_too_deep_to_look_through_is_not_shown_at_all() -> None:
    hidden, value = Hidden(), TOKEN
    hidden.add(TOKEN)
    for _ in range(5000):
        value = [value]  # type: ignore[assignment]

    assert hidden.taken_out_of(value) == MARK


# What is left of them after a run


@pytest.fixture
async def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    monkeypatch.setenv("HEDDLE_SECRET_MY_TOKEN", TOKEN)
    async with runtime_in(tmp_path) as made:
        yield made


async def watched(runtime: Runtime, flow: Flow) -> tuple[AnyEvent, list[AnyEvent]]:
    """The end of a run, and all that whoever watches was shown."""
    with runtime.watch() as subscription:
        end = await end_of(runtime, flow)
        subscription.end()
        return end, [event async for batch in subscription for event in batch]


def telling(how: str, **settings: Any) -> Flow:
    block = Block(
        "it", "trouble.tell", {"token": SECRET, "how": how}, settings=Settings(**settings)
    )
    return Flow.of([block, Block("out", "flow.output")], [("it.value", "out.value")])


def leaking() -> Flow:
    return Flow.of([Block("it", "trouble.leak", {"name": "my.token"})])


def in_a_loop() -> Flow:
    """A loop that is given the secret hands on what may be known of it."""
    body = Flow.of(
        [
            Block("token", "flow.input", {"name": "token"}),
            Block("text", "text.template", {"text": "{token}"}),
            Block("out", "flow.output"),
        ],
        [("token.value", "text.token"), ("text.value", "out.value")],
    )
    each = Block("each", "logic.for_each", {"items": [1, 2], "body": "b", "token": SECRET})
    return Flow.of(
        [each, Block("out", "flow.output")], [("each.value", "out.value")], flows={"b": body}
    )


def in_a_sub_flow() -> Flow:
    inner = Flow.of(
        [
            Block("token", "flow.input", {"name": "token"}),
            Block("out", "flow.output", {"name": "token"}),
        ],
        [("token.value", "out.value")],
    )
    call = Block("call", "flow.call", {"flow": "inner", "token": SECRET})
    return Flow.of(
        [call, Block("text", "text.template", {"text": "{token}"})],
        [("call.token", "text.token")],
        flows={"inner": inner},
    )


FLOWS = {
    "in a result": telling("give"),
    "in an error": telling("fail"),
    "in an error that is retried": telling("fail", retry=Retry(attempts=2, delay=0.01)),
    "in an error on a port": telling("fail", on_error="port"),
    "in a reason to stop": telling("stop"),
    "in a stream": leaking(),
    "in a loop": in_a_loop(),
    "in a sub-flow": in_a_sub_flow(),
}


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
async def test_no_event_and_no_file_holds_a_secret(
    runtime: Runtime, tmp_path: Path, flow: Flow
) -> None:
    end, shown = await watched(runtime, flow)

    events = await runtime.journal.read(end.run)
    tasks, row = await runtime.journal.tasks(end.run), await runtime.journal.run(end.run)
    assert isinstance(end, RunSucceeded | RunFailed)
    for told in (shown, events, tasks, row):
        assert TOKEN not in str(told)
        assert repr(TOKEN)[1:-1] not in str(told)
    assert MARK in str(shown)
    kept = await asyncio.to_thread(files_in, tmp_path)
    assert any(name.endswith("-wal") for name in kept)
    for name, content in kept.items():
        for form in (TOKEN, json.dumps(TOKEN)[1:-1], quote(TOKEN, safe=""), TOKEN[:8]):
            assert form.encode() not in content, name


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_progress_and_streams_are_shown_without_it(runtime: Runtime) -> None:
    _, told = await watched(runtime, telling("give"))
    _, streamed = await watched(runtime, leaking())

    assert [e.note for e in told if isinstance(e, TaskProgressed)] == [f"token {MARK}"]
    items = [item for e in streamed if isinstance(e, TaskStreamed) for item in e.items]
    assert set(items) == {f"one more {MARK}"}


def test_a_secret_that_comes_in_pieces_is_not_shown_either() -> None:
    hidden = Hidden()
    hidden.add("correct horse")

    shown = [
        hidden.streamed("a", pieces)
        for pieces in (["it ", "is "], ["cor"], ["rect ", "horse"], ["!", "cor"], ["al"], [ANEW])
    ]

    assert shown == [["it ", "is "], [], [MARK], ["!"], ["cor", "al"], [ANEW]]


def test_what_one_stream_holds_back_is_no_part_of_another() -> None:
    hidden = Hidden()
    hidden.add("correct horse")

    assert hidden.streamed("a", ["the correct"]) == []
    assert hidden.streamed("b", ["horse"]) == ["horse"]
    assert hidden.streamed("a", [" one"]) == ["the correct", " one"]


async def test_what_is_kept_of_answers_and_conversations_holds_no_secret(
    runtime: Runtime, tmp_path: Path
) -> None:
    told = {"prompt": SECRET, "model": "scripted/echo"}
    chat = Block("it", "ai.chat", {**told, "keep_answers": True, "conversation": "c"})

    end, _ = await watched(runtime, Flow.of([chat]))

    assert isinstance(end, RunSucceeded)
    kept = await asyncio.to_thread(files_in, tmp_path)
    assert any(name.endswith(".jsonl") for name in kept)
    for name, content in kept.items():
        for form in (TOKEN, json.dumps(TOKEN)[1:-1], TOKEN[:7]):
            assert form.encode() not in content, name


async def test_the_block_itself_gets_the_secret(runtime: Runtime) -> None:
    flow = Flow.of(
        [
            Block("it", "trouble.length", {"token": SECRET}),
            Block("out", "flow.output"),
        ],
        [("it.value", "out.value")],
    )

    end = await end_of(runtime, flow)

    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"result": len(TOKEN)}


async def test_a_run_without_its_secret_fails_by_naming_the_variable(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEDDLE_SECRET_MY_TOKEN")

    end = await end_of(runtime, telling("give"))

    assert isinstance(end, RunFailed)
    assert str(end.failure) == (
        "it: There is no secret 'my.token'. Set it as HEDDLE_SECRET_MY_TOKEN, "
        "or by `heddle secrets set my.token`."
    )
