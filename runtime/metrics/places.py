"""Which store of metrics goes with a journal: the same file, the same server, or memory."""

from runtime.journal.contract import Journal
from runtime.journal.sqlite import SQLiteJournal
from runtime.metrics.memory import MemoryMetricStore
from runtime.metrics.sqlite import SQLiteMetricStore
from runtime.metrics.store import MetricStore


def metrics_beside(journal: Journal, place: str) -> MetricStore:
    """The store of metrics in the place of a journal, not opened yet."""
    if isinstance(journal, SQLiteJournal):
        return SQLiteMetricStore(journal.path)
    if place.startswith("postgres"):
        # 0.1 s that who keeps runs in a file need not spend.
        from runtime.metrics.postgres import PostgresMetricStore  # noqa: PLC0415 - imports psycopg

        return PostgresMetricStore(place)
    return MemoryMetricStore()
