"""A forecast is a sentence that says what it rests on."""

from app.presenters.outlay_words import likely
from graph.flow import Bound
from graph.outlay import Expected, Outlay


def test_a_flow_that_asks_no_models_is_told_nothing() -> None:
    assert likely(Outlay(())) == ""


def test_earlier_runs_are_named() -> None:
    seen = Outlay((Expected("a", "ai.chat", 1200, 0.004, None, 12),))

    assert likely(seen) == (
        "A run is likely to take about 1,200 tokens and $0.004, as 12 earlier runs did."
    )


def test_a_price_that_nobody_knows_is_no_price_of_nothing() -> None:
    seen = Outlay((
        Expected("a", "ai.chat", 10, None, None), Expected("b", "ai.chat", 10, 0.0, 0.0),
    ))  # fmt: skip

    assert likely(seen) == (
        "A run is likely to take about 20 tokens, going by the fields alone: what comes through "
        "links isn't counted. What the model of a costs isn't known."
    )


def test_more_than_a_run_may_take_is_said() -> None:
    seen = Outlay((Expected("a", "ai.chat", 1200, 0.0, None, 12),))

    assert likely(seen, Bound(tokens=1000)) == (
        "A run is likely to take about 1,200 tokens, which cost nothing, as 12 earlier runs did. "
        "That is more than the 1,000 tokens it may use up."
    )
