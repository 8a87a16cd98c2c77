"""A chat block is dropped, its words are read as they come; the fields of an answer are drawn."""

from pathlib import Path

import pytest

from runtime.connections.connections import Connections
from runtime.connections.contents import Draft
from runtime.plugins import installed
from tests.desktop.conftest import Start
from tests.desktop.test_first_flow import add, heard, save
from tests.desktop.waiting import until
from tests.servers.models import Models, Said

pytestmark = pytest.mark.slow


def connected(home: Path, models: Models) -> None:
    fields = {"base_url": models.url}
    book = Connections(home, installed().connectable, prefer="vault")
    book.put(Draft(name="local", kind="openai_compatible", fields=fields))
    book.agree("local", fields)


def test_tokens_stream_on_a_chat_block_and_are_counted(
    start: Start, tmp_path: Path, models: Models
) -> None:
    connected(tmp_path / "home", models)
    models.always = Said("Once upon a time", put_in=300, given=12, held=True)
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    left, top, width, height = canvas.box
    studio.click(left + width // 3, top + height // 2)

    add(studio, canvas, "chat", "Chat")
    studio.click_on(studio.tree.wait_for("text", "Prompt of Chat"))
    studio.type("Tell a story")
    studio.click_on(studio.tree.wait_for("text", "Model of Chat"))
    studio.type("local/scripted-large")
    studio.keys("F6", "Escape", "F5")
    models.wait(lambda: len(models.asked) == 1, within=30)
    models.release()
    text = studio.tree.wait_for("text", "Result as text")

    until(lambda: "Once upon a time" in text.text, "the answer being read")
    assert models.asked[0].body["messages"][-1]["content"] == "Tell a story"


def test_the_fields_of_an_answer_are_drawn(start: Start, tmp_path: Path) -> None:
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    left, top, width, height = canvas.box
    studio.click(left + width // 3, top + height // 2)
    add(studio, canvas, "structured", "Fill in fields")

    studio.tree.wait_for("push button", "Add a field").do("Press")
    studio.click_on(studio.tree.wait_for("text", "Name of field 1"))
    studio.type("customer")
    studio.click_on(studio.tree.wait_for("text", "Meaning of field 1"))
    studio.type("Who pays")
    studio.keys("F6", "Escape")
    heard(canvas, "selected: Fill in fields")
    saved = save(studio, tmp_path / "drawn.flow.json")

    (block,) = saved["blocks"].values()
    assert block["fields"]["fields"] == {
        "type": "object",
        "properties": {"customer": {"type": "string", "description": "Who pays"}},
        "required": ["customer"],
    }
