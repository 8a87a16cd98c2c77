"""The inside of a dock that asks the runtime for what it shows."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.listing import Listing, Named
from app.living import is_there
from app.looking import Looking
from app.notices import Tone
from app.panes.bar import Bar, Standing, finder
from app.panes.empty import Empty
from app.panes.pair import Pair
from app.studio import Studio
from graph.errors import HeddleError

EVERY = 1000
"""Milliseconds between two looks, while somebody looks."""
MANY = 12
"""Rows that are seen at a glance; among more of them, one can be searched for."""

NONE_LIKE_IT = "Nothing listed is like that."

Row = TypeVar("Row", bound=Named)


class Pane(Looking):
    """A bar, and below it what there is to be seen, or why there is nothing.

    A kind of it says in `ask` what the runtime is asked while somebody looks, and in `take` what
    becomes of the answer.
    """

    name = ""
    """What notices of it are known by: the newer one takes the place of the older."""
    sign = ""
    """The icon of the dock."""
    not_ready = ""
    """What is said until there is a runtime."""

    def __init__(self, studio: Studio, every: int = EVERY) -> None:
        super().__init__(every)
        self._studio = studio
        self._asked = False
        self._turn = 0
        self.bar = Bar(self)
        self.bar.hide()
        self.empty = Empty(self, self.sign, self.not_ready)
        self._body: QWidget = self.empty
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self.bar)
        self._whole.addLayout(self._pages, 1)
        studio.bridge.state_changed.connect(self.news)
        studio.theme.changed.connect(self.restyle)

    def ask(self, agents: Any) -> Awaitable[Any]:
        """Ask the agents of the runtime."""
        raise NotImplementedError

    def take(self, told: Any) -> None:
        """Show what was told."""
        raise NotImplementedError

    def look(self) -> None:
        """See how things are."""
        if self._studio.bridge.state not in ("ready", "elsewhere"):
            self.bar.hide()
            self.show_nothing(self.not_ready)
        elif self.isVisible():
            self.read()

    def news(self, *_: object) -> None:
        """Something happened: look at once."""
        self.look()

    def read(self) -> None:
        """Ask the runtime, unless it is being asked already."""
        if not self._asked:
            self._asked = True
            hear, fail = partial(self._hear, self._turn), partial(self._fail, self._turn)
            self._studio.bridge.agents(self.ask, hear, fail)

    def read_anew(self) -> None:
        """Something else is meant: what was asked before is of interest no more."""
        self._turn += 1
        self._asked = False
        self.look()

    def show_body(self) -> None:
        """Show what there is to be seen."""
        self._pages.setCurrentWidget(self._body)

    def show_nothing(self, why: str, *, offer: bool = False) -> None:
        """Say why there is nothing, and offer what can be done first of all."""
        self.empty.say(why, offer=offer)
        self._pages.setCurrentWidget(self.empty)

    def tell(self, text: str, tone: Tone = "success") -> None:
        """Say something in the window."""
        self._studio.notices.tell(text, tone, key=self.name)

    def tell_trouble(self, error: HeddleError) -> None:
        """Say why something wasn't done."""
        if is_there(self):
            self.tell(str(error), "error")

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.empty.restyle()
        for standing in self.bar.findChildren(Standing):
            standing.restyle()

    def hold(self, body: QWidget) -> None:
        """Have this to be seen where there is something."""
        self._body = body
        self.bar.leads_to(body)
        self._pages.addWidget(body)

    def _hear(self, turn: int, told: Any) -> None:
        if turn == self._turn and is_there(self):
            self._asked = False
            self.take(told)

    def _fail(self, turn: int, error: HeddleError) -> None:
        if turn == self._turn and is_there(self):
            self._asked = False
            self.bar.hide()
            self.show_nothing(str(error))


class ListPane(Pane, Generic[Row]):
    """Shows a list and what there is to say of its row that is selected.

    Among many rows one can be searched for, by a field of the bar.
    """

    table: Listing[Row]
    shares = (6, 5)
    """How the room is divided between the list and the rest at first."""

    def __init__(self, studio: Studio, every: int = EVERY) -> None:
        super().__init__(studio, every)
        self._rows: Sequence[Row] = ()
        self.words = finder(self)
        self.words.hide()
        self.words.textChanged.connect(lambda _: self._list())

    def show_selected(self) -> None:
        """Show what there is to say of the row that is selected."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[Row], nothing: str, *, offer: bool = False) -> None:
        """List these; where there are none, say `nothing`, and `offer` what can be done."""
        self._rows = rows
        self.words.setVisible(len(rows) > MANY or bool(self.words.text()))
        self._list()
        if not rows:
            self.show_nothing(nothing, offer=offer)

    def hold_list(self, table: Listing[Row], details: QWidget) -> None:
        """Have these to be seen."""
        self.table = table
        self.words.setAccessibleName(f"Find in {table.accessibleName()}")
        self.hold(Pair(self, table, details, self.shares))
        self.bar.leads_to(table)
        table.chosen.connect(self.show_selected)

    def _list(self) -> None:
        wanted = self.words.text().casefold().split()
        found = [row for row in self._rows if all(word in self._said(row) for word in wanted)]
        self.table.show_rows(found)
        if found:
            self.show_body()
            self.show_selected()
        elif self._rows:
            self.show_nothing(NONE_LIKE_IT)

    def _said(self, row: Row) -> str:
        """What can be searched for: what the row says that is no figure."""
        figures = self.table.listed.numbers
        said = (text for column, text in enumerate(row.texts) if column not in figures)
        return " ".join(said).casefold()
