"""Words of models on the screen

From a scripted server of models sending the first word of an answer until the window has painted
it on the block: through the client, the runtime in its own process, the bridge, and the canvas of
the whole window (offscreen, 1,920 × 1,080). Chat blocks ask one after the other, 20 a lap; then
the same while 50 other blocks in sight write all the time, 20 words a second each. The reference
is OpenAI's bare client, which only reads the same answers, and the same crowd, in one process.
`heard_ms` is when the window's process heard of the word. `p95` is the time within which 95 of
100 first words were seen.
"""

from functools import cache

from tests.benchmarks.figure import Measured, Target
from tests.benchmarks.race import Effort, Race, in_python, race
from tests.benchmarks.registry import benchmark

CONTENDERS = "tests.benchmarks.contenders.streams"
TALKERS = {"alone": 0, "crowd": 50}
SAID = {"alone": "a first word on its block", "crowd": "the same while 50 blocks write"}
LIMIT = Target(at_most=50, value="ours")


@benchmark("streams.{around}", lambda around: SAID[around], LIMIT, around=TALKERS)
def first_word(effort: Effort, around: str) -> Measured:
    """Milliseconds: the middle one."""
    ran = read_by_both(effort, around)
    heard = ran.median("ours", lambda lap: lap.notes["heard_ms"])
    return ran.measured(lambda lap: lap.notes["median_ms"], "ms", heard_ms=round(heard, 1))


@benchmark(
    "streams.{around}.p95",
    lambda around: f"{SAID[around]}, 95 of 100 within",
    LIMIT,
    around=TALKERS,
)
def late_word(effort: Effort, around: str) -> Measured:
    """Milliseconds: that than which 95 of 100 are sooner."""
    return read_by_both(effort, around).measured(lambda lap: lap.notes["p95_ms"], "ms")


@cache
def read_by_both(effort: Effort, around: str) -> Race:
    """One race for both figures of it."""
    contenders = {
        "ours": in_python(f"{CONTENDERS}:window", talkers=TALKERS[around]),
        "reference": in_python(f"{CONTENDERS}:bare", talkers=TALKERS[around]),
    }
    return race(contenders, effort)
