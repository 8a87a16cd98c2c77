"""Every template runs with its sample input, and exported as Python gives the same."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.presenters.template_details import needs
from graph.compile.checks import check
from graph.compile.codegen import python_of
from graph.compile.ports import interface
from graph.file_format import read, write
from graph.flow import Flow
from runtime.commands import AnswerTask
from runtime.compose import RESOURCES, compose, granted
from runtime.events import Event, RunFailed, RunSucceeded, TaskAsked
from runtime.flow_files import load
from runtime.library.about import CATEGORIES, about_file, write_about
from runtime.library.shelf import Shelf, Template
from runtime.plugins import installed
from runtime.settings import Settings
from tests.agents.http.server import Sent, WebServer, json_answer
from tests.servers.apis import POSTS, Message, Model, serve_apis

ROOT = RESOURCES.parent
SHELF = Shelf(ROOT / "nobody's own", RESOURCES / "templates")
TEMPLATES = {template.name: template for template in SHELF.templates()}
CATALOG = installed().catalog
QUICK = {"wait_for_approval": {"every": 0.01}, "wait_for_a_job": {"every": 0.01}}
"""What is given instead of the sample, so that nobody has to wait."""


def flow_of(name: str) -> Flow:
    return load(TEMPLATES[name].path, CATALOG).flow


def needs_network(name: str) -> bool:
    wanted = needs(flow_of(name), TEMPLATES[name].about, CATALOG)
    return any(need.what == "hosts" for need in wanted) and not is_scripted(name)


def is_scripted(name: str) -> bool:
    """Whether it asks for a model that, unless another is named, asks nobody."""
    models = interface(flow_of(name))[0].get("model")
    return models is not None and models.fields.get("default") == "scripted/echo"


ONLINE = [name for name in TEMPLATES if needs_network(name)]
ASKING = ["approve_before_sending"]
"""Those that wait until a person answers."""
OFFLINE = [name for name in TEMPLATES if name not in [*ONLINE, *ASKING]]


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    async with WebServer() as server:
        serve_apis(server)
        Model(lambda _: "It lifts the threads.").serve(server)
        yield server


def moved(value: Any, web: WebServer) -> Any:
    """A sample input with the test's own server in place of those out there."""
    if isinstance(value, list):
        return [moved(item, web) for item in value]
    if not isinstance(value, str) or not value.startswith("http"):
        return value
    return re.sub(r"https?://[^/]+", web.url("").rstrip("/"), value)


def sample(name: str, web: WebServer | None = None, **instead: Any) -> dict[str, Any]:
    given = {**TEMPLATES[name].about.inputs, **QUICK.get(name, {}), **instead}
    return {key: moved(value, web) if web else value for key, value in given.items()}


async def ended(name: str, folder: Path, inputs: Mapping[str, Any]) -> Event:
    settings = Settings(home=str(folder))
    async with compose(settings, granted(folder), place="memory:") as runtime:
        return await runtime.ended(await runtime.start(flow_of(name), inputs))


async def outputs_of(name: str, folder: Path, /, **inputs: Any) -> dict[str, Any]:
    end = await ended(name, folder, inputs)
    assert isinstance(end, RunSucceeded), end
    return end.outputs


def exported_outputs(name: str, folder: Path, inputs: Mapping[str, Any]) -> dict[str, Any]:
    program = folder / f"{name}.py"
    program.write_text(python_of(flow_of(name), CATALOG))
    given = [
        f"{key}={value if isinstance(value, str) else json.dumps(value)}"
        for key, value in inputs.items()
    ]
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program), *given],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outputs: dict[str, Any] = json.loads(done.stdout)
    return outputs


# What every template is.


def test_there_is_a_template_for_whatever_a_newcomer_looks_for() -> None:
    assert len(TEMPLATES) >= 30
    assert {template.category for template in TEMPLATES.values()} == set(CATEGORIES)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
def test_a_template_says_what_it_is_and_how_it_is_used(template: Template) -> None:
    flow, about = flow_of(template.name), template.about

    assert flow.name
    assert 20 < len(flow.description) < 160
    assert flow.description.endswith(".")
    assert about.use
    assert about.icon
    assert set(flow.view.positions) == set(flow.blocks)
    assert not list(check(flow, CATALOG))
    asked = {str(b.fields["name"]) for b in flow.blocks.values() if b.kind == "flow.input"}
    assert set(about.inputs) <= asked


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
def test_the_files_of_a_template_are_written_as_heddle_writes_them(template: Template) -> None:
    content = template.path.read_bytes()

    assert write(read(content)).encode() == content
    assert write_about(template.about) == about_file(template.path).read_bytes()


# Every one runs.


