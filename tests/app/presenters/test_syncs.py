"""How syncs are told of."""

import pytest

from agents.swarm.database_sync.shapes import Sync, SyncStats
from app.presenters.syncs import facts


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (False, "merged by the flow Merge"),
        (True, "merged by the flow Merge, which may touch no more than the flow that defined it"),
    ],
)
def test_of_what_a_flow_defined_it_is_told_what_its_merges_may_touch(
    bound: bool, said: str
) -> None:
    sync = Sync(name="users", table="users", key=("id",), on_conflict="merge", merge_flow="Merge")

    assert dict(facts(SyncStats(sync=sync, bound=bound)))["When changed"] == said
