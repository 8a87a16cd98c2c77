"""Breakpoints as clients set them, and what the run is told of them."""

import pytest

from runtime.breakpoints import Breakpoint
from runtime.headless import exits
from runtime.plugins import installed
from runtime.services.dap import telling
from runtime.services.dap.points import Wanted, data_id
from runtime.services.dap.shapes import (
    DataBreakpoint,
    FilterOption,
    FunctionBreakpoint,
    Source,
    SourceBreakpoint,
)
from runtime.services.dap.sources import FlowSource

SUB = FlowSource.of_file("resources/templates/use_a_sub_flow.flow.json", installed(None).catalog)
HERE = Source(path=str(SUB.path))


def of_filter(filter: str, condition: str = "") -> tuple[bool, str | None, list[Breakpoint]]:
    wanted = Wanted("me:")
    [bound] = wanted.set_filters([FilterOption(filter, condition)])
    return bound.verified, bound.message, wanted.all()


def test_budgets_are_filters_whose_condition_is_a_number() -> None:
    assert of_filter("cost", "$0.50")[2] == [Breakpoint("me:1", cost=0.5)]
    assert of_filter("tokens", "10_000")[2] == [Breakpoint("me:1", tokens=10_000)]
    assert of_filter("uncaught")[2] == [Breakpoint("me:1", at="error", uncaught=True)]


@pytest.mark.parametrize(
    ("filter", "condition", "why"),
    [
        ("cost", "", "no number of dollars"),
        ("tokens", "many", "no number of tokens"),
        ("all", "error[", "no expression"),
        ("nothing", "", "no filter 'nothing'"),
    ],
)
def test_a_filter_that_makes_no_sense_says_why(filter: str, condition: str, why: str) -> None:
    verified, message, points = of_filter(filter, condition)

    assert not verified
    assert why in str(message)
    assert points == []


def line(wanted: Wanted, *asked: SourceBreakpoint) -> list[int]:
    return [one.id for one in wanted.set_lines(HERE, list(asked), SUB, lambda _: "")]


def test_a_block_of_a_sub_flow_is_stopped_at_in_each_of_its_uses() -> None:
    wanted = Wanted("me:")

    line(wanted, SourceBreakpoint(85, "degrees > 3"))

    assert [(one.block, one.condition) for one in wanted.all()] == [
        ("convert/work", "degrees > 3"), ("exact/work", "degrees > 3"),
    ]  # fmt: skip


def test_a_link_into_a_sub_flow_stops_where_its_value_arrives() -> None:
    wanted = Wanted("me:")

    line(wanted, SourceBreakpoint(48), SourceBreakpoint(51))

    assert [(one.block, one.at, one.port) for one in wanted.all()] == [
        ("convert/degrees", "before", "value"), ("convert/out", "after", "value"),
    ]  # fmt: skip


def test_breakpoints_keep_their_numbers_when_they_are_set_again() -> None:
    wanted = Wanted("me:")

    first = line(wanted, SourceBreakpoint(20))
    again = line(wanted, SourceBreakpoint(20, "celsius"), SourceBreakpoint(53))

    assert again[:1] == first
    assert wanted.find("me:2.0") == (again[1], "breakpoint")


def test_those_of_a_file_replace_each_other_and_leave_the_rest() -> None:
    wanted = Wanted("me:")
    wanted.set_blocks([FunctionBreakpoint("line")], SUB)

    line(wanted, SourceBreakpoint(20))
    line(wanted)

    assert [one.block for one in wanted.all()] == ["line"]


def test_a_condition_that_is_no_expression_is_refused() -> None:
    [bound] = Wanted("me:").set_lines(HERE, [SourceBreakpoint(20, "1 +")], SUB, lambda _: "")

    assert not bound.verified
    assert "no expression" in str(bound.message)


@pytest.mark.parametrize("id", ["", "x", "in::", "out:a", "back:a:b"])
def test_a_value_that_cant_be_watched_is_refused(id: str) -> None:
    [bound] = Wanted("me:").set_values([DataBreakpoint(id)])

    assert not bound.verified


def test_a_value_that_changes_is_watched() -> None:
    wanted = Wanted("me:")

    [bound] = wanted.set_values([DataBreakpoint(data_id("each/line", "word", before=True))])

    assert bound.verified
    assert wanted.all() == [Breakpoint("me:1.0", "each/line", port="word", changed=True)]


def test_the_exit_codes_are_those_of_the_command_line() -> None:
    assert (telling.DONE, telling.FAILED, telling.RESUMABLE) == (
        exits.DONE, exits.FAILED, exits.RESUMABLE,
    )  # fmt: skip