@pytest.mark.parametrize("name", OFFLINE)
async def test_a_template_gives_the_same_exported_as_python(name: str, tmp_path: Path) -> None:
    ran, exported = tmp_path / "ran", tmp_path / "exported"
    ran.mkdir()
    exported.mkdir()

    outputs = await outputs_of(name, ran, **sample(name))

    assert outputs
    assert exported_outputs(name, exported, sample(name)) == json.loads(json.dumps(outputs))
    assert files_in(ran) <= files_in(exported)


def files_in(folder: Path) -> set[tuple[str, bytes]]:
    """Text files and what they hold; a database's bytes depend on when it was written."""
    return {
        (str(path.relative_to(folder)), path.read_bytes())
        for path in folder.rglob("*")
        if path.suffix in (".md", ".csv", ".txt", ".html", ".json", ".jsonl")
    }


async def test_a_template_that_needs_the_network_is_exported_too(
    web: WebServer, tmp_path: Path
) -> None:
    inputs = sample("ask_a_model", web)

    outputs = await outputs_of("ask_a_model", tmp_path, **inputs)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = asyncio.to_thread(exported_outputs, "ask_a_model", elsewhere, inputs)
    assert await program == outputs


EXPECTED: Mapping[str, Mapping[str, Any]] = {
    "get_a_page": {"page": {"status": 200, "characters": 13}},
    "api_to_database": {
        "stored": 3,
        "cities": [
            {"city": "London", "people": 2, "percent": 66.7},
            {"city": "Arlington", "people": 1, "percent": 33.3},
        ],
    },
    "page_through_an_api": {
        "by_state": [{"state": "open", "count": 4}, {"state": "closed", "count": 2}],
        "busiest": [{"author": "ada", "count": 3}, {"author": "grace", "count": 3}],
        "file": "issues.csv",
    },
    "rate_limited_calls": {"titles": [{"id": p["id"], "title": p["title"]} for p in POSTS]},
    "only_what_is_new": {"new": [{"id": p["id"], "title": p["title"]} for p in POSTS]},
    "wait_for_a_job": {"result": {"rows": 12}},
    "retry_then_fall_back": {"task": {"title": "Wind the warp", "source": "server"}},
    "ask_a_model": {"answer": "It lifts the threads.", "tokens": 21},
    "summarise_documents": {
        "summary": "It lifts the threads.",
        "summaries": [
            f"**{name}.md**: It lifts the threads."
            for name in ("the_heddle", "the_loom", "the_shuttle")
        ],
    },
}
WITH_SERVERS_OF_THEIR_OWN = {
    "check_many_sites", "ask_until_it_fits", "agent_with_a_tool", "user_sync",
}  # fmt: skip


def test_every_template_that_needs_the_network_is_tried_against_a_server() -> None:
    assert set(ONLINE) == set(EXPECTED) | WITH_SERVERS_OF_THEIR_OWN


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_template_does_its_work_over_the_network(
    name: str, web: WebServer, tmp_path: Path
) -> None:
    assert await outputs_of(name, tmp_path, **sample(name, web)) == EXPECTED[name]


# What some are about.


async def test_the_sample_leaves_a_report_and_a_table(tmp_path: Path) -> None:
    await outputs_of("triage_github_issues", tmp_path)

    report = (tmp_path / "triage/report.md").read_text()
    assert "28 deliveries about 3 issues" in report
    assert (tmp_path / "triage/issues.db").stat().st_size > 0


async def test_the_other_way_is_taken_too(tmp_path: Path) -> None:
    small = await outputs_of("choose_a_way", tmp_path, amount=5)

    assert small == {"answer": "5 is accepted."}
    assert exported_outputs("choose_a_way", tmp_path, {"amount": 5}) == small


async def test_a_flow_that_refuses_its_input_fails_with_its_own_words(tmp_path: Path) -> None:
    end = await ended("refuse_bad_orders", tmp_path, {"quantity": 0})

    assert isinstance(end, RunFailed)
    assert end.failure.message == "0 can't be ordered: order one or more."


async def test_rows_that_come_twice_are_stored_once(web: WebServer, tmp_path: Path) -> None:
    first, second = [
        await outputs_of("api_to_database", tmp_path, **sample("api_to_database", web))
        for _ in range(2)
    ]

    assert first["cities"] == second["cities"]


async def test_only_what_was_not_there_before_is_new(web: WebServer, tmp_path: Path) -> None:
    inputs = sample("only_what_is_new", web)
    await outputs_of("only_what_is_new", tmp_path, **inputs)
    web.on["/posts"] = json_answer([*POSTS, {"id": 9, "title": "Fresh"}])

    outputs = await outputs_of("only_what_is_new", tmp_path, **inputs)

    assert outputs == {"new": [{"id": 9, "title": "Fresh"}]}
    assert json.loads((tmp_path / "seen.json").read_text()) == [1, 2, 3, 4, 5, 9]


