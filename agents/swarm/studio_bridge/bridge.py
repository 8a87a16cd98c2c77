"""What the bridge is made of, and what passes through it, whoever asks: a flow or the plugin."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from agents.contract import Guard
from agents.errors import AgentError
from agents.swarm.studio_bridge.assets import Assets
from agents.swarm.studio_bridge.conflict_files import ConflictFiles
from agents.swarm.studio_bridge.logs import Ring
from agents.swarm.studio_bridge.pairing import Pairings
from agents.swarm.studio_bridge.scripts import Scripts
from agents.swarm.studio_bridge.sessions import Session, Sessions
from agents.swarm.studio_bridge.shapes import (
    Change,
    Confirmation,
    Conflict,
    Edit,
    Pushed,
    ScriptInfo,
    StudioStatus,
    Taken,
)
from agents.swarm.studio_bridge.store import Store

P = ParamSpec("P")
T = TypeVar("T")

POLL = 20.0
"""Seconds that Studio is kept waiting for news; it gives up a request after 60."""


class Bridge:
    """All projects of this home. Methods raise BadInput, and AgentError when nothing can be kept.

    `guard` stands around a database on a server, None where there is just a file.
    """

    def __init__(self, folder: Path, url: str = "", guard: Guard | None = None) -> None:
        self._store = Store(folder, url)
        self._guard = guard
        self._files = ConflictFiles(folder / "conflicts")
        self._filing = asyncio.Lock()
        self._had_conflicts = set[str]()
        self.scripts = Scripts(self._store)
        self.pairings = Pairings(self._store)
        self.assets = Assets(self._store)
        self.sessions = Sessions()
        self.logs = Ring()
        self.trouble = ""
        self._server = ""

    async def apart(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        """The result of work with the database, done in a thread."""
        try:
            if self._guard is None:
                made = await asyncio.to_thread(work, *args, **given)
            else:
                made = await self._guard.call(lambda: asyncio.to_thread(work, *args, **given))
        except AgentError as error:
            self.trouble = str(error)
            raise
        self.trouble = ""
        return made

    async def server(self) -> str:
        """The id of this bridge."""
        self._server = self._server or await self.apart(self.pairings.server)
        return self._server

    def close(self) -> None:
        """Let nobody wait any longer, and let go of the database. Blocks."""
        self._store.close()

    # For Heddle's side.

    async def push(
        self, project: str, scripts: Mapping[str, str], remove: Collection[str], note: str
    ) -> list[Pushed]:
        """See Scripts; Studio hears of it."""
        made = await self.apart(self.scripts.push, project, scripts, remove, note)
        await self._changed(project)
        return made

    async def roll_back(self, project: str, name: str, version: int) -> Pushed:
        """See Scripts; Studio hears of it."""
        made = await self.apart(self.scripts.roll_back, project, name, version)
        await self._changed(project)
        return made

    async def resolve(self, project: str, name: str, source: Callable[[Conflict], str]) -> Pushed:
        """See Scripts; Studio hears of it."""
        made = await self.apart(self.scripts.resolve, project, name, source)
        await self._changed(project)
        return made

    async def conflicts(self, project: str) -> list[Conflict]:
        """What both sides changed, and where the files of it are."""
        found = await self._filed(project)
        return [self._files.located(project, one) for one in found]

    async def status(self, project: str) -> StudioStatus:
        """How a project stands with its Studio."""
        infos = await self.apart(self.scripts.infos, project)
        known = await self.apart(self.pairings.known)
        session = self.sessions.of(project)
        return StudioStatus(
            project=project,
            connected=self.sessions.connected(project),
            place=session.place if session else "",
            plugin=session.plugin if session else "",
            seen=session.at if session else 0.0,
            scripts=len(infos),
            waiting=sum(not one.confirmed and not one.in_conflict for one in infos),
            conflicts=sum(one.in_conflict for one in infos),
            paired=[one for one in known if one.project == project],
        )

    async def confirmation(self, project: str, versions: Mapping[str, int]) -> Confirmation:
        """Whether Studio has the newest version of these scripts, by path or id, which is that one
        or came after it; of all there are for {}.

        A script that Studio deleted counts as one it hasn't.
        """
        infos = await self.apart(self.scripts.infos, project)
        session = self.sessions.of(project)
        looked_at, missing = _among(infos, versions)
        waiting = [
            one.path
            for one, version in looked_at
            if not (one.confirmed and one.version >= version) and not one.in_conflict
        ]
        conflicts = [one.path for one, _ in looked_at if one.in_conflict]
        refused = dict(session.refused) if session else {}
        return Confirmation(
            confirmed=not (waiting or conflicts or missing),
            connected=self.sessions.connected(project),
            scripts=len(looked_at),
            waiting=waiting + missing,
            conflicts=conflicts,
            refused={one.path: refused[one.script][1] for one, _ in looked_at
                     if one.script in refused},
        )  # fmt: skip

    # For Studio's side.

    async def take_in(self, session: Session, edits: Sequence[Edit]) -> list[Taken]:
        """What came of what Studio has."""
        made = await self.apart(self.scripts.take_in, session.project, edits)
        for one in made:
            session.refused.pop(one.script, None)
        await self._changed(session.project)
        return made

    async def lacking(self, session: Session) -> list[Change]:
        """What Studio has to take, as soon as there is anything, or nothing in the end."""
        found = list[Change]()
        async for last in self.sessions.looks(session.project, POLL):
            found = await self.apart(self.scripts.lacking, session.project, session.leaves)
            if found or last or self.sessions.get(session.id) is None:
                break
        return found

    async def confirm(
        self,
        session: Session,
        has: Mapping[str, int],
        refused: Mapping[str, tuple[int, str]],
    ) -> None:
        """Studio has these versions now, and couldn't take those."""
        await self.apart(self.scripts.confirm, session.project, has)
        for script in has:
            session.refused.pop(script, None)
        session.refused.update(refused)
        self.sessions.tell(session.project)

    async def _changed(self, project: str) -> None:
        """Keep the files of conflicts, and tell whoever waits."""
        await self._filed(project)
        self.sessions.tell(project)

    async def _filed(self, project: str) -> list[Conflict]:
        """The conflicts of a project, of each of which there are files now."""
        async with self._filing:
            found = await self.apart(self.scripts.conflicts, project)
            if found or project in self._had_conflicts:
                self._had_conflicts.add(project)
                await asyncio.to_thread(self._files.keep, project, found)
            return found


def _among(
    infos: Sequence[ScriptInfo], versions: Mapping[str, int]
) -> tuple[list[tuple[ScriptInfo, int]], list[str]]:
    """The scripts that are meant, with the version each is to have; and the names of no script."""
    if not versions:
        return [(one, one.version) for one in infos], []
    known = {key: one for one in infos for key in (one.path, one.script)}
    named = {name: known.get(name) for name in versions}
    there = [(one, versions[name]) for name, one in named.items() if one is not None]
    return there, [name for name, one in named.items() if one is None]
