"""What a flow may touch, as said on the command line."""

import os
import string
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from agents.contract import Grants
from runtime.compose import granted
from runtime.headless.inputs import pairs
from runtime.headless.options import secrets, together
from runtime.secrets.environment import PREFIX

F = TypeVar("F", bound=Callable[..., Any])


class Asked(msgspec.Struct, frozen=True):
    """What a flow is granted, as asked for."""

    folder: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()

    def grants(self) -> Grants:
        """The grants, here: the current folder unless another is named, and any host."""
        return granted(
            Path(self.folder or "."),
            reads=self.reads,
            writes=self.writes,
            hosts=self.hosts or None,
            databases=self.databases or None,
        )

    def recorded(self) -> dict[str, Any]:
        """The grants as kept with a run, so that it is resumed with the same from anywhere."""
        grants: dict[str, Any] = msgspec.to_builtins(self.grants())
        del grants["resources"]  # they are where Heddle is, wherever that is then
        return grants

    def elsewhere(self) -> dict[str, Any]:
        """What to ask of a server, whose folders are not ours: only what was said."""
        asked: dict[str, Any] = msgspec.to_builtins(self)
        asked["confines_connections"] = bool(self.hosts)
        return {name: value for name, value in asked.items() if value}


def grants(function: F) -> Callable[..., Any]:
    """The options that say what a flow may touch, handed on as `asked`."""

    @wraps(function)  # click keeps options given so far on the function
    def wrapped(
        folder: str | None,
        allow_read: Sequence[str],
        allow_write: Sequence[str],
        allow_host: Sequence[str],
        allow_database: Sequence[str],
        secret: Sequence[str],
        **rest: Any,
    ) -> Any:
        lend_secrets(secret)
        asked = Asked(
            folder or "",
            tuple(allow_read),
            tuple(allow_write),
            tuple(allow_host),
            tuple(allow_database),
        )
        return function(asked=asked, **rest)

    return _GRANTS(wrapped)


_folder = click.Path(exists=True, file_okay=False)
_GRANTS = together(
    click.option(
        "--folder", type=_folder, metavar="DIR",
        help="The flow's folder: its relative paths start here, and it may read and write "
        "inside. [default: the current one]",
    ),
    click.option("--allow-read", multiple=True, type=click.Path(exists=True), metavar="DIR",
                 help="A further folder to read. Repeatable."),
    click.option("--allow-write", multiple=True, type=_folder, metavar="DIR",
                 help="A further folder to write. Repeatable."),
    click.option("--allow-host", multiple=True, metavar="HOST",
                 help="A host it may reach, like example.org, *.example.org or 127.0.0.1:8000. "
                 "Repeatable. [default: any]"),
    click.option("--allow-database", multiple=True, metavar="HOST",
                 help="A database server it may use. Repeatable. [default: any]"),
    secrets,
)  # fmt: skip


def everywhere(grants: Grants) -> Grants:
    """The grants, with any folder of this machine to read and to write."""
    drives = tuple(f"{letter}:\\" for letter in string.ascii_uppercase)
    roots = drives if os.name == "nt" else ("/",)
    return msgspec.structs.replace(grants, reads=roots, writes=roots)


def lend_secrets(given: Sequence[str]) -> None:
    """Let secrets come from the variables named. Raises click.UsageError for one that isn't set."""
    for name, variable in pairs(given, "--secret").items():
        if variable not in os.environ:
            raise click.UsageError(f"--secret {name}: the variable {variable} is not set.")
        os.environ[PREFIX + name.upper().replace("-", "_").replace(".", "_")] = os.environ[variable]
