"""What an endpoint is: where it stands, what it runs, who may call it, and how often."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Version = Literal["v1", "v2", "v3"]
VERSIONS: tuple[Version, ...] = ("v1", "v2", "v3")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Window = Literal["fixed", "sliding"]
Access = Literal["key", "open"]
Answers = Literal["at once", "later"]

ROOT = "/gateway"
"""What all addresses of the gateway begin with."""

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Schema = Mapping[str, Any]
Time = Annotated[float, Meta(ge=0, le=253_402_300_799)]
Address = Annotated[str, Meta(pattern=r"^[!-;=?-~]{0,2000}$")]
"""What may stand in a header between < and >."""


class Rate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many calls in so many seconds, of all callers together or of each.

    A fixed window begins with its first call and ends whole; a sliding one is always the last
    `seconds`.
    """

    calls: Count
    seconds: Annotated[int, Meta(ge=1, le=86_400)] = 60
    window: Window = "sliding"
    each: Literal["endpoint", "caller"] = "endpoint"


class Transform(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is made of a record, in this order.

    `pick` keeps these only (all when empty), `rename` says what becomes of old names, `defaults`
    stand for what is missing, and `make` works values out: expressions in the sandbox that see
    the record as it is then. An answer that is one value `alone` has no record around it.
    """

    pick: tuple[str, ...] = ()
    rename: Mapping[str, str] = {}
    defaults: Mapping[str, Any] = {}
    make: Mapping[str, str] = {}
    alone: str = ""


class Deprecation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """That an endpoint should no longer be called, since when, and until when it answers.

    Times are seconds since the epoch; after the `sunset` callers are told that it is gone.
    `link` says more, `successor` is the address of what takes its place.
    """

    since: Time
    sunset: Time | None = None
    link: Address = ""
    successor: Address = ""
    note: str = ""


class Endpoint(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A flow behind an address: `METHOD /gateway/VERSION/path`.

    `flow` is the hash of a stored flow, `flow_name` what that is called. `query` and `headers`
    say which of the flow's inputs come from there (headers by their own names); places in the
    path are inputs, too, and all else comes from the query of a GET or DELETE, or from the body.
    `takes` describes what callers give beside what the flow takes, or in another way.
    `seconds` bounds how long a caller waits, `largest` the bytes of a body; `origins` are pages
    elsewhere that may call it. An answer that comes `later` is asked for at another address.
    """

    name: Name
    version: Version = "v1"
    method: Method = "POST"
    path: str
    flow: str
    flow_name: str = ""
    title: str = ""
    description: str = ""
    access: Access = "key"
    answers: Answers = "at once"
    rate: Rate | None = None
    query: tuple[str, ...] = ()
    headers: Mapping[str, str] = {}
    takes: Mapping[str, Schema] = {}
    request: Transform = Transform()
    response: Transform = Transform()
    status: Annotated[int, Meta(ge=200, le=299)] = 200
    deprecation: Deprecation | None = None
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 30.0
    largest: Annotated[int, Meta(ge=1, le=64 * 1024 * 1024)] = 1024 * 1024
    origins: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is called among all: `v1/get_lesson`."""
        return f"{self.version}/{self.name}"

    @property
    def address(self) -> str:
        """Where it stands: `/gateway/v1/lessons/{id}`."""
        return f"{ROOT}/{self.version}{self.path}"


class Kept(msgspec.Struct, frozen=True):
    """An endpoint as it is kept, with what its flow takes and gives, and when it was changed.

    `within` is what the flow may touch that published it, None where people did, to whom this
    home's own grants apply.
    """

    endpoint: Endpoint
    takes: Schema
    gives: Schema
    at: float
    within: Mapping[str, Any] | None = None


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """A caller's key, as far as it is known later: never what opens. No `endpoints` means all."""

    id: str
    label: str
    at: float
    endpoints: tuple[str, ...] = ()


class NewKey(msgspec.Struct, frozen=True):
    """A key that was just made. `secret` is told this once."""

    secret: str
    key: Key


class Usage(msgspec.Struct, frozen=True):
    """What calls of an endpoint came to since the gateway started.

    `refused` were the caller's doing, `limited` too many, `errors` ours. `p50` and `p95` are
    seconds within which half and nearly all of the last were answered, None without any.
    """

    calls: int = 0
    errors: int = 0
    refused: int = 0
    limited: int = 0
    p50: float | None = None
    p95: float | None = None
    recent: tuple[float, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """An endpoint with what calls of it came to; `within` as in Kept."""

    endpoint: Endpoint
    address: str
    usage: Usage
    at: float
    within: Mapping[str, Any] | None = None


class Overview(msgspec.Struct, frozen=True):
    """All there is: endpoints, keys, and where calls are counted: `memory` or `redis`."""

    endpoints: list[Shown]
    keys: list[Key]
    counted_in: Literal["memory", "redis"]
    state: Literal["ok", "degraded", "down"]
    detail: str
    now: float
