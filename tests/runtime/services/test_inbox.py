"""Questions over HTTP: the list, answers, and links that anybody who has one can use, once."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

import agents.approval.blocks
from agents.contract import Grants
from graph.catalog import blocks_in
from graph.flow import Block, Flow
from runtime.answering import Unasked
from runtime.clock import ManualClock
from runtime.commands import AnswerTask, ReplayRun
from runtime.events import RunFailed, RunSucceeded, TaskFinished
from runtime.inputs import BadInputs
from runtime.journal.memory import MemoryJournal
from runtime.links import Asked, Links
from runtime.projections.inbox import Question
from runtime.remote import RemoteRuntime
from runtime.runtime import Runtime
from runtime.services.control import control
from runtime.services.inbox import OPEN
from runtime.services.server import Listening, serving
from tests.runtime.engine.world import CATALOG, Plain
from tests.runtime.services.conftest import TOKEN

NASTY = "<script>alert('x')</script>\"'&"
BLOCKS = CATALOG.joined(blocks_in(agents.approval.blocks))


def approval(**fields: Any) -> Flow:
    fields = {"title": NASTY, "text": NASTY, "shows": [{NASTY: NASTY}], **fields}
    return Flow.of(
        [
            Block("ask", "approval.ask", {"people": ["Ann"], **fields}),
            Block("yes", "flow.output", {"name": "yes"}),
            Block("no", "flow.output", {"name": "no"}),
        ],
        [("ask.approved", "yes.value"), ("ask.refused", "no.value")],
        name="Approve",
    )


def form(schema: dict[str, Any]) -> Flow:
    return Flow.of(
        [Block("form", "approval.form", {"fields": schema}), Block("out", "flow.output")],
        [("form.values", "out.value")],
        name="Form",
    )


class Desk:
    """A runtime that is served, with links; and a browser that knows no token."""

    def __init__(self, runtime: Runtime, clock: ManualClock, links: Links, address: str) -> None:
        self.runtime, self.clock, self.links = runtime, clock, links
        self.address = address
        self.browser = httpx.AsyncClient(base_url=address)
        self.client = httpx.AsyncClient(
            base_url=address, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    async def asked(self, flow: Flow) -> Question:
        """Start a run of the flow; what it asks."""
        run = await self.runtime.start(flow)
        await self.clock.advance(0.1)
        return (await self.runtime.questions(run))[0]

    def path(self, question: Question) -> str:
        return self.links.to(question, self.clock.now()).removeprefix(self.address)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = ManualClock()
    runtime = Runtime(BLOCKS, MemoryJournal(), Plain(), grants=Grants(folder="/"), clock=clock)
    listening = Listening("127.0.0.1", 0)
    links = Links(b"k" * 32, listening.address)
    service = control(runtime, Grants(folder="/"), (), links)
    runtime.served_at(listening.address)
    async with runtime, serving(service, listening, TOKEN, free=(OPEN,)):
        made = Desk(runtime, clock, links, listening.address)
        async with made.browser, made.client:
            yield made


async def outputs(desk: Desk, run: str) -> dict[str, Any]:
    end = await asyncio.wait_for(desk.runtime.ended(run), 5)
    assert isinstance(end, RunSucceeded)
    return end.outputs


async def test_questions_are_listed_and_answered_over_the_api(desk: Desk) -> None:
    asked = await desk.asked(approval())

    listed = (await desk.client.get("/inbox")).json()["questions"]
    assert [(one["run"], one["task"], one["flow"]) for one in listed] == [
        (asked.run, "ask", "Approve")
    ]
    given = {"values": {"approved": False, "comment": "no"}, "by": "Bob"}
    reply = await desk.client.post(f"/inbox/{asked.run}/ask", json=given)
    assert reply.status_code == 200

    (record,) = (await outputs(desk, asked.run)).values()
    assert (record["approved"], record["by"], record["through"]) == (False, "Bob", "api")
    again = await desk.client.post(f"/inbox/{asked.run}/ask", json=given)
    assert again.status_code == 409
    assert "answered by Bob" in again.json()["detail"]


async def test_a_remote_runtime_reads_questions_with_all_that_is_shown(desk: Desk) -> None:
    asked = await desk.asked(approval(shows={"size": 3}))
    async with RemoteRuntime(desk.address, TOKEN) as remote:
        (found,) = await remote.questions()
        assert found.shows == {"size": 3}
        assert found.link == desk.links.to(asked, desk.clock.now())
        with pytest.raises(BadInputs, match="approved"):
            await remote.obey(AnswerTask(asked.run, {"approved": "perhaps"}))
        await remote.obey(AnswerTask(asked.run, {"approved": True}, by="Ann"))
        with pytest.raises(Unasked, match="Ann"):
            await remote.obey(AnswerTask(asked.run, {"approved": True}, task="ask"))


async def test_whoever_has_the_link_answers_on_a_page_once(desk: Desk) -> None:
    asked = await desk.asked(approval())
    path = desk.path(asked)

    page = await desk.browser.get(path)
    assert page.status_code == 200
    assert await desk.runtime.questions(asked.run), "looking at it answers nothing"
    answered = await desk.browser.post(
        path, data={"by": "Ann", "f.comment": NASTY, "f.approved": "true"}
    )
    assert answered.status_code == 200
    assert "Thank you, Ann" in answered.text

    (record,) = (await outputs(desk, asked.run)).values()
    assert (record["approved"], record["comment"], record["through"]) == (True, NASTY, "link")
    again = await desk.browser.post(path, data={"by": "Eve", "f.approved": "false"})
    assert again.status_code == 409
    assert "answered by Ann" in again.text
    assert (await desk.browser.get(path)).status_code == 409


@pytest.mark.parametrize("body", [b"", b"\xff=1", b"by=Ann", b"f.approved=maybe", b"f.approved="])
async def test_what_is_neither_approved_nor_refused_is_no_answer(desk: Desk, body: bytes) -> None:
    path = desk.path(await desk.asked(approval()))

    reply = await desk.browser.post(path, content=body)

    assert reply.status_code == 422
    assert "neither approved nor refused" in reply.text
    assert len(await desk.runtime.questions()) == 1


async def test_enter_in_a_field_approves_nothing(desk: Desk) -> None:
    page = await desk.browser.get(desk.path(await desk.asked(approval())))

    first, *others = re.findall(r"<button[^>]*>", page.text)
    assert "disabled" in first
    assert not any("disabled" in other for other in others)


async def test_nothing_that_is_asked_or_answered_becomes_part_of_the_page(desk: Desk) -> None:
    asked = await desk.asked(approval())
    path = desk.path(asked)
    page = await desk.browser.get(path)
    answered = await desk.browser.post(
        path, data={"by": NASTY, "f.comment": NASTY, "f.approved": "true"}
    )

    for reply in (page, answered):
        assert "<script" not in reply.text
        assert "&lt;script&gt;" in reply.text
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["x-frame-options"] == "DENY"
        assert "no-store" in reply.headers["cache-control"]


async def test_a_wrong_answer_is_told_on_the_page_with_what_was_filled_in(desk: Desk) -> None:
    asked = await desk.asked(
        form(
            {
                "type": "object",
                "properties": {
                    "amount": {"type": "integer", "maximum": 10},
                    "why": {"type": "string"},
                    "size": {"enum": ["small", "large"]},
                    "sure": {"type": "boolean"},
                },
                "required": ["amount", "why"],
            }
        )
    )
    path = desk.path(asked)
    wrong = await desk.browser.post(path, data={"by": "Ann", "f.amount": "11", "f.why": NASTY})
    assert wrong.status_code == 422
    assert "amount" in wrong.text
    assert "<script" not in wrong.text

    good = {"by": "Ann", "f.amount": "7", "f.why": "so", "f.size": "large", "f.sure": "true"}
    assert (await desk.browser.post(path, data=good)).status_code == 200
    values = (await outputs(desk, asked.run))["result"]
    assert values == {"amount": 7, "why": "so", "size": "large", "sure": True}


def sending() -> Flow:
    """A flow that has a link before it asks."""
    return Flow.of(
        [
            Block("link", "approval.link"),
            Block("sent", "t.watched", {"name": "sent"}),
            Block("ask", "approval.ask", {"title": "Pay it?"}),
            Block("yes", "flow.output", {"name": "yes"}),
        ],
        [
            ("link.value", "sent.value"), ("sent.value", "ask.link"),
            ("ask.approved", "yes.value"),
        ],
    )  # fmt: skip


async def sent_link(desk: Desk, run: str) -> str:
    """The way to the page that a run has sent, below the address."""
    events = await desk.runtime.journal.read(run)
    (link,) = (
        e.outputs["value"] for e in events if isinstance(e, TaskFinished) and e.task == "link"
    )
    assert link.startswith(desk.address)
    return str(link).removeprefix(desk.address)


async def test_a_link_that_the_run_has_sent_itself_answers_its_question_once(desk: Desk) -> None:
    asked = await desk.asked(sending())
    path = await sent_link(desk, asked.run)

    page = await desk.browser.get(path)
    assert page.status_code == 200
    assert "Pay it?" in page.text
    answered = await desk.browser.post(path, data={"by": "Ann", "f.approved": "true"})
    assert answered.status_code == 200

    (record,) = (await outputs(desk, asked.run)).values()
    assert (record["by"], record["through"]) == ("Ann", "link")
    again = await desk.browser.post(path, data={"by": "Eve", "f.approved": "false"})
    assert again.status_code == 409
    assert "It was answered" in again.text


async def test_a_sent_link_is_good_for_its_own_question_only(desk: Desk) -> None:
    first, second = await desk.asked(sending()), await desk.asked(sending())

    path = await sent_link(desk, first.run)
    await desk.browser.post(path, data={"by": "Ann", "f.approved": "true"})
    made_up = await desk.browser.post(f"{path[:-4]}AAAA", data={"by": "Eve", "f.approved": "true"})

    assert made_up.status_code == 409
    assert [question.run for question in await desk.runtime.questions()] == [second.run]


async def test_a_run_that_is_repeated_from_the_question_is_answered_by_the_link_that_was_sent(
    desk: Desk,
) -> None:
    asked = await desk.asked(sending())
    path = await sent_link(desk, asked.run)
    await desk.browser.post(path, data={"by": "Ann", "f.approved": "false"})
    await desk.clock.advance(0.1)

    told = await desk.runtime.obey(ReplayRun(asked.run, "ask"))
    await desk.clock.advance(0.1)
    reply = await desk.browser.post(path, data={"by": "Bob", "f.approved": "true"})

    assert reply.status_code == 200
    (record,) = (await outputs(desk, told.run)).values()
    assert record["by"] == "Bob"


async def test_without_a_server_no_link_is_made_and_it_is_said_how_to_have_one(desk: Desk) -> None:
    desk.runtime.served_at("")

    end = await desk.runtime.ended(await desk.runtime.start(sending()))

    assert isinstance(end, RunFailed)
    assert "heddle serve" in end.failure.cure


def other(desk: Desk, question: Question, **changes: Any) -> str:
    return desk.path(msgspec.structs.replace(question, **changes))


async def test_links_of_others_are_worth_nothing(desk: Desk) -> None:
    asked = await desk.asked(approval())
    elsewhere = await desk.asked(approval())
    path = desk.path(asked)
    said, _, signature = path.removeprefix("/answer/").partition(".")
    content = msgspec.msgpack.encode(Asked(elsewhere.run, "ask", "1", elsewhere.since, 2e9))
    swapped = base64.urlsafe_b64encode(content).rstrip(b"=").decode()
    foreign = Links(b"x" * 32, desk.address).to(asked, desk.clock.now())

    for forged in (
        f"/answer/{swapped}.{signature}",
        f"/answer/{said}.{signature[:-2]}AA",
        f"/answer/{said}",
        "/answer/..",
        f"/answer/{said}.é",
        foreign.removeprefix(desk.address),
    ):
        for reply in (await desk.browser.get(forged), await desk.browser.post(forged, data={})):
            assert reply.status_code in (401, 403, 404), forged
    gone = (other(desk, asked, label="2"), other(desk, asked, since=1.0))
    assert [(await desk.browser.get(path)).status_code for path in gone] == [409, 409]
    assert len(await desk.runtime.questions()) == 2


async def test_a_link_is_good_no_longer_than_its_question(desk: Desk) -> None:
    asked = await desk.asked(approval(within="1 h", on_deadline="refuse"))
    path = desk.path(asked)
    await desk.clock.advance(3601)

    reply = await desk.browser.post(path, data={"by": "Ann", "f.approved": "true"})

    assert reply.status_code == 410
    (record,) = (await outputs(desk, asked.run)).values()
    assert (record["approved"], record["through"]) == (False, "deadline")


@pytest.mark.parametrize(
    "path", ["/answer/../commands", "/answer/..%2Fcommands", "/answer/x/../../inbox", "//answer/x"]
)
async def test_a_link_opens_nothing_else(desk: Desk, path: str) -> None:
    url = httpx.URL(desk.address).copy_with(raw_path=path.encode())
    for method in ("GET", "POST"):
        reply = await desk.browser.request(method, url, content=b"{}")
        assert reply.status_code in (401, 403, 404, 405), reply.text


async def test_the_page_can_be_used_with_a_screen_reader(desk: Desk) -> None:
    asked = await desk.asked(approval())
    page = (await desk.browser.get(desk.path(asked))).text

    fields = re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', page)
    assert fields
    assert all(f'<label for="{field}">' in page for field in fields)
    assert '<html lang="en">' in page
