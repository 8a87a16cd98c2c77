"""The blocks of a flow and of the flows inside it as a tree, kept up to date change by change."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor

from app.document import Level
from app.icons import icon
from app.presenters.outline import (
    Branch,
    Key,
    Place,
    changed_keys,
    keys_of,
    levels_below,
    runs,
    same_order,
)
from app.presenters.reading import spoken, state_words, title_of
from app.theme import current
from app.workbench import Workbench
from graph.errors import Problem
from graph.flow import Block, Flow
from runtime.projections.block_view import BlockView

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()

TITLE, STATE = 0, 1
STALE = "out of date"
COLOURED = re.compile(r"^(done|running),? (?=[\d<])")
DELAY = 60
"""Milliseconds after a change in which further ones join it."""
MOST_MOVES = 100
"""Beyond so many separate insertions and removals the tree is built anew."""

_COLOURS = {
    "running": "running", "retrying": "running", "doubted": "warning", "asking": "warning",
    "finished": "done",
    "reused": "reused", "failed": "failed", "caught": "warning", "skipped": "skipped",
}  # fmt: skip


class OutlineModel(QAbstractItemModel):
    """Rows are blocks in reading order; those of embedded flows are fetched when opened."""

    def __init__(self, workbench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = workbench
        self._branches: dict[int, Branch] = {}
        self._count = 0
        self._problems: Mapping[tuple[str, str], list[Problem]] = {}
        self._root = self._fill(self._branch((), None), [()])
        self._sort_problems()
        self._soon = QTimer(self, singleShot=True, interval=DELAY)
        self._soon.timeout.connect(self.catch_up)
        workbench.changed.connect(self._catch_up_soon)
        workbench.problems_changed.connect(self._on_problems)

    # Where things are.

    def place(self, index: Index) -> Place | None:
        """The block of a row."""
        if not index.isValid():
            return None
        branch = self._branches[index.internalId()]
        level, id = branch.keys[index.row()]
        return Place(branch.into, level, id)

    def index_of(self, place: Place) -> QModelIndex:
        """The row of a block, fetching what it is inside of; an invalid index when it is gone."""
        branch = self._root
        for id in place.into:
            key = next((key for key in branch.keys if key[1] == id), None)
            if key is None or (inner := self._fetched(branch, key)) is None:
                return NOTHING
            branch = inner
        row = branch.rows.get((place.level, place.id))
        return NOTHING if row is None else self.createIndex(row, TITLE, branch.number)

    def into(self, level: Level) -> tuple[str, ...] | None:
        """The blocks through which one comes to a level, None when none leads there."""
        branches, seen = [self._root], set[Level]()
        for branch in branches:
            if level in branch.flows:
                return branch.into
            if not seen.issuperset(branch.flows):
                seen.update(branch.flows)
                below = (self._fetched(branch, key) for key in branch.keys)
                branches.extend(inner for inner in below if inner)
        return None

    def fetch_levels(self) -> None:
        """Fetch the blocks of every flow that can be reached, each once."""
        self.into(("", "no level is called so"))

    # What Qt asks.

    def index(self, row: int, column: int, parent: Index = NOTHING) -> QModelIndex:
        branch = self._below(parent)
        if branch is None or not (0 <= row < len(branch.keys) and column in (TITLE, STATE)):
            return NOTHING
        return self.createIndex(row, column, branch.number)

    def parent(self, index: Index = NOTHING) -> Any:  # Qt has two of this name
        branch = self._branches.get(index.internalId()) if index.isValid() else None
        return self._index(branch) if branch else NOTHING

    def rowCount(self, parent: Index = NOTHING) -> int:
        branch = self._below(parent)
        return len(branch.keys) if branch else 0

    def columnCount(self, parent: Index = NOTHING) -> int:  # noqa: ARG002 - all alike
        return 2

    def hasChildren(self, parent: Index = NOTHING) -> bool:
        if not parent.isValid():
            return bool(self._root.keys)
        branch = self._branches[parent.internalId()]
        return parent.column() == TITLE and bool(self._levels(branch, branch.keys[parent.row()]))

    def canFetchMore(self, parent: Index) -> bool:
        return parent.isValid() and self._below(parent) is None and self.hasChildren(parent)

    def fetchMore(self, parent: Index) -> None:
        if not self.canFetchMore(parent):
            return
        branch = self._branches[parent.internalId()]
        self._fetched(branch, branch.keys[parent.row()])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        branch = self._branches.get(index.internalId()) if index.isValid() else None
        if branch is None:
            return None
        key = branch.keys[index.row()]
        block = branch.block(key)
        if block is None:
            return None
        if index.column() == STATE:
            return self._state(branch, key, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title_of(block, self._bench.catalog)
            case Qt.ItemDataRole.DecorationRole:
                spec = self._bench.catalog.get(block.kind)
                return icon(spec.icon if spec else "mdi6.help-rhombus-outline")
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self._spoken(branch, key, block)
            case _:
                return None

    def _state(self, branch: Branch, key: Key, role: int) -> Any:
        problems = self._problems_of(key)
        view = self._bench.run.block(branch.address(key)) if self._bench.run else None
        is_stale = self._is_stale(branch, key, view)
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                count = len(problems)
                faults = f"{count} problem{'s' * (count > 1)}" if count else ""
                words = faults or (STALE if is_stale else state_words(view))
                # A sighted person reads these off the colour, and the column is narrow.
                return COLOURED.sub("", words) if role == Qt.ItemDataRole.DisplayRole else words
            case Qt.ItemDataRole.ForegroundRole:
                token = _COLOURS.get(view.state if view else "", "muted")
                token = "failed" if problems else "warning" if is_stale else token
                return QColor(getattr(current(), token))
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def _spoken(self, branch: Branch, key: Key, block: Block) -> str:
        blocks = branch.flows[key[0]].blocks
        sources = [title_of(blocks[id], self._bench.catalog)
                   for id in branch.sources(key) if id in blocks]  # fmt: skip
        view = self._bench.run.block(branch.address(key)) if self._bench.run else None
        title = title_of(block, self._bench.catalog)
        states = (state_words(view), STALE if self._is_stale(branch, key, view) else "")
        state = ", ".join(filter(None, states))
        return spoken(title, block.kind, sources, state, self._problems_of(key))

    def _is_stale(self, branch: Branch, key: Key, view: BlockView | None) -> bool:
        """Whether it would be done again, as the canvas says on the block."""
        return bool(view and view.settled) and self._bench.is_stale(branch.address(key))

    # Keeping up.

    def _catch_up_soon(self, _: object = None) -> None:
        self._soon.start()

    def catch_up(self) -> None:
        """Show the flow as it is now."""
        self._soon.stop()
        waiting: list[tuple[Branch, Sequence[Level]]] = [(self._root, [()])]
        for branch, levels in waiting:
            self._renew(branch, levels)
            for key, inner in tuple(branch.below.items()):
                waiting.append((inner, self._levels(branch, key)))

    def _renew(self, branch: Branch, levels: Sequence[Level]) -> None:
        before = branch.flows
        flows = {level: self._bench.document.at(level) for level in levels}
        if before.keys() == flows.keys() and all(flows[at] is before[at] for at in flows):
            return
        same = before.keys() == flows.keys() and all(
            same_order(before[at], flows[at]) for at in flows
        )
        changed = changed_keys(before, flows, branch.rows)
        if same:
            branch.become(flows)
        else:
            self._arrange(branch, flows)
        self._tell(branch, changed)

    def _arrange(self, branch: Branch, flows: dict[Level, Flow]) -> None:
        wanted = keys_of(flows)
        parent, there = self._index(branch), set(wanted)
        gone = list(runs(row for row, key in enumerate(branch.keys) if key not in there))
        new = list(runs(row for row, key in enumerate(wanted) if key not in branch.rows))
        if len(gone) + len(new) > MOST_MOVES:
            self._rebuild(branch, wanted, flows)
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(parent, first, last)
            self._forget(branch, branch.keys[first : last + 1])
            branch.show(branch.keys[:first] + branch.keys[last + 1 :])
            self.endRemoveRows()
        branch.become(flows)
        kept = [key for key in wanted if key in branch.rows]
        if kept != branch.keys:
            self._sort(branch, kept)
        for first, last in new:
            self.beginInsertRows(parent, first, last)
            branch.show(branch.keys[:first] + wanted[first : last + 1] + branch.keys[first:])
            self.endInsertRows()

    def _rebuild(self, branch: Branch, wanted: list[Key], flows: dict[Level, Flow]) -> None:
        self.beginResetModel()
        there = set(wanted)
        self._forget(branch, [key for key in branch.below if key not in there])
        branch.become(flows)
        branch.show(wanted)
        self.endResetModel()

    def _sort(self, branch: Branch, keys: list[Key]) -> None:
        self.layoutAboutToBeChanged.emit()
        old = [one for one in self.persistentIndexList() if one.internalId() == branch.number]
        moved = [branch.keys[one.row()] for one in old]
        branch.show(keys)
        new = [self.createIndex(branch.rows[key], one.column(), branch.number)
               for one, key in zip(old, moved, strict=True)]  # fmt: skip
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _tell(self, branch: Branch, changed: Iterable[Key]) -> None:
        """These rows look otherwise; whether they have rows below them may be otherwise too."""
        rows = sorted(branch.rows[key] for key in changed if key in branch.rows)
        for first, last in runs(rows) if len(rows) < MOST_MOVES else ((rows[0], rows[-1]),):
            self.dataChanged.emit(
                self.createIndex(first, TITLE, branch.number),
                self.createIndex(last, STATE, branch.number),
                [],
            )
        if any(self._levels(branch, branch.keys[row]) for row in rows[:MOST_MOVES]):
            self.layoutAboutToBeChanged.emit()  # or what was selected is left pointing nowhere
            self.layoutChanged.emit()

    def _on_problems(self) -> None:
        before = self._problems
        self._sort_problems()
        places = {place for place in before.keys() | self._problems.keys()
                  if before.get(place) != self._problems.get(place)}  # fmt: skip
        for branch in tuple(self._branches.values()):
            keys = [key for key in branch.rows if ("/".join(key[0]), key[1]) in places]
            self._tell_states(branch, keys)

    def _tell_states(self, branch: Branch, keys: Sequence[Key]) -> None:
        rows = sorted(branch.rows[key] for key in keys)
        if rows:
            first = self.createIndex(rows[0], TITLE, branch.number)
            self.dataChanged.emit(first, self.createIndex(rows[-1], STATE, branch.number), [])

    def _sort_problems(self) -> None:
        found = dict[tuple[str, str], list[Problem]]()
        for problem in self._bench.problems:
            found.setdefault((problem.flow, problem.block), []).append(problem)
        self._problems = found

    # The tree itself.

    def _problems_of(self, key: Key) -> Sequence[Problem]:
        return self._problems.get(("/".join(key[0]), key[1]), ())

    def _branch(self, into: tuple[str, ...], owner: Branch | None) -> Branch:
        self._count += 1
        made = self._branches[self._count] = Branch(self._count, into, owner)
        return made

    def _fill(self, branch: Branch, levels: Iterable[Level]) -> Branch:
        branch.become({level: self._bench.document.at(level) for level in levels})
        branch.show(keys_of(branch.flows))
        return branch

    def _below(self, index: Index) -> Branch | None:
        if not index.isValid():
            return self._root
        branch = self._branches.get(index.internalId())
        if branch is None or index.column() != TITLE:
            return None
        return branch.below.get(branch.keys[index.row()])

    def _index(self, branch: Branch) -> QModelIndex:
        """The row that a branch hangs on."""
        owner = branch.owner
        if owner is None:
            return NOTHING
        return self.createIndex(owner.rows[branch.owner_key], TITLE, owner.number)

    def _fetched(self, branch: Branch, key: Key) -> Branch | None:
        """The branch below a row, fetched when it isn't there yet; None when there is none."""
        if key not in branch.below and (levels := self._levels(branch, key)):
            inner = self._branch((*branch.into, key[1]), branch)
            inner.owner_key = key
            flows = {level: self._bench.document.at(level) for level in levels}
            count = sum(len(flow.blocks) for flow in flows.values())
            if count:
                at = self.createIndex(branch.rows[key], TITLE, branch.number)
                self.beginInsertRows(at, 0, count - 1)
            branch.below[key] = self._fill(inner, levels)
            if count:
                self.endInsertRows()
        return branch.below.get(key)

    def _forget(self, branch: Branch, keys: Iterable[Key]) -> None:
        for key in keys:
            inner = branch.below.pop(key, None)
            if inner:
                self._forget(inner, tuple(inner.below))
                del self._branches[inner.number]

    def _levels(self, branch: Branch, key: Key) -> list[Level]:
        return levels_below(branch, key, self._bench.document, self._bench.catalog)
