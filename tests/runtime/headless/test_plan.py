"""`heddle plan`: a flow file for a goal, which runs; and what is said when there is none."""

import json
from pathlib import Path

import pytest

from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import installed
from tests.graph.planning.sketches import GREETING, said, sketch, step
from tests.runtime.headless.conftest import Heddle
from tests.servers.models import Models, Said

GOAL = "Fill a text template with who is to be greeted"
MODEL = "local/scripted-large"


@pytest.fixture
def connected(heddle: Heddle, tmp_path: Path, models: Models) -> Heddle:
    """The command line, in a home with a connection to the scripted models."""
    fields = {"base_url": models.url}
    book = Connections(tmp_path / "home", installed().connectable, prefer="vault")
    book.put(Draft(name="local", kind="openai_compatible", fields=fields))
    book.agree("local", fields)
    return heddle


def kinds(file: Path) -> list[str]:
    return [block["kind"] for block in json.loads(file.read_text())["blocks"].values()]


def test_what_a_model_planned_is_written_told_of_and_runs(
    connected: Heddle, here: Path, models: Models
) -> None:
    models.always = Said(said(GREETING))

    planned = connected("plan", GOAL, "-o", "greet.flow.json", "--model", MODEL)
    ran = connected("run", "greet.flow.json", "-i", "who=Ada")

    assert (planned.code, planned.out) == (0, "")
    assert "greet: for greet" in planned.err
    assert "of 3 blocks" in planned.err
    assert "heddle run greet.flow.json --dry-run" in planned.err
    assert ran.out == "Hello, Ada!\n"


def test_what_was_mended_is_told(connected: Heddle, here: Path, models: Models) -> None:
    bare = sketch("Greet", [step("greet", "text.template")])
    models.always = Said(said(bare))

    planned = connected("plan", GOAL, "--model", MODEL)

    assert planned.code == 0
    assert "mended:" in planned.err
    assert "flow.input" in kinds(here / "plan.flow.json")
    assert connected("validate", "plan.flow.json").code == 0


def test_a_file_that_exists_is_never_overwritten(
    connected: Heddle, here: Path, models: Models
) -> None:
    (here / "greet.flow.json").write_text("mine")

    planned = connected("plan", GOAL, "-o", "greet.flow.json", "--model", MODEL)

    assert planned.code == 2
    assert "greet.flow.json exists already" in planned.err
    assert (here / "greet.flow.json").read_text() == "mine"
    assert models.asked == [], "nothing is paid for in vain"


def test_without_a_model_the_words_of_the_goal_choose_the_blocks(
    heddle: Heddle, here: Path
) -> None:
    planned = heddle("plan", "Fetch a web page, then split the text into lines", "--no-model")

    assert planned.code == 0
    assert "http.get" in kinds(here / "plan.flow.json")
    assert heddle("validate", "plan.flow.json").code == 0


def test_a_goal_that_names_nothing_known_is_refused(heddle: Heddle, here: Path) -> None:
    planned = heddle("plan", "xyzzy", "--no-model")

    assert planned.code == 2
    assert "No block has to do with that goal" in planned.err
    assert list(here.iterdir()) == []


def test_blocks_that_change_the_outside_can_be_left_out(
    connected: Heddle, here: Path, models: Models
) -> None:
    write = step("save", "files.write", path="x.txt", text="{greeting}")
    steps = [*GREETING["steps"], write]
    models.always = Said(said(sketch("Greet", steps, *GREETING["links"])))
    goal = f"{GOAL}, write a text file"

    connected("plan", goal, "-o", "with.flow.json", "--model", MODEL)
    connected("plan", goal, "-o", "without.flow.json", "--model", MODEL, "--no-writes")

    assert "files.write" in kinds(here / "with.flow.json")
    assert "files.write" not in kinds(here / "without.flow.json")
    assert "text.template" in kinds(here / "without.flow.json")


def test_a_model_that_gives_no_plan_leaves_no_file(
    connected: Heddle, here: Path, models: Models
) -> None:
    models.always = Said(said(sketch("Nothing", [step("a", "teleport.now")])))

    planned = connected("plan", GOAL, "--model", MODEL)

    assert planned.code == 2
    assert "no plan in 3 tries" in planned.err
    assert "teleport.now" in planned.err
    assert list(here.iterdir()) == []


def test_a_model_that_nobody_serves_is_named_with_the_cure(connected: Heddle, here: Path) -> None:
    planned = connected("plan", GOAL, "--model", "nowhere/large")

    assert planned.code == 2
    assert "'nowhere'" in planned.err
    assert "Those there are: local" in planned.err.replace("\n", " ")
    assert list(here.iterdir()) == []
