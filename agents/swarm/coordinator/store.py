"""Where workflows and templates are kept that people made; how far a workflow is, its run says."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection, Row

from agents.swarm.coordinator.shapes import OVER, Kept, WorkflowState
from agents.swarm.own_tables import OwnTables
from agents.tables import ask

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS swarm_workflows (
        workflow_id VARCHAR(64) PRIMARY KEY, number BIGINT NOT NULL UNIQUE,
        key VARCHAR(400) UNIQUE, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
        parameters TEXT NOT NULL, flow VARCHAR(64) NOT NULL, created DOUBLE PRECISION NOT NULL,
        state VARCHAR(16) NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS swarm_workflows_by_state ON swarm_workflows (state)",
    """CREATE TABLE IF NOT EXISTS swarm_workflow_grants (
        workflow_id VARCHAR(64) PRIMARY KEY, within TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS swarm_workflow_templates (
        name VARCHAR(200) PRIMARY KEY, description TEXT NOT NULL, text TEXT NOT NULL)""",
)

_IS_OVER = f"state IN ({', '.join(map(repr, OVER))})"
_ADD = """INSERT INTO swarm_workflows
    (workflow_id, number, key, name, description, parameters, flow, created, state)
    VALUES (:workflow_id, :number, :key, :name, :description, :parameters, :flow, :created, :state)
    ON CONFLICT DO NOTHING"""
_GRANT = "INSERT INTO swarm_workflow_grants (workflow_id, within) VALUES (:id, :within)"
_ALL = """SELECT w.*, g.within FROM swarm_workflows w
    LEFT JOIN swarm_workflow_grants g ON g.workflow_id = w.workflow_id"""
_BY_KEY = f"{_ALL} WHERE w.key = :key"
_BY_ID = f"{_ALL} WHERE w.workflow_id = :id"
_DROP = (
    "DELETE FROM swarm_workflow_grants WHERE workflow_id = :id",
    "DELETE FROM swarm_workflows WHERE workflow_id = :id",
)
_SETTLE = "UPDATE swarm_workflows SET state = :state WHERE workflow_id = :id"
_BEGUN = """UPDATE swarm_workflows SET state = 'running'
    WHERE workflow_id = :id AND state = 'pending'"""
_CANCELLING = f"""UPDATE swarm_workflows SET state = 'cancelling'
    WHERE workflow_id = :id AND NOT {_IS_OVER}"""
_PAGE = f"""{_ALL} WHERE number < :before AND (:state = '' OR state = :state)
    ORDER BY number DESC LIMIT :limit"""
_UNFINISHED = f"{_ALL} WHERE NOT {_IS_OVER}"
_COUNTS = "SELECT state, count(*) AS number FROM swarm_workflows GROUP BY state"
_FORGET = f"DELETE FROM swarm_workflows WHERE created < :before AND {_IS_OVER}"
_FORGET_GRANTS = """DELETE FROM swarm_workflow_grants
    WHERE workflow_id NOT IN (SELECT workflow_id FROM swarm_workflows)"""
_TEMPLATES = "SELECT name, description, text FROM swarm_workflow_templates ORDER BY name"
_WRITE = """INSERT INTO swarm_workflow_templates (name, description, text)
    VALUES (:name, :description, :text)
    ON CONFLICT (name) DO UPDATE SET description = excluded.description, text = excluded.text"""

LAST = 2**63 - 1
"""Above the number of any workflow."""


class Written(NamedTuple):
    """A template that somebody made: its flow as the text of a file."""

    name: str
    description: str
    text: str


class Store:
    """Workflows in tables of their own. Calls block: have the tables do them."""

    def __init__(self, tables: OwnTables) -> None:
        self._tables = tables

    def add(self, kept: Kept) -> Kept:
        """Keep a workflow, or give the one that was kept under its key before."""

        def work(connection: Connection) -> Kept:
            row = msgspec.structs.asdict(kept) | {"key": kept.key or None}
            row["parameters"] = msgspec.json.encode(kept.parameters).decode()
            del row["within"]
            if ask(connection, _ADD, **row).rowcount:
                if kept.within is not None:
                    within = msgspec.json.encode(kept.within).decode()
                    ask(connection, _GRANT, id=kept.workflow_id, within=within)
                return kept
            return _all(ask(connection, _BY_KEY, key=kept.key))[0]

        return self._tables.do_now(work)

    def one(self, workflow_id: str) -> Kept | None:
        """A workflow by its id."""
        found = self._tables.read_now(lambda one: _all(ask(one, _BY_ID, id=workflow_id)))
        return found[0] if found else None

    def drop(self, workflow_id: str) -> None:
        """Keep a workflow no more."""
        self._tables.do_now(lambda one: [ask(one, drop, id=workflow_id) for drop in _DROP])

    def settle(self, workflow_id: str, state: WorkflowState) -> None:
        """Note how a workflow stands."""
        self._tables.do_now(lambda one: ask(one, _SETTLE, id=workflow_id, state=state))

    def begun(self, workflow_id: str) -> None:
        """Note that the run of a workflow is on record."""
        self._tables.do_now(lambda one: ask(one, _BEGUN, id=workflow_id))

    def cancelling(self, workflow_id: str) -> None:
        """Note that a workflow is being undone, unless it is over."""
        self._tables.do_now(lambda one: ask(one, _CANCELLING, id=workflow_id))

    def page(self, limit: int, before: int | None, state: str) -> list[Kept]:
        """Workflows, newest first, from below the number `before`."""
        wanted = {"limit": limit, "before": LAST if before is None else before, "state": state}
        return self._tables.read_now(lambda one: _all(ask(one, _PAGE, **wanted)))

    def unfinished(self) -> list[Kept]:
        """The workflows that weren't over when they were last looked at."""
        return self._tables.read_now(lambda one: _all(ask(one, _UNFINISHED)))

    def counts(self) -> dict[str, int]:
        """How many workflows are in each state."""
        return self._tables.read_now(
            lambda one: {row.state: row.number for row in ask(one, _COUNTS)}
        )

    def forget(self, before: float) -> int:
        """Forget those that are over and were made before a time; says how many."""

        def work(connection: Connection) -> int:
            gone = ask(connection, _FORGET, before=before).rowcount
            ask(connection, _FORGET_GRANTS)
            return gone

        return self._tables.do_now(work)

    def templates(self) -> list[Written]:
        """The templates that people made, by name."""
        return self._tables.read_now(
            lambda one: [
                Written(row.name, row.description, row.text) for row in ask(one, _TEMPLATES)
            ]
        )

    def write(self, template: Written) -> None:
        """Keep a template, in place of one of the same name."""
        self._tables.do_now(lambda one: ask(one, _WRITE, **template._asdict()))


def _all(rows: Iterable[Row[Any]]) -> list[Kept]:
    return [_kept(row) for row in rows]


def _kept(row: Row[Any]) -> Kept:
    values = dict(row._mapping)
    values["parameters"] = msgspec.json.decode(values["parameters"])
    within = values["within"] and msgspec.json.decode(values["within"])
    return Kept(**values | {"key": values["key"] or "", "within": within})
