"""What there is to know of one kind of block: its fields, what it gives, examples."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextBrowser, QWidget

from app.dialogs.sheet import Sheet
from app.icons import icon
from app.studio import Studio
from app.text_tables import rule_tables
from app.theme import current
from app.workbench import Workbench
from graph.reference import section
from graph.spec import BlockSpec

SIZE = QSize(640, 620)


def install(studio: Studio) -> None:
    """Bind the action that shows the help of the selected block."""
    studio.actions.bind(
        "help.block", lambda: show_help(studio), enabled=lambda: _selected(studio) is not None
    )


def show_help(studio: Studio) -> None:
    """Show the help of the selected block."""
    spec = _selected(studio)
    if spec is not None:
        BlockHelp(spec, studio.window).open()


def _selected(studio: Studio) -> BlockSpec | None:
    bench = studio.workspace.current
    return _only(bench) if bench is not None else None


def _only(bench: Workbench) -> BlockSpec | None:
    kinds = {bench.flow.blocks[id].kind for id in bench.selected if id in bench.flow.blocks}
    return bench.catalog.get(kinds.pop()) if len(kinds) == 1 else None


class BlockHelp(Sheet):
    """The page of one kind, as the reference has it."""

    def __init__(self, spec: BlockSpec, parent: QWidget) -> None:
        super().__init__(parent, spec.title, width=SIZE.width())
        self.resize(SIZE)
        self.page = QTextBrowser(self)
        self.page.setAccessibleName(f"About {spec.title}")
        self.page.setOpenExternalLinks(True)
        self.page.document().setDefaultStyleSheet(_style())
        self.page.setMarkdown(_without_kind(section(spec), spec))
        rule_tables(self.page.document())
        head = QHBoxLayout()
        sign = QLabel(self)
        sign.setPixmap(icon(spec.icon, current().accent).pixmap(28, 28))
        kind = QLabel(spec.kind, self)
        kind.setProperty("role", "tag")
        kind.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head.addWidget(sign)
        head.addWidget(kind)
        head.addStretch(1)
        self.body.addLayout(head)
        self.body.addWidget(self.page, 1)
        self.button("Close", main=True)


def _without_kind(text: str, spec: BlockSpec) -> str:
    """The page without the heading and the name that stand above it already."""
    return text.partition("\n\n")[2].removeprefix(f"`{spec.kind}`: ")


def _style() -> str:
    return f"code, pre {{ color: {current().accent}; }} th {{ color: {current().muted}; }}"
