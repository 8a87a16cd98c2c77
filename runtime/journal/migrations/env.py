"""Where Alembic takes the steps: in the transaction that was opened for them."""

from alembic import context

from runtime.journal.schema import VERSION_TABLE
from runtime.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
