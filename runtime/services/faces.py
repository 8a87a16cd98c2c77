"""The faces of agents: what others reach over HTTP and WebSocket beside the service itself."""

from collections.abc import Collection, Iterator
from typing import Any

from agents.contract import Grants
from agents.manager.manager import Manager, NoSuchAgent
from graph.errors import HeddleError
from runtime.access.principal import Principal, Role
from runtime.services.guard import App, Receive, Scope, Send, refuse
from runtime.services.recording import is_no_deed
from runtime.services.roles import READING
from runtime.wire import Refusal, refusal_of


class Faces:
    """Hands what comes for an agent to it, and all else to `app`.

    An agent is made when somebody first comes to it. One that can't be reached is told as a
    problem with status 503. `only` these agents are reached, all when it is None. Whoever comes
    to one that isn't open has to be a runner, a viewer if all they do is read.
    """

    def __init__(
        self, app: App, agents: Manager, grants: Grants, only: Collection[str] | None = None
    ) -> None:
        self._app = app
        self._agents = agents
        self._grants = grants
        self._open = open_paths(agents)
        self._names = {path: name for name, path in (*_ways(agents, only), *_closed(agents, only))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = self._named(scope)
        if name is None:
            await self._app(scope, receive, send)
            return
        if self._is_open(scope):
            is_no_deed(scope)
        elif (refusal := self._refusal(scope)) is not None:
            await refuse(scope, send, refusal)
            return
        try:
            agent: Any = await self._agents.named(name, self._grants)
        except HeddleError as error:
            status = 404 if isinstance(error, NoSuchAgent) else 503
            await refuse(scope, send, refusal_of(error, status))
        else:
            await agent.app(scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        return str(scope["path"]).startswith(self._open)

    def _refusal(self, scope: Scope) -> Refusal | None:
        principal = scope.get("state", {}).get("principal")
        role: Role = "viewer" if scope.get("method") in READING else "runner"
        if isinstance(principal, Principal) and principal.may(role):
            return None
        return Refusal("NotAllowed", 403, f"This takes the role {role}.")

    def _named(self, scope: Scope) -> str | None:
        if scope["type"] not in ("http", "websocket"):
            return None
        path = str(scope.get("path", ""))
        return next((name for start, name in self._names.items() if path.startswith(start)), None)


def open_paths(agents: Manager, only: Collection[str] | None = None) -> tuple[str, ...]:
    """What the paths to those begin with who look themselves at who comes."""
    return tuple(path for name, path in _ways(agents, only) if agents.known[name].is_open)


def paths_for_pages(agents: Manager, only: Collection[str] | None = None) -> tuple[str, ...]:
    """What the paths to those begin with who look themselves at the pages that speak to them."""
    return tuple(path for name, path in _ways(agents, only) if agents.known[name].for_pages)


def _ways(agents: Manager, only: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """Agents with what their paths begin with."""
    for name, known in agents.known.items():
        if only is None or name in only:
            yield from ((name, path) for path in known.paths)


def _closed(agents: Manager, only: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """The same for the paths of open agents to which the token is needed all the same."""
    for name, known in agents.known.items():
        if only is None or name in only:
            yield from ((name, path) for path in known.closed)
