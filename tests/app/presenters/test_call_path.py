from app.presenters.call_path import call_path, rounds_of, task_of
from app.presenters.live_run import LiveRun
from runtime.events import (
    Failure,
    RunStarted,
    ScopeClosed,
    ScopeOpened,
    TaskFailed,
    TaskFinished,
    TaskHeld,
)


def looped() -> LiveRun:
    """Two rounds of `each`, in each of which `sum` gave something, and one that failed."""
    run = LiveRun("r")
    run.take([RunStarted("r", 1, 0.0, "f")])
    for i in range(3):
        scope = f"each[{i}]"
        run.take([ScopeOpened("r", 2, 0.0, scope, "body", {"item": i, "index": i})])
        if i < 2:
            run.take([TaskFinished("r", 3, 0.0, f"{scope}/sum", 0.0, {"value": i}),
                      ScopeClosed("r", 4, 0.0, scope)])  # fmt: skip
    failure = Failure("X", "No price.", task="each[2]/sum")
    run.take([TaskFailed("r", 5, 0.0, "each[2]/sum", 1, failure),
              ScopeClosed("r", 6, 0.0, "each[2]", failure)])  # fmt: skip
    return run


def test_outside_loops_a_block_is_its_task() -> None:
    assert task_of(LiveRun("r"), "parse") == "parse"


def test_the_task_of_the_round_that_is_looked_at_is_meant() -> None:
    assert task_of(looped(), "each/sum", "each[1]") == "each[1]/sum"


def test_without_a_round_the_one_that_failed_is_meant() -> None:
    assert task_of(looped(), "each/sum") == "each[2]/sum"


def test_a_task_that_stands_still_comes_before_all_others() -> None:
    run = looped()
    run.take([TaskHeld("r", 9, 0.0, "each[0]/sum", "before", "breakpoint")])

    assert task_of(run, "each/sum") == "each[0]/sum"


def test_a_block_that_has_not_come_up_is_in_the_last_round() -> None:
    assert task_of(looped(), "each/other") == "each[2]/other"


def test_the_way_leads_through_sub_flows_and_rounds() -> None:
    steps = call_path("orders/each[3]/parse", "Shop", lambda address: address.title())

    assert [(s.kind, s.title, s.address, s.task) for s in steps] == [
        ("flow", "Shop", "", ""),
        ("inside", "Orders", "orders", "orders"),
        ("inside", "Orders/Each", "orders/each", "orders/each"),
        ("round", "3", "orders/each", "orders/each[3]"),
        ("block", "Orders/Each/Parse", "orders/each/parse", "orders/each[3]/parse"),
    ]


def test_rounds_say_what_they_were_given_or_why_they_failed() -> None:
    assert [(r.scope, r.number, r.said, r.state) for r in rounds_of(looped(), "each")] == [
        ("each[0]", 1, "0", "done"),
        ("each[1]", 2, "1", "done"),
        ("each[2]", 3, "No price.", "failed"),
    ]


def test_only_failed_rounds_can_be_listed() -> None:
    assert [r.number for r in rounds_of(looped(), "each", only_failed=True)] == [3]
