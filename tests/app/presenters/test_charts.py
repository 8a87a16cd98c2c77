"""Which charts there are, what they can be of, and which of them somebody wants to see."""

import pytest

from app.presenters.charts import (
    EVERYTHING,
    PICKED,
    Scope,
    charts_of,
    lines_for,
    matching,
    metrics_shown,
    name_of,
    scope_for,
    title_of,
    words_of,
)
from app.presenters.scope_choices import BLOCKS_IN_FRONT, FRONT, SELECTED, choices, meant
from app.presenters.shown_charts import ShownCharts
from app.presenters.windows import USUAL, WINDOWS, window_called
from runtime.metrics.series import Line, offers
from runtime.metrics.store import Seen
from runtime.projections.metrics.tally import Series

CHARTS = {chart.id: chart for chart in charts_of(offers())}
EACH_BLOCK = Scope("block", flow="Triage")


def test_the_percentiles_of_a_duration_are_one_chart() -> None:
    chart = CHARTS["task_time"]

    assert chart.title == "Task time"
    assert chart.metrics == ("task_time_p50", "task_time_p90", "task_time_p99")
    assert chart.labels == ("p50", "p90", "p99")


def test_the_charts_that_are_shown_at_first_exist() -> None:
    assert set(PICKED) <= set(CHARTS)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("memo", "memory"),
        ("success task", "task_success"),
        ("MODELS", "tokens"),
        ("", "runs_active"),
    ],
)
def test_a_chart_is_found_by_any_words_said_of_it(words: str, first: str) -> None:
    assert matching(CHARTS.values(), words)[0].id == first


def test_nothing_is_found_by_words_that_nothing_has() -> None:
    assert matching(CHARTS.values(), "task zebra") == []


@pytest.mark.parametrize(
    ("id", "scope", "nearest"),
    [
        ("task_rate", EACH_BLOCK, EACH_BLOCK),
        ("runs_failed", EACH_BLOCK, Scope("flow", flow="Triage")),
        ("runs_failed", Scope("agent"), EVERYTHING),
        ("runs_failed", Scope("flow"), Scope("flow")),
        ("memory", Scope("flow", flow="Triage"), EVERYTHING),
    ],
)
def test_a_chart_is_of_the_nearest_that_it_can_be_of(id: str, scope: Scope, nearest: Scope) -> None:
    assert scope_for(CHARTS[id], scope) == nearest


def test_where_each_block_has_a_line_one_percentile_is_shown_and_told() -> None:
    chart = CHARTS["task_time"]

    assert metrics_shown(chart, EACH_BLOCK) == ("task_time_p90",)
    assert title_of(chart, EACH_BLOCK) == "Task time, p90"
    assert title_of(chart, EVERYTHING) == "Task time"


def line(name: str, block: str, *values: float | None) -> Line:
    return Line(name, Series("Triage", block), 0.0, 1.0, list(values))


def test_lines_are_called_by_what_they_are_of_and_those_of_most_come_first() -> None:
    chart = CHARTS["task_rate"]
    answer = [line("task_rate", "parse", 1, 2), line("task_rate", "post", 5, None),
              line("other", "post", 9)]  # fmt: skip

    found = lines_for(chart, EACH_BLOCK, answer)

    assert [name_of(one, chart, EACH_BLOCK) for one in found] == ["post", "parse"]
    assert name_of(found[0], chart, Scope("block")) == "Triage · post"
    assert name_of(line("task_time_p99", ""), CHARTS["task_time"], EVERYTHING) == "p99"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (EVERYTHING, "Everything"), (FRONT, "This flow"), (SELECTED, "The selected block"),
        (BLOCKS_IN_FRONT, "Blocks of this flow"), (Scope("flow"), "Each flow"),
        (Scope("agent", agent="http"), "Agent http"), (EACH_BLOCK, "Each block of Triage"),
        (Scope("block", "Triage", "post"), "post in Triage"),
    ],
)  # fmt: skip
def test_what_charts_are_of_is_said_in_a_few_words(scope: Scope, words: str) -> None:
    assert words_of(scope) == words


