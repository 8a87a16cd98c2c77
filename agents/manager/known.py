"""What is known of an agent before anybody needs it: its title, where it is, how it is reached."""

from importlib import import_module
from typing import Any, NamedTuple


class Known(NamedTuple):
    """An agent that is listed from the first.

    `place` is `module:Class`, imported when the agent is first needed. `paths` are what the
    paths that lead to its face begin with; `is_open` says that who comes there need not have the
    server's token, since the agent itself looks at what they show, `for_pages` that it looks
    from which pages they come as well. `closed` are paths of an open agent for which the token is
    needed all the same.
    """

    title: str
    place: str
    paths: tuple[str, ...] = ()
    is_open: bool = False
    for_pages: bool = False
    closed: tuple[str, ...] = ()

    def kind(self) -> type[Any]:
        """The class of the agent."""
        module, _, name = self.place.partition(":")
        found: type[Any] = getattr(import_module(module), name)
        return found
