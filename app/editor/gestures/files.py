"""Flow files put on the canvas as sub-flows: by reference, so that they stay files."""

import os
from pathlib import Path

from PySide6.QtCore import QPointF

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.adding import add, corner_around
from graph.compile.ports import CALL
from graph.edits import AddFlow
from graph.errors import FlowFileError
from graph.flow import Block
from graph.reshape import as_name, fresh_id
from runtime.flow_files import load


def reference(folder: Path, path: Path) -> str:
    """What a flow in that folder calls the file."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def place_file(canvas: Canvas, path: Path, at: QPointF) -> bool:
    """Put in a block that uses the flow of a file; says why where it can't be."""
    bench = canvas.workbench
    if bench.path is None or bench.level:
        bench.refused.emit(_why_not(canvas))
        return False
    if path.resolve() == bench.path.resolve():
        bench.refused.emit("A flow can't use itself as a sub-flow. Choose another file.")
        return False
    try:
        flow = load(path, bench.catalog).flow
    except FlowFileError as error:
        bench.refused.emit(str(error))
        return False
    name = reference(bench.folder, path)
    block = Block(fresh_id(bench.flow, as_name(path.name.partition(".")[0])), CALL, {"flow": name})
    known = () if name in bench.flow.flows else (AddFlow(name, flow),)
    label = f"Add the flow “{path.name}”"
    return add(canvas, block, corner_around(canvas, at), label=label, before=known)


def _why_not(canvas: Canvas) -> str:
    if canvas.workbench.path is None:
        return "The file is used by its place beside this flow. Save this flow first."
    return "A file can only be used at the outermost level. Leave the sub-flow first."
