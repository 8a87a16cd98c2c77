"""Endpoints as the dock of endpoints tells of them, and what is asked to publish a flow."""

import re
import shlex
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from agents.swarm.api_gateway.shapes import ROOT, Endpoint, Key, Overview, Rate, Shown, Usage
from agents.swarm.api_gateway.words import deprecated_words
from app.presenters.amounts import amount, counted
from app.presenters.signs import Sign

COLUMNS = (
    "Method", "Address", "Flow", "Calls", "Failed", "Limited", "Refused", "95 % within", "Lately",
    "Callers",
)  # fmt: skip

ABOUT = (
    "How it is called",
    "Where it is called, after the address of the server",
    "The flow that runs",
    "Calls since the server started",
    "Calls that failed for a reason of ours",
    "Calls that came too often",
    "Calls that were refused, for what the caller gave",
    "Nearly all of the last calls took so long at the most",
    "How long each of the last calls took, the newest at the right",
    "Who may call it: everybody, or whoever shows a key",
)
"""What each column tells."""

LATENCIES = 8

METHODS = {
    "GET": "running", "POST": "done", "PUT": "warning", "PATCH": "reused", "DELETE": "failed",
}  # fmt: skip
"""By method, the name of its colour in the theme."""

HEALTHY = "ok"

BOUND = "no more than the flow that published it"
"""What an endpoint may touch that a flow published."""


class EndpointRow(NamedTuple):
    """An endpoint in the list. `said` is what is to be known of it at once, such as its end."""

    shown: Shown
    texts: tuple[str, ...]
    colour: str
    said: str
    is_old: bool

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.shown.endpoint.key


def endpoint_rows(seen: Overview) -> list[EndpointRow]:
    """All endpoints, by version and path."""
    ordered = sorted(
        seen.endpoints,
        key=lambda one: (one.endpoint.version, one.endpoint.path, one.endpoint.method),
    )
    return [_row(one) for one in ordered]


def _row(shown: Shown) -> EndpointRow:
    endpoint, usage = shown.endpoint, shown.usage
    texts = (
        endpoint.method,
        shown.address,
        endpoint.flow_name,
        *(f"{count:,}" if count else "" for count in _counts(usage)),
        amount(usage.p95, "seconds") if usage.p95 is not None else "",
        "",
        "everybody" if endpoint.access == "open" else "with a key",
    )
    said = deprecated_words(endpoint) or endpoint.description or endpoint.title
    return EndpointRow(
        shown, texts, METHODS[endpoint.method], said, endpoint.deprecation is not None
    )


def _counts(usage: Usage) -> tuple[int, ...]:
    return usage.calls, usage.errors, usage.limited, usage.refused


def facts(shown: Shown) -> list[tuple[str, str]]:
    """What is set of an endpoint, by name."""
    endpoint = shown.endpoint
    told = [
        ("Flow", endpoint.flow_name),
        ("May touch", BOUND if shown.within is not None else ""),
        ("Callers", "everybody" if endpoint.access == "open" else "whoever shows a key"),
        ("Rate", rate_words(endpoint.rate)),
        ("Answers", _answers(endpoint)),
        ("Body", f"at most {endpoint.largest:,} bytes"),
        ("Values", _values(endpoint)),
        ("Made", ", ".join(_transforms(endpoint))),
        ("Pages", ", ".join(endpoint.origins)),
    ]
    return [(name, text) for name, text in told if text]


def rate_words(rate: Rate | None) -> str:
    """How often it may be called."""
    if rate is None:
        return "any number of calls"
    whose = " for each caller" if rate.each == "caller" else ""
    return f"{rate.calls:,} calls in {rate.seconds:,} s{whose}, {rate.window} window"


def _answers(endpoint: Endpoint) -> str:
    if endpoint.answers == "later":
        return "later, at the address of the run"
    return f"at once, or is ended after {amount(endpoint.seconds, 'seconds')}"


def _values(endpoint: Endpoint) -> str:
    query = [f"{name} from the query" for name in endpoint.query]
    headers = [f"{name} from {header}" for header, name in endpoint.headers.items()]
    return ", ".join([*query, *headers])


def _transforms(endpoint: Endpoint) -> list[str]:
    told = [
        f"{new} from {old}"
        for how in (endpoint.request, endpoint.response)
        for old, new in how.rename.items()
    ]
    for how in (endpoint.request, endpoint.response):
        told += [f"{name} = {text}" for name, text in how.make.items()]
    return told


