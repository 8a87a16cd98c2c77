"""NodeGraphQt's view as the canvas builds on it, imported without what only its look needs.

NodeGraphQt 0.6.44 asks for `distutils`, which Python 3.12 has no more, and for `Qt`, a layer
over four bindings that looks for each of them: both are lent to it while it is imported. Its
package is entered without its own front door, which would import every widget it has.
"""

import sys
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore, QtGui, QtWidgets

MOVED = ("QAction", "QActionGroup", "QShortcut", "QUndoCommand", "QUndoStack", "QUndoGroup")
"""What Qt 6 has moved from its widgets to its graphics."""


class _LooseVersion:
    """As much of distutils as tells which Qt is the newer one."""

    def __init__(self, text: str) -> None:
        self.parts = [int(part) for part in text.split(".") if part.isdigit()]

    def __ge__(self, other: "_LooseVersion") -> bool:
        return self.parts >= other.parts


class _Lent(ModuleType):
    """A module that gives what another has, and some more."""

    def __init__(self, name: str, whole: ModuleType | None = None, **more: Any) -> None:
        super().__init__(name)
        self._whole = whole
        self.__dict__.update(more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def lent() -> dict[str, ModuleType]:
    """The modules that NodeGraphQt is to find."""
    widgets = _Lent("Qt.QtWidgets", QtWidgets, **{name: getattr(QtGui, name) for name in MOVED})
    core = _Lent("Qt.QtCore", QtCore, QRegExp=QtCore.QRegularExpression)
    gui = _Lent("Qt.QtGui", QtGui, QRegExpValidator=QtGui.QRegularExpressionValidator)
    binding = dict.fromkeys(("IsPySide2", "IsPyQt5", "IsPyQt6"), False)
    qt = _Lent(
        "Qt", None, QtCore=core, QtGui=gui, QtWidgets=widgets, QtCompat=None, QtSvg=None,
        IsPySide6=True, __binding__="PySide6", **binding,
    )  # fmt: skip
    version = _Lent("distutils.version", None, LooseVersion=_LooseVersion)
    distutils = _Lent("distutils", None, version=version)
    return {"Qt": qt, "distutils": distutils, "distutils.version": version}


def _enter_package() -> None:
    """Let modules of NodeGraphQt be found without running its `__init__`."""
    found = find_spec("NodeGraphQt")
    assert found
    assert found.submodule_search_locations
    package = ModuleType("NodeGraphQt")
    package.__path__ = list(found.submodule_search_locations)
    package.__spec__ = found
    sys.modules["NodeGraphQt"] = package


def _view() -> Any:
    if "NodeGraphQt" not in sys.modules:
        _enter_package()
    modules = lent()
    kept = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        from NodeGraphQt.qgraphics.node_backdrop import (  # noqa: PLC0415 - while modules are lent
            BackdropNodeItem,
        )
        from NodeGraphQt.widgets.tab_search import (  # noqa: PLC0415 - while modules are lent
            TabSearchCompleter,
        )
        from NodeGraphQt.widgets.viewer import NodeViewer  # noqa: PLC0415 - while modules are lent
    finally:
        for name, module in kept.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    # It reads these enums through its own objects, which PySide6 no longer forgives.
    BackdropNodeItem.ItemIsMovable = QtWidgets.QGraphicsItem.GraphicsItemFlag.ItemIsMovable
    TabSearchCompleter.PopupCompletion = QtWidgets.QCompleter.CompletionMode.PopupCompletion
    return NodeViewer


if TYPE_CHECKING:

    class NodeViewer(QtWidgets.QGraphicsView):
        """As much of NodeGraphQt's view as the canvas uses."""

        _scene_range: QtCore.QRectF
        _search_widget: QtWidgets.QWidget
        _ctx_menu_bar: QtWidgets.QMenuBar
        _ctx_graph_menu: QtWidgets.QMenu
        _ctx_node_menu: QtWidgets.QMenu
        _rubber_band: QtWidgets.QRubberBand

else:
    NodeViewer = _view()
