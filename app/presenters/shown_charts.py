"""Which charts somebody has picked and pinned, in their order, and how that is remembered."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.presenters.charts import PICKED, Chart, Scope, scope_for


class Kept(msgspec.Struct):
    """What is remembered: picked charts by id, pinned ones with what they are of."""

    picked: list[str]
    pinned: list[tuple[str, Scope]] = []


class Shown(NamedTuple):
    """A chart to be shown."""

    chart: Chart
    scope: Scope
    is_pinned: bool


class ShownCharts:
    """A pinned chart stays what it is; the others are of whatever is chosen for all."""

    def __init__(self, remembered: str = "") -> None:
        try:
            self._kept = msgspec.json.decode(remembered, type=Kept)
        except msgspec.DecodeError:
            self._kept = Kept(list(PICKED))

    def remembered(self) -> str:
        """As text, for the next start."""
        return msgspec.json.encode(self._kept).decode()

    def is_picked(self, id: str) -> bool:
        return id in self._kept.picked

    def pick(self, id: str, wanted: bool) -> None:
        """Show a chart or no longer; pinned ones stay."""
        if wanted and id not in self._kept.picked:
            self._kept.picked.append(id)
        elif not wanted and id in self._kept.picked:
            self._kept.picked.remove(id)

    def pin(self, id: str, scope: Scope) -> None:
        """Keep a chart as it is, in place of the picked one."""
        self.pick(id, False)
        if (id, scope) not in self._kept.pinned:
            self._kept.pinned.append((id, scope))

    def unpin(self, id: str, scope: Scope) -> None:
        """Let a pinned chart go on as a picked one."""
        self.drop(Shown(_named(id), scope, True))
        self.pick(id, True)

    def drop(self, shown: Shown) -> None:
        """Show that one no longer."""
        if not shown.is_pinned:
            self.pick(shown.chart.id, False)
        elif (kept := (shown.chart.id, shown.scope)) in self._kept.pinned:
            self._kept.pinned.remove(kept)

    def shown(self, charts: Iterable[Chart], scope: Scope) -> list[Shown]:
        """What to show of the charts there are: the pinned first, then the picked as listed."""
        known = {chart.id: chart for chart in charts}
        pinned = [Shown(known[id], of, True) for id, of in self._kept.pinned if id in known]
        picked = [
            Shown(chart, scope_for(chart, scope), False)
            for id, chart in known.items()
            if id in self._kept.picked
        ]
        return pinned + picked


def _named(id: str) -> Chart:
    return Chart(id, "", "", "", "", "", ())
