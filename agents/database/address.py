"""Which database an address means, and whether a flow may use it."""

import re
from typing import TYPE_CHECKING

import msgspec

from agents.contract import Grants
from agents.database.values import Dialect
from agents.databases import PORT, allow, parsed, shown
from agents.folders import Folders, Place
from graph.errors import BadInput
from graph.spec import Needs

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_FORMS = "Write postgresql://user:password@host/database, or sqlite:///file.db."
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")

_OPTIONS = frozenset(
    ("sslmode", "application_name", "connect_timeout", "channel_binding", "target_session_attrs")
)
"""What an address may say behind `?`. Others name files, or a host other than the one granted."""


class Target(msgspec.Struct, frozen=True):
    """A database a flow may use: a file at `place`, or a server at `url`.

    `shown` is its address without password. `may_write` is what the folders say of a file; what
    a user may do on a server, the server knows.
    """

    dialect: Dialect
    shown: str
    place: Place | None = None
    url: "URL | None" = None
    may_write: bool = True


def target_of(address: str, grants: Grants, folders: Folders, *, write: bool) -> Target:
    """The database behind an address: `postgresql://…`, `sqlite:///path`, or a bare path.

    Raises NotGranted, and BadInput, which never quotes the address: it may hold a password.
    """
    dialect, rest = _split(address)
    return _file(rest, folders, write) if dialect == "sqlite" else _server(rest, grants)


def readable_address(address: str) -> None:
    """Raises BadInput for an address that no database can have, whatever was granted."""
    dialect, rest = _split(address)
    if dialect == "postgresql":
        _url(rest)


def needs_of(address: str) -> Needs:
    """The file or server an address means: shown without password, any when it can't be read."""
    try:
        dialect, rest = _split(address)
        if dialect == "sqlite":
            return Needs(reads=(rest,))
        return Needs(databases=(shown(_url(rest)),))
    except BadInput:
        return Needs(databases=("*",))


def _split(address: str) -> tuple[Dialect, str]:
    """Which kind of database it is, and the path or what follows `://`. Raises BadInput."""
    scheme, there, rest = address.strip().partition("://")
    if not there:
        return "sqlite", scheme
    match scheme.lower().partition("+")[0]:
        case "sqlite":
            return "sqlite", _path(rest)
        case "postgresql" | "postgres":
            return "postgresql", rest
        case other:
            raise BadInput(f"Heddle speaks no {other!r}.", cure=_FORMS)


def _path(rest: str) -> str:
    path = rest.removeprefix("/")
    if path in ("", ":memory:"):
        raise BadInput(
            "A database in memory is gone after a crash.", cure="Use a file: sqlite:///file.db."
        )
    if path == rest or "?" in path:
        raise BadInput("The address can't be read.", cure=_FORMS)
    return path


def _file(path: str, folders: Folders, write: bool) -> Target:
    place = folders.writable(path) if write else folders.readable(path)
    return Target("sqlite", path, place=place, may_write=folders.may_write(place))


def _server(rest: str, grants: Grants) -> Target:
    url = _url(rest)
    allow(grants, url)
    return Target("postgresql", shown(url), url=url)


def _url(rest: str) -> "URL":
    try:
        url = parsed(f"postgresql+psycopg://{rest}")
        port = url.port
    except ValueError as error:
        raise BadInput("The address can't be read.", cure=_FORMS) from error
    if not url.host or not _HOST.fullmatch(url.host) or not url.database:
        raise BadInput(
            "The address names no host or no database.",
            cure=f"{_FORMS} Special characters are written as %40 for @, %2F for /, %3A for :.",
        )
    if refused := sorted(set(url.query) - _OPTIONS):
        raise BadInput(f"An address can't say {refused[0]!r}.", cure="Leave it out.")
    return url.set(port=port or PORT)
