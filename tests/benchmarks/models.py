"""Models

Overhead: how much longer a question takes through everything that stands around it (choosing,
budget, guard, trace, price) than the same one asked of the bare client of OpenAI and of
Anthropic: asked in turn in one process, of one scripted server whose answers are instant, the
medians of their CPU time compared. Beside it stands what the bare client takes; the ratio is of the
whole times.

The same question through ours and through LangChain's chat model of OpenAI's, which is in an
environment of its own: two processes that ask one server in turn.

Streams: 1,000 answers read at the same time, each of a word every half second; the memory that
it takes at most beyond what the process held before, for each of them.

Import: what a program pays to load the runtime with all its blocks, beside what it pays to load
the two clients, which are only loaded by the first question to such a service.
"""

from tests.benchmarks.contenders.streams import speaking
from tests.benchmarks.environments import python_of
from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, in_python, race
from tests.benchmarks.registry import benchmark

CONTENDERS = "tests.benchmarks.contenders.models"


@benchmark(
    "models.overhead.{provider}",
    lambda provider: f"what stands around a question to {provider}, beside its bare client",
    Target(at_most=1.0, value="ours"),
    provider=("openai", "anthropic"),
)
def overhead(effort: Effort, provider: str) -> Measured:
    """Milliseconds more for a question (the medians' difference), beside all that it takes."""
    raced = race({"both": in_python(f"{CONTENDERS}:in_turn", provider=provider)}, effort)
    bare = raced.median("both", lambda lap: lap.notes["bare"])
    more = raced.median("both", lambda lap: lap.notes["ours"] - lap.notes["bare"])
    return Measured(ours=more, reference=bare, ratio=(bare + more) / bare, unit="ms")


@benchmark(
    "models.langchain", "a whole question to OpenAI, beside LangChain's", Target(at_most=1.0)
)
def beside_langchain(effort: Effort) -> Measured:
    """Milliseconds for a question."""
    python = python_of("langchain")
    with speaking() as url:
        contenders = {
            "ours": in_python(f"{CONTENDERS}:asking", url=url),
            "reference": in_python(
                "tests.benchmarks.peers.langchain:asking", python=python, url=url
            ),
        }
        return race(contenders, effort).measured(lambda lap: lap.notes["median"], "ms")


@benchmark(
    "models.streams",
    "memory of each of 1,000 answers that are read at the same time",
    Target(at_most=200, value="ours"),
)
def streams(effort: Effort) -> Measured:
    """Kilobytes for each stream at the peak, server in another process; beside bare clients."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:crowd", ours=True),
        "reference": in_python(f"{CONTENDERS}:crowd", ours=False),
    }
    once = Effort(seconds=0, laps=1, warm_up=0)  # a second crowd would find the first one's room
    return race(contenders, once).measured(lambda lap: lap.notes["kilobytes"], "kB/stream")


@benchmark(
    "models.import",
    "the runtime with all blocks, beside the clients it does not load",
    Target(at_most=1.0),
)
def imports(effort: Effort) -> Measured:
    """Seconds of CPU to import."""
    contenders = {
        "ours": in_python(
            f"{CONTENDERS}:importing", modules=["runtime.compose", "runtime.plugins"]
        ),
        "reference": in_python(f"{CONTENDERS}:importing", modules=["openai", "anthropic"]),
    }
    return race(contenders, effort).measured(lambda lap: lap.seconds, "s")