async def test_sites_that_are_down_are_told_apart_from_those_that_are_up(
    web: WebServer, tmp_path: Path
) -> None:
    web.on["/broken"] = Sent(500, {}, b"")
    sites = [web.url("/"), web.url("/broken"), "http://127.0.0.1:9/"]

    outputs = await outputs_of("check_many_sites", tmp_path, sites=sites)

    assert [row["up"] for row in outputs["sites"]] == [True, False, False]
    assert outputs["report"].startswith("2 of 3 sites are down: ")


async def test_when_the_server_is_gone_the_mirror_is_asked_and_then_nobody(
    web: WebServer, tmp_path: Path
) -> None:
    web.on["/gone/todos/1"] = Sent(503, {}, b"")
    gone, here = web.url("/gone"), web.url("")

    mirrored = await outputs_of(
        "retry_then_fall_back", tmp_path, server=gone, mirror=here.rstrip("/")
    )
    asked = sum(request.path == "/gone/todos/1" for request in web.received)
    fallen = await outputs_of("retry_then_fall_back", tmp_path, server=gone, mirror=gone)

    assert mirrored["task"] == {"title": "Wind the warp", "source": "mirror"}
    assert asked == 4
    assert fallen["task"]["source"] == "fallback"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("payment.paid", "Thank you, Ada: 42.5 has arrived."), ("user.gone", "Nothing to do")],
)
async def test_each_kind_of_event_is_answered_in_its_own_way(
    kind: str, answer: str, tmp_path: Path
) -> None:
    payload = {**sample("answer_a_webhook")["payload"], "type": kind}

    outputs = await outputs_of("answer_a_webhook", tmp_path, payload=payload)

    assert outputs["answer"].startswith(answer)
    assert json.loads((tmp_path / "events.jsonl").read_text())["type"] == kind


async def test_a_payload_that_is_no_event_is_refused(tmp_path: Path) -> None:
    assert isinstance(await ended("answer_a_webhook", tmp_path, {"payload": {}}), RunFailed)


async def test_orders_that_fail_are_kept_with_the_reason(tmp_path: Path) -> None:
    outputs = await outputs_of("dead_letter_file", tmp_path)

    letters = [json.loads(x) for x in (tmp_path / "dead_letters.jsonl").read_text().splitlines()]
    assert outputs["report"] == "2 went well, 2 are kept for later."
    assert sorted(letter["order"]["id"] for letter in letters) == [2, 4]


@pytest.mark.parametrize(("nights", "booked"), [(2, ["hotel.txt", "train.txt"]), (0, [])])
async def test_both_are_booked_or_neither(nights: int, booked: list[str], tmp_path: Path) -> None:
    await outputs_of("both_or_neither", tmp_path, guest="Ada", nights=nights)

    assert sorted(path.name for path in (tmp_path / "bookings").iterdir()) == booked


@pytest.mark.parametrize(
    ("answer", "decision"), [("Yes, do!", "Approved"), ("no", "Refused"), ("hm", "No answer yet")]
)
async def test_the_answer_of_a_person_is_waited_for(
    answer: str, decision: str, tmp_path: Path
) -> None:
    (tmp_path / "approval.txt").write_text(answer)

    outputs = await outputs_of("wait_for_approval", tmp_path, **sample("wait_for_approval"))

    assert outputs["decision"].startswith(decision)


@pytest.mark.parametrize(
    ("approved", "outputs"), [(True, {"sent": "outbox.txt"}), (False, {"not_sent": "Not now."})]
)
async def test_nothing_is_sent_before_somebody_approves(
    approved: bool, outputs: dict[str, str], tmp_path: Path
) -> None:
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as runtime:
        run = await runtime.start(flow_of("approve_before_sending"), {"name": "Ada"})
        async for batch in runtime.follow(run):
            if any(isinstance(event, TaskAsked) for event in batch):
                break
        assert not (tmp_path / "outbox.txt").exists()
        await runtime.obey(AnswerTask(run, {"approved": approved, "comment": "Not now."}))
        end = await runtime.ended(run)

    assert isinstance(end, RunSucceeded)
    assert {name: Path(said).name for name, said in end.outputs.items()} == outputs
    assert (tmp_path / "outbox.txt").exists() == approved


async def test_a_letter_is_written_to_everybody(tmp_path: Path) -> None:
    outputs = await outputs_of("mail_merge", tmp_path)

    letter = (tmp_path / outputs["letters"][0]).read_text()
    assert letter.startswith("Dear Ada,\n\nyour scarf is ready: come by until Friday.")


# Those that go to several platforms; see test_workflow_templates.py as well.


