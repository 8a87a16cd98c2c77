"""A studio of its own that runs a flow on a runtime elsewhere up to a breakpoint, and waits there.

Arguments: home, address, token, the flow's file, the block to stop at. Says where it stands.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from app.bridge.process import Place
from app.document import Document
from app.start import application, build
from app.workbench import Workbench
from graph.file_format import read
from runtime.settings import Settings


def main() -> None:
    home, address, token, file, block = sys.argv[1:]
    app = application()
    studio = build(Settings(home=home)).studio
    studio.bridge.connect_to(Place(address, token))
    bench = Workbench(Document(read(Path(file).read_bytes())), studio.catalog)
    studio.workspace.add(bench)
    studio.runs.breakpoints.toggle(bench, block)
    studio.runs.standing.stopped.connect(
        lambda _, task: print(task, studio.runs.debugging.client, sep="\n", flush=True)
    )
    QTimer.singleShot(0, studio, lambda: studio.runs.start(bench, {}))
    app.exec()


main()
