"""What is dropped on the canvas: blocks and templates from the docks, flow files, and text."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QPainter

from app.editor.canvas.canvas import Canvas
from app.editor.gestures.adding import add_kind, add_on_link
from app.editor.gestures.files import place_file
from app.editor.gestures.outlines import draw_link
from app.editor.gestures.pasting import is_flow_text, paste_text
from app.placing import MIME, TEMPLATE_MIME
from graph.file_format import FILE_SUFFIX
from graph.flow import End

CTRL = Qt.KeyboardModifier.ControlModifier


class Dropping:
    """Follows what is dragged over the canvas; a link under it is shown to take a block."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._link: End | None = None

    def drag(self, event: QDragMoveEvent) -> bool:
        """Accept what can be dropped here."""
        data = event.mimeData()
        from_dock = data.hasFormat(MIME) or data.hasFormat(TEMPLATE_MIME)
        if not (from_dock or flow_files(data) or is_flow_text(data.text())):
            return False
        self._show(self._canvas.hit(self._at(event)).link if data.hasFormat(MIME) else None)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def leave(self) -> bool:
        """What was dragged has gone elsewhere."""
        self._show(None)
        return True

    def drop(self, event: QDropEvent) -> bool:
        """Put in what was dropped."""
        data, at = event.mimeData(), self._at(event)
        self._show(None)
        if data.hasFormat(MIME):
            self._drop_block(bytes(data.data(MIME).data()).decode(), at)
        elif data.hasFormat(TEMPLATE_MIME):
            file = Path(bytes(data.data(TEMPLATE_MIME).data()).decode())
            self._canvas.studio.insert_wanted.emit(file, (at.x(), at.y()))
        elif files := flow_files(data):
            self._drop_files(files, at, placed=bool(event.modifiers() & CTRL))
        elif is_flow_text(data.text()):
            paste_text(self._canvas, data.text(), at)
        else:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _drop_block(self, kind: str, at: QPointF) -> None:
        link = self._canvas.hit(at).link
        done = add_on_link(self._canvas, kind, link) if link else False
        if done or (not link and add_kind(self._canvas, kind, at)):
            self._canvas.studio.finder.note_use(kind)

    def _drop_files(self, files: list[Path], at: QPointF, *, placed: bool) -> None:
        if not placed:
            self._canvas.studio.open_files(files)
            return
        for number, file in enumerate(files):
            place_file(self._canvas, file, at + QPointF(0, 140 * number))

    def _at(self, event: QDropEvent) -> QPointF:
        return self._canvas.to_scene(event.position())

    def _show(self, link: End | None) -> None:
        if link != self._link:
            self._link = link
            if self._draw in self._canvas.overlay:
                self._canvas.overlay.remove(self._draw)
            if link:
                self._canvas.overlay.append(self._draw)
            self._canvas.redraw_overlay()

    def _draw(self, painter: QPainter) -> None:
        if self._link:
            colour = self._canvas.drawing.paints.tokens.accent
            draw_link(painter, self._canvas, self._link, colour)


def flow_files(data: QMimeData) -> list[Path]:
    """The flow files among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.name.endswith(FILE_SUFFIX)]
