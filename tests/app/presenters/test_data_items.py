from typing import Any

from app.presenters.data_items import Group, expression_of, of_task, spans_of
from runtime.events import Failure
from runtime.large import Large, Place
from runtime.projections.task_data import Attempt, Field, TaskData, Trace


def titles(groups: list[Group]) -> list[str]:
    return [group.title for group in groups]


def items(groups: list[Group]) -> dict[str, Any]:
    return {item.key: item for group in groups for item in group.items}


def test_before_the_rest_has_come_the_outputs_are_there() -> None:
    assert titles(of_task(None, {"value": 1})) == ["Outputs"]
    assert of_task(None, {}) == []


def test_all_there_is_of_a_task_stands_in_groups() -> None:
    data = TaskData(
        "a",
        inputs={"text": "hi"},
        sources={"text": "read.content"},
        fields={"width": Field(3), "pad": Field(" ", "default")},
        outputs={"value": "hi "},
        attempts=[Attempt(1, 10.0, 10.5)],
        began=10.0,
        ended=10.5,
    )

    groups = of_task(data, {})

    assert titles(groups) == ["Inputs", "Fields", "Outputs", "Time", "Fields left as they are"]
    assert items(groups)["inputs/text"].note == "from read.content"
    assert items(groups)["fields/pad"].mark == "quiet"
    assert items(groups)["time"].said == "500 ms"


def test_an_expression_that_cannot_be_worked_out_says_why() -> None:
    data = TaskData("a", fields={"n": Field(None, "expression", "1/0", "Division by zero.")})

    (found,) = items(of_task(data, {})).values()

    assert (found.said, found.mark) == ("Division by zero.", "failed")


def test_what_was_changed_is_marked_and_knows_what_it_was() -> None:
    data = TaskData("a", inputs={"n": 2}, came={"n": None})

    (found,) = items(of_task(data, {})).values()

    assert (found.mark, found.before) == ("changed", None)


def test_the_error_of_a_loop_is_said_by_what_caused_it() -> None:
    root = Failure("BadInput", "No price.", task="each[3]/sum")
    data = TaskData("each", failure=Failure("BadInput", "each[3]/sum failed.", cause=root))

    assert items(of_task(data, {}))["error"].said == "No price."


def test_an_earlier_attempt_has_its_own_error() -> None:
    attempts = [Attempt(1, 1.0, 2.0, Failure("X", "Busy."), 1.0), Attempt(2, 3.0, 4.0)]

    found = items(of_task(TaskData("a", attempts=attempts), {}))

    assert found["error/1"].said == "Busy."


def test_a_request_is_said_by_its_status_and_place() -> None:
    detail = {"request": {"method": "GET", "url": "https://a.org/x?q=1"}, "took": 0.12,
              "response": {"status": 404}}  # fmt: skip

    found = items(of_task(TaskData("a", traces=[Trace("http", 1.0, 1, detail)]), {}))["http/0"]

    assert (found.label, found.said, found.mark) == ("GET", "404 · a.org/x · 120 ms", "failed")


def test_a_model_that_was_asked_is_said_by_what_came_of_it() -> None:
    down = {"connection": "main", "model": "large", "took": 0.1, "error": "Nobody answered."}
    spare = {"connection": "spare", "model": "small", "took": 0.25}
    asked = (
        down,
        spare | {"fell_back_from": ["main/large"]},
        spare | {"cached": True},
        spare | {"again": True},
    )
    traces = [Trace("model", 1.0, 1, detail) for detail in asked]

    found = items(of_task(TaskData("a", traces=traces), {}))

    assert (found["model/0"].label, found["model/0"].said) == ("main/large", "Nobody answered.")
    assert found["model/0"].mark == "failed"
    assert found["model/1"].said == "Answered in 250 ms · stood in for main/large"
    assert found["model/3"].said.startswith("Answered in 250 ms · asked again after a crash")
    assert found["model/2"].said == "Given as it was kept"


def test_whatever_else_passed_is_shown_as_it_was_told() -> None:
    traces = [Trace("choice", 1.0, 1, {"chosen": "loom 2"})]

    (found,) = items(of_task(TaskData("a", traces=traces), {})).values()

    assert (found.label, found.kind, found.value) == ("choice", "value", {"chosen": "loom 2"})


def test_a_secret_is_shown_by_its_name() -> None:
    data = TaskData("a", fields={"token": Field({"$secret": "github"})})

    assert items(of_task(data, {}))["fields/token"].said == "secret “github”"


def test_a_large_value_is_said_by_its_size() -> None:
    large = Large("list", 100_000, Place("r", "a", "outputs", "value"), [1, 2])

    found = items(of_task(None, {"value": large}))["outputs/value"]

    assert (found.type, found.said) == ("list", "[ 100,000 items ]")


def test_time_is_cut_into_waits_attempts_and_pauses() -> None:
    attempts = [Attempt(1, 2.0, 3.0, Failure("X", "Busy."), 1.5), Attempt(2, 4.5, 5.0)]
    data = TaskData("a", attempts=attempts, ready=1.0, began=2.0, ended=5.0)

    assert [(s.label, s.start, s.end, s.kind) for s in spans_of(data, 9.0)] == [
        ("Waited for its turn", 0.0, 1.0, "wait"),
        ("Attempt 1", 1.0, 2.0, "failed"),
        ("Waited to try again", 2.0, 3.5, "pause"),
        ("Attempt 2", 3.5, 4.0, "work"),
    ]


def test_a_watch_names_a_place_as_python_does() -> None:
    assert expression_of("parse", "items", (0, "first name")) == 'parse.items[0]["first name"]'
