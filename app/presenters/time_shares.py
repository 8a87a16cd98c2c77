"""Where the time of a run went, as a table shows it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.presenters.run_words import duration
from runtime.projections.critical_path import Share, Went

COLUMNS = ("Block", "Run waited", "In all", "Tasks", "Lost", "Held")
ABOUT = (
    "",
    "How long the run waited for this block and nothing else: the critical path",
    "The time of all its tasks in sum",
    "How many tasks it had",
    "Spent on attempts that failed, on waiting between them, or for somebody's word",
    "Spent standing while somebody debugged it",
)
HELD = COLUMNS.index("Held")
"""The column that is shown only of a run that was held somewhere."""
MOST = 300
"""Blocks that are listed."""


class ShareRow(NamedTuple):
    """One row: the block, what stands in the columns, and the part of the run it took (0 to 1)."""

    block: str
    texts: tuple[str, ...]
    part: float


def share_rows(went: Went, title: Callable[[str], str]) -> list[ShareRow]:
    """The blocks that the run waited for longest first."""
    return [_row(share, went.whole, title) for share in went.shares[:MOST]]


def in_a_line(went: Went) -> str:
    """The whole at a glance: `3.6 s in all · 0.7 s between blocks · 2.1 s held`."""
    lost = sum(share.lost for share in went.shares)
    held = sum(share.held for share in went.shares)
    said = [f"{duration(went.whole)} in all"]
    if went.idle >= 0.001:
        said.append(f"{duration(went.idle)} between blocks")
    if lost >= 0.001:
        said.append(f"{duration(lost)} lost to retries and waits")
    if held >= 0.001:
        said.append(f"{duration(held)} held")
    return " · ".join(said)


def _row(share: Share, whole: float, title: Callable[[str], str]) -> ShareRow:
    part = share.critical / whole if whole > 0 else 0.0
    waited = duration(share.critical) if share.critical > 0 else ""
    waited += f" · {part:.0%}" if part >= 0.005 else ""
    lost = duration(share.lost) if share.lost > 0 else ""
    held = duration(share.held) if share.held > 0 else ""
    texts = (title(share.block), waited, duration(share.took), f"{share.tasks:,}", lost, held)
    return ShareRow(share.block, texts, min(1.0, part))


def agents_of(went: Went, agent: Callable[[str], str]) -> Went:
    """The same by the agents that performed the blocks."""
    found = dict[str, Share]()
    for share in went.shares:
        name = agent(share.block)
        so_far = found.get(name, Share(name, 0, 0.0, 0.0, 0.0))
        found[name] = _both(so_far, share)
    ordered: Sequence[Share] = sorted(found.values(), key=lambda s: (-s.critical, -s.took))
    return went._replace(shares=ordered)


def _both(one: Share, other: Share) -> Share:
    return Share(
        one.block, one.tasks + other.tasks, one.took + other.took,
        one.critical + other.critical, one.lost + other.lost,
        one.held + other.held,
    )  # fmt: skip
