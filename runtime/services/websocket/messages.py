"""What is said over the socket, each way: records in JSON whose `type` says what they are."""

from typing import Annotated, Any, Literal

import msgspec

Topic = Literal["run", "runs", "agents", "services", "metrics"]
"""The events of one run; those of all runs; what happens to agents; services and metrics as they
change."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class _FromClient(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    pass


class Subscribe(_FromClient, frozen=True, tag="subscribe"):
    """Be told of a topic, under an `id` of the client's own choice.

    `run` names the one that is meant. `after` is the `seq` of the last message known: what came
    since is told first. For all topics but `run` it holds only with the `epoch` it was told in.
    """

    id: Id
    topic: Topic
    run: Annotated[str, msgspec.Meta(max_length=100)] = ""
    after: Seq | None = None
    epoch: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Unsubscribe(_FromClient, frozen=True, tag="unsubscribe"):
    """Be told no more."""

    id: Id


class Ping(_FromClient, frozen=True, tag="ping"):
    """Ask whether the other side is there."""

    nonce: Annotated[str, msgspec.Meta(max_length=100)] = ""


FromClient = Subscribe | Unsubscribe | Ping


class _FromServer(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    pass


class Hello(_FromServer, frozen=True, tag="hello"):
    """Said first: who speaks, and every how many seconds a heartbeat comes."""

    owner: str
    heartbeat: float


class Subscribed(_FromServer, frozen=True, tag="subscribed"):
    """A subscription has begun. With `epoch` and a `seq`, one can go on after a break."""

    id: str
    epoch: str = ""


class Told(_FromServer, frozen=True, tag="event"):
    """Something happened. Messages without a `seq` are only shown: none goes on after them."""

    id: str
    data: Any
    seq: int | None = None


class Missed(_FromServer, frozen=True, tag="missed"):
    """Some messages were left out: so many, None where that isn't known.

    Whoever wants those of a run subscribes to it `after` the last it knows.
    """

    id: str
    missed: int | None


class Ended(_FromServer, frozen=True, tag="ended"):
    """A subscription is over: the run has ended, or it was given up."""

    id: str
    reason: str


class Refused(_FromServer, frozen=True, tag="refused"):
    """What was asked can't be."""

    title: str
    detail: str
    id: str = ""
    cure: str = ""


class Pong(_FromServer, frozen=True, tag="pong"):
    """The answer to a ping."""

    nonce: str = ""


class Heartbeat(_FromServer, frozen=True, tag="heartbeat"):
    """Still here; `at` is seconds since the epoch."""

    at: float


FromServer = Hello | Subscribed | Told | Missed | Ended | Refused | Pong | Heartbeat
