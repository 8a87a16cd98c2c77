"""Every setting: its type, default and meaning, said once where it is declared."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from graph.errors import HeddleError

PREFIX = "HEDDLE_"


class BadSetting(HeddleError):
    """A setting has a value it can't have."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read from variables: `durability` from HEDDLE_DURABILITY, and so on.

    `database_url` is DATABASE_URL, as everywhere.
    """

    home: Annotated[str, msgspec.Meta(description="Folder for runs, packs and templates.")] = ""
    database_url: Annotated[
        str,
        msgspec.Meta(description="Where runs are kept: sqlite:///PATH, postgresql://… or memory:."),
    ] = ""
    durability: Annotated[
        Literal["normal", "full"],
        msgspec.Meta(description="normal survives a killed process, full also a power cut."),
    ] = "normal"
    packs: Annotated[
        str, msgspec.Meta(description="Folder of block packs; HOME/packs when not set.")
    ] = ""
    parallel: Annotated[
        int, msgspec.Meta(ge=1, description="Tasks under way at a time, over all runs.")
    ] = 1000
    time_limit: Annotated[
        float, msgspec.Meta(gt=0, description="Seconds a task may take that sets no limit itself.")
    ] = 600.0
    keep_days: Annotated[
        float, msgspec.Meta(ge=0, description="Days for which ended runs are kept; 0 for ever.")
    ] = 30.0
    keep_megabytes: Annotated[
        float, msgspec.Meta(ge=0, description="Size beyond which the oldest ended runs go; 0: any.")
    ] = 2000.0

    @property
    def folder(self) -> Path:
        """Where Heddle keeps what is its own."""
        return Path(self.home).expanduser() if self.home else default_home()

    @property
    def packs_folder(self) -> Path:
        return Path(self.packs).expanduser() if self.packs else self.folder / "packs"

    @property
    def journal_place(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'heddle.db'}"


def settings_from(variables: Mapping[str, str] = os.environ, **given: Any) -> Settings:
    """The settings from variables, overridden by those given. Raises BadSetting."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        variable = variable_of(field.name)
        if variables.get(variable):
            values[field.name] = variables[variable]
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        name = place.rstrip("`")
        raise BadSetting(
            f"The setting {variable_of(name)} can't be {values.get(name)!r}: {reason}.",
            cure="`heddle doctor` lists all settings.",
        ) from None


def variable_of(name: str) -> str:
    """The environment variable a setting is read from."""
    return "DATABASE_URL" if name == "database_url" else PREFIX + name.upper()


def default_home() -> Path:
    """The folder for a program's own data, where the system has it."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "Heddle"
    if (library := Path.home() / "Library/Application Support").is_dir():
        return library / "Heddle"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "heddle"
