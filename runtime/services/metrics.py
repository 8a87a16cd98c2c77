"""What the runtime measures, over HTTP: a description, and values step by step."""

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter, SkipValidation

from runtime.metrics.series import Line, Overview, Question
from runtime.metrics.store import By
from runtime.runtime import Runtime
from runtime.services.roles import ByRole

Engine = NamedDependency[SkipValidation[Runtime]]
Asked = NamedDependency[Question]


async def question(
    names: FromQuery[str],
    by: FromQuery[By] = "everything",
    flow: FromQuery[str] = "",
    block: FromQuery[str] = "",
    agent: FromQuery[str] = "",
    start: FromQuery[float] = 0.0,
    end: FromQuery[float] = 0.0,
    step: Annotated[int, QueryParameter(ge=1)] = 1,
    points: Annotated[int, QueryParameter(ge=1, le=20_000)] = 3600,
) -> Question:
    """What the query asks: `names` are those of metrics, with commas between."""
    wanted = tuple(name for name in names.split(",") if name)
    return Question(wanted, by, flow, block, agent, start, end, step, points)


_asked: dict[str, Any] = {"asked": Provide(question)}


@get("/metrics")
async def metrics(runtime: Engine) -> Overview:
    """Every metric there is, and the flows, blocks and agents they were counted for."""
    return await runtime.meter.overview()


@get("/metrics/series", dependencies=_asked)
async def series(runtime: Engine, asked: Asked) -> list[Line]:
    """The values of metrics over time; asked every second with a `start`, they are live."""
    return await runtime.meter.read(asked)


@get("/runs/{wanted:str}/metrics", dependencies=_asked)
async def of_run(runtime: Engine, wanted: FromPath[str], asked: Asked) -> list[Line]:
    """The values of metrics in the course of one run; times are seconds since it began."""
    return await runtime.meter.of_run(wanted, asked)


METRICS = ByRole(viewer=(metrics, series, of_run))
