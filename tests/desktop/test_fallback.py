"""A provider goes down midway: another stands in, in view, until the first has recovered."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import own_connectable
from tests.desktop.accessible import Gone
from tests.desktop.conftest import Start
from tests.desktop.driver import Driver
from tests.desktop.test_first_flow import heard
from tests.desktop.waiting import until
from tests.servers.models import Models, Said

pytestmark = pytest.mark.slow

GUARDS = {"llm": {"failures": 2, "attempts": 2, "first_wait": 0, "recovery": 0.2, "trials": 2}}
DOWN = Said(status=503, message="The looms stand still.")


@pytest.fixture
def spare() -> Iterator[Models]:
    """A service of its own for the model that stands in."""
    with Models() as served:
        yield served


@pytest.fixture
def home(tmp_path: Path, models: Models, spare: Models) -> Path:
    """Both services are connected, and guarded so that a journey needs no minute."""
    made = tmp_path / "home"
    book = Connections(made, own_connectable(), prefer="vault")
    for name, served in (("main", models), ("spare", spare)):
        fields = {"base_url": served.url}
        book.put(Draft(name=name, kind="openai_compatible", fields=fields))
        book.agree(name, fields)
    (made / "guards.json").write_text(json.dumps(GUARDS))
    return made


@pytest.fixture
def file(tmp_path: Path, home: Path) -> Path:
    """Two blocks that ask, one after the other, and both may ask somebody else."""
    asked = {"model": "main/scripted-large", "fallbacks": ["spare/scripted-small"]}
    blocks = {
        "begin": {"kind": "ai.chat", "title": "Begin", "fields": {"prompt": "Begin", **asked}},
        "end": {"kind": "ai.chat", "title": "End", "fields": {"prompt": "End {so_far}", **asked}},
        "story": {"kind": "flow.output", "title": "Story", "fields": {"name": "story"}},
    }  # fmt: skip
    links = ["begin.text -> end.so_far", "end.text -> story.value"]
    made = tmp_path / "story.flow.json"
    made.write_text(json.dumps({"heddle": 1, "name": "Story", "blocks": blocks, "links": links}))
    return made


@pytest.fixture
def studio(start: Start, file: Path) -> Driver:
    studio = start([file])
    studio.tree.wait_for("push button", "Runtime is ready")
    studio.tree.wait_for("push button", "Let it run").do("Press")
    until(lambda: not studio.tree.find("push button", "Let it run"), "the question going")
    return studio


def begins(studio: Driver, *words: str) -> list[str]:
    """The names of what begins so, within view or not; none while one of them isn't there."""
    try:
        names = [thing.name for thing in studio.tree.walk()]
    except Gone:  # it is drawn anew just now
        return []
    found = [next((name for name in names if name.startswith(one)), "") for one in words]
    return found if all(found) else []


def guard(studio: Driver, state: str) -> str:
    """What is said of the guard of the first service, once its breaker stands so."""
    return until(lambda: begins(studio, f"Guard of main: {state}"), f"a guard: {state}")[0]


def lately(studio: Driver, words: str) -> None:
    """See that something happened to the agent that is looked at."""
    studio.tree.wait_for("label", "Lately")  # the heading, and below it what is said
    named = [one for one in studio.tree.walk() if one.role == "label" and one.name == "Lately"]
    until(lambda: any(words in one.description for one in named), f"the news of {words!r}")


def test_another_model_stands_in_for_one_that_is_down_until_it_is_back(
    studio: Driver, models: Models, spare: Models
) -> None:
    canvas = studio.tree.wait_for("filler", "Canvas")
    models.then("Once there was a loom").always = DOWN
    spare.always = Said("and it wove ever after")
    canvas.focus()
    studio.keys("F5")

    # The dock of agents says how the service is.
    studio.tree.wait_for("push button", "Show agents").do("Press")
    assert "2 of 3 failed" in guard(studio, "Open, tried ")
    lately(studio, "2 failures in a row")

    # The block says who answered, and why it wasn't the one that was wanted.
    canvas.focus()
    studio.keys("ctrl+Right")
    heard(canvas, "selected: End")
    heard(canvas, " spare/scripted-small answered in place of main/scripted-large: ")
    studio.click_on(studio.tree.wait_for("page tab", "Data"))
    asked = ("main/scripted-large, record, ", "spare/scripted-small, record, Answered in ")
    until(lambda: begins(studio, *asked), "both models among the requests of the block")

    # The next run tries it again: first one call, then it is as before.
    studio.click_on(studio.tree.wait_for("page tab", "Agents"))
    guard(studio, "Open, tried by the next")
    models.always = Said("It was mended", held=True)
    canvas.focus()
    studio.keys("F5")
    guard(studio, "Half-open")
    models.release()
    guard(studio, "Closed")
    lately(studio, "2 calls that tried it worked")
    until(lambda: "in place of" not in canvas.description, "the first having answered again")


def test_a_person_has_a_service_left_alone_and_tried_again(
    studio: Driver, models: Models, spare: Models
) -> None:
    models.always, spare.always = Said("from the first"), Said("from the other")
    canvas = studio.tree.wait_for("filler", "Canvas")
    canvas.focus()
    studio.keys("F5")
    heard(canvas, "3 blocks")
    studio.bring_up("Agents")
    studio.tree.wait_for("table", "Agents")

    guard(studio, "Closed")
    studio.tree.wait_for("push button", "Let it be: main").do("Press")
    guard(studio, "Open, held by hand")
    asked = len(models.asked)
    canvas.focus()
    studio.keys("F5", "ctrl+Right")
    heard(canvas, " spare/scripted-small answered in place of main/scripted-large: ")
    assert len(models.asked) == asked

    studio.tree.wait_for("push button", "Try again now: main").do("Press")
    guard(studio, "Closed")
