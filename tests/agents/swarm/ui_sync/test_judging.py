"""Which mutations get along with what others did meanwhile."""

from typing import Any

import msgspec
import pytest

from agents.swarm.ui_sync.judging import judged
from agents.swarm.ui_sync.patches import applied
from agents.swarm.ui_sync.shapes import Code, Declined, Missed, Mutation, Operation, Patch

CART = {"items": ["tea", "milk", "salt"], "note": "", "2024": {"sum": 1}}


def json_patch(*said: dict[str, Any]) -> tuple[Operation, ...]:
    return msgspec.convert(said, tuple[Operation, ...])


def replacing(path: str, value: Any) -> tuple[Operation, ...]:
    return json_patch({"op": "replace", "path": path, "value": value})


def after(*patches: Patch) -> tuple[Any, list[Missed]]:
    """The cart as these made it, and what they touched."""
    value: Any = msgspec.json.decode(msgspec.json.encode(CART))
    missed = []
    for number, patch in enumerate(patches):
        value, touched = applied(value, patch)
        missed.append(Missed(f"other{number}", touched))
    return value, missed


def done(mutation: Mutation, *meanwhile: Patch) -> Any:
    """What a mutation of version 1 makes of the cart after the others."""
    value, missed = after(*meanwhile)
    return judged(1 + len(missed), value, missed, mutation)[0]


def declined(mutation: Mutation, *meanwhile: Patch) -> Code:
    with pytest.raises(Declined) as caught:
        done(mutation, *meanwhile)
    assert caught.value.cure
    return caught.value.code


def test_the_last_writer_of_a_place_wins_and_other_places_stay() -> None:
    mine = Mutation(id="m", base=1, merge={"note": "mine"})

    made = done(mine, Patch(merge={"note": "theirs", "more": 1}))

    assert (made["note"], made["more"]) == ("mine", 1)


def test_a_strict_mutation_is_declined_where_others_wrote_above_at_or_below() -> None:
    sums = Mutation(id="m", base=1, strict=True, merge={"2024": {"sum": 2}})

    assert done(sums, Patch(merge={"note": "theirs"}))["2024"] == {"sum": 2}
    for theirs in ({"2024": {"sum": 7}}, {"2024": 0}, {"2024": {"sum": {"net": 1}}}):
        assert declined(sums, Patch(merge=theirs)) == "conflict"


def test_what_a_strict_mutation_looks_at_counts_too() -> None:
    looked = json_patch(
        {"op": "test", "path": "/note", "value": ""}, {"op": "add", "path": "/seen", "value": 1}
    )
    mine = Mutation(id="m", base=1, strict=True, patch=looked)

    assert declined(mine, Patch(merge={"note": ""})) == "conflict"


def test_what_was_meant_for_a_member_is_not_done_to_another_that_moved_there() -> None:
    second = Mutation(id="m", base=1, patch=replacing("/items/1", "oat milk"))
    first_gone = Patch(patch=json_patch({"op": "remove", "path": "/items/0"}))

    assert done(second)["items"][1] == "oat milk"
    assert declined(second, first_gone) == "moved"
    assert declined(second, Patch(merge={"items": ["salt"]})) == "moved"
    assert declined(second, Patch(patch=replacing("", CART))) == "moved"


def test_what_a_writer_did_before_counts_as_seen_if_it_was_done() -> None:
    mine_before = Patch(patch=json_patch({"op": "remove", "path": "/items/0"}))
    first = Mutation(id="m", base=1, over=("other0",), patch=replacing("/items/0", "oat milk"))
    strict = Mutation(id="m", base=1, over=("other0",), strict=True, merge={"note": "x"})

    assert done(first, mine_before)["items"] == ["oat milk", "salt"]
    assert done(strict, Patch(merge={"note": "y"}))["note"] == "x"
    assert declined(first) == "moved"
    assert done(Mutation(id="m", base=1, over=("gone",), merge={"note": "x"}))["note"] == "x"


def test_members_added_at_the_end_move_nothing() -> None:
    second = Mutation(id="m", base=1, patch=replacing("/items/1", "oat milk"))
    added = Patch(patch=json_patch({"op": "add", "path": "/items/-", "value": "rice"}))
    mine = json_patch({"op": "add", "path": "/items/-", "value": "figs"})

    assert done(second, added)["items"] == ["tea", "oat milk", "salt", "rice"]
    assert done(Mutation(id="m", base=1, patch=mine), added)["items"][-2:] == ["rice", "figs"]


def test_a_number_that_is_a_name_is_no_member() -> None:
    mine = Mutation(id="m", base=1, patch=replacing("/2024/sum", 5))
    first_gone = Patch(patch=json_patch({"op": "remove", "path": "/items/0"}))

    assert done(mine, first_gone)["2024"] == {"sum": 5}


def test_versions_that_nobody_can_know_are_declined() -> None:
    mine = Mutation(id="m", base=7, merge={"note": "x"})

    assert declined(mine) == "ahead"
    with pytest.raises(Declined) as caught:
        judged(9, {}, None, mine)
    assert caught.value.code == "outdated"


def test_without_a_base_it_is_done_to_whatever_there_is() -> None:
    mine = Mutation(id="m", merge={"note": "x"})

    assert done(mine, Patch(merge={"note": "theirs"}))["note"] == "x"
