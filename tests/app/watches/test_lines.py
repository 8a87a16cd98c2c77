from app.presenters.live_run import LiveRun
from app.watches.kept import Kept
from app.watches.lines import at_once, line_of, round_of
from runtime.events import RunStarted, ScopeOpened, TaskFinished
from runtime.large import Large, Place
from runtime.watching import Watched


def run() -> LiveRun:
    made = LiveRun("r")
    made.take([
        RunStarted("r", 1, 0.0, "f"),
        TaskFinished("r", 2, 0.0, "parse", 0.0, {"items": [{"n": 1}, {"n": 2}]}),
    ])  # fmt: skip
    for i in range(2):
        made.take([
            ScopeOpened("r", 3, 0.0, f"each[{i}]", "body", {}),
            TaskFinished("r", 4, 0.0, f"each[{i}]/sum", 0.0, {"value": i * 10}),
        ])  # fmt: skip
    return made


def test_a_place_in_an_output_is_known_at_once() -> None:
    found = at_once(run(), Kept("parse.items[1]['n']"), "")

    assert found == Watched(2, task="parse")


def test_a_place_that_is_not_there_is_said() -> None:
    found = at_once(run(), Kept("parse.items[7]"), "")

    assert found is not None
    assert line_of(Kept("parse.items[7]"), found).said == "There is nothing at [7]."


def test_in_a_loop_the_round_that_is_looked_at_counts() -> None:
    first = at_once(run(), Kept("sum.value", "each"), "each[0]")
    last = at_once(run(), Kept("sum.value", "each"), "")

    assert first == Watched(0, scope="each[0]", task="each[0]/sum")
    assert last == Watched(10, scope="each[1]", task="each[1]/sum")


def test_what_must_be_worked_out_is_asked_for() -> None:
    assert at_once(run(), Kept("len(parse.items)"), "") is None
    assert at_once(run(), Kept("parse.items[0] + sum.value"), "") is None
    assert at_once(run(), Kept("nobody.value"), "") is None


def test_what_is_in_a_large_value_is_asked_for() -> None:
    live = run()
    large = Large("list", 9, Place("r", "parse", "outputs", "items"), [])
    live.take([TaskFinished("r", 9, 0.0, "parse", 0.0, {"items": large})])

    assert at_once(live, Kept("parse.items[3]"), "") is None


def test_trouble_is_told_quietly_in_the_place_of_the_value() -> None:
    line = line_of(Kept("a.b"), Watched(trouble="There is no 'a' here."))

    assert (line.said, line.state) == ("There is no 'a' here.", "trouble")
    assert line_of(Kept("a.b"), Watched(waits="a.b has no value yet.")).said == "no value yet"


def test_rounds_are_counted_from_one() -> None:
    assert (round_of("each[3]"), round_of("try[rescue]"), round_of("")) == ("round 4", "rescue", "")