def test_blocks_go_by_what_people_call_them() -> None:
    def called(flow: str, block: str) -> str:
        return {("Triage", "post"): "Post it"}.get((flow, block), block)

    found = name_of(line("task_rate", "post"), CHARTS["task_rate"], EACH_BLOCK, called)

    assert found == "Post it"
    assert words_of(Scope("block", "Triage", "post"), called) == "Post it in Triage"


def test_flows_and_agents_can_be_chosen_by_name_the_latest_flow_first() -> None:
    seen = [Seen(Series("Old"), 1), Seen(Series("New"), 2), Seen(Series("New", "parse"), 2),
            Seen(Series(agent="http"), 2), Seen(Series(), 3)]  # fmt: skip

    titles = [choice.title for choice in choices(seen)]

    assert titles[-3:] == ["New", "Old", "Agent http"]
    assert titles[0] == "Everything"


@pytest.mark.parametrize(
    ("scope", "flow", "block", "now"),
    [
        (FRONT, "Triage", "", Scope("flow", flow="Triage")),
        (FRONT, "", "", EVERYTHING),
        (BLOCKS_IN_FRONT, "Triage", "post", EACH_BLOCK),
        (SELECTED, "Triage", "each/post", Scope("block", "Triage", "each/post")),
        (SELECTED, "Triage", "", Scope("flow", flow="Triage")),
        (SELECTED, "", "", EVERYTHING),
        (Scope("agent"), "Triage", "post", Scope("agent")),
    ],
)
def test_a_choice_that_follows_goes_with_the_studio(
    scope: Scope, flow: str, block: str, now: Scope
) -> None:
    assert meant(scope, flow, block) == now


# Picking and pinning.


def shown(charts: ShownCharts, scope: Scope = EVERYTHING) -> list[tuple[str, Scope, bool]]:
    return [(one.chart.id, one.scope, one.is_pinned) for one in
            charts.shown(CHARTS.values(), scope)]  # fmt: skip


def test_picked_charts_stand_as_they_are_listed() -> None:
    charts = ShownCharts('{"picked": []}')

    charts.pick("memory", True)
    charts.pick("task_rate", True)
    charts.pick("task_rate", True)

    assert shown(charts) == [("task_rate", EVERYTHING, False), ("memory", EVERYTHING, False)]


def test_a_pinned_chart_stays_what_it_is_and_comes_first() -> None:
    charts = ShownCharts('{"picked": ["task_rate", "task_success"]}')

    charts.pin("task_success", EACH_BLOCK)

    agents = Scope("agent")
    assert shown(charts, agents) == [
        ("task_success", EACH_BLOCK, True), ("task_rate", agents, False),
    ]  # fmt: skip


def test_a_chart_that_is_unpinned_is_picked_again() -> None:
    charts = ShownCharts('{"picked": []}')
    charts.pin("cpu", EVERYTHING)

    charts.unpin("cpu", EVERYTHING)

    assert shown(charts) == [("cpu", EVERYTHING, False)]


def test_a_chart_can_be_taken_away_pinned_or_not() -> None:
    charts = ShownCharts('{"picked": ["cpu"]}')
    charts.pin("memory", EVERYTHING)

    for one in charts.shown(CHARTS.values(), EVERYTHING):
        charts.drop(one)

    assert shown(charts) == []


def test_what_was_picked_and_pinned_is_remembered() -> None:
    charts = ShownCharts('{"picked": ["cpu"]}')
    charts.pin("memory", EVERYTHING)
    charts.pin("task_rate", EACH_BLOCK)

    assert shown(ShownCharts(charts.remembered())) == shown(charts)


def test_what_cannot_be_read_is_forgotten() -> None:
    assert [id for id, _, _ in shown(ShownCharts("{broken"))] == sorted(
        PICKED, key=list(CHARTS).index
    )


def test_a_remembered_chart_that_is_gone_is_left_out() -> None:
    assert shown(ShownCharts('{"picked": ["gone"], "pinned": [["gone", {}]]}')) == []


def test_windows_have_as_many_steps_as_can_be_asked_for() -> None:
    assert all(window.seconds % window.step == 0 for window in WINDOWS)
    assert all(30 <= window.seconds // window.step <= 12_000 for window in WINDOWS)
    assert window_called("nonsense") is USUAL
