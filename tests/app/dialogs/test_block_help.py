"""The help of a block."""

from app.dialogs.block_help import BlockHelp
from app.document import Document
from app.window.main_window import MainWindow
from app.workbench import Workbench
from graph.flow import Block, Flow


def test_the_selected_block_is_explained_with_fields_and_examples(
    shared_window: MainWindow,
) -> None:
    studio = shared_window.studio
    bench = Workbench(Document(Flow.of([Block("a", "code.python")])), studio.catalog)
    studio.workspace.add(bench)
    bench.select(("a",))
    studio.actions.refresh()

    studio.actions["help.block"].trigger()

    page = shared_window.findChild(BlockHelp)
    text = page.page.toPlainText()
    page.close()
    studio.workspace.remove(bench)
    assert "Run Python of your own" in text
    assert "The body of a function" in text
    assert "A value by its name" in text
