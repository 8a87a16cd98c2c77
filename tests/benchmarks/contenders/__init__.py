"""Who takes part in most races: our engine in memory and durable, and the bare reference."""

from tests.benchmarks.race import Contender, in_python


def bare(workload: str) -> Contender:
    """One bare asyncio Task a block."""
    return in_python("tests.benchmarks.contenders.reference:bare", workload=workload)


def in_memory(workload: str) -> Contender:
    """Our engine without a journal."""
    return in_python("tests.benchmarks.contenders.engine:memory", workload=workload)


def durable(workload: str) -> Contender:
    """Our engine on SQLite, synchronous NORMAL: survives a killed process."""
    return in_python(
        "tests.benchmarks.contenders.engine:durable", workload=workload, durability="normal"
    )


def fully_durable(workload: str) -> Contender:
    """Our engine on SQLite, synchronous FULL: survives a power cut."""
    return in_python(
        "tests.benchmarks.contenders.engine:durable", workload=workload, durability="full"
    )
