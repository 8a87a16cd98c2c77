"""How near vectors are to another: the cosine of the angle between them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.errors import BadInput


def scores(vectors: Sequence[Sequence[float]], to: Sequence[Any]) -> list[float]:
    """From -1 (the other way) to 1 (the same way), for each vector. Raises BadInput."""
    if not vectors:
        return []
    try:
        table = np.array(vectors, np.float64)
        aim = np.array(to, np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise BadInput("The vectors are no lists of numbers of one length.") from None
    if table.ndim != 2 or table.shape[1] != aim.shape[0]:
        length = table.shape[1] if table.ndim == 2 else 0
        raise BadInput(
            f"The vectors have {length} numbers, and the one they are to be near {len(aim)}.",
            cure="Have one model place all of them.",
        )
    lengths = np.linalg.norm(table, axis=1) * np.linalg.norm(aim)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(lengths > 0, table @ aim / lengths, 0.0)
    return [round(float(one), 6) for one in found]