async def test_a_user_is_fetched_from_a_file_or_a_service(web: WebServer, tmp_path: Path) -> None:
    bob = {"user_id": "7", "name": "Bob", "email": "bob@example.org"}
    web.on["/users/7"] = json_answer(bob)

    ada = await outputs_of("user_sync", tmp_path, **sample("user_sync"))
    fetched = await outputs_of("user_sync", tmp_path, source=web.url("/users/7"))

    assert ada["user"]["name"] == "Ada Lovelace"
    assert fetched["user"] == bob


async def test_without_a_studio_scripts_wait_for_one(tmp_path: Path) -> None:
    outputs = await outputs_of("roblox_deployment", tmp_path, **sample("roblox_deployment"))

    assert outputs["outcome"] == "No Studio is connected: the scripts wait until one is."
    assert "ServerScriptService/Heddle/Main" in outputs["versions"]


async def test_scripts_that_are_not_whole_are_not_deployed(tmp_path: Path) -> None:
    scripts = {"ServerScriptService/Main": "print('a'", "Main": "return {}"}

    end = await ended("roblox_deployment", tmp_path, {"scripts": scripts})

    assert isinstance(end, RunFailed)
    assert "ServerScriptService/Main: not every ( has its )." in end.failure.message
    assert "Main: begin with a service" in end.failure.message


async def test_a_lesson_is_refused_or_given_to_each_platform_as_it_writes(tmp_path: Path) -> None:
    name = "one_schema_for_all_platforms"

    made = await outputs_of(name, tmp_path, **sample(name))
    refused = await ended(name, tmp_path, {"lesson": {"lesson_id": "x", "title": ""}})

    assert made["frontend"] == {"lessonId": "py-1", "title": "Python Basics", "gradeLevel": 9}
    assert made["roblox"] == {"LessonId": "py-1", "Title": "Python Basics", "GradeLevel": 9}
    assert "gradeLevel?: number;" in made["typescript"]
    assert "GradeLevel: number?," in made["luau"]
    assert isinstance(refused, RunFailed)
    assert "The value is not as lesson says. title:" in refused.failure.message


async def test_a_lesson_needs_a_grade_that_there_is(tmp_path: Path) -> None:
    end = await ended("content_generation", tmp_path, {"grade_level": 40})

    assert isinstance(end, RunFailed)
    assert "grade_level: 40 is greater" in end.failure.message
    assert not (tmp_path / "lessons.db").exists()


# Those that ask a model.


async def test_a_model_is_told_what_is_wrong_until_its_answer_fits(
    web: WebServer, tmp_path: Path
) -> None:
    order = {"customer": "Ada", "items": [{"name": "blue yarn", "quantity": 2}]}
    answers = iter(["Sure! Two boxes.", json.dumps({"customer": "Ada"}), json.dumps(order)])
    model = Model(lambda _: next(answers))
    model.serve(web)

    outputs = await outputs_of("ask_until_it_fits", tmp_path, **sample("ask_until_it_fits", web))

    assert outputs == {"order": order, "attempts": 3}
    complaints = [m["content"] for m in model.conversations[-1] if m["role"] == "user"][1:]
    assert "no JSON" in complaints[0]
    assert "items" in complaints[1]


async def test_a_model_that_never_fits_is_asked_five_times_and_no_more(
    web: WebServer, tmp_path: Path
) -> None:
    model = Model(lambda _: "no")
    model.serve(web)

    end = await ended("ask_until_it_fits", tmp_path, sample("ask_until_it_fits", web))

    assert isinstance(end, RunFailed)
    assert len(model.conversations) == 5


async def test_an_agent_uses_its_tool_until_it_can_answer(web: WebServer, tmp_path: Path) -> None:
    def says(messages: list[Message]) -> str | Message:
        found = [json.loads(m["content"]) for m in messages if m["role"] == "tool"]
        if len(found) == 2:
            return f"That is {3 * found[0][0]['price'] + found[1][0]['price']}."
        word = ("wool", "shuttle")[len(found)]
        call = {"name": "search", "arguments": json.dumps({"word": word})}
        calls = [{"id": f"call_{word}", "type": "function", "function": call}]
        return {"role": "assistant", "content": None, "tool_calls": calls}

    Model(says).serve(web)

    outputs = await outputs_of("agent_with_a_tool", tmp_path, **sample("agent_with_a_tool", web))

    assert outputs == {"answer": "That is 43.5.", "searches": ["wool", "shuttle"]}


async def test_every_document_and_then_all_summaries_are_summarised(
    web: WebServer, tmp_path: Path
) -> None:
    model = Model(lambda messages: messages[-1]["content"][:20])
    model.serve(web)

    await outputs_of("summarise_documents", tmp_path, **sample("summarise_documents", web))

    assert len(model.conversations) == 4
    assert (tmp_path / "summary.md").read_text() == "Sum these up in one "
