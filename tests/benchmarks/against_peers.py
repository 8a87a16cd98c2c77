"""Beside our peers

Microseconds a task, and in brackets how many times as long as ours in the same race; bold where
a target was missed. Every peer runs in an environment of its own, with its quickest idiomatic
way of doing the workload (`tests/benchmarks/peers/`), its graph built before the clock starts.
In memory is compared with our engine without a journal. LangGraph's SQLite checkpoints
(durability="sync", synchronous FULL as LangGraph leaves it) are compared with our journal at
FULL. Node-RED is JavaScript and not durable; its built-in nodes (change, delay) run no user
code, its function nodes do. Its heap is not collected between laps, and laps warm up for 0.3 s
so that every just-in-time compiler has done its work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.contenders import bare, fully_durable, in_memory
from tests.benchmarks.environments import PEERS as RUNNERS
from tests.benchmarks.environments import node_modules_of, python_of, tool
from tests.benchmarks.figure import Measured, Target, Unavailable, rounded
from tests.benchmarks.race import Contender, Effort, in_python, race
from tests.benchmarks.registry import benchmark
from tests.benchmarks.workloads import PAYLOAD, WORKLOADS


def python_peer(name: str, function: str = "memory") -> Callable[[str], Contender]:
    """A runner in `peers/NAME.py`, with the interpreter of its own environment."""

    def contender(workload: str) -> Contender:
        place = f"tests.benchmarks.peers.{name}:{function}"
        return in_python(place, python=python_of(name), workload=workload)

    return contender


def node_red(kind: str) -> Callable[[str], Contender]:
    """Node-RED's runner; being JavaScript it is told the whole graph."""

    def contender(workload: str) -> Contender:
        if kind == "builtin" and workload == "grid":
            raise Unavailable("all its blocks join, which takes function nodes: see there")
        modules = node_modules_of("node_red")
        words = (tool("node"), str(RUNNERS / "node_red" / "runner.js"), kind)
        return Contender(words, graph(workload), {"NODE_PATH": str(modules)})

    return contender


def graph(workload: str) -> dict[str, Any]:
    """A workload as plain JSON."""
    work = WORKLOADS[workload]
    drawn = {name: getattr(work, name) for name in ("parents", "roots", "leaves", "runs", "pause")}
    return {"name": work.name, "payload": PAYLOAD, **drawn}


def slower(times: float, aim: float | None = None) -> Target:
    """At least so many times as slow as ours."""
    wording = f"peer ≥ {times:g}× slower" + (f", aim {aim:g}×" if aim else "")
    return Target(at_most=1 / times, wording=wording)


@dataclass(frozen=True)
class Peer:
    """An engine beside ours, what of ours it is compared with, and how far behind it should be."""

    title: str
    contender: Callable[[str], Contender]
    target: Target
    ours: Callable[[str], Contender] = in_memory


PEERS = {
    "langgraph": Peer("LangGraph, in memory", python_peer("langgraph"), slower(35, aim=100)),
    "langgraph_sqlite": Peer(
        "LangGraph, SQLite checkpoints, sync (to our FULL)",
        python_peer("langgraph", "sqlite"),
        slower(70),
        ours=fully_durable,
    ),
    "hamilton": Peer("Hamilton, async", python_peer("hamilton"), slower(1)),
    "burr": Peer("Burr, in memory", python_peer("burr"), slower(1)),
    "haystack": Peer("Haystack, async", python_peer("haystack"), slower(1)),
    "node_red_function": Peer("Node-RED, function nodes", node_red("function"), slower(1)),
    "node_red_builtin": Peer("Node-RED, built-in nodes", node_red("builtin"), slower(1)),
}


def title(peer: str, workload: str) -> str:
    return f"{PEERS[peer].title}: {WORKLOADS[workload].title}"


def target(peer: str, workload: str) -> Target:
    """The I/O workload waits 10 µs a task whoever runs it: there a peer need only be behind."""
    return slower(1) if WORKLOADS[workload].pause else PEERS[peer].target


@benchmark("peers.{peer}.{workload}", title, target, peer=PEERS, workload=WORKLOADS)
def beside(effort: Effort, peer: str, workload: str) -> Measured:
    """Ours, the bare reference and a peer in one race."""
    rival = PEERS[peer]
    contenders = {
        "ours": rival.ours(workload),
        "bare": bare(workload),
        "reference": rival.contender(workload),
    }
    outcome = race(contenders, effort)
    alone = outcome.median("bare", lambda lap: lap.microseconds_per_task)
    return outcome.per_task(peer=rival.title, bare=rounded(alone))
