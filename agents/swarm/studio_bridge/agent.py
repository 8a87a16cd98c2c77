"""Keeps scripts alike in Heddle and in Roblox Studio, and speaks to Roblox's Open Cloud."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from agents.contract import Grants, Health, Means, Receive, Scope, Send
from agents.errors import AgentError
from agents.swarm.studio_bridge.bridge import Bridge
from agents.swarm.studio_bridge.face import Face
from agents.swarm.studio_bridge.luau import Finding, findings
from agents.swarm.studio_bridge.paths import fitting, placed_by
from agents.swarm.studio_bridge.plugin import built
from agents.swarm.studio_bridge.shapes import (
    MAIN,
    Asset,
    Code,
    Confirmation,
    Conflict,
    Level,
    Logs,
    Pushed,
    ScriptInfo,
    StudioStatus,
    Version,
    VersionInfo,
)
from agents.tables import is_postgres
from agents.worker import Worker, capability
from graph.errors import BadInput

Keep = Literal["heddle", "studio", "both", "text"]
"""What settles a conflict: one side, both where they don't clash, or a text of one's own."""

LONGEST_PROJECT = 80
LONGEST_WAIT = 600.0
"""Seconds."""


class StudioAgent(Worker):
    """The bridge of this home, for all flows. Every method raises BadInput and AgentError.

    Scripts are named by path (`ServerScriptService/Main`), by file (`….server.luau`), or by id.
    """

    kind: ClassVar[str] = "studio_bridge"
    title: ClassVar[str] = "Roblox Studio"
    for_all: ClassVar[bool] = True

    def __init__(self, grants: Grants, means: Means) -> None:
        super().__init__(grants, means)
        url = means.outside.database_url
        guard = means.guards.of("studio_bridge:database") if is_postgres(url) else None
        self._bridge = Bridge(means.folder, url if guard is not None else "", guard)
        self._face = Face(self._bridge)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the plugin speaks to."""
        await self._face(scope, receive, send)

    async def close(self) -> None:
        """Let nobody wait any longer, and let go of the database."""
        self._bridge.sessions.end_all()
        await asyncio.to_thread(self._bridge.close)

    async def health(self, *, deep: bool = False) -> Health:
        """Deep: whether the scripts can be read."""
        if deep:
            try:
                async with asyncio.timeout(0.9):
                    await self._bridge.apart(self._bridge.pairings.known)
            except (AgentError, TimeoutError) as error:
                self._bridge.trouble = str(error) or "The database doesn't answer in time."
        # Made anew it would forget who is connected, and be no better off.
        trouble = self._bridge.trouble
        return Health("degraded", trouble) if trouble else Health("ok")

    # Studio.

    @capability("write")
    async def pair(self, *, project: str = MAIN) -> Code:
        """Give a code that lets a Studio in, to be entered in the plugin within ten minutes."""
        return self._bridge.pairings.code(_project(project))

    @capability("write")
    async def unpair(self, key: str) -> int:
        """Shut out a Studio that was let in, by the key that the status shows."""
        if len(key) < 8:
            raise BadInput("That is no key.", cure="The status lists those there are.")
        gone = await self._bridge.apart(self._bridge.pairings.shut_out, key)
        self._bridge.sessions.end_of(key)
        return gone

    @capability("read")
    async def status(self, *, project: str = MAIN) -> StudioStatus:
        """Whether a Studio is connected, and how many scripts wait for it or are in conflict."""
        return await self._bridge.status(_project(project))

    @capability("read")
    async def wait_for_studio(self, *, project: str = MAIN, seconds: float = 60.0) -> StudioStatus:
        """Wait until a Studio is connected; after that time say that none is."""
        sessions = self._bridge.sessions
        async for last in sessions.looks(_project(project), _wait(seconds)):
            if last or sessions.connected(project):
                break
        return await self._bridge.status(project)

    @capability("read")
    async def plugin(self) -> str:
        """Give the plugin for Studio, as the text of an .rbxmx file."""
        return await asyncio.to_thread(built)

    @capability("read")
    async def logs(
        self,
        *,
        after: int = 0,
        level: Level = "output",
        contains: str = "",
        project: str = "",
        limit: int = 500,
    ) -> Logs:
        """What was said in Studio last, at least as grave as `level`; "" for all projects."""
        return self._bridge.logs.lines(
            after=after, level=level, contains=contains, project=project, most=max(1, limit)
        )

    # Scripts.

    @capability("write")
    async def push_scripts(
        self,
        scripts: Mapping[str, str],
        *,
        remove: Sequence[str] = (),
        project: str = MAIN,
        note: str = "",
    ) -> list[Pushed]:
        """Make these texts the newest versions, all or none; a Studio takes them when it can."""
        return await self._bridge.push(_project(project), scripts, remove, note[:500])

    @capability()
    async def validate_scripts(self, scripts: Mapping[str, str]) -> list[Finding]:
        """Look for what no script may hold: brackets, blocks and texts that don't end; paths, too.

        This is no parser: what it finds Studio refuses as well, but that refuses more.
        """
        return await asyncio.to_thread(_looked_over, scripts)

    @capability("read")
    async def verify(
        self,
        versions: Mapping[str, int] | None = None,
        *,
        project: str = MAIN,
        seconds: float = 30.0,
    ) -> Confirmation:
        """Wait until Studio has confirmed versions of scripts by name, or the newest of all."""
        looks = self._bridge.sessions.looks(_project(project), _wait(seconds))
        async for last in looks:
            found = await self._bridge.confirmation(project, versions or {})
            if last or found.confirmed or found.refused or found.conflicts:
                break
        return found

    @capability("read")
    async def scripts(self, *, project: str = MAIN) -> list[ScriptInfo]:
        """List the scripts of a project, without their texts."""
        return await self._bridge.apart(self._bridge.scripts.infos, _project(project))

    @capability("read")
    async def script(self, name: str, *, version: int = 0, project: str = MAIN) -> Version:
        """Get a script as it is now, or one of its versions."""
        scripts = self._bridge.scripts
        return await self._bridge.apart(scripts.script, _project(project), name, version)

    @capability("read")
    async def history(
        self, name: str, *, project: str = MAIN, limit: int = 50
    ) -> list[VersionInfo]:
        """List the versions of a script, the newest first; also of one that was deleted."""
        scripts = self._bridge.scripts
        return await self._bridge.apart(scripts.history, _project(project), name, max(1, limit))

    @capability("write")
    async def rollback(self, name: str, version: int, *, project: str = MAIN) -> Pushed:
        """Make an old version of a script the newest, as a version more."""
        return await self._bridge.roll_back(_project(project), name, version)

    @capability("read")
    async def conflicts(self, *, project: str = MAIN) -> list[Conflict]:
        """List what both sides changed: their texts, what they began from, and all in one."""
        return await self._bridge.conflicts(_project(project))

    @capability("write")
    async def resolve(
        self, name: str, keep: Keep, *, text: str = "", project: str = MAIN
    ) -> Pushed:
        """Settle a conflict by one side, by both where they don't clash, or by a text."""
        return await self._bridge.resolve(
            _project(project), name, lambda conflict: _settling(conflict, keep, text)
        )

    # Assets.

    @capability("read")
    async def assets(self, *, digest: str = "") -> list[Asset]:
        """List the assets that were uploaded from here, the newest first; or those of one file."""
        return await self._bridge.apart(self._bridge.assets.found, digest)

    @capability("write")
    async def keep_asset(self, asset: Asset) -> Asset:
        """Note an asset that was uploaded, so that the same file need not be again."""
        await self._bridge.apart(self._bridge.assets.keep, asset)
        return asset


def _looked_over(scripts: Mapping[str, str]) -> list[Finding]:
    found = list[Finding]()
    for name, source in scripts.items():
        try:
            fitting(placed_by(name).path, source)
        except BadInput as error:
            found.append(Finding(path=name, line=1, message=str(error)))
        else:
            found += findings(name, source)
    return found


def _settling(conflict: Conflict, keep: Keep, text: str) -> str:
    match keep:
        case "heddle":
            return conflict.heddle
        case "studio":
            return conflict.studio
        case "both":
            if not conflict.clean:
                raise BadInput(
                    f"Both sides changed the same lines of {conflict.path}.",
                    cure="Take one side, or give a text of your own.",
                )
            return conflict.marked
        case "text":
            return text


def _project(project: str) -> str:
    if not project or len(project) > LONGEST_PROJECT or not project.isprintable():
        raise BadInput(f"{project!r} is no name of a project.", cure="main is the usual one.")
    return project


def _wait(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT)
