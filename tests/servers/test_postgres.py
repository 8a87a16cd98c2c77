"""The PostgreSQL of the tests is a real, durable one that only we can reach."""

import signal

import psycopg
import pytest

from tests.servers.postgres import PostgresServer


def test_every_test_gets_an_empty_database(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.new_database(), postgres_server.new_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE mine (id int)")

    with psycopg.connect(second) as connection:
        tables = connection.execute("SELECT FROM pg_tables WHERE tablename = 'mine'").fetchall()

    assert tables == []


def test_commits_reach_the_disk_and_strangers_stay_out(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        settings = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]
            for name in ("fsync", "synchronous_commit", "listen_addresses")
        }

    assert settings == {"fsync": "on", "synchronous_commit": "on", "listen_addresses": "127.0.0.1"}
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres_url, password="guess")


def test_a_crashed_server_comes_back_with_what_was_committed(own_postgres: PostgresServer) -> None:
    with psycopg.connect(own_postgres.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    own_postgres.stop(signal.SIGQUIT)
    own_postgres.start()

    with psycopg.connect(own_postgres.url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
