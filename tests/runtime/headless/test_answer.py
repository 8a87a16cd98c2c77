"""`heddle inbox` and `heddle answer`: what is asked and refused; the first answer counts."""

from pathlib import Path

import pytest

from tests.runtime.headless.conftest import Heddle, flow_file


@pytest.fixture
def run(heddle: Heddle, here: Path) -> str:
    """A run that waits for Ann to approve something."""
    file = flow_file(
        here / "letter.flow.json",
        {
            "ask": {"kind": "approval.ask", "fields": {"title": "Send it?", "people": ["Ann"]}},
            "no": {"kind": "flow.output"},
        },
        "ask.refused -> no.value",
    )
    waiting = heddle("run", file)
    assert waiting.code == 3
    assert "heddle answer" in waiting.err
    ((asked,),) = (line["questions"] for line in heddle("inbox", "--json").lines)
    return str(asked["run"])


def test_what_is_asked_is_listed_with_the_command_that_answers_it(heddle: Heddle, run: str) -> None:
    said = heddle("inbox")

    assert said.code == 0
    for words in ("Send it?", "letter, asked", "of Ann", f"heddle answer {run} ask --yes"):
        assert words in said.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "aproved=true"), "approved"),
        (("--set", "approved=perhaps"), "approved"),
        (("--set", "approved"), "--set FIELD=VALUE"),
        ((), "--yes or --no"),
        (("form", "--yes"), "asks nobody anything"),
    ],
)
def test_an_answer_that_does_not_suit_says_why_and_the_run_waits_on(
    heddle: Heddle, run: str, words: tuple[str, ...], says: str
) -> None:
    wrong = heddle("answer", run, *words)

    assert wrong.code == 2
    assert says in wrong.err
    assert run in heddle("inbox").out


def test_the_first_answer_counts_and_whoever_comes_later_is_told_who_was_first(
    heddle: Heddle, run: str
) -> None:
    done = heddle("answer", run, "--no", "--comment", "not yet", "--by", "Bob")
    assert done.code == 0
    assert "not yet" in done.out

    again = heddle("answer", run, "--yes")
    assert again.code == 2
    assert "answered by Bob" in again.err
    assert run not in heddle("inbox").out
