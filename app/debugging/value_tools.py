"""What can be done with a value of a task: watched, changed, named, followed to its source."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint

from app.debugging.changing import Changing
from app.presenters.data_items import Item, expression_of, path_of
from app.presenters.tables import whole
from app.results.data_menu import Deed, copy_text, menu_of
from app.results.data_pane import DataPane
from app.results.item_list import ItemList
from app.runs.looking import Looking
from app.studio import Studio
from app.workbench import Workbench
from graph.paths import Path, find
from runtime.events import block_of
from runtime.projections.task_data import TaskData
from runtime.recorded import scope_of

WATCHED = ("inputs", "outputs")


class ValueTools(QObject):
    """Buttons in the line above a value, and the menus of the list and of the tree."""

    def __init__(self, studio: Studio, looking: Looking, items: ItemList, pane: DataPane) -> None:
        super().__init__(pane)
        self._studio = studio
        self._looking = looking
        self._list = items
        self._pane = pane
        self._front: Workbench | None = None
        self._task = ""
        self.changing = Changing(studio, looking)
        self.watch = pane.add_tool("mdi6.eye-plus-outline", "Watch this value", self.watch_it)
        self.change = pane.add_tool("mdi6.pencil-outline", "Change the value…", self.change_it)
        self.drop = pane.add_tool("mdi6.undo", "Drop the change", self.drop_it)
        items.customContextMenuRequested.connect(self._list_menu)
        pane.values.tree.customContextMenuRequested.connect(self._tree_menu)

    def follow(self, workbench: Workbench, task: str) -> None:
        """Offer what can be done with the item that is chosen of a task, "" for the run."""
        self._front, self._task = workbench, task
        item = self._list.item()
        can_change = self.changing.can_change(workbench, task, item)
        self.watch.setVisible(bool(task) and item is not None and item.side in WATCHED)
        self.change.setVisible(can_change)
        self.drop.setVisible(can_change and item is not None and item.mark == "changed")

    def watch_it(self, path: Path = ()) -> None:
        """Watch the value that is shown, or what is at a place in it."""
        item = self._list.item()
        if item is None or not self._task:
            return
        *into, block = block_of(self._task).split("/")
        self._studio.watches.add(expression_of(block, item.name, path), "/".join(into))
        self._studio.notices.tell("It is among the watches now.", key="watch")

    def change_it(self) -> None:
        """Ask for another value for a task that stands still."""
        self._with_data(self.changing.ask)

    def drop_it(self) -> None:
        """Take a change back."""
        self._with_data(self.changing.drop)

    def _data(self) -> TaskData | None:
        run = self._front.run if self._front else None
        return self._looking.data(run.run, self._task) if run else None

    def _with_data(self, do: Callable[[Workbench, str, TaskData, Item], object]) -> None:
        item, found = self._list.item(), self._data()
        if self._front is not None and item is not None and found is not None:
            do(self._front, self._task, found, item)

    # Menus.

    def _list_menu(self, place: QPoint) -> None:
        item = self._list.item_at(self._list.indexAt(place))
        if item is not None:
            self._list.choose(item.key)
            menu = menu_of(self.deeds(item, ()), self._list)
            menu.popup(self._list.viewport().mapToGlobal(place))

    def _tree_menu(self, place: QPoint) -> None:
        item, tree = self._list.item(), self._pane.values.tree
        if item is not None and tree.currentIndex().isValid():
            menu = menu_of(self.deeds(item, tree.selected()[0]), tree)
            menu.popup(tree.viewport().mapToGlobal(place))

    def deeds(self, item: Item, path: Path) -> list[Deed]:
        """What can be done with an item, or with what is at a place in its value."""
        copy = partial(copy_text, whole(find(item.value, path))) if path else self._pane.copy_it
        deeds = [Deed("Copy the value", copy)]
        if item.name:
            deeds.append(Deed("Copy its path", partial(copy_text, path_of(item.name, path))))
        if not self.watch.isHidden():
            deeds.append(Deed("Watch this", partial(self.watch_it, path)))
        if source := self._source(item):
            deeds.append(Deed("Go to where it comes from", partial(self._go, source)))
        if not self.change.isHidden():
            deeds += [Deed(""), Deed("Change the value…", self.change_it)]
        if not self.drop.isHidden():
            deeds.append(Deed("Drop the change", self.drop_it))
        return deeds

    def _source(self, item: Item) -> str:
        """The block that an input comes from."""
        found = self._data()
        end = found.sources.get(item.name, "") if found and item.side == "inputs" else ""
        level = block_of(scope_of(self._task))
        return "/".join(filter(None, (level, end.rpartition(".")[0]))) if end else ""

    def _go(self, address: str) -> None:
        if self._front is not None:
            self._front.go_to_address(address)
