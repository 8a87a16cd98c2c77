"""Where Alembic takes the steps: in the transaction that was opened for them."""

from alembic import context

from runtime.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
