"""A person's answer in a flow test: from the recording, given by the case, or missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.flow import Block, Flow
from runtime.events import AnyEvent, TaskAsked
from runtime.flow_tests.case import Case, Effect, Matcher, Suite
from runtime.flow_tests.desk import Desk
from runtime.flow_tests.recording import case_of
from runtime.flow_tests.tests_file import suite_of, text_of_suite
from runtime.plugins import installed
from tests.runtime.engine.world import Studio
from tests.runtime.flow_tests.conftest import Lab, output_block


def approval(**fields: Any) -> Flow:
    """What comes of a decision, and by whom it was made."""
    return Flow.of(
        [
            Block("ask", "approval.ask", {"title": "Send it?", **fields}),
            Block("who", "data.pick", {"path": "by"}),
            Block("why", "data.pick", {"path": "comment"}),
            output_block("sent"),
            output_block("kept"),
        ],
        [
            ("ask.approved", "who.value"), ("who.value", "sent_out.value"),
            ("ask.refused", "why.value"), ("why.value", "kept_out.value"),
        ],
    )  # fmt: skip


def form() -> Flow:
    fields = {"type": "object", "properties": {"amount": {"type": "integer"}}}
    return Flow.of(
        [Block("form", "approval.form", {"fields": fields}), output_block("values")],
        [("form.values", "values_out.value")],
    )


async def answered(lab: Lab, flow: Flow, values: Mapping[str, Any]) -> Sequence[AnyEvent]:
    """A run whose question Ann answered."""
    studio = Studio(catalog=installed(lab.folder / "packs").catalog)
    live = studio.begin(flow)
    await studio.pass_time(0.1)
    studio.executor.answer(live, next(iter(live.run.asked)), values, "Ann", "studio")
    await studio.finish(live)
    return await studio.events()


async def test_a_recorded_answer_is_given_again_and_nobody_is_asked(lab: Lab) -> None:
    flow = approval()
    events = await answered(lab, flow, {"approved": True, "comment": ""})

    made = await case_of(events, lab.plan(flow), lab.bench)
    case = suite_of(text_of_suite(Suite({"it": made.case})).encode()).cases["it"]
    verdict = await lab.judge(flow, case)
    ran = await lab.bench.run(lab.plan(flow), {}, Desk(case.effects))

    assert case.expect == {"sent": Matcher(equals="Ann")}
    assert [effect.task for effect in case.effects] == ["ask"]
    assert (verdict.state, list(verdict.findings)) == ("passed", [])
    assert not [event for event in ran.events if isinstance(event, TaskAsked)]


async def test_what_was_filled_in_is_filled_in_again(lab: Lab) -> None:
    events = await answered(lab, form(), {"amount": 7})

    made = await case_of(events, lab.plan(form()), lab.bench)

    assert made.case.expect == {"values": Matcher(equals={"amount": 7})}
    assert (await lab.judge(form(), made.case)).state == "passed"


async def test_a_case_answers_otherwise_and_the_run_takes_the_other_way(lab: Lab) -> None:
    refused = Effect("ask", gives={"refused": {"approved": False, "comment": "not yet"}})
    case = Case(expect={"kept": Matcher(equals="not yet")}, effects=(refused,))

    assert (await lab.judge(approval(), case)).state == "passed"


async def test_a_question_that_no_case_answers_is_named_and_asked_of_nobody(lab: Lab) -> None:
    verdict = await lab.judge(approval(), Case())

    assert verdict.state == "failed"
    assert any("ask" in str(finding) for finding in verdict.findings)


async def test_a_case_that_really_asks_says_for_whom_it_would_wait(lab: Lab) -> None:
    verdict = await lab.judge(approval(people=["Ann"]), Case(unrecorded="do"))

    assert verdict.state == "failed"
    assert any("Ann" in str(finding) for finding in verdict.findings)
