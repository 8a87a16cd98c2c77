"""`heddle test`: what is told, what is written, and the exit code."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.headless.conftest import Heddle, Said, flow_file

READ = {
    "path": {"kind": "flow.input", "fields": {"name": "path", "type": "text"}},
    "read": {"kind": "files.read"},
    "shout": {"kind": "text.template", "fields": {"text": "{content}!"}},
    "out": {"kind": "flow.output", "fields": {"name": "text"}},
}
LINKS = ("path.value -> read.path", "read.content -> shout.content", "shout.value -> out.value")


@pytest.fixture
def reading(here: Path) -> Path:
    """A flow that reads the file it is given."""
    return flow_file(here / "reading.flow.json", READ, *LINKS)


@pytest.fixture
def tested(heddle: Heddle, reading: Path) -> Path:
    """The same with one recorded test; the file that it read is gone."""
    Path("note.txt").write_text("milk")
    record(heddle, reading, "note.txt", "--name", "reads the note")
    Path("note.txt").unlink()
    return reading


def record(heddle: Heddle, flow: Path, path: str, *more: str) -> Said:
    said = heddle("run", flow, "--input", f"path={path}", "--json")
    return heddle("test", flow, "--record", said.lines[0]["run"], *more)


def kept_beside(flow: Path) -> Any:
    return json.loads(flow.with_name("reading.tests.json").read_text())


def test_a_run_becomes_a_test_that_passes(heddle: Heddle, tested: Path) -> None:
    said = heddle("test", tested)

    assert said.code == 0
    assert "✓ reads the note" in said.out
    assert "1 passed in" in said.out


def test_a_test_without_a_name_is_called_by_what_goes_in(heddle: Heddle, reading: Path) -> None:
    said = record(heddle, reading, "none.txt")

    assert 'path = "none.txt" fails' in said.out
    assert heddle("test", reading).code == 0


def test_what_isnt_as_expected_is_shown_and_the_code_is_one(heddle: Heddle, tested: Path) -> None:
    tested.write_text(tested.read_text().replace("{content}!", "{content}?"))

    said = heddle("test", tested)

    assert said.code == 1
    assert "✗ reads the note" in said.out
    assert '- "milk!"' in said.out
    assert '+ "milk?"' in said.out
    assert "1 failed" in said.out


def test_update_takes_what_the_flow_gives_now(heddle: Heddle, tested: Path) -> None:
    tested.write_text(tested.read_text().replace("{content}!", "{content}?"))

    said = heddle("test", tested, "--update")

    assert said.code == 0
    assert "taken as expected: reads the note" in said.out
    assert kept_beside(tested)["cases"]["reads the note"]["expect"] == {"text": {"equals": "milk?"}}
    assert heddle("test", tested).code == 0


def test_update_takes_no_question_that_isnt_recorded(heddle: Heddle, tested: Path) -> None:
    path = tested.with_name("reading.tests.json")
    path.write_text(path.read_text().replace('"path": "note.txt"', '"path": "other.txt"', 1))
    before = path.read_text()

    said = heddle("test", tested, "--update")

    assert said.code == 1
    assert "asked what isn't recorded" in said.out
    assert path.read_text() == before


def test_a_test_recorded_anew_keeps_what_a_person_put_together(
    heddle: Heddle, tested: Path
) -> None:
    tests = kept_beside(tested)
    case = tests["cases"]["reads the note"]
    case |= {"about": "Why.", "expect": {"text": {"matches": "!$"}}, "holds": ["len(outputs) == 1"]}
    tested.with_name("reading.tests.json").write_text(json.dumps(tests))
    Path("note.txt").write_text("tea")

    record(heddle, tested, "note.txt", "--name", "reads the note")

    again = kept_beside(tested)["cases"]["reads the note"]
    assert again["effects"][0]["gives"] == {"content": "tea"}
    for kept in ("about", "expect", "holds"):
        assert again[kept] == case[kept]
    assert heddle("test", tested).code == 0


def test_junit_is_well_formed_and_says_the_same(heddle: Heddle, tested: Path) -> None:
    tests = kept_beside(tested)
    passing = tests["cases"]["reads the note"]
    tests["cases"] |= {
        "wrong <&> \u0007": passing | {"expect": {"text": {"equals": "tea"}}},
        "stale": passing | {"expect": {"gone": {"equals": 1}}},
        "left out": passing | {"skip": "not today"},
    }
    tested.with_name("reading.tests.json").write_text(json.dumps(tests))

    said = heddle("test", ".", "--junit", "out/results.xml")

    root = ET.parse("out/results.xml").getroot()
    assert said.code == 1
    assert root.tag == "testsuites"
    assert {root.get(name) for name in ("tests",)} == {"4"}
    assert [root.get(name) for name in ("failures", "errors", "skipped")] == ["1", "1", "1"]
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases) == ["reads the note", "wrong <&> \ufffd", "stale", "left out"]
    assert [child.tag for case in cases.values() for child in case] == [
        "failure",
        "error",
        "skipped",
    ]
    failure = cases["wrong <&> \ufffd"].find("failure")
    assert failure is not None
    assert failure.get("message") == "text: It isn't what was expected:"
    assert '"milk!" instead of "tea"' in (failure.text or "")
    assert cases["stale"].get("classname") == "reading"


def test_with_json_every_line_is_a_verdict_and_the_last_one_the_sum(
    heddle: Heddle, tested: Path
) -> None:
    said = heddle("test", tested, "--json")

    case, summary = said.lines
    assert (case["test"], case["name"], case["state"]) == ("case", "reads the note", "passed")
    assert case["outputs"] == {"text": "milk!"}
    assert (summary["test"], summary["passed"], summary["failed"]) == ("summary", 1, 0)


def test_only_the_cases_asked_for_are_run(heddle: Heddle, tested: Path) -> None:
    record(heddle, tested, "none.txt", "--name", "fails without it")

    said = heddle("test", tested, "-k", "WITHOUT")

    assert "fails without it" in said.out
    assert "reads the note" not in said.out


def test_folders_are_looked_through_to_their_ends(heddle: Heddle, tested: Path) -> None:
    deep = Path("a/b")
    deep.mkdir(parents=True)
    for suffix in ("flow", "tests"):
        tested.with_name(f"reading.{suffix}.json").rename(deep / f"reading.{suffix}.json")

    said = heddle("test", ".")

    assert said.code == 0
    assert "a/b/reading.tests.json  1 case" in said.out


@pytest.mark.parametrize("path", [".", "none.flow.json"])
def test_where_there_are_no_tests_the_way_to_one_is_said(heddle: Heddle, path: str) -> None:
    said = heddle("test", path)

    assert said.code == 2
    assert "no tests" in said.err
    assert "--record RUN" in said.err


def test_a_flow_that_cant_be_compiled_breaks_its_tests(heddle: Heddle, tested: Path) -> None:
    tested.write_text(tested.read_text().replace("files.read", "files.raed"))

    said = heddle("test", tested)

    assert said.code == 1
    assert "! reads the note" in said.out
    assert "No block of kind 'files.raed'" in said.out


def test_a_flow_that_isnt_saved_can_be_tested(
    heddle: Heddle, tested: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    text = tested.read_text().replace("{content}!", "{content}?")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    said = heddle("test", tested, "--unsaved")

    assert '+ "milk?"' in said.out


def test_inputs_made_up_find_what_fails_and_keep_it_as_a_case(heddle: Heddle, here: Path) -> None:
    blocks = {
        name: {"kind": "flow.input", "fields": {"name": name, "type": "integer", "required": True}}
        for name in ("a", "b")
    }
    blocks["divide"] = {"kind": "code.python", "fields": {"code": "return a // b"}}
    links = ("a.value -> divide.a", "b.value -> divide.b")
    flow = flow_file(here / "divide.flow.json", blocks, *links)

    found = heddle("test", flow, "--property", "200")
    again = heddle("test", flow)

    assert found.code == 1
    assert "ZeroDivisionError" in found.out
    assert "Kept as the case 'a = 0, b = 0'" in found.out
    assert again.code == 1
    assert "✗ a = 0, b = 0" in again.out


def test_a_flow_that_bears_whatever_goes_in_passes(heddle: Heddle, greeting: Path) -> None:
    said = heddle("test", greeting, "--property", "50")

    assert said.code == 0
    assert "✓ 50 inputs made up" in said.out
    assert not greeting.with_name("greeting.tests.json").exists()
