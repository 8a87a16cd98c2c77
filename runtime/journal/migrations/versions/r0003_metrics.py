"""Metrics: what is measured, its points, how far they are rolled up and runs are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric_series",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        comment="What is measured, by a hash of its names; `last`: when it was last counted.",
    )
    op.create_table(
        "metric_points",
        sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("series", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        comment="Tallies of steps of so many seconds, as msgpack.",
    )
    op.create_index("metric_points_by_time", "metric_points", ["step", "at"])
    op.create_table(
        "metric_levels",
        sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        comment="Up to when the points of finer steps are rolled up.",
    )
    op.create_table(
        "metric_runs",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        comment="Up to which event runs that go on are counted.",
    )


def downgrade() -> None:
    for table in ("metric_runs", "metric_levels", "metric_points", "metric_series"):
        op.drop_table(table)
