"""How each guard is set: what every setting means, and the file that changes some of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from graph.errors import HeddleError

DAY = 86_400.0

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
Seconds = Annotated[float, Meta(ge=0, le=DAY)]
Share = Annotated[float, Meta(ge=0, le=1)]


class GuardSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How calls to one system are guarded. Times are in seconds, shares from 0 to 1."""

    seconds: Annotated[Seconds, Meta(description="How long one attempt may take; 0: any time.")] = (
        60.0
    )
    total: Annotated[
        Seconds,
        Meta(description="After how long no further attempt begins; 0: attempts alone decide."),
    ] = 120.0

    attempts: Annotated[Positive, Meta(description="How often it is tried in all.")] = 3
    first_wait: Annotated[Seconds, Meta(description="The wait before the second attempt.")] = 0.5
    factor: Annotated[
        Annotated[float, Meta(ge=1, le=100)],
        Meta(description="How many times longer each further wait is."),
    ] = 2.0
    longest_wait: Annotated[
        Seconds, Meta(description="No wait is longer, unless the other side asks for it.")
    ] = 30.0
    jitter: Annotated[
        Share, Meta(description="The share of a wait that is left to chance, so none come at once.")
    ] = 0.5
    hedge: Annotated[
        Share,
        Meta(
            description="A call that changes nothing and takes longer than this share of the last "
            "ones gets a second attempt beside it; 0: none does."
        ),
    ] = 0.0
    heed: Annotated[
        bool,
        Meta(
            description="Whether one answer 'too many requests' has every caller wait as long as "
            "it says, and fewer go at once afterwards."
        ),
    ] = True

    failures: Annotated[
        Count, Meta(description="As many failures in a row open the breaker; 0: none do.")
    ] = 5
    recovery: Annotated[
        Annotated[float, Meta(gt=0, le=DAY)],
        Meta(description="How long an open breaker lets nothing through."),
    ] = 60.0
    trials: Annotated[
        Positive, Meta(description="As many calls then try it, and all must work to close it.")
    ] = 3
    failure_rate: Annotated[
        Share, Meta(description="As large a share of failures in the window opens it; 0: none.")
    ] = 0.0
    slow_rate: Annotated[
        Share, Meta(description="As large a share of slow calls in the window opens it; 0: none.")
    ] = 0.0
    slow_seconds: Annotated[Seconds, Meta(description="What takes longer is a slow call.")] = 10.0
    window: Annotated[
        Literal["calls", "seconds"],
        Meta(description="Whether shares are of the last calls, or of those of the last seconds."),
    ] = "calls"
    window_size: Annotated[
        Positive, Meta(description="How many calls or seconds the window spans.")
    ] = 100
    window_least: Annotated[
        Positive, Meta(description="Among fewer calls in the window, shares say nothing.")
    ] = 10
    throttled_counts: Annotated[
        bool, Meta(description="Whether the answer 'too many requests' is a failure.")
    ] = False

    rate: Annotated[
        Count, Meta(description="As many calls may begin in `rate_seconds`; 0: any number.")
    ] = 0
    rate_seconds: Annotated[
        Annotated[int, Meta(ge=1, le=86_400)], Meta(description="The time that `rate` speaks of.")
    ] = 60
    rate_window: Annotated[
        Literal["moving", "fixed"],
        Meta(description="Whether that time is always the last one, or begins anew when it ends."),
    ] = "moving"

    concurrent: Annotated[
        Count, Meta(description="As many calls may be under way at once; 0: any number.")
    ] = 64
    waiting: Annotated[
        Count, Meta(description="As many more may wait for their turn; the next one fails.")
    ] = 1_000
    waiting_seconds: Annotated[
        Seconds, Meta(description="How long a call may wait for its turn before it fails.")
    ] = 30.0


BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    # Blocks say themselves how often they try: tried again here as well, three attempts would be
    # nine. And one flow that a host tells to wait need not keep another, with a key of its own.
    # Half of the connections there are, so that one slow host leaves some to the others.
    "http": {"attempts": 1, "heed": False, "concurrent": 128},
    # An answer may take minutes, and hundreds are read at once.
    "llm": {"seconds": 600.0, "total": 300.0, "concurrent": 1_000},
    "database": {"attempts": 1, "heed": False, "concurrent": 16},
    # Callers of the gateway wait meanwhile, and it does without: it is looked for again at once.
    "api_gateway": {
        "attempts": 1,
        "seconds": 5.0,
        "recovery": 1.0,
        "trials": 1,
        "concurrent": 1_000,
    },
    # The plugin of Studio asks again by itself, and blocks say how often they try. Roblox may take
    # minutes to read a place.
    "studio_bridge": {"attempts": 1, "seconds": 10.0, "recovery": 1.0, "trials": 1},
    "roblox_cloud": {"attempts": 1, "seconds": 300.0},
    # Their own tables: who comes back is to be served at once, not a minute after the database is.
    "coordinator": {"recovery": 1.0, "trials": 1},
    "defined_agents": {"recovery": 1.0, "trials": 1},
    "schema_validator": {"recovery": 1.0, "trials": 1},
    "ui_sync": {"recovery": 1.0, "trials": 1},
    # What is missed meanwhile is made good, so it is asked again soon; a row is small and needed
    # at once, and thousands may be wanted.
    "database_sync": {
        "seconds": 10.0,
        "attempts": 1,
        "failures": 3,
        "recovery": 0.5,
        "trials": 1,
        "heed": False,
        "concurrent": 256,
        "waiting": 20_000,
    },
}
"""What is different around some systems, before the file is read."""

DEFAULT = "default"


class BadGuards(HeddleError):
    """The settings of guards say what can't be; the message names every place."""


class GuardRules:
    """The settings of every guard by its name: what is said of `http` holds for `http:HOST` too.

    `said` is what a file holds: `{"default": {…}, "http": {…}, "http:api.github.com": {…}}`, each
    naming only what it changes; the more specific name wins. Raises BadGuards.
    """

    def __init__(self, said: Mapping[str, Any] | None = None, *, where: str = "guards") -> None:
        self._said = dict(said or {})
        flaws = [flaw for name in self._said for flaw in self._flaws(name)]
        if flaws:
            raise BadGuards(f"{where}: {' '.join(flaws)}", cure=_CURE)

    def of(self, name: str) -> GuardSettings:
        """The settings of the guard of that name."""
        changes: dict[str, Any] = {}
        for level in _levels(name):
            changes |= BUILT_IN.get(level, {})
            changes |= self._said.get(level, {})
        return msgspec.convert(changes, GuardSettings)

    def _flaws(self, name: str) -> list[str]:
        changes = self._said[name]
        if not isinstance(changes, Mapping):
            return [f"{name!r} is no record of settings."]
        return [flaw for key, value in changes.items() if (flaw := _flaw(name, key, value))]


def guard_rules(path: Path) -> GuardRules:
    """What the file says, or what holds without one. Raises BadGuards."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return GuardRules()
    except OSError as error:
        raise BadGuards(f"{path} can't be read: {error.strerror}.") from error
    try:
        said = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadGuards(f"{path} is no JSON: {error}.", cure=_CURE) from error
    if not isinstance(said, dict):
        raise BadGuards(f"{path} holds no record.", cure=_CURE)
    return GuardRules(said, where=str(path))


_CURE = 'Write {"NAME": {"SETTING": VALUE}}, such as {"http": {"concurrent": 20}}.'


def _levels(name: str) -> list[str]:
    """`default`, and the name from its first part to the whole: http, http:HOST, http:HOST:PORT."""
    parts = name.split(":")
    return [DEFAULT, *(":".join(parts[: n + 1]) for n in range(len(parts)))]


_FIELDS = {field.name: field for field in msgspec.structs.fields(GuardSettings)}


def _flaw(name: str, setting: str, value: Any) -> str:
    """What is wrong with one setting, "" for nothing."""
    if setting not in _FIELDS:
        return f"{name!r} sets {setting!r}, which there isn't: there are {', '.join(_FIELDS)}."
    try:
        msgspec.convert(value, _FIELDS[setting].type)
    except msgspec.ValidationError as error:
        reason = str(error).removesuffix(".")
        return f"{name!r} sets {setting!r} to {value!r}: {reason[:1].lower()}{reason[1:]}."
    return ""
