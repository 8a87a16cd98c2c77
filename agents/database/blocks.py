"""What flows can do with databases: query, execute, insert."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from agents.database.address import needs_of, readable_address
from agents.database.connections import DATABASE, address_of
from agents.database.statement import one_statement
from agents.database.values import Decimals
from agents.database.work import Executed, Insert, Mode
from graph.block import block
from graph.blocks.checks import readable
from graph.connections import Connection
from graph.context import Context
from graph.spec import Look, Needs

if TYPE_CHECKING:
    from agents.database.agent import DatabaseAgent

_EMPTY: Mapping[str, Any] = {}

Database = Annotated[
    str | Connection,
    "A connection; or `postgresql://user:password@host/database`, or the path of a SQLite file.",
    Look("connection", kinds=(DATABASE,)),
]
Sql = Annotated[str, "One statement; `:name` stands for a value, never for text.", Look("sql")]
Parameters = Annotated[
    Mapping[str, Any], "The values by name; a list behind IN means any of its items.", Look("json")
]
RowLimit = Annotated[int, "The most rows; one more is an error.", Look(more=True)]
TimeLimit = Annotated[float, "Seconds after which the statement is ended.", Look(more=True)]
AsDecimals = Annotated[
    Decimals,
    "What exact decimals become: numbers (right to 15 digits), or text with every digit.",
    Look("choice", more=True),
]


def reads(fields: Mapping[str, Any]) -> Needs:
    """The database, or the file that is one; any when only the run will tell."""
    database = fields.get("database")
    if not isinstance(database, str):
        return Needs(databases=("*",), reads=("*",))
    return needs_of(database)


def writes(fields: Mapping[str, Any]) -> Needs:
    """What `reads` gives, as something that is changed."""
    needs = reads(fields)
    return Needs(databases=needs.databases, writes=needs.reads)


check = readable(database=readable_address, sql=one_statement)
"""An address or SQL that can't be right, found before anything runs."""


@block(
    "sql.query",
    title="SQL query",
    icon="mdi6.database-search-outline",
    output="rows",
    agent="database",
    effect="read",
    needs=reads,
    check=check,
    search=("select", "database", "postgresql", "postgres", "sqlite", "table"),
)
async def query(
    database: Database,
    sql: Sql,
    context: Context,
    parameters: Parameters = _EMPTY,
    row_limit: RowLimit = 10_000,
    time_limit: TimeLimit = 30.0,
    decimals: AsDecimals = "number",
) -> list[dict[str, Any]]:
    """Ask a database, which can't be changed by it, and get the rows as records.

    PostgreSQL's dates stay dates; SQLite has none, and gives the text that was stored.
    """
    agent = await _agent(context)
    return await agent.query(
        _address(database),
        sql,
        parameters,
        row_limit=row_limit,
        time_limit=time_limit,
        decimals=decimals,
    )


@block(
    "sql.execute",
    title="SQL execute",
    icon="mdi6.database-cog-outline",
    agent="database",
    effect="write",
    repeatable=False,
    needs=writes,
    check=check,
    search=("update", "delete", "create", "database", "postgresql", "postgres", "sqlite", "table"),
)
async def execute(
    database: Database,
    sql: Sql,
    context: Context,
    parameters: Parameters = _EMPTY,
    row_limit: RowLimit = 10_000,
    time_limit: TimeLimit = 30.0,
    decimals: AsDecimals = "number",
) -> Executed:
    """Run one statement that changes a database, in a transaction of its own."""
    agent = await _agent(context)
    return await agent.execute(
        _address(database),
        sql,
        parameters,
        row_limit=row_limit,
        time_limit=time_limit,
        decimals=decimals,
    )


@block(
    "sql.insert",
    title="SQL insert",
    icon="mdi6.database-plus-outline",
    output="inserted",
    agent="database",
    effect="write",
    repeatable=True,
    needs=writes,
    check=check,
    search=(
        "bulk",
        "upsert",
        "append",
        "save",
        "store",
        "postgresql",
        "postgres",
        "sqlite",
        "table",
    ),
)
async def insert(
    database: Database,
    table: Annotated[str, "The table; made when it is missing."],
    rows: Annotated[Sequence[Mapping[str, Any]], "The records to insert.", Look("table")],
    context: Context,
    mode: Annotated[
        Mode,
        "`append`: beside what is there; `replace`: instead of it; `upsert`: instead of what has "
        "the same key.",
    ] = "append",
    key: Annotated[
        Sequence[str], "The columns that tell one row from another; what `upsert` goes by."
    ] = (),
    create: Annotated[
        bool, "Whether to make a missing table, its columns typed by the rows.", Look(more=True)
    ] = True,
    once: Annotated[
        bool,
        "Whether `append` notes in the table `heddle_inserts` that it is done, so that a run "
        "resumed after a crash doesn't insert twice.",
        Look(more=True),
    ] = True,
    schema: Annotated[str, "The table's schema in PostgreSQL.", Look(more=True)] = "",
    time_limit: TimeLimit = 60.0,
) -> Annotated[int, "How many rows were given."]:
    """Put records into a table: all of them, or none if one is refused."""
    wanted = Insert(table=table, rows=rows, mode=mode, key=key, schema=schema, create=create)
    once_key = context.key if once and mode == "append" else ""
    agent = await _agent(context)
    return await agent.insert(_address(database), wanted, time_limit=time_limit, once_key=once_key)


def _address(database: str | Connection) -> str:
    return address_of(database) if isinstance(database, Connection) else database


async def _agent(context: Context) -> "DatabaseAgent":
    # 0.8 s of SQLAlchemy and drivers that only a run which uses them need spend.
    from agents.database.agent import DatabaseAgent  # noqa: PLC0415 - see above

    return await context.agent(DatabaseAgent)
