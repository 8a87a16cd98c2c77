"""The page of one open flow: the canvas, and the way to what is shown above it."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.editor.breadcrumbs import Breadcrumbs
from app.editor.canvas.canvas import Canvas
from app.editor.canvas.minimap import Minimap
from app.editor.debug_bar import DebugBar
from app.editor.empty_hint import EmptyHint
from app.editor.gestures.dispatcher import Acting
from app.editor.looking import VALUES
from app.editor.past_banner import PastBanner
from app.editor.quarantine import OnlyLooking, Quarantine
from app.editor.speech import Speech
from app.studio import Studio
from app.workbench import Workbench


class EditorPage(QWidget):
    """Holds the canvas of a workbench."""

    def __init__(self, workbench: Workbench, studio: Studio) -> None:
        super().__init__()
        self.workbench = workbench
        self._studio = studio
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        quarantine = Quarantine(workbench, studio, self)
        layout.addWidget(OnlyLooking(workbench, quarantine, self))
        layout.addWidget(Breadcrumbs(workbench, self))
        self.canvas = Canvas(workbench, studio)
        self.canvas.values = studio.preferences.flag(VALUES)
        studio.actions.listen_on(self.canvas)
        Minimap(self.canvas, studio)
        EmptyHint(workbench, self.canvas)
        PastBanner(workbench, self.canvas)
        Speech(workbench, self.canvas, studio.runs)
        layout.addWidget(self.canvas, 1)
        self.canvas.gestures = Acting(self.canvas)
        self.setFocusProxy(self.canvas)
        DebugBar(workbench, studio, self.canvas, self)
        quarantine.raise_()
