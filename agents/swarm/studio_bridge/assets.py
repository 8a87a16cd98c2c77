"""The assets that were uploaded: which file became which."""

from typing import Any

import msgspec
import sqlalchemy as sa

from agents.swarm.studio_bridge.shapes import Asset
from agents.swarm.studio_bridge.store import ASSETS, Store

MOST = 1_000


class Assets:
    """Calls block: make them in a thread. Methods raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def found(self, digest: str = "") -> list[Asset]:
        """The assets of a file by its digest, of all for "", the newest first."""
        wanted = sa.select(ASSETS).order_by(ASSETS.c.at.desc()).limit(MOST)
        if digest:
            wanted = wanted.where(ASSETS.c.digest == digest)
        rows = self._store.do(lambda c: c.execute(wanted).all())
        return [_asset(row) for row in rows]

    def keep(self, asset: Asset) -> None:
        """Note an asset."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(ASSETS).where(ASSETS.c.asset == asset.asset))
            connection.execute(sa.insert(ASSETS).values(msgspec.to_builtins(asset)))

        self._store.do(work, writes=True)


def _asset(row: sa.Row[Any]) -> Asset:
    return Asset(
        asset=row.asset,
        name=row.name,
        kind=row.kind,
        creator=row.creator,
        digest=row.digest,
        at=row.at,
    )
