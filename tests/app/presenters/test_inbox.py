"""What is said of questions: how long there is, and what won't do for an answer."""

import pytest

from app.presenters.inbox import about, brief, flaws, is_urgent
from runtime.projections.inbox import Question, roughly

DAY = 86_400.0
ASKED = Question("r1", "Letter", "each[3]/ask", "1", "Send it?", 0.0, of=("Ann", "Bob"), until=DAY)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.1, "1 s"), (59, "59 s"), (90, "1 min"), (3600, "1 h"), (3 * 3600 + 1260, "3 h 21 min"),
     (DAY, "1 d"), (2 * DAY + 5 * 3600, "2 d 5 h")],
)  # fmt: skip
def test_times_are_told_as_roughly_as_people_wait(seconds: float, said: str) -> None:
    assert roughly(seconds) == said


def test_a_row_says_first_how_long_there_is() -> None:
    assert brief(ASKED, 0.0) == "1 d left · Letter · for Ann, Bob"
    assert brief(ASKED, DAY) == "The time is over · Letter · for Ann, Bob"
    assert [is_urgent(ASKED, now) for now in (0.0, DAY - 60, DAY + 60)] == [False, True, True]


def test_it_is_told_that_others_were_asked_as_well() -> None:
    passed_on = Question("r1", "Letter", "ask", "1", "?", 0.0, of=("Ann", "Bob"), level=1)

    assert about(passed_on, 60.0) == "Letter · ask · for Ann, Bob · passed on · asked 1 min ago"


def test_flaws_are_told_by_the_field_they_are_in() -> None:
    takes = {
        "type": "object",
        "properties": {
            "amount": {"type": "integer", "maximum": 10},
            "rows": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["amount", "why"],
    }

    found = flaws(takes, {"amount": 11, "rows": ["a", 2]})

    assert set(found) == {"amount", "rows"}
    assert "11" in found["amount"]
    assert flaws(takes, {"amount": 7}) == {}
