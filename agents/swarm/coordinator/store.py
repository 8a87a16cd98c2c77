"""Where workflows and templates are kept that people made; how far a workflow is, its run says."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agents.errors import Unavailable
from agents.swarm.coordinator.shapes import OVER, Kept, WorkflowState

T = TypeVar("T")

_TABLES = sa.MetaData()

WORKFLOWS = sa.Table(
    "workflows",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("workflow_id", sa.String(64), nullable=False, unique=True),
    sa.Column("key", sa.String(400), unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("parameters", sa.LargeBinary, nullable=False),
    sa.Column("flow", sa.String(64), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
)

TEMPLATES = sa.Table(
    "workflow_templates",
    _TABLES,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
)


class Written(NamedTuple):
    """A template that somebody made: its flow as the text of a file."""

    name: str
    description: str
    text: str


class Store:
    """Workflows in a database of their own. Calls block: make them in a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    def add(self, kept: Kept) -> Kept:
        """Keep a workflow, or give the one that was kept under its key before."""

        def work(connection: Connection) -> Kept:
            if kept.key and (earlier := _one(connection, WORKFLOWS.c.key == kept.key)):
                return earlier
            connection.execute(sa.insert(WORKFLOWS).values(**_row(kept)))
            made = _one(connection, WORKFLOWS.c.workflow_id == kept.workflow_id)
            assert made is not None
            return made

        return self._do(work, writes=True)

    def one(self, workflow_id: str) -> Kept | None:
        return self._do(lambda c: _one(c, WORKFLOWS.c.workflow_id == workflow_id))

    def settle(self, workflow_id: str, state: WorkflowState) -> None:
        """Note how a workflow stands."""
        change = sa.update(WORKFLOWS).where(WORKFLOWS.c.workflow_id == workflow_id)
        self._do(lambda c: c.execute(change.values(state=state)), writes=True)

    def page(self, limit: int, before: int | None, state: str) -> list[Kept]:
        """Workflows, newest first, from below the number `before`."""
        wanted = sa.select(WORKFLOWS).order_by(WORKFLOWS.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(WORKFLOWS.c.number < before)
        if state:
            wanted = wanted.where(WORKFLOWS.c.state == state)
        return self._do(lambda c: [_kept(row) for row in c.execute(wanted)])

    def unfinished(self) -> list[Kept]:
        """The workflows that weren't over when they were last looked at."""
        wanted = sa.select(WORKFLOWS).where(WORKFLOWS.c.state.not_in(OVER))
        return self._do(lambda c: [_kept(row) for row in c.execute(wanted)])

    def counts(self) -> dict[str, int]:
        """How many workflows are in each state."""
        wanted = sa.select(WORKFLOWS.c.state, sa.func.count()).group_by(WORKFLOWS.c.state)
        return self._do(lambda c: {row[0]: row[1] for row in c.execute(wanted)})

    def forget(self, before: float) -> int:
        """Forget those that are over and were made before a time; says how many."""
        gone = sa.delete(WORKFLOWS).where(WORKFLOWS.c.created < before, WORKFLOWS.c.state.in_(OVER))
        return self._do(lambda c: c.execute(gone).rowcount, writes=True)

    def templates(self) -> list[Written]:
        """The templates that people made, by name."""
        wanted = sa.select(TEMPLATES).order_by(TEMPLATES.c.name)
        return self._do(
            lambda c: [Written(r.name, r.description, r.text.decode()) for r in c.execute(wanted)]
        )

    def write(self, template: Written) -> None:
        """Keep a template, in place of one of the same name."""
        row = {**template._asdict(), "text": template.text.encode()}

        def work(connection: Connection) -> None:
            connection.execute(sa.delete(TEMPLATES).where(TEMPLATES.c.name == template.name))
            connection.execute(sa.insert(TEMPLATES).values(**row))

        self._do(work, writes=True)

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _do(self, work: Callable[[Connection], T], *, writes: bool = False) -> T:
        try:
            with self._opened().execution_options(writes=writes).begin() as connection:
                return work(connection)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise Unavailable(
                f"The workflows in {self._folder} can't be reached: {error.__class__.__name__}.",
                cure="Look whether the folder may be written to, and its disk has room.",
            ) from error

    def _opened(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                engine = sa.create_engine(
                    f"sqlite:///{self._folder / 'workflows.db'}",
                    connect_args={"timeout": 10, "isolation_level": None},
                )
                sa.event.listen(engine, "begin", _begin)
                with engine.execution_options(writes=True).begin() as connection:
                    _TABLES.create_all(connection)
                self._engine = engine
            return self._engine


def _begin(connection: Connection) -> None:
    """Whoever looks in order to add must look before anybody else adds."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _one(connection: Connection, which: sa.ColumnElement[bool]) -> Kept | None:
    row = connection.execute(sa.select(WORKFLOWS).where(which)).first()
    return None if row is None else _kept(row)


def _row(kept: Kept) -> dict[str, Any]:
    row = msgspec.structs.asdict(kept)
    del row["number"]
    return row | {"parameters": msgspec.json.encode(kept.parameters), "key": kept.key or None}


def _kept(row: Row[Any]) -> Kept:
    values = dict(row._mapping)
    values["parameters"] = msgspec.json.decode(values["parameters"])
    return Kept(**values | {"key": values["key"] or ""})
