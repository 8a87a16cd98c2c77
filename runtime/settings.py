"""Every setting: its type, default and meaning, said once where it is declared."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import msgspec.inspect

from graph.errors import HeddleError

PREFIX = "HEDDLE_"


_COMMON = frozenset(
    (
        "database_url", "redis_url", "skip_integration_agents",
        "pusher_app_id", "pusher_key", "pusher_secret", "pusher_cluster",
        "pusher_encryption_master_key_base64",
    )
)  # fmt: skip
"""Settings whose variables others know as well."""

YEAR = 365 * 86_400
"""Seconds: nobody waits longer, and timers don't all take what is without end."""


class BadSetting(HeddleError):
    """A setting has a value it can't have."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read from variables: `durability` from HEDDLE_DURABILITY, and so on.

    `database_url` is DATABASE_URL and `redis_url` REDIS_URL, as everywhere; so are the six after.
    """

    home: Annotated[str, msgspec.Meta(description="Folder for runs, packs and templates.")] = ""
    database_url: Annotated[
        str,
        msgspec.Meta(description="Where runs are kept: sqlite:///PATH, postgresql://… or memory:."),
    ] = ""
    redis_url: Annotated[
        str,
        msgspec.Meta(
            description="A Redis that all processes share which name it: redis://HOST:PORT."
        ),
    ] = ""
    pusher_app_id: Annotated[
        str, msgspec.Meta(description="The app at Pusher, or at a server that speaks as it does.")
    ] = ""
    pusher_key: Annotated[str, msgspec.Meta(description="The public key of that app.")] = ""
    pusher_secret: Annotated[str, msgspec.Meta(description="The secret of that app.")] = ""
    pusher_cluster: Annotated[
        str, msgspec.Meta(description="Pusher's cluster, such as eu, or http://HOST:PORT.")
    ] = ""
    pusher_encryption_master_key_base64: Annotated[
        str,
        msgspec.Meta(description="What the keys of encrypted channels are made from: 32 bytes."),
    ] = ""
    skip_integration_agents: Annotated[
        bool, msgspec.Meta(description="Do without the agents that connect platforms.")
    ] = False
    durability: Annotated[
        Literal["normal", "full"],
        msgspec.Meta(description="normal survives a killed process, full also a power cut."),
    ] = "normal"
    packs: Annotated[
        str, msgspec.Meta(description="Folder of block packs; HOME/packs when not set.")
    ] = ""
    secrets_in: Annotated[
        Literal["auto", "keyring", "vault"],
        msgspec.Meta(
            description="Where secrets are kept: the system's keyring, an encrypted file, or auto."
        ),
    ] = "auto"
    model: Annotated[
        str,
        msgspec.Meta(
            description="The model that blocks ask which name none, as CONNECTION/MODEL; that of "
            "the first connection when not set."
        ),
    ] = ""
    parallel: Annotated[
        int, msgspec.Meta(ge=1, le=100_000, description="Tasks under way at a time, over all runs.")
    ] = 1000
    time_limit: Annotated[
        float,
        msgspec.Meta(
            gt=0, le=YEAR, description="Seconds a task may take that sets no limit itself."
        ),
    ] = 600.0
    code_seconds: Annotated[
        float,
        msgspec.Meta(gt=0, le=3600, description="Seconds one call of sandboxed code may take."),
    ] = 5.0
    code_megabytes: Annotated[
        float,
        msgspec.Meta(ge=16, le=1e6, description="Memory one call of sandboxed code may take."),
    ] = 256.0
    process_megabytes: Annotated[
        float,
        msgspec.Meta(
            ge=256, le=1e6, description="Memory one process for the blocks of packs may take."
        ),
    ] = 2048.0
    keep_days: Annotated[
        float,
        msgspec.Meta(ge=0, le=1e5, description="Days for which ended runs are kept; 0 for ever."),
    ] = 30.0
    keep_megabytes: Annotated[
        float,
        msgspec.Meta(
            ge=0, le=1e9, description="Size beyond which the oldest ended runs go; 0: any."
        ),
    ] = 2000.0

    @property
    def folder(self) -> Path:
        """Where Heddle keeps what is its own."""
        return Path(self.home).expanduser() if self.home else default_home()

    @property
    def packs_folder(self) -> Path:
        return Path(self.packs).expanduser() if self.packs else self.folder / "packs"

    @property
    def agents_folder(self) -> Path:
        """Where agents keep what is their own, each in a folder by its kind."""
        return self.folder / "agents"

    @property
    def guards_file(self) -> Path:
        """What changes how calls to the outside are guarded; there need be none."""
        return self.folder / "guards.json"

    @property
    def journal_place(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'heddle.db'}"


def settings_from(variables: Mapping[str, str] = os.environ, **given: Any) -> Settings:
    """The settings from variables, overridden by those given that aren't None.

    Raises BadSetting, naming everything that is wrong.
    """
    values: dict[str, Any] = {}
    flaws: list[str] = []
    for field in msgspec.structs.fields(Settings):
        variable = variable_of(field.name)
        value = given.pop(field.name, None)
        if value is None:
            value = variables.get(variable) or None
        if value is None:
            continue
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            flaws.append(f"{variable} can't be {value!r}: it is {_kind(field.type)}.")
    flaws.extend(f"Nothing is called {name!r}." for name in given)
    if flaws:
        raise BadSetting(" ".join(flaws), cure="`heddle doctor` lists all settings.")
    return Settings(**values)


def _kind(annotation: object) -> str:
    """What a setting can be, as a person says it."""
    match msgspec.inspect.type_info(annotation):
        case msgspec.inspect.Metadata(type=inner):
            return _kind_of(inner)
        case plain:
            return _kind_of(plain)


def _kind_of(kind: msgspec.inspect.Type) -> str:
    match kind:
        case msgspec.inspect.LiteralType(values=choices):
            return f"one of {', '.join(map(str, choices))}"
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            noun = "a whole number" if isinstance(kind, msgspec.inspect.IntType) else "a number"
            least = f" above {kind.gt:,.10g}" if kind.gt is not None else ""
            least = f" of at least {kind.ge:,.10g}" if kind.ge is not None else least
            most = f" and at most {kind.le:,.10g}" if kind.le is not None else ""
            return noun + least + most
    return "text"


def variable_of(name: str) -> str:
    """The environment variable a setting is read from."""
    return name.upper() if name in _COMMON else PREFIX + name.upper()


def default_home() -> Path:
    """The folder for a program's own data, where the system has it."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "Heddle"
    if (library := Path.home() / "Library/Application Support").is_dir():
        return library / "Heddle"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "heddle"
