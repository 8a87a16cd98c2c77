"""Planning in words."""

from app.presenters.plan_words import Noted, changes_of, how_far, notes_of, planned, planned_anew
from graph.flow import Block, Flow
from graph.planning.again import Replacement
from graph.planning.heard import Heard
from graph.planning.plan import Plan


def test_how_far_it_is_is_told_by_steps_and_tries() -> None:
    assert how_far(Heard(1)) == "The model is planning…"
    assert how_far(Heard(1, steps=1)) == "The model is planning… 1 step so far."
    assert how_far(Heard(2, steps=4, flaws=3)) == (
        "The plan had 3 flaws; asking again (2 of 3)… 4 steps so far."
    )


def test_what_came_of_it_is_told_with_what_had_to_be_mended() -> None:
    flow = Flow.of([Block("a", "text.upper"), Block("b", "text.upper")], name="Loud")
    plan = Plan(flow, {"a": "to be loud"}, (), ("It was mended.",))

    assert planned(plan) == "“Loud” is drawn, with 2 blocks. 1 thing had to be mended."
    assert notes_of(plan, {"a": "Upper case"}) == [
        Noted("What each block is for", (("Upper case", "to be loud"),)),
        Noted("What was mended", (("", "It was mended."),)),
    ]


def test_a_part_tells_what_changed_and_what_was_left_out() -> None:
    found = Replacement(None, ("Add a.", "Remove b."), ("x -> y: it names no port.",), ("a",))

    assert planned_anew("“Greet” was", found).startswith("“Greet” was planned anew: 2 changes.")
    assert [noted.heading for noted in changes_of(found)] == [
        "What changed", "What was left out of the plan",
    ]  # fmt: skip
    assert len(changes_of(Replacement(None, ("Add a.",)))) == 1
