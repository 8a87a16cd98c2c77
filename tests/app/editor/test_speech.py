"""What is said of the canvas."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.document import Document
from app.editor.speech import Speech
from app.presenters.live_run import LiveRun
from app.workbench import Workbench
from graph.flow import Block, Flow
from runtime.events import RunStarted, TaskFinished, TaskStarted
from runtime.plugins import installed

FLOW = Flow.of(
    [Block("name", "flow.constant", {"value": "x"}, title="Name"),
     Block("greet", "text.template", {"text": "Hello {name}"}),
     *(Block(f"more{n}", "text.case", {"text": "x"}) for n in range(4))],
    [("name.value", "greet.name")],
)  # fmt: skip


@pytest.fixture
def bench(qtbot: QtBot) -> Workbench:
    return Workbench(Document(FLOW), installed().catalog)


@pytest.fixture
def canvas(qtbot: QtBot, bench: Workbench) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.speech = Speech(bench, made)  # type: ignore[attr-defined]
    return made


def heard(canvas: QWidget) -> str:
    canvas.speech.tell()  # type: ignore[attr-defined]
    return canvas.accessibleDescription()


def test_nothing_is_selected_at_first(canvas: QWidget) -> None:
    assert heard(canvas) == "6 blocks, nothing selected"


def test_a_selected_block_is_named_with_its_links_and_its_state(
    bench: Workbench, canvas: QWidget
) -> None:
    run = LiveRun("r")
    run.take([
        RunStarted(run="r", seq=1, at=1.0, flow="f"),
        TaskStarted(run="r", seq=2, at=1.0, task="greet"),
        TaskFinished(run="r", seq=3, at=1.5, task="greet", started=1.0, outputs={"value": "x"}),
    ])  # fmt: skip
    bench.watch(run)

    bench.select(["greet"])

    assert heard(canvas) == "6 blocks, selected: Fill template, links from Name, done 500 ms"


def test_many_selected_blocks_are_counted(bench: Workbench, canvas: QWidget) -> None:
    bench.select(FLOW.blocks)

    assert heard(canvas) == "6 blocks, 6 selected"


def test_the_description_follows_by_itself(bench: Workbench, canvas: QWidget, qtbot: QtBot) -> None:
    bench.select(["name"])

    qtbot.waitUntil(lambda: canvas.accessibleDescription() == "6 blocks, selected: Name")
