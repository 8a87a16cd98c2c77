"""A model is asked for a plan until one is sound, or mended; what isn't to be had is told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.compile import check
from graph.edits import apply
from graph.flow import Block, Flow
from graph.planning.again import Part
from graph.planning.heard import ROUNDS, Heard
from runtime.compose import compose, granted
from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.events import RunSucceeded
from runtime.planning import NoPlan, plan_again, plan_goal
from runtime.plugins import installed
from runtime.runtime import Runtime
from runtime.settings import Settings
from tests.graph.planning.sketches import GREETING, said, sketch, step
from tests.servers.models import Models, Said

MODEL = "local/scripted-large"
CATALOG = installed(None).catalog
WITHOUT_TEXT = sketch("Greet", [GREETING["steps"][0], step("greet", "text.template"),
                                GREETING["steps"][2]], *GREETING["links"])  # fmt: skip


@pytest.fixture
async def runtime(tmp_path: Path, models: Models) -> AsyncIterator[Runtime]:
    fields = {"base_url": models.url}
    book = Connections(tmp_path, installed().connectable, prefer="vault")
    book.put(Draft(name="local", kind="openai_compatible", fields=fields))
    book.agree("local", fields)
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as made:
        yield made


def errors(flow: Flow) -> list[str]:
    return [str(problem) for problem in check(flow, CATALOG) if problem.severity == "error"]


def prompt(models: Models, number: int) -> str:
    """What a model was asked that time."""
    return str(models.asked[number].body["messages"][-1]["content"])


async def test_a_good_plan_is_drawn_as_it_is_and_asked_for_once(
    runtime: Runtime, models: Models
) -> None:
    models.always = Said(said(GREETING))

    plan = await plan_goal(runtime, "Fill a text template {so}", CATALOG, model=MODEL)

    assert len(models.asked) == 1
    assert "Fill a text template {so}" in prompt(models, 0)
    assert (plan.complaints, plan.mends) == ((), ())
    assert [block.kind for block in plan.flow.blocks.values()] == [
        "flow.input", "text.template", "flow.output",
    ]  # fmt: skip
    assert plan.reasons["greet"] == "for greet"
    run = await runtime.start(plan.flow, {"who": "Ada"})
    end = await runtime.ended(run)
    assert isinstance(end, RunSucceeded)
    assert end.outputs == {"greeting": "Hello, Ada!"}


async def test_the_model_is_told_of_flaws_and_asked_again(runtime: Runtime, models: Models) -> None:
    models.then(said(WITHOUT_TEXT), said(GREETING))

    heard = list[Heard]()

    plan = await plan_goal(runtime, "Fill a text template", CATALOG, model=MODEL, hear=heard.append)

    assert [(one.question, one.flaws) for one in heard if not one.steps] == [(1, 0), (2, 1)]
    assert len(models.asked) == 2
    assert "greet.text" in prompt(models, 1)
    assert plan.mends == ()
    assert plan.flow.blocks["greet"].fields == {"text": "Hello, {who}!"}


async def test_what_keeps_its_flaws_is_mended(runtime: Runtime, models: Models) -> None:
    models.always = Said(said(WITHOUT_TEXT))

    plan = await plan_goal(runtime, "Fill a text template", CATALOG, model=MODEL)

    assert len(models.asked) == ROUNDS
    assert errors(plan.flow) == []
    assert plan.flow.blocks["text"].kind == "flow.input"
    assert any("It became an input of the flow." in mend for mend in plan.mends)


async def test_a_model_that_lies_is_caught(runtime: Runtime, models: Models) -> None:
    lie = sketch("Fetch", [step("a", "teleport.now"), step("b", "files.write")], "a.x -> b.content")
    models.always = Said(said(lie))

    with pytest.raises(NoPlan, match=r"no plan in 3 tries.*teleport\.now"):
        await plan_goal(runtime, "Write a file", CATALOG, model=MODEL, writes=False)

    assert "no steps that can be drawn" in prompt(models, 1)


async def test_words_that_are_no_plan_end_in_an_error_that_says_so(
    runtime: Runtime, models: Models
) -> None:
    models.always = Said("I would rather not.")

    with pytest.raises(NoPlan, match="never as the fields say") as caught:
        await plan_goal(runtime, "Fill a text template", CATALOG, model=MODEL)

    assert caught.value.cure


async def test_without_any_model_the_ways_to_one_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    async with compose(Settings(home=str(tmp_path)), granted(tmp_path)) as runtime:
        with pytest.raises(NoPlan, match="No model is connected") as caught:
            await plan_goal(runtime, "Fill a text template", CATALOG)

    assert "ANTHROPIC_API_KEY" in caught.value.cure


async def test_whoever_gives_up_waiting_ends_the_question(runtime: Runtime, models: Models) -> None:
    models.always = Said(said(GREETING), hang=4)
    heard = list[Heard]()
    planning = asyncio.create_task(
        plan_goal(runtime, "Fill a template", CATALOG, model=MODEL, hear=heard.append)
    )
    await models.until(lambda: bool(heard) and heard[-1].steps > 0)

    planning.cancel()
    await asyncio.wait({planning})

    await models.until(lambda: models.asked[0].left)
    (run,) = await runtime.journal.runs()
    assert run.state == "cancelled"
    assert planning.cancelled()


FAILING = Flow.of(
    [Block("who", "flow.input", {"name": "who", "type": "text"}),
     Block("check", "logic.fail", {"message": "No more."}),
     Block("greet", "text.template", {"text": "Hello, {who}!"}),
     Block("out", "flow.output", {"name": "greeting"})],
    [("who.value", "greet.who"), ("greet.value", "out.value")],
)  # fmt: skip
BETTER = sketch(
    "", [step("loud", "text.template", text="HELLO, {name}!")],
    "before.who -> loud.name", "loud.value -> after.value",
)  # fmt: skip


async def test_a_failed_part_is_planned_anew_and_nothing_else_touched(
    runtime: Runtime, models: Models
) -> None:
    models.then(said({**BETTER, "links": BETTER["links"][:1]}), said(BETTER))
    part = Part.of(FAILING, ["greet"], "It wasn't {loud} enough.", CATALOG)

    found = await plan_again(runtime, part, CATALOG, model=MODEL)

    assert "It wasn't {loud} enough." in prompt(models, 0)
    assert "after.value" in prompt(models, 1)
    assert found.edit is not None
    after = apply(FAILING, found.edit)
    changed = {id for id in after.blocks if after.blocks[id] != FAILING.blocks.get(id)}
    assert changed == {"greet"}
    assert after.blocks["greet"].fields == {"text": "HELLO, {name}!"}
    assert found.words


async def test_a_part_that_nothing_suits_is_left_as_it_is(runtime: Runtime, models: Models) -> None:
    models.always = Said(said({**BETTER, "links": []}))
    part = Part.of(FAILING, ["greet"], "It wasn't loud enough.", CATALOG)

    with pytest.raises(NoPlan, match="Nothing was found") as caught:
        await plan_again(runtime, part, CATALOG, model=MODEL)

    assert len(models.asked) == ROUNDS
    assert caught.value.cure
