"""The scripts of one project within one transaction: looked up, recorded, brought up to date."""

import time
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.swarm.studio_bridge.shapes import Draft, ScriptInfo, Standing, Version
from agents.swarm.studio_bridge.store import SCRIPTS, VERSIONS

_COLUMNS = (
    VERSIONS, SCRIPTS.c.head, SCRIPTS.c.studio,
    SCRIPTS.c.base.label("conflict_base"), SCRIPTS.c.theirs,
)  # fmt: skip


class Book:
    """What is kept of a project. Nothing that was recorded is ever changed or taken out."""

    def __init__(self, connection: Connection, project: str) -> None:
        self._connection = connection
        self._project = project

    def infos(self) -> list[ScriptInfo]:
        """All scripts there are, by path, without their texts."""
        size = sa.func.length(VERSIONS.c.source).label("size")
        lean = [one for one in VERSIONS.c if one.name not in ("source", "base")]
        wanted = self._joined().with_only_columns(*lean, size, SCRIPTS.c.studio, SCRIPTS.c.theirs)
        there = wanted.where(~VERSIONS.c.gone).order_by(VERSIONS.c.path)
        return [_info(row) for row in self._connection.execute(there)]

    def recorded(self) -> int:
        """How many versions there are of all scripts: more whenever one was recorded."""
        mine = VERSIONS.c.project == self._project
        counted = sa.select(sa.func.count()).select_from(VERSIONS).where(mine)
        return self._connection.scalar(counted) or 0

    def pending(self, leave: Collection[tuple[str, int]], most: int) -> list[Standing]:
        """Scripts whose newest version Studio doesn't have, but for versions to `leave`."""
        wanted = self._joined().where(SCRIPTS.c.head != SCRIPTS.c.studio, SCRIPTS.c.theirs == 0)
        known = wanted.where(~(VERSIONS.c.gone & (SCRIPTS.c.studio == 0)))
        found = map(_standing, self._connection.execute(known.order_by(VERSIONS.c.path)))
        kept = (one for one in found if (one.script, one.head.version) not in leave)
        return list(islice(kept, most))

    def conflicts(self) -> list[Standing]:
        """The scripts that both sides changed."""
        wanted = self._joined().where(SCRIPTS.c.theirs != 0).order_by(VERSIONS.c.path)
        return [_standing(row) for row in self._connection.execute(wanted)]

    def standing(self, script: str) -> Standing | None:
        """How a script stands, None where there is none of that id."""
        found = self._connection.execute(self._joined().where(SCRIPTS.c.script == script))
        row = found.one_or_none()
        return None if row is None else _standing(row)

    def at(self, path: str) -> list[Standing]:
        """The scripts of that path; Studio may have several."""
        found = self._connection.execute(self._joined().where(VERSIONS.c.path == path))
        return [one for one in map(_standing, found) if not one.head.gone]

    def gone_from(self, path: str) -> list[Standing]:
        """The script of that path that was deleted last, if any was."""
        wanted = self._joined().where(VERSIONS.c.path == path, VERSIONS.c.gone)
        found = self._connection.execute(wanted.order_by(VERSIONS.c.at.desc()).limit(1))
        return [_standing(row) for row in found]

    def version(self, script: str, version: int) -> Version | None:
        """One version of a script."""
        wanted = self._versions(script).where(VERSIONS.c.version == version)
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else _version(row)

    def following(self, script: str, version: int) -> Version | None:
        """The newest version that Studio made of that one."""
        made = (VERSIONS.c.base == version, VERSIONS.c.side == "studio")
        newest = self._versions(script).where(*made).order_by(VERSIONS.c.version.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        return None if row is None else _version(row)

    def history(self, script: str, most: int) -> Iterator[Version]:
        """The versions of a script, the newest first."""
        wanted = self._versions(script).order_by(VERSIONS.c.version.desc()).limit(most)
        return map(_version, self._connection.execute(wanted))

    def record(self, script: str, draft: Draft) -> Version:
        """Keep a version more; how the script stands is for `stand` to say."""
        last = self._connection.scalar(
            sa.select(sa.func.max(VERSIONS.c.version)).where(*self._of(VERSIONS, script))
        )
        made = Version(
            script=script,
            version=(last or 0) + 1,
            path=draft.placed.path,
            kind=draft.placed.kind,
            source=draft.source,
            by=draft.by,
            at=time.time(),
            base=draft.base,
            gone=draft.gone,
            note=draft.note,
        )
        self._connection.execute(sa.insert(VERSIONS).values(**self._row(made)))
        return made

    def stand(self, standing: Standing) -> None:
        """Say how a script stands from now on."""
        values = {
            "head": standing.head.version,
            "studio": standing.studio,
            "base": standing.base,
            "theirs": standing.theirs,
        }
        mine = self._of(SCRIPTS, standing.script)
        changed = self._connection.execute(sa.update(SCRIPTS).where(*mine).values(values))
        if not changed.rowcount:
            key = {"project": self._project, "script": standing.script}
            self._connection.execute(sa.insert(SCRIPTS).values(key | values))

    def forget_studio(self) -> None:
        """Nobody knows any longer what Studio has."""
        mine = SCRIPTS.c.project == self._project
        self._connection.execute(sa.update(SCRIPTS).where(mine).values(studio=0))

    def _joined(self) -> sa.Select[Any]:
        on = sa.and_(
            VERSIONS.c.project == SCRIPTS.c.project,
            VERSIONS.c.script == SCRIPTS.c.script,
            VERSIONS.c.version == SCRIPTS.c.head,
        )
        joined = sa.join(SCRIPTS, VERSIONS, on)
        return sa.select(*_COLUMNS).select_from(joined).where(SCRIPTS.c.project == self._project)

    def _versions(self, script: str) -> sa.Select[Any]:
        return sa.select(VERSIONS).where(*self._of(VERSIONS, script))

    def _of(self, table: sa.Table, script: str) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.project == self._project, table.c.script == script

    def _row(self, version: Version) -> Mapping[str, Any]:
        return {
            "project": self._project,
            "script": version.script,
            "version": version.version,
            "path": version.path,
            "kind": version.kind,
            "source": version.source.encode(),
            "side": version.by,
            "at": version.at,
            "base": version.base,
            "gone": version.gone,
            "note": version.note,
        }


def _info(row: Any) -> ScriptInfo:
    return ScriptInfo(
        script=row.script,
        path=row.path,
        kind=row.kind,
        version=row.version,
        by=row.side,
        at=row.at,
        size=row.size,
        studio_version=row.studio,
        confirmed=row.studio == row.version,
        in_conflict=row.theirs != 0,
    )


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        script=row.script,
        head=_version(row),
        studio=row.studio,
        base=row.conflict_base,
        theirs=row.theirs,
    )


def _version(row: Row[Any]) -> Version:
    return Version(
        script=row.script,
        version=row.version,
        path=row.path,
        kind=row.kind,
        source=row.source.decode(),
        by=row.side,
        at=row.at,
        base=row.base,
        gone=bool(row.gone),
        note=row.note,
    )
