"""The tables of runs, events, flows and blobs: the same on SQLite and PostgreSQL."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()

run_events = Table(
    "run_events",
    metadata,
    Column("run", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("format", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    comment="The journal: one row for the events of a run in one append, as a msgpack array.",
)

workflows = Table(
    "workflows",
    metadata,
    Column("run", Text, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Column("replays", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("summary", Text, nullable=False),
    Column("summarised", Boolean, nullable=False, server_default=false()),
    Column("origin", Text, nullable=False, server_default=text("''")),
    Index("workflows_by_start", "started"),
    Index(
        "workflows_open",
        "owner",
        sqlite_where=text("ended IS NULL"),
        postgresql_where=text("ended IS NULL"),
    ),
    comment="Runs. `summarised`: what became of the tasks stands in workflow_tasks.",
)

workflow_tasks = Table(
    "workflow_tasks",
    metadata,
    Column("run", Text, primary_key=True),
    Column("task", Text, primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("block", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Column("took", Double, nullable=False),
    Column("error", Text, nullable=False),
    Column("message", Text, nullable=False),
    comment="What became of the tasks of ended runs; written when first asked for.",
)

visual_flows = Table(
    "visual_flows",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("stored", Double, nullable=False),
    comment="Flows by the hash of their content.",
)

blobs = Table(
    "blobs",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    comment="Large values by the SHA-256 of their msgpack form.",
)

run_blobs = Table(
    "run_blobs",
    metadata,
    Column("run", Text, primary_key=True),
    Column("blob", Text, primary_key=True),
    Index("run_blobs_by_blob", "blob"),
    comment="Which runs need which blobs.",
)

metric_series = Table(
    "metric_series",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("flow", Text, nullable=False),
    Column("block", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("last", BigInteger, nullable=False),
    comment="What is measured, by a hash of its names; `last`: when it was last counted.",
)

metric_points = Table(
    "metric_points",
    metadata,
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("series", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("payload", LargeBinary, nullable=False),
    Index("metric_points_by_time", "step", "at"),
    comment="Tallies of steps of so many seconds, as msgpack.",
)

metric_levels = Table(
    "metric_levels",
    metadata,
    Column("step", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    comment="Up to when the points of finer steps are rolled up.",
)

metric_runs = Table(
    "metric_runs",
    metadata,
    Column("run", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    comment="Up to which event runs that go on are counted.",
)