def figures(usage: Usage) -> str:
    """What its calls came to, in a line."""
    if not usage.calls:
        return "Nobody called it since the server started."
    parts = [counted(usage.calls, "call")]
    for count, word in (
        (usage.limited, "too many"), (usage.refused, "refused"), (usage.errors, "failed"),
    ):  # fmt: skip
        if count:
            parts.append(f"{count:,} {word}")
    if usage.p50 is not None and usage.p95 is not None:
        parts.append(f"half within {amount(usage.p50, 'seconds')}")
        parts.append(f"95 % within {amount(usage.p95, 'seconds')}")
    return " · ".join(parts)


def standing(seen: Overview) -> Sign:
    """How many there are, where their rates are counted, and what is wrong with that."""
    number = counted(len(seen.endpoints), "endpoint")
    if seen.state != HEALTHY:
        return Sign("mdi6.alert-outline", "warning", f"{number} · {seen.detail}")
    where = "in Redis, for all servers" if seen.counted_in == "redis" else "by this server"
    return Sign("mdi6.check-circle-outline", "done", f"{number} · rates are counted {where}")


def key_words(key: Key) -> str:
    """What a key opens, and since when."""
    opens = ", ".join(key.endpoints) if key.endpoints else "all endpoints"
    return f"opens {opens} · made {time.strftime('%Y-%m-%d %H:%M', time.localtime(key.at))}"


def curl_of(endpoint: Endpoint, base: str) -> str:
    """A command that calls an endpoint, with places to be filled in."""
    words = ["curl", "-X", endpoint.method, f"{base}{endpoint.address}"]
    if endpoint.access == "key":
        words += ["-H", "X-API-Key: $HEDDLE_KEY"]
    if endpoint.method in ("POST", "PUT", "PATCH"):
        words += ["-H", "Content-Type: application/json", "-d", "{}"]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """For a shell, with variables left to it."""
    return f'"{word}"' if "$" in word else shlex.quote(word)


def docs_of(endpoint: Endpoint, base: str) -> str:
    """The page on which an endpoint can be tried."""
    return f"{base}{ROOT}/{endpoint.version}/docs#{endpoint.name}"


# Publishing.


class Wanted(NamedTuple):
    """How a flow is to be published, as it stands in the form."""

    name: str
    version: str
    method: str
    path: str
    access: str
    answers: str
    calls: str


def suggested(flow_name: str, there: Sequence[Shown]) -> Wanted:
    """How a flow might be published; as it is already, if it is."""
    found = next((one.endpoint for one in there if one.endpoint.flow_name == flow_name), None)
    if found is not None:
        calls = str(found.rate.calls) if found.rate and found.rate.seconds == 60 else ""
        return Wanted(
            found.name, found.version, found.method, found.path, found.access, found.answers, calls
        )
    name = re.sub(r"[^a-z0-9]+", "_", flow_name.lower()).strip("_") or "flow"
    name = name if name[0].isalpha() else f"flow_{name}"
    return Wanted(name[:60], "v1", "POST", f"/{name[:60].replace('_', '-')}", "key", "at once", "")


def endpoint_of(wanted: Wanted, flow_name: str) -> dict[str, Any]:
    """The endpoint that is wanted, as JSON has it. Raises ValueError with what is wrong."""
    said: dict[str, Any] = {
        "name": wanted.name, "version": wanted.version, "method": wanted.method,
        "path": wanted.path, "flow": "", "flow_name": flow_name, "access": wanted.access,
        "answers": wanted.answers,
    }  # fmt: skip
    if calls := wanted.calls.strip():
        if not calls.isdigit() or not 1 <= int(calls) <= 1_000_000:
            raise ValueError("How many calls a minute has to be a number from 1, or empty.")
        said["rate"] = {"calls": int(calls), "seconds": 60}
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", wanted.name):
        raise ValueError("The name has to be small letters, digits and _, such as get_lesson.")
    return said


def changes_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same as changes of an endpoint that is there; no rate means none."""
    changes = {name: value for name, value in said.items() if name not in ("name", "version")}
    return {"rate": None} | changes


def is_there(said: Mapping[str, Any], there: Sequence[Shown]) -> bool:
    """Whether an endpoint of that name and version is there."""
    key = f"{said['version']}/{said['name']}"
    return any(one.endpoint.key == key for one in there)
