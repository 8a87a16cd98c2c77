"""Which server a connection means: a program that is started here, or an address."""

import os
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
import msgspec

from graph.connections import Connection
from graph.errors import BadInput

_EVERYWHERE = (
    ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
    if os.name == "posix"
    else (
        "PATH", "PATHEXT", "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "TEMP", "TMP", "APPDATA",
        "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES", "USERNAME", "USERPROFILE", "HOMEDRIVE",
        "HOMEPATH",
    )
)  # fmt: skip
"""What a program needs to find itself and others; nothing that is a secret by custom."""


class Program(msgspec.Struct, frozen=True):
    """A server that is started here and spoken to over its standard input and output."""

    command: tuple[str, ...]
    environment: dict[str, str]


class Address(msgspec.Struct, frozen=True):
    """A server over HTTP."""

    url: str
    headers: dict[str, str]

    @property
    def place(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def server_of(connection: Connection) -> Program | Address:
    """The server that a connection means. Raises BadInput."""
    fields, who = connection.fields, f"the connection {connection.name!r}"
    command, url = connection.get("command").strip(), connection.get("url").strip()
    if bool(command) == bool(url):
        lacks = "both a command and an address" if command else "neither a command nor an address"
        raise BadInput(f"There is {lacks} in {who}.", cure="Fill in one of the two.")
    if url:
        return Address(_address(url, who), _headers(fields, who))
    return Program(_words(command, who), _environment(fields, who))


def reads_only(connection: Connection, tool: str, *, says_so: bool) -> bool:
    """Whether a person agreed that a tool changes nothing; what it says of itself may be untrue."""
    named = {line.strip() for line in connection.get("reads").splitlines()}
    return tool in named or ("*" in named and says_so)


def _address(url: str, who: str) -> str:
    try:
        read = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        read = None
    if read is None or read.scheme not in ("http", "https") or not read.host or read.userinfo:
        raise BadInput(f"The address of {who} can't be used.", cure="Write https://host/mcp.")
    return url


def _words(command: str, who: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command, posix=os.name == "posix"))
    except ValueError:
        raise BadInput(f"A quote isn't closed in the command of {who}.") from None
    if not words or not all(word.isprintable() for word in words):
        raise BadInput(f"The command of {who} can't be used.")
    return words


def _environment(fields: Mapping[str, str], who: str) -> dict[str, str]:
    common = {name: os.environ[name] for name in _EVERYWHERE if name in os.environ}
    return common | _pairs(fields.get("environment", ""), "=", f"The environment of {who}")


def _headers(fields: Mapping[str, str], who: str) -> dict[str, str]:
    headers = _pairs(fields.get("headers", ""), ":", f"A header of {who}")
    if token := fields.get("token", "").strip():
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _pairs(text: str, between: str, what: str) -> dict[str, str]:
    """The lines `name BETWEEN value` by name. What is wrong is told without the value."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, there, value = line.partition(between)
        name, value = name.strip(), value.strip()
        if not line.strip():
            continue
        if not there or not name or not value.isprintable() or " " in name:
            raise BadInput(
                f"{what} can't be read in line {number}.", cure=f"Write NAME{between}value."
            )
        found[name] = value
    return found
