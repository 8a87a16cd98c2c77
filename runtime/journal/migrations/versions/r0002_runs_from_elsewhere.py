"""What a run was brought here in that was done elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    origin = sa.Column("origin", sa.Text, nullable=False, server_default=sa.text("''"))
    op.add_column("workflows", origin)
