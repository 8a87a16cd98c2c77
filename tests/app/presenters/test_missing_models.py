"""A flow whose blocks ask a model that nothing leads to says so, and stays valid."""

from typing import Any

import pytest

from app.presenters.missing_models import (
    NO_MODEL,
    THREE_WAYS,
    WAITS,
    kinds_for,
    missing_models,
    waiting_for,
)
from graph.compile.checks import check
from graph.errors import Problem
from graph.flow import Block, Flow, Settings
from runtime.connections.contents import Overview, Shown
from runtime.plugins import installed

CATALOG = installed().catalog
WEB = Shown(name="web", kind="http")
LOCAL = Shown(name="local", kind="openai_compatible")
WAITING = Shown(name="far", kind="openai_compatible", agreed=False)


def found(
    *connections: Shown, default: str = "", settings: Settings = Settings(), **fields: Any
) -> list[Problem]:
    block = Block("chat", "ai.chat", {"prompt": "Hello", **fields}, settings=settings)
    seen = Overview(connections=connections, model=default)
    return list(missing_models(Flow.of([block]), CATALOG, seen))


def test_where_no_model_is_connected_a_warning_names_the_three_ways() -> None:
    (problem,) = found(WEB)

    assert (problem.code, problem.message, problem.cure) == (
        NO_MODEL, "No model is connected.", THREE_WAYS,
    )  # fmt: skip
    assert (problem.block, problem.field, problem.severity) == ("chat", "model", "warning")
    assert all(way in THREE_WAYS for way in ("Claude", "OpenAI", "your own machine"))


def test_the_flow_is_valid_all_the_same() -> None:
    flow = Flow.of([Block("chat", "ai.chat", {"prompt": "Hello", "model": "nowhere/m"})])

    assert [problem for problem in check(flow, CATALOG) if problem.severity == "error"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "scripted/echo"},
        {"model": "scripted"},
        {"model": "nowhere/m", "fallbacks": ["scripted/echo"]},
        {"model": {"$expr": "inputs.model"}},
    ],
)
def test_who_asks_no_model_or_tells_only_when_it_runs_is_left_alone(fields: Any) -> None:
    assert found(**fields) == []


@pytest.mark.parametrize(
    "model", ["", "local", "local/llama3.2", "auto:cheapest", "claude-sonnet-5-5"]
)
def test_who_asks_what_is_connected_is_left_alone(model: str) -> None:
    assert found(LOCAL, model=model) == []


def test_a_default_that_asks_none_is_enough() -> None:
    assert found(default="scripted/echo") == []


def test_another_connection_than_those_there_are_is_named() -> None:
    (problem,) = found(LOCAL, model="claude/opus")

    assert problem.message == "There is no connection 'claude' to models."


def test_one_that_nobody_agreed_to_waits() -> None:
    (problem,) = found(WAITING, model="far/m")

    assert problem.code == WAITS
    assert problem.message == "The connection 'far' waits for your word."
    assert waiting_for("far/m", Overview(connections=(WEB, WAITING))) == "far"
    assert waiting_for("", Overview(connections=(WEB, WAITING))) == "far"
    assert found(WAITING)[0].message == problem.message
    assert found(WAITING, LOCAL, model="local/m") == []


@pytest.mark.parametrize("settings", [Settings(bypass=True), Settings(pin={"answer": "Yes"})])
def test_who_does_not_run_needs_none(settings: Settings) -> None:
    assert found(settings=settings) == []


def test_who_is_told_the_model_by_a_link_is_left_alone_and_flows_inside_are_looked_at() -> None:
    inner = Flow.of([Block("asks", "ai.embed", {"texts": ["a"]})])
    flow = Flow.of(
        [Block("which", "flow.input"), Block("chat", "ai.chat", {"prompt": "Hello"})],
        [("which.value", "chat.model")],
        flows={"inner": inner},
    )

    (problem,) = missing_models(flow, CATALOG, Overview())

    assert (problem.flow, problem.block) == ("inner", "asks")


def test_a_reference_tells_which_kind_to_connect_and_under_which_name() -> None:
    assert kinds_for("anthropic/claude-sonnet-5-5") == (("anthropic",), "anthropic")
    assert kinds_for("mine/llama3")[1] == "mine"
    assert len(kinds_for("")[0]) == 3
