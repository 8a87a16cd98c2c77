"""A model is connected by its key, tried out, chosen in a block and asked; the key stays hidden."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.theme import DARK
from tests.desktop.accessible import Gone, Thing
from tests.desktop.conftest import Start
from tests.desktop.driver import Box, Driver
from tests.desktop.test_first_flow import add, heard, save
from tests.desktop.waiting import until
from tests.servers.mirror import forms
from tests.servers.models import Models, Said

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]  # a journey of many steps

KEY = "sk-planted/7c1e+9f&key"
WRONG = "sk-mistyped/0b1d+2c&key"
PRICED = {"model": "scripted-large", "provider": "local", "price": {"in": 2, "out": 10}}
RUNNING = np.array([int(DARK.running[i : i + 2], 16) for i in (1, 3, 5)])
STORY = "Once upon a time there was a loom"


def says(studio: Driver, begins: str) -> str:
    """The words on the screen that begin so, once they are there."""

    def right(name: str) -> bool:
        return name.startswith(begins)

    return studio.tree.wait_for("label", right).name


def fill(studio: Driver, field: str, text: str) -> None:
    studio.click_on(studio.tree.wait_for("text", field))
    studio.keys("ctrl+a")
    studio.type(text)


def row(studio: Driver, *words: str) -> Thing:
    """The row of the connection, once all this is said of it."""

    def right(name: str) -> bool:
        return name.startswith("local, ") and all(word in name for word in words)

    return studio.tree.wait_for("cell", right)


def connect(studio: Driver, models: Models) -> None:
    """Fill in the form, agree to the address, see a wrong key refused and the right one let in."""
    studio.bring_up("Connections")
    studio.tree.wait_for("push button", "Server on this machine…").do("Press")
    fill(studio, "Address", models.url)
    fill(studio, "API key (if it wants one)", WRONG)
    studio.tree.wait_for("push button", "Save and test").do("Press")
    says(studio, f"Address: {models.url}")
    studio.tree.wait_for("push button", "Let flows use it").do("Press")
    refused = says(studio, "local: invalid api key")
    assert "Check the key of the connection." in refused
    assert WRONG not in refused

    fill(studio, "API key (if it wants one)", KEY)
    studio.tree.wait_for("push button", "Save and test").do("Press")
    says(studio, "It answers, and has the models scripted-large, scripted-small.")
    studio.tree.wait_for("push button", "Cancel").do("Press")
    row(studio, "Encrypted file", "It answers")


def try_again(studio: Driver, models: Models) -> None:
    """Test from the dock: a key that is no longer good, and one that is again."""
    models.key = "sk-another"
    studio.tree.wait_for("push button", "Test").do("Press")
    row(studio, "invalid api key", "Check the key of the connection.")
    models.key = KEY
    studio.tree.wait_for("push button", "Test").do("Press")
    row(studio, "It answers")


def choose_model(studio: Driver) -> None:
    """Take the first that the server says it has, out of the list of the field."""
    field = studio.tree.wait_for("text", "Model of Chat")
    studio.click_on(field)
    studio.keys("alt+Down")
    studio.wait_for_popup()
    until(lambda: "local/scripted-small" in _names(studio), "the server's models being listed")
    studio.keys("Home", "Return")
    studio.wait_for_no_popup()
    until(lambda: field.text == "local/scripted-large", "the model being chosen")


def _names(studio: Driver) -> set[str]:
    try:
        return {thing.name for thing in studio.tree.walk() if thing.role == "list item"}
    except Gone:
        return set()


def is_writing(studio: Driver, box: Box) -> bool:
    """Whether a caret stands on the canvas, at the end of the words that hang from a block."""
    alike = np.abs(studio.picture(box).astype(int) - RUNNING).max(axis=2) < 12
    edges = np.diff(np.pad(alike, ((1, 1), (0, 0))).astype(int), axis=0).T
    heights = np.argwhere(edges < 0)[:, 1] - np.argwhere(edges > 0)[:, 1]
    return bool(((heights >= 9) & (heights <= 14)).any())


def holding(folder: Path, parts: list[bytes]) -> list[str]:
    """The files below it, of the flow, the journal, the logs, in which any of these stands."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if any(part in file.read_bytes() for part in parts)]


def test_a_model_is_connected_tried_chosen_and_asked(
    start: Start, tmp_path: Path, models: Models
) -> None:
    models.key = KEY
    models.always = Said(STORY, put_in=300, given=12, held_at=4)
    home = tmp_path / "home"
    home.mkdir()
    (home / "models.json").write_text(json.dumps({"models": [PRICED]}))
    studio = start()
    studio.click_on(studio.tree.wait_for("push button", "New flow"))
    canvas = studio.tree.wait_for("filler", "Canvas")
    left, top, width, height = canvas.box
    studio.click(left + width // 3, top + height // 2)
    add(studio, canvas, "chat", "Chat")
    heard(canvas, "No model is connected.")

    connect(studio, models)
    try_again(studio, models)
    until(lambda: "No model" not in canvas.description, "the warning going")
    studio.tree.wait_for("page tab", "Inspector").do("Press")
    fill(studio, "Prompt of Chat", "Tell a story")
    choose_model(studio)
    studio.keys("F6", "Escape", "F5")
    text = studio.tree.wait_for("text", "Result as text")
    until(lambda: text.text == "Once upon a ", "the first words being read")
    heard(canvas, "selected: Chat, running")
    until(lambda: is_writing(studio, canvas.box), "the words hanging from the block")
    models.release()

    until(lambda: STORY in text.text, "the answer being read")
    heard(canvas, "312 tokens · $0.00072")
    until(lambda: not is_writing(studio, canvas.box), "the slip going")
    flow = save(studio, tmp_path / "story.flow.json")
    (block,) = flow["blocks"].values()
    assert block["fields"]["model"] == "local/scripted-large"
    assert models.asked[-1].key == KEY
    studio.quit()
    assert holding(tmp_path, [STORY.encode()]), "the journal has been searched, too"
    assert holding(tmp_path, [form.encode() for key in (KEY, WRONG) for form in forms(key)]) == []
