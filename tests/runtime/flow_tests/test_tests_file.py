"""Tests files: one text for the same tests, every flaw named, a published schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import FlowFileError, NewerFormat
from runtime.flow_tests.case import Case, Effect, Failing, Matcher, Properties, Refused, Suite
from runtime.flow_tests.spelling import read_back, spelt
from runtime.flow_tests.tests_file import (
    flow_beside,
    keep_suite,
    read_suite,
    schema,
    schema_text,
    suite_beside,
    suite_of,
    text_of_suite,
)

SCHEMA_FILE = Path(__file__).parents[3] / "resources/schemas/tests.schema.json"

EVERYTHING = Suite(
    {
        "all there is": Case(
            {"name": "Ada"},
            about="Why it is here.",
            expect={"greeting": Matcher(equals="Hello"), "n": Matcher(about=1, within=0.5)},
            blocks={"each[1]/read": {"content": Matcher(contains="x")}},
            unrecorded="do",
            effects=(
                Effect("each[10]/read", "files.read", asked={"path": "b"}, gives={"content": "2"}),
                Effect("each[9]/read", "files.read", asked={"path": "a"}, gives={"content": "1"}),
                Effect("post", attempt=2, fails=Refused("Throttled", "Slow down.", retryable=True)),
            ),
        ),
        "fails": Case(fails=Failing("BadInput", "no", "check"), skip="not yet"),
    },
    Properties({"n": {"minimum": 0}}, ("outputs['n'] >= 0",), ("BadInput",)),
)


def test_a_suite_is_read_back_as_it_was_written() -> None:
    text = text_of_suite(EVERYTHING)

    again = suite_of(text.encode())

    assert text_of_suite(again) == text
    assert again.cases["fails"] == EVERYTHING.cases["fails"]
    assert again.properties == EVERYTHING.properties


def test_effects_stand_in_the_order_of_their_tasks_whoever_was_quicker() -> None:
    effects = suite_of(text_of_suite(EVERYTHING).encode()).cases["all there is"].effects

    assert [effect.task for effect in effects] == ["each[9]/read", "each[10]/read", "post"]


def test_every_fact_has_a_line_of_its_own() -> None:
    lines = text_of_suite(Suite({"a": Case({"x": 1, "y": 2})})).splitlines()

    assert '        "x": 1,' in lines
    assert lines[-1] == "}"


def test_tests_stand_beside_their_flow() -> None:
    assert suite_beside(Path("a/triage.flow.json")) == Path("a/triage.tests.json")
    assert flow_beside(Path("a/triage.tests.json")) == Path("a/triage.flow.json")


def test_a_file_that_isnt_there_holds_no_tests(tmp_path: Path) -> None:
    assert read_suite(tmp_path / "none.tests.json") == Suite()


def test_writing_is_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.tests.json"
    keep_suite(path, Suite({"a": Case()}))

    keep_suite(path, EVERYTHING)

    assert path.read_text() == text_of_suite(EVERYTHING)
    assert [found.name for found in tmp_path.iterdir()] == ["a.tests.json"]


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ([], "holds no tests"),
        ({"cases": {}}, "holds no tests"),
        ({"heddle_tests": 1, "casse": {}}, "unknown field `casse`"),
        ({"heddle_tests": 1, "cases": {"a": {"expect": {"x": {}}}}}, "none of them is said"),
        ({"heddle_tests": 1, "cases": {"a": {"effects": [{"task": "x"}]}}}, "what it gives or"),
        ({"heddle_tests": 1, "cases": {"a": {"inputs": 3}}}, "cases[...].inputs"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tree: Any, said: str) -> None:
    with pytest.raises(FlowFileError) as caught:
        suite_of(json.dumps(tree).encode(), "a.tests.json")

    assert said in str(caught.value)
    assert "a.tests.json" in str(caught.value)


def test_two_cases_of_one_name_are_told_apart_by_nobody() -> None:
    with pytest.raises(FlowFileError, match="two cases are called 'a'"):
        suite_of(b'{"heddle_tests": 1, "cases": {"a": {}, "a": {}}}')


def test_a_newer_format_asks_for_a_newer_heddle() -> None:
    with pytest.raises(NewerFormat, match="format 99"):
        suite_of(b'{"heddle_tests": 99}')


def test_the_published_schema_is_the_one_the_code_makes() -> None:
    assert SCHEMA_FILE.read_text() == schema_text(), (
        "The shape of tests files changed. Write the schema anew: python -c 'from runtime."
        "flow_tests.tests_file import schema_text; print(schema_text(), end=str())' > "
        f"{SCHEMA_FILE.name}"
    )


def test_what_is_written_fits_the_schema_and_what_isnt_said_rightly_does_not() -> None:
    validator = jsonschema.Draft202012Validator(schema())

    validator.validate(json.loads(text_of_suite(EVERYTHING)))

    two = {"equals": 1, "matches": "x"}
    assert not validator.is_valid({"heddle_tests": 1, "cases": {"a": {"expect": {"x": two}}}})
    assert not validator.is_valid({"heddle_tests": 1, "cases": {"a": {"effects": [{"task": "x"}]}}})


NAMES = st.text().filter(lambda text: text[:1] != "$")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=10,
)


@given(VALUES)
def test_every_value_of_a_run_can_be_spelt_and_read_back(value: Any) -> None:
    assert read_back(json.loads(json.dumps(spelt(value)))) == value
