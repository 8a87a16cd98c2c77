"""Runs, their events and tasks, flows, and blobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_events",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("format", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        comment="The journal: one row for the events of a run in one append, as a msgpack array.",
    )
    op.create_table(
        "workflows",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("replays", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("summarised", sa.Boolean, nullable=False, server_default=sa.false()),
        comment="Runs. `summarised`: what became of the tasks stands in workflow_tasks.",
    )
    op.create_index("workflows_by_start", "workflows", ["started"])
    op.create_index(
        "workflows_open",
        "workflows",
        ["owner"],
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "workflow_tasks",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, primary_key=True),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("took", sa.Double, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        comment="What became of the tasks of ended runs; written when first asked for.",
    )
    op.create_table(
        "visual_flows",
        sa.Column("flow", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stored", sa.Double, nullable=False),
        comment="Flows by the hash of their content.",
    )
    op.create_table(
        "blobs",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        comment="Large values by the SHA-256 of their msgpack form.",
    )
    op.create_table(
        "run_blobs",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("blob", sa.Text, primary_key=True),
        comment="Which runs need which blobs.",
    )
    op.create_index("run_blobs_by_blob", "run_blobs", ["blob"])


def downgrade() -> None:
    for table in (
        "run_blobs", "blobs", "visual_flows", "workflow_tasks", "workflows", "run_events"
    ):  # fmt: skip
        op.drop_table(table)
