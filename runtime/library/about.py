"""What a template says of itself beyond its flow: kept beside it, so that the flow stays a flow."""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from graph.errors import HeddleError
from graph.file_format import FILE_SUFFIX

FORMAT = 1
"""The version this Heddle writes. What a later one adds is passed over."""

ABOUT_SUFFIX = ".template.json"
PACK_SUFFIX = ".templates.zip"
LARGEST = 256 * 1024
"""Bytes that what a template says of itself may have."""

OWN = "My templates"
"""The category of a template that names none."""
ICON = "mdi6.file-tree-outline"

CATEGORIES = (
    "First steps", "Language models", "Web and APIs", "Tables and data", "Files and documents",
    "Decisions and loops", "When things go wrong", "Across platforms",
)  # fmt: skip
"""Those of the templates that come with Heddle, in the order in which they are shown."""


class BadAbout(HeddleError):
    """What a template says of itself can't be read."""


class About(msgspec.Struct, frozen=True, omit_defaults=True):
    """Name and description are those of the flow. `inputs` are a sample to run it with.

    `use` says how it is used and made one's own, `origin` the pack it came in.
    """

    category: Annotated[str, msgspec.Meta(max_length=60)] = ""
    icon: Annotated[str, msgspec.Meta(max_length=80, pattern=r"^(mdi6\.[a-z0-9-]+)?$")] = ""
    use: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    inputs: dict[str, Any] = {}
    origin: Annotated[str, msgspec.Meta(max_length=120)] = ""


class _File(About, frozen=True, kw_only=True, omit_defaults=True):
    template: Annotated[int, msgspec.Meta(ge=1)]


_DECODER = msgspec.json.Decoder(_File)
_ABOUT = tuple(field.name for field in msgspec.structs.fields(About))


def read_about(content: bytes, name: str) -> About:
    """What the file says. Raises BadAbout, in which `name` stands for it."""
    if len(content) > LARGEST:
        raise BadAbout(f"{name} is larger than {LARGEST >> 10} kB.")
    try:
        file = _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadAbout(f"{name} doesn't describe a template: {error}.") from error
    return About(**{field: getattr(file, field) for field in _ABOUT})


def write_about(about: About) -> bytes:
    """The text of the file, one fact a line."""
    file = _File(template=FORMAT, **{field: getattr(about, field) for field in _ABOUT})
    tree = msgspec.to_builtins(file)
    ordered = {"template": tree.pop("template"), **tree}
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"


def about_file(flow_file: Path) -> Path:
    """Where a template's file is that says what it is."""
    return flow_file.with_name(stem(flow_file) + ABOUT_SUFFIX)


def about_of(flow_file: Path) -> About:
    """What stands beside a flow file; nothing when that is missing or can't be read."""
    try:
        with about_file(flow_file).open("rb") as file:
            return read_about(file.read(LARGEST + 1), flow_file.name)
    except (OSError, BadAbout):
        return About()


def stem(flow_file: Path) -> str:
    """What `heddle new` calls the template."""
    return flow_file.name.removesuffix(FILE_SUFFIX)
