"""Tools of MCP servers in the studio: in the palette and on the canvas, while it is open."""

from pytestqt.qtbot import QtBot

from agents.mcp.snapshot import Snapshot, Tool, keep
from app.docks.blocks import Blocks
from app.document import Document
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow

KIND = "mcp.loom__weave"
TAKES = {
    "type": "object",
    "properties": {"thread": {"type": "string"}, "picks": {"type": "integer"}},
    "required": ["thread"],
}


def offer(window: MainWindow, *tools: Tool) -> None:
    folder = window.studio.settings.agents_folder / "mcp"
    keep(folder, Snapshot("loom", "Loom 1", tools))


def test_a_tool_that_is_offered_meanwhile_is_a_block_with_its_ports(
    qtbot: QtBot, window: MainWindow
) -> None:
    studio = window.studio
    bench = Workbench(Document(Flow(blocks={"a": Block("a", KIND)})), studio.catalog)
    studio.workspace.add(bench)
    bench.check_now()
    assert [problem.code for problem in bench.problems] == ["unknown-kind"]
    studio.begun.emit()

    with qtbot.waitSignal(studio.catalog_changed):
        offer(window, Tool("weave", "Weave <b>cloth</b>", "<i>Over</i>, under.", TAKES))

    qtbot.waitUntil(lambda: [p.code for p in bench.problems] == ["missing"])
    spec = studio.catalog.spec(KIND)
    assert [(p.name, str(p.type)) for p in spec.parameters] == [
        ("thread", "text"), ("picks", "integer or null"),
    ]  # fmt: skip
    assert "<" not in spec.title + spec.summary


def test_tools_are_listed_under_who_offers_them(qtbot: QtBot, window: MainWindow) -> None:
    offer(window, Tool("weave"), Tool("unweave"))
    dock = Blocks(window.studio)
    qtbot.addWidget(dock)

    with qtbot.waitExposed(dock):
        dock.show()

    groups = [dock.model.item(row) for row in range(dock.model.rowCount())]
    (loom,) = [group for group in groups if group.text() == "MCP: loom"]
    assert [loom.child(row).text() for row in range(loom.rowCount())] == ["Weave", "Unweave"]
    dock.search.setText("weave")
    assert window.studio.finder.found("weave")[0].spec.kind == KIND
