"""What every part of the studio may ask for."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.actions import ActionSet
from app.bridge.bridge import Bridge
from app.flow_tests.control import Testing
from app.known_connections import KnownConnections
from app.known_endpoints import KnownEndpoints
from app.notices import Notices
from app.preferences import Preferences
from app.presenters.block_finder import BlockFinder
from app.runs.control import RunControl
from app.runs.inbox import Inbox
from app.theme import RESOURCES, Theme
from app.watches.watches import Watches
from app.workbench import Workbench
from app.workspace import Workspace
from graph.catalog import Catalog
from graph.flow import Flow
from runtime.library.shelf import Shelf
from runtime.plugins import Installed, Offered, installed
from runtime.settings import Settings

USED = "blocks/used"


class Studio(QObject):
    """Handed to each part when the window is put together; parts find each other through it."""

    begun = Signal()
    """The window is there: what was open last time is to be opened again."""
    closing = Signal()
    """The window closes: what must be kept is to be kept now."""
    open_wanted = Signal(Path)
    """A flow file is to be opened; whoever looks after files does it."""
    close_wanted = Signal(Workbench)
    """An open flow is to be closed, after asking what becomes of unsaved changes."""
    flow_wanted = Signal(Flow)
    """A flow that no file holds is to be shown in front."""
    stranger_wanted = Signal(Flow)
    """The same for one from elsewhere, which may do nothing before a person has agreed."""
    planned_wanted = Signal(Flow)
    """The same for one that a model has drawn here."""
    bundle_wanted = Signal(Path)
    """The run in a bundle is to be kept and shown."""
    template_wanted = Signal(Path)
    """A new flow is to be made of a flow file, which stays as it is."""
    insert_wanted = Signal(Path, object)
    """The blocks of a flow file are to be put into the flow in front, at a place; None: any."""
    dock_speaks = Signal(str)
    """The dock of that id has something to say: it is to be there, behind the one in front."""
    catalog_changed = Signal()
    """There are other kinds of blocks than before."""
    put_in = Signal(Workbench, Flow)
    """What a flow from elsewhere says has been put into an open one."""

    def __init__(
        self, window: QWidget, settings: Settings, preferences: Preferences, theme: Theme
    ) -> None:
        super().__init__(window)
        self.window = window
        self.settings = settings
        self.preferences = preferences
        self.theme = theme
        self.actions = ActionSet(window)
        self.workspace = Workspace(self)
        self.notices = Notices(self)
        self._offered: Offered | None = None
        self.canvases: dict[Workbench, QWidget] = {}
        """The canvas of each open flow that has been seen; canvases keep it themselves."""
        self.bridge = Bridge(settings, self)
        self.connections = KnownConnections(self.bridge, self)
        self.endpoints = KnownEndpoints(self.bridge, settings, self)
        self.workspace.added.connect(lambda bench: bench.know(self.connections, self.endpoints))
        self.inbox = Inbox(self.bridge, self)
        self.runs = RunControl(self.bridge, settings, self)
        self.tests = Testing(self.bridge, settings, self)
        self.watches = Watches(self.workspace, self.bridge, settings.folder / "watches", self)

    @cached_property
    def installed(self) -> Installed:
        """Every kind of block and the packs that were found broken."""
        found = installed(self.settings.packs_folder, self.settings.agents_folder)
        self._offered = Offered(found.catalog, self.settings.agents_folder)
        return found

    def renew_catalog(self) -> None:
        """Learn which kinds of blocks there are by now."""
        if self._offered is None:
            return  # nobody has asked so far
        catalog = self._offered.catalog()
        if catalog is self.installed.catalog:
            return
        self.installed = self.installed._replace(catalog=catalog)
        self.__dict__.pop("finder", None)  # it is made again, of these
        for bench in self.workspace:
            bench.renew(catalog)
        self.catalog_changed.emit()

    @property
    def catalog(self) -> Catalog:
        return self.installed.catalog

    @cached_property
    def shelf(self) -> Shelf:
        """The person's own templates, and those that come with Heddle."""
        return Shelf(self.settings.folder / "templates", RESOURCES / "templates")

    @cached_property
    def finder(self) -> BlockFinder:
        """Finds kinds of blocks, those used most first."""
        used = self.preferences.text(USED).split()
        return BlockFinder(self.catalog, used, lambda kinds: self.preferences.remember(USED, kinds))

    def open_files(self, paths: Iterable[Path]) -> None:
        """Open flow files, the last one in front."""
        for path in paths:
            self.open_wanted.emit(path)
