"""The tables of a database are those we speak of, whichever way it came to them."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from runtime.journal import migrations
from runtime.journal.contract import JournalError
from runtime.journal.postgres import PostgresJournal
from runtime.journal.schema import REVISION, VERSION_TABLE, is_current
from runtime.journal.sql import SqlJournal
from runtime.journal.sqlite import SQLiteJournal
from runtime.journal.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_and_url(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[SqlJournal, str]:
    if request.param == "sqlite":
        path = tmp_path / "journal.sqlite"
        return SQLiteJournal(path), f"sqlite:///{path}"
    url = request.getfixturevalue("empty_postgres_url")
    return PostgresJournal(url), url.replace("postgresql:", "postgresql+psycopg:")


async def test_the_steps_lead_to_the_tables(journal_and_url: tuple[SqlJournal, str]) -> None:
    journal, url = journal_and_url

    await journal.open()
    await journal.close()

    engine = sa.create_engine(url)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
        revision = context.get_current_revision()
    engine.dispose()
    assert differences == []
    assert revision == REVISION


def test_the_newest_step_is_the_one_we_look_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_steps_are_numbered_so_that_newer_ones_can_be_told() -> None:
    assert is_current(REVISION)
    assert not is_current(None)
    assert not is_current("0000")
    with pytest.raises(JournalError, match="Update Heddle"):
        is_current("9999")
