"""The tests of every open flow, and who looks after them."""

from PySide6.QtCore import QObject

from app.bridge.bridge import Bridge
from app.flow_tests.of_one_flow import FlowTests
from app.workbench import Workbench
from runtime.settings import Settings


class Testing(QObject):
    """Has the tests of a flow at hand from the first time somebody asks for them."""

    def __init__(self, bridge: Bridge, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings = settings
        self._of: dict[Workbench, FlowTests] = {}

    def of(self, workbench: Workbench) -> FlowTests:
        """The tests of a flow."""
        if workbench not in self._of:
            self._of[workbench] = FlowTests(workbench, self._bridge, self._settings)
        return self._of[workbench]

    def forget(self, workbench: Workbench) -> None:
        """A flow was closed."""
        if (tests := self._of.pop(workbench, None)) is not None:
            tests.close()

    def close(self) -> None:
        """End everything that runs."""
        for workbench in [*self._of]:
            self.forget(workbench)
