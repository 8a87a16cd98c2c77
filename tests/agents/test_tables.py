"""Tables of one's own in a real PostgreSQL."""

import uuid
from pathlib import Path

import pytest

from agents.errors import Rejected
from agents.tables import Tables, ask


@pytest.mark.parametrize("value", ["a\0b", "much too long"])
async def test_what_the_database_can_t_hold_is_no_trouble_of_the_database(
    postgres_url: str, tmp_path: Path, value: str
) -> None:
    name = f"held_{uuid.uuid4().hex}"
    tables = Tables(tmp_path / "unused", postgres_url, [f"CREATE TABLE {name} (text VARCHAR(8))"])

    with pytest.raises(Rejected, match="can't hold it"):
        await tables.do(lambda one: ask(one, f"INSERT INTO {name} VALUES (:value)", value=value))

    assert await tables.do(lambda one: ask(one, f"SELECT * FROM {name}").all()) == []
    tables.close()
