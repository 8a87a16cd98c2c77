"""Charts as files: what is seen of them as a table of values, or as a picture."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from app.plots.card import PlotCard

HEAD = ("chart", "of", "line", "unit", "time", "value")


def as_csv(cards: Sequence[PlotCard]) -> str:
    """Every value between the edges of each chart, a row each; times in ISO 8601 or seconds."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEAD)
    for card in cards:
        plot = card.plot
        span = plot.span
        for drawn in plot.drawn:
            times, values = drawn.ring.times, drawn.ring.values
            seen = (times >= span.start) & (times <= span.end) & np.isfinite(values)
            for at, value in zip(times[seen].tolist(), values[seen].tolist(), strict=True):
                when = f"{at:.6g}" if plot.is_elapsed else _moment(at)
                row = (card.title.text(), card.of.text(), drawn.name, plot.unit, when, repr(value))
                table.writerow(row)
    return text.getvalue()


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
