"""Cases on the real engine: recorded, had again without the outside, and judged."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from graph.flow import Block, Flow, Retry, Settings
from runtime.flow_tests.case import Case, Effect, Failing, Matcher, Refused
from tests.runtime.flow_tests.conftest import Lab, input_block, output_block, reading


def lines(verdict: Any) -> str:
    return "\n".join(str(finding) for finding in verdict.findings)


# Recording and running


async def test_a_recorded_run_passes_without_the_file_it_read(lab: Lab) -> None:
    file = lab.folder / "note.txt"
    file.write_text("milk")
    made = await lab.recorded(reading(), {"path": "note.txt"})
    file.unlink()

    verdict = await lab.judge(reading(), made.case)

    assert (verdict.state, lines(verdict)) == ("passed", "")
    assert made.case.expect == {"text": Matcher(equals="milk!")}
    (effect,) = made.case.effects
    assert (effect.task, effect.kind, effect.asked) == ("read", "files.read", {"path": "note.txt"})
    assert effect.gives == {"content": "milk"}


async def test_a_run_that_failed_becomes_a_case_that_has_to_fail(lab: Lab) -> None:
    made = await lab.recorded(reading(), {"path": "none.txt"})

    verdict = await lab.judge(reading(), made.case)

    assert verdict.state == "passed"
    assert made.case.fails is not None
    assert made.case.fails.at == "read"
    assert made.case.effects[0].fails is not None


async def test_what_blocks_ask_is_recorded_worked_out(lab: Lab) -> None:
    (lab.folder / "b.txt").write_text("x")
    fields = {"path": {"$expr": "inputs['stem'] + '.txt'"}}
    flow = Flow.of(
        [input_block("stem", "text"), Block("read", "files.read", fields), output_block("text")],
        [("read.content", "text_out.value")],
    )
    made = await lab.recorded(flow, {"stem": "b"})

    other = await lab.judge(flow, replace(made.case, inputs={"stem": "c"}))

    assert made.case.effects[0].asked == {"path": "b.txt"}
    assert 'path: "c.txt" instead of "b.txt"' in lines(other)


async def test_code_runs_again_and_is_not_recorded(lab: Lab) -> None:
    flow = Flow.of(
        [
            input_block("n", "integer"),
            Block("double", "code.python", {"code": "return n * 2"}),
            output_block("n"),
        ],
        [("n.value", "double.n"), ("double.value", "n_out.value")],
    )
    made = await lab.recorded(flow, {"n": 2})

    verdict = await lab.judge(flow, replace(made.case, inputs={"n": 4}))

    assert made.case.effects == ()
    assert "8 instead of 4" in lines(verdict)


async def test_rounds_of_a_loop_answer_each_other(lab: Lab) -> None:
    for name in "ab":
        (lab.folder / name).write_text(name * 2)
    body = Flow.of(
        [input_block("item"), Block("read", "files.read"), output_block("result")],
        [("item.value", "read.path"), ("read.content", "result_out.value")],
    )
    flow = Flow.of(
        [
            input_block("names", "list"),
            Block("each", "logic.for_each", {"body": "one"}),
            output_block("texts"),
        ],
        [("names.value", "each.items"), ("each.value", "texts_out.value")],
        flows={"one": body},
    )
    made = await lab.recorded(flow, {"names": ["a", "b"]})

    swapped = replace(
        made.case,
        inputs={"names": ["b", "a", "b"]},
        expect={"texts": Matcher(equals=["bb", "aa", "bb"])},
    )

    assert {effect.task for effect in made.case.effects} == {"each[0]/read", "each[1]/read"}
    assert (await lab.judge(flow, swapped)).state == "passed"


async def test_an_answer_that_failed_first_is_had_again_with_its_retries_and_without_waiting(
    lab: Lab,
) -> None:
    patient = Settings(retry=Retry(attempts=2, delay=3600.0, longest=3600.0, jitter=0.0))
    flow = Flow.of(
        [Block("read", "files.read", {"path": "x"}, settings=patient), output_block("text")],
        [("read.content", "text_out.value")],
    )
    case = Case(
        expect={"text": Matcher(equals="late")},
        effects=(
            Effect("read", attempt=1, fails=Refused("Unreachable", "Gone.", retryable=True)),
            Effect("read", attempt=2, gives={"content": "late"}),
        ),
    )

    verdict = await lab.judge(flow, case)

    assert verdict.state == "passed", lines(verdict)
    assert verdict.took < 60


async def test_waits_pass_at_once_and_in_their_order(lab: Lab) -> None:
    flow = Flow.of(
        [
            Block("long", "logic.wait", {"seconds": 7200, "value": "long"}),
            Block("short", "logic.wait", {"seconds": 3600, "value": "short"}),
            Block("first", "logic.merge_first"),
            output_block("winner"),
        ],
        [
            ("long.value", "first.a"),
            ("short.value", "first.b"),
            ("first.value", "winner_out.value"),
        ],
    )

    verdict = await lab.judge(flow, Case(expect={"winner": Matcher(equals="short")}))

    assert verdict.state == "passed", lines(verdict)


async def test_cases_run_beside_each_other(lab: Lab) -> None:
    flow = Flow.of(
        [input_block("n"), Block("wait", "logic.wait", {"seconds": 60}), output_block("n")],
        [("n.value", "wait.value"), ("wait.value", "n_out.value")],
    )
    cases = [Case({"n": n}, expect={"n": Matcher(equals=n)}) for n in range(50)]

    verdicts = await asyncio.gather(*(lab.judge(flow, case) for case in cases))

    assert {verdict.state for verdict in verdicts} == {"passed"}


# What isn't as expected


async def test_what_isnt_recorded_is_told_with_the_closest_that_is(lab: Lab) -> None:
    effects = (
        Effect("read", "files.read", asked={"path": "far", "encoding": "x"}, gives={"content": ""}),
        Effect("read", "files.read", asked={"path": "near"}, gives={"content": ""}),
    )

    verdict = await lab.judge(reading(), Case({"path": "here"}, effects=effects))

    assert verdict.state == "failed"
    (finding,) = verdict.findings
    assert (finding.about, finding.place) == ("unrecorded", "read")
    assert "differs in 1 place" in finding.message
    assert [str(one) for one in finding.differences] == ['path: "here" instead of "near"']


async def test_what_isnt_recorded_may_really_be_asked_in_a_copy_of_the_folder(lab: Lab) -> None:
    (lab.folder / "note.txt").write_text("milk")
    flow = Flow.of(
        [
            Block("read", "files.read", {"path": "note.txt"}),
            Block("save", "files.write", {"path": "note.txt", "content": "changed"}),
            output_block("text"),
        ],
        [("read.content", "text_out.value")],
    )

    verdict = await lab.judge(
        flow, Case(unrecorded="do", expect={"text": Matcher(matches="milk|changed")})
    )

    assert verdict.state == "passed", lines(verdict)
    assert (lab.folder / "note.txt").read_text() == "milk"
    assert "save really asked the outside." in verdict.notes


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (Case(expect={"x": Matcher(equals=1)}), "no longer has an output 'x'"),
        (Case(effects=(Effect("raed", "files.read", gives={}),)), "Did you mean 'read'?"),
        (Case(effects=(Effect("read", "http.get", gives={}),)), "was http.get when this was"),
        (Case(effects=(Effect("shout", "http.get", gives={}),)), "no longer asks anything"),
        (Case(effects=(Effect("read", gives={"body": 1}),)), "no longer has the output body"),
        (Case({"paht": "x"}), "no input 'paht'"),
    ],
)
async def test_what_no_longer_fits_the_flow_is_said_exactly(
    lab: Lab, case: Case, said: str
) -> None:
    verdict = await lab.judge(reading(), case)

    assert verdict.state == "broken"
    assert said in lines(verdict)


async def test_a_write_that_is_no_longer_done_is_a_failure_and_a_read_a_note(lab: Lab) -> None:
    flow = Flow.of([Block("save", "files.write", {"path": "a", "content": "new"})])
    effects = (
        Effect("save", "files.write", asked={"path": "a", "content": "new"}, gives={"path": "a"}),
        Effect("save", "files.write", asked={"path": "b", "content": "old"}, gives={"path": "b"}),
    )
    unread = Effect("read", "files.read", asked={"path": "z"}, gives={"content": ""})
    read = Effect("read", "files.read", asked={"path": "y"}, gives={"content": ""})

    written = await lab.judge(flow, Case(effects=effects))
    noted = await lab.judge(reading(), Case({"path": "y"}, effects=(read, unread)))

    assert (written.state, written.findings[0].about) == ("failed", "unasked")
    assert (noted.state, list(noted.notes)) == (
        "passed",
        ["read no longer asked all that was recorded."],
    )


async def test_single_blocks_and_expressions_can_be_looked_at(lab: Lab) -> None:
    answer = Effect("read", gives={"content": "milk"})
    case = Case(
        {"path": "x"},
        expect={"text": Matcher(satisfies="len(value) == 5")},
        blocks={"read": {"content": Matcher(equals="tea")}, "sohut": {"value": Matcher(equals=1)}},
        effects=(answer,),
    )

    verdict = await lab.judge(reading(), case)

    assert [finding.place for finding in verdict.findings] == ["read.content", "sohut"]
    assert "Did you mean 'shout'?" in verdict.findings[1].message


@pytest.mark.parametrize(
    ("matcher", "why"),
    [
        (Matcher(matches="("), "The pattern can't be read"),
        (Matcher(satisfies="value +"), "can't be looked at"),
        (Matcher(satisfies="nobody"), "nobody"),
        (Matcher(schema={"type": "nothing"}), "The schema is wrong"),
    ],
)
async def test_a_matcher_that_is_wrong_itself_says_so_at_its_place(
    lab: Lab, matcher: Matcher, why: str
) -> None:
    answer = Effect("read", gives={"content": "milk"})
    case = Case({"path": "x"}, expect={"text": matcher}, effects=(answer,))

    verdict = await lab.judge(reading(), case)

    (finding,) = verdict.findings
    assert (verdict.state, finding.place) == ("failed", "text")
    assert why in finding.message


async def test_rules_of_a_case_see_what_went_in_and_what_came_out(lab: Lab) -> None:
    answer = Effect("read", gives={"content": "milk"})
    rules = ("outputs['text'] == 'milk!'", "len(inputs['path']) > 5", "nobody")

    verdict = await lab.judge(reading(), Case({"path": "x"}, holds=rules, effects=(answer,)))

    assert [finding.message.partition(":")[0] for finding in verdict.findings] == [
        "This doesn't hold",
        "nobody can't be worked out",
    ]


async def test_how_a_run_is_to_fail_is_looked_at_too(lab: Lab) -> None:
    gone = Effect("read", fails=Refused("NotThere", "No such file."))
    right = Case({"path": "x"}, fails=Failing("NotThere", "such", "read"), effects=(gone,))

    wrong = await lab.judge(reading(), replace(right, fails=Failing("Other")))

    assert (await lab.judge(reading(), right)).state == "passed"
    assert 'type: "NotThere" instead of "Other"' in lines(wrong)
    well = replace(right, effects=(Effect("read", gives={"content": "x"}),))
    assert "was to fail with NotThere" in lines(await lab.judge(reading(), well))


async def test_a_skipped_case_says_why(lab: Lab) -> None:
    verdict = await lab.judge(reading(), Case(skip="the server is being moved"))

    assert (verdict.state, list(verdict.notes)) == ("skipped", ["the server is being moved"])


# Secrets


async def test_no_secret_gets_into_a_case_and_none_is_needed_to_run_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HEDDLE_SECRET_TOKEN", "pl4nted-s3cret")
    (lab.folder / "pl4nted-s3cret").write_text("inside: pl4nted-s3cret")
    flow = Flow.of(
        [
            Block("read", "files.read", {"path": {"$secret": "token"}}),
            input_block("typed", "text"),
            output_block("text"),
            Block("typed_out", "flow.output", {"name": "typed"}),
        ],
        [("read.content", "text_out.value"), ("typed.value", "typed_out.value")],
    )
    made = await lab.recorded(flow, {"typed": "pl4nted-s3cret"})
    monkeypatch.delenv("HEDDLE_SECRET_TOKEN")

    verdict = await lab.judge(flow, made.case)

    assert made.case.effects[0].asked == {"path": {"$secret": "token"}}
    assert "pl4nted" not in repr(made.case)
    assert verdict.state == "passed", lines(verdict)
